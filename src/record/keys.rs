//! The keys of a callback's item.

use sha2::{Digest, Sha256};
use tencent_chat_callbacks::Callback;

/// `pk` and `sk` of a callback.
#[must_use]
pub fn keys(callback: &Callback<'_>, sdk_appid: &str, received_at: u64) -> (String, String) {
    let digest = Sha256::digest(callback.body());
    let (first, _) = digest.split_first_chunk().unwrap_or((&[0; 8], &[]));
    (pk(callback, sdk_appid), sk(callback, time(callback, received_at), *first))
}

pub(super) fn pk(callback: &Callback<'_>, sdk_appid: &str) -> String {
    format!("{sdk_appid}#{}", callback.subject())
}

/// `digest` is the beginning of the body's.
pub(super) fn sk(callback: &Callback<'_>, time: u64, digest: [u8; 8]) -> String {
    format!("{time:013}#{}#{}", callback.command(), hex::encode(digest))
}

/// The time of the event, in milliseconds since the epoch.
pub(super) fn time(callback: &Callback<'_>, received_at: u64) -> u64 {
    callback.time().map_or(received_at, |time| time.0.unsigned_abs())
}
