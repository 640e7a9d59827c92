//! JSON strings as bytes.

use std::fmt;

use serde::{Deserializer, de::Visitor};

/// What a JSON string stands for. It may have bytes that are not UTF-8: whether they matter is seen by whoever reads
/// what they are in.
pub(super) fn unquote(quoted: &[u8]) -> Option<Vec<u8>> {
    serde_json::Deserializer::from_slice(quoted).deserialize_bytes(Bytes).ok()
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }
}
