//! What Tencent's side makes: the time, and a `Sign` for it.

use sha2::{Digest, Sha256};
use tencent_chat_webhook::telemetry::now_millis;

/// Now, give or take some seconds, as `RequestTime` has it.
pub(crate) fn request_time(offset: i64) -> String {
    let seconds = i64::try_from(now_millis() / 1000).expect("the clock is sane");
    (seconds + offset).to_string()
}

/// `Sign` for a token and a `RequestTime`.
pub(crate) fn sign(token: &str, request_time: &str) -> String {
    hex::encode(Sha256::digest(format!("{token}{request_time}")))
}

/// The URL parameters of a command that this token signs now.
pub(crate) fn signed(sdk_appid: &str, command: &str, token: &str) -> String {
    let time = request_time(0);
    let sign = sign(token, &time);
    format!("SdkAppid={sdk_appid}&CallbackCommand={command}&contenttype=json&Sign={sign}&RequestTime={time}")
}
