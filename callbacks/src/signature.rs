//! Checks that a request is fresh and signed with a token.
//!
//! `Sign` is the hex SHA-256 of the token followed by `RequestTime` (page 34354). It covers neither URL nor body, so
//! it authenticates the sender, not the message.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{query::Query, refusal::Refusal};

/// The largest accepted difference between `RequestTime` and now, in seconds, in both directions. Exactly this
/// difference is still valid: the page on console settings (269/32431) rejects "more than 1 minute".
pub const TOLERANCE_SECONDS: u64 = 60;

/// The `Sign` for a token and a `RequestTime`, in lower-case hex: for tests and for tools that send callbacks.
///
/// ```
/// // The documented example (page 34354).
/// let sign = tencent_chat_callbacks::signature::sign("xxxxyyyy", "1669872112");
/// assert_eq!(sign, "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061");
/// ```
#[must_use]
pub fn sign(token: &str, request_time: &str) -> String {
    hex::encode(digest(token, request_time))
}

fn digest(token: &str, request_time: &str) -> [u8; 32] {
    Sha256::new().chain_update(token).chain_update(request_time).finalize().into()
}

/// The index of the token that made `Sign`.
pub(crate) fn verify<'t>(
    tokens: impl IntoIterator<Item = &'t str>,
    query: &Query<'_>,
    now: u64,
) -> Result<usize, Refusal> {
    let request_time = query.request_time().ok_or(Refusal::SignMissing)?;
    let seconds = query.request_time_seconds().ok_or(Refusal::SignMalformed)?;
    if now.abs_diff(seconds) > TOLERANCE_SECONDS {
        return Err(if seconds < now { Refusal::SignTooOld } else { Refusal::SignInFuture });
    }
    let sign = query.sign().ok_or(Refusal::SignMissing)?;
    let mut given = [0; 32];
    hex::decode_to_slice(sign, &mut given).map_err(|_| Refusal::SignMalformed)?;

    // Every token is compared, so that the time taken reveals nothing about a token.
    let mut signed_by = None;
    for (index, token) in tokens.into_iter().enumerate() {
        if digest(token, request_time).ct_eq(&given).into() {
            signed_by = Some(index);
        }
    }
    signed_by.ok_or(Refusal::SignWrong)
}
