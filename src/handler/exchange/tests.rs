//! A panic just after a callback was read: the receiver still gets the callback, and Tencent gets an answer.

use super::*;
use crate::{
    log::{Level, Log},
    settings::Settings,
    store::Store,
};

const SETTINGS: [(&str, &str); 7] = [
    ("TABLE_NAME", "events"),
    ("SDK_APP_IDS", "1400000001"),
    ("ALLOW_UNSIGNED", "true"),
    ("FORWARD_URL", "http://127.0.0.1:9/"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "example-secret"),
];

/// Reads a callback, and then panics. Returns whether the receiver still gets the callback, and the reply's body.
fn panic_after_reading(command: &str, body: &'static str) -> (bool, String) {
    let value = |name: &str| SETTINGS.iter().find(|setting| setting.0 == name).map(|it| it.1.to_owned());
    let settings = Settings::from_lookup(value).expect("the settings are complete");
    let store = Store::connect(&settings.destination);
    let services = Services::new(settings, store, Log::new(Level::Error, std::io::sink()));
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = Method::POST;
    let uri = format!("/?SdkAppid=1400000001&CallbackCommand={command}");
    *request.uri_mut() = uri.parse().expect("a URI");
    let mut exchange = Exchange::new(&services, &request);
    let (callback, _) = exchange.read().expect("it is admitted").expect("it is a callback");
    exchange.note_callback(&callback);
    let is_forwarded = exchange.unforwarded().is_some();
    let reply = exchange.reply(&Outcome::Failed(Failure::panic()));
    (is_forwarded, String::from_utf8_lossy(reply.body()).into_owned())
}

#[test]
fn receiver_still_gets_a_callback_after_an_early_panic() {
    let (is_forwarded, reply) = panic_after_reading("Group.CallbackAfterGroupFull", r#"{"GroupId":"g"}"#);
    assert!(is_forwarded);
    assert!(reply.contains("FAIL"), "{reply}");
}

#[test]
fn friend_callback_gets_its_own_default_after_an_early_panic() {
    let body = r#"{"Requester_Account":"a","From_Account":"a","FriendItem":[{"To_Account":"b"}]}"#;
    let (is_forwarded, reply) = panic_after_reading("Sns.CallbackPrevFriendAdd", body);
    assert!(!is_forwarded, "nobody waits for the answer");
    assert!(reply.contains(r#""ResultItem":[{"To_Account":"b""#), "{reply}");
}
