//! The keys of a callback's item.

use sha2::{Digest, Sha256};
use tencent_chat_callbacks::Callback;

use super::attribute::Item;

/// `pk` and `sk` of a callback.
#[must_use]
pub fn keys(callback: &Callback<'_>, sdk_appid: &str, received_at: u64) -> (String, String) {
    (pk(callback, sdk_appid), sk(callback, time(callback, received_at), digest(callback)))
}

/// `pk` and `sk` of an item, for a request.
#[must_use]
pub fn item_key(item: &Item) -> Item {
    ["pk", "sk"].into_iter().filter_map(|name| Some((name.to_owned(), item.get(name)?.clone()))).collect()
}

/// The beginning of the body's SHA-256.
pub(super) fn digest(callback: &Callback<'_>) -> [u8; 8] {
    *Sha256::digest(callback.body()).split_first_chunk().unwrap_or((&[0; 8], &[])).0
}

pub(super) fn pk(callback: &Callback<'_>, sdk_appid: &str) -> String {
    format!("{sdk_appid}#{}", callback.subject())
}

pub(super) fn sk(callback: &Callback<'_>, time: u64, digest: [u8; 8]) -> String {
    format!("{time:013}#{}#{}", callback.command(), hex::encode(digest))
}

/// The time of the event, in milliseconds since the epoch.
pub(super) fn time(callback: &Callback<'_>, received_at: u64) -> u64 {
    callback.time().map_or(received_at, |time| time.0.unsigned_abs())
}
