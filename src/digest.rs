//! The digests in log entries.

use sha2::{Digest, Sha256};

/// SHA-256 of texts, in hex.
pub(crate) fn sha256<const N: usize>(texts: [&str; N]) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text);
    }
    hex::encode(digest.finalize())
}
