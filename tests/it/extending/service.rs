//! **Yours to edit: your answers to before-callbacks.** How: `docs/extending.md`, and [`Ask`].

use std::{sync::LazyLock, time::Duration};

use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use lambda_http::http::Request;
use serde::Deserialize;
use tencent_chat_callbacks::{Answer, Ask};

use crate::https::{Https, Timeouts};

/// The URL of your service: `https://`, because the function is not in a VPC.
static SERVICE: LazyLock<String> = LazyLock::new(|| std::env::var("MODERATION_URL").unwrap_or_default());

/// One client for all requests: it keeps a connection.
static CLIENT: LazyLock<Https> = LazyLock::new(|| {
    Https::with_system_roots(Timeouts { connect: Duration::from_millis(200), idle: Duration::from_secs(4) })
});

/// The time for one request. It leaves time for the answer within the 0.8 s of a decision.
const TIME: Duration = Duration::from_millis(500);

/// The answer of the service.
#[derive(Deserialize)]
struct Verdict {
    allowed: bool,
}

/// Asks the service about a text. `None` if it gives no answer in time.
async fn is_allowed(service: &str, text: String) -> Option<bool> {
    let exchange = async {
        let request = Request::post(service).body(SdkBody::from(text)).ok()?;
        let response = CLIENT.send(request).await.ok().filter(|response| response.status() == 200)?;
        let body = ByteStream::new(response.into_body()).collect().await.ok()?.into_bytes();
        serde_json::from_slice::<Verdict>(&body).ok()
    };
    Some(tokio::time::timeout(TIME, exchange).await.ok()??.allowed)
}

/// Called with each before-callback of its documented shape, before it is recorded. It has 0.8 s, then Tencent gets the
/// default answer, which allows. Awaiting is fine; do not block the thread.
pub async fn decide(ask: Ask<'_>) -> Answer {
    decide_with(&SERVICE, ask).await
}

async fn decide_with(service: &str, ask: Ask<'_>) -> Answer {
    let Ask::GroupBeforeSendMsg(ask) = ask else { return ask.answer() };
    let text: String = ask.event().texts().map(|text| text.to_string()).collect();
    // A service that is down must not stop the chat.
    if is_allowed(service, text).await == Some(false) {
        ask.deny::<10100>("Not allowed.")
    } else {
        ask.allow()
    }
}

#[cfg(test)]
mod tests {
    use support::stand_in::serve;
    use tencent_chat_callbacks::Callback;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn service_decides_if_it_answers_in_time() {
        let service = serve(|text| match text {
            "good" => (200, r#"{"allowed":true}"#.to_owned()),
            "bad" => (200, r#"{"allowed":false}"#.to_owned()),
            "odd" => (200, "no JSON".to_owned()),
            "slow" => {
                std::thread::sleep(Duration::from_secs(1));
                (200, r#"{"allowed":false}"#.to_owned())
            }
            _ => (500, r#"{"allowed":false}"#.to_owned()),
        });
        let closed = "http://127.0.0.1:9".to_owned();
        for (service, text, code) in [
            (&service, "good", 0),
            (&service, "bad", 10100),
            (&service, "odd", 0),
            (&service, "failing", 0),
            (&closed, "bad", 0),
            (&service, "slow", 0),
        ] {
            let body = format!(
                r#"{{"GroupId":"g","Type":"Public","From_Account":"a","MsgBody":[{{"MsgType":"TIMTextElem","MsgContent":{{"Text":"{text}"}}}}]}}"#
            );
            let callback = Callback::of("Group.CallbackBeforeSendMsg", &body).expect("an object");
            let answer = decide_with(service, callback.ask().expect("a before-callback")).await;
            assert_eq!(answer.error_code(), code, "{text}");
        }
    }
}
