//! JSON strings as bytes.

use std::fmt;

use serde::{Deserializer, de::Visitor};

/// The content of a JSON string. It may contain bytes that are not UTF-8; the caller decides whether they matter.
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
