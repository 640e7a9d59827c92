//! **Yours to edit: your answers to before-callbacks.** How: `docs/extending.md`, and [`Ask`].

use tencent_chat_callbacks::{Answer, Ask, Platform};

/// Called with each before-callback of its documented shape, before it is recorded. It has 0.8 s, then Tencent gets the
/// default answer, which allows. Awaiting is fine; do not block the thread.
#[allow(clippy::unused_async, reason = "a decision may await")]
pub async fn decide(ask: Ask<'_>) -> Answer {
    // A client can't use the REST API: it needs the application's key.
    let is_server = ask.origin().platform == Some(Platform::RestApi);
    match ask {
        Ask::GroupBeforeSendMsg(ask) if !is_server => ask.deny::<10100>("Only the server may send."),
        Ask::C2cBeforeSendMsg(ask) if !is_server => ask.deny::<120_001>("Only the server may send."),
        ask => ask.answer(),
    }
}

#[cfg(test)]
mod tests {
    use tencent_chat_callbacks::Callback;

    use super::*;

    #[tokio::test]
    async fn only_the_server_may_send() {
        for (command, body, denial) in [
            (
                "Group.CallbackBeforeSendMsg",
                r#"{"GroupId":"g","Type":"Public","From_Account":"a","MsgBody":[]}"#,
                10100,
            ),
            ("C2C.CallbackBeforeSendMsg", r#"{"From_Account":"a","To_Account":"b","MsgBody":[]}"#, 120_001),
        ] {
            for (platform, code) in [("&OptPlatform=RESTAPI", 0), ("&OptPlatform=iOS", denial), ("", denial)]
            {
                let query = format!("SdkAppid=1400000001&CallbackCommand={command}{platform}");
                let callback = Callback::admitted_before(&query, body).expect("an object");
                let callback = callback.expect("a callback");
                let answer = decide(callback.ask().expect("a before-callback")).await;
                assert_eq!(answer.error_code(), code, "{command} {platform}");
            }
        }
    }
}
