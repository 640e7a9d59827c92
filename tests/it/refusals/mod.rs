//! Every way in which a request can be untrustworthy: the reply, the log line, and that nothing is recorded.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use support::{
    endpoint::{Endpoint, Step},
    requests::{post, request_time, signed},
};
use tencent_chat_callbacks::{Refusal, signature::sign};
use tencent_chat_webhook::refused::Refused;

use crate::world::{World, handler, ok, send, status_and_body};

mod bodies;
mod rows;
use rows::{COMMAND, FIRST, OURS, OURS_TOO, OWN, Row, SECOND, SETTINGS, every_row, good, with};

/// The reply for each reason in the log.
const REPLIES: [(&str, u16, &str); 13] = [
    ("request_malformed", 400, "The request can't be read."),
    ("not_post", 405, "Only POST is served."),
    ("sdkappid_missing", 403, "This SdkAppid is not served here."),
    ("sdkappid_foreign", 403, "This SdkAppid is not served here."),
    ("sign_missing", 401, "Sign or RequestTime is not valid."),
    ("sign_malformed", 401, "Sign or RequestTime is not valid."),
    ("sign_too_old", 401, "Sign or RequestTime is not valid."),
    ("sign_in_future", 401, "Sign or RequestTime is not valid."),
    ("sign_wrong", 401, "Sign or RequestTime is not valid."),
    ("body_too_large", 413, "The body is larger than 3.5 MB."),
    ("body_not_text", 400, "The body is not UTF-8."),
    ("body_not_json", 400, "The body is not JSON."),
    ("body_not_object", 400, "The body is not a JSON object."),
];

#[test]
fn table_has_every_refusal() {
    let in_table: BTreeSet<_> = every_row().iter().map(|row| row.refused.name()).collect();
    let library = Refusal::ALL.iter().map(|refusal| refusal.name());
    let all: BTreeSet<_> = Refused::OWN.iter().map(|refused| refused.name()).chain(library).collect();
    let replies: BTreeSet<_> = REPLIES.iter().map(|reply| reply.0).collect();
    assert_eq!(in_table, all);
    assert_eq!(replies, all);
}

/// The part of a refused body that may be logged: its first 4 KB.
fn first_4_kb(event: &Value) -> String {
    let body = event["body"].as_str().expect("the event has a body");
    let bytes = if event["isBase64Encoded"] == true {
        STANDARD.decode(body).expect("it is base64")
    } else {
        body.as_bytes().to_vec()
    };
    String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).into_owned()
}

#[tokio::test]
async fn untrustworthy_requests_are_refused_logged_and_not_recorded() {
    let world = World::with_settings(&SETTINGS).await;
    for Row { what, refused, event } in every_row() {
        let (status, body) = status_and_body(&world.send(&event).await);
        let name = refused.name();
        let (_, code, error_info) = REPLIES.iter().find(|reply| reply.0 == name).expect("it has a reply");
        let expected = json!({ "ActionStatus": "FAIL", "ErrorInfo": error_info, "ErrorCode": code });
        assert_eq!((status, body), (u64::from(*code), expected), "{what}");

        let lines = world.log.take_lines();
        assert_eq!(lines.len(), 1, "{what}: {lines:?}");
        let line = &lines[0];
        assert_eq!((&line["outcome"], &line["reason"]), (&json!("refused"), &json!(name)), "{what}");
        assert_eq!(line["level"], "WARN", "{what}");
        assert_eq!(line.get("unrecorded"), None, "{what}");
        // Only admitted senders may leave a part of a body in the log.
        let logged = name.starts_with("body_").then(|| json!(first_4_kb(&event)));
        assert_eq!(line.get("body"), logged.as_ref(), "{what}");
    }
    assert!(world.table.items().await.is_empty(), "nothing was written");

    // A genuine request would be written to this table.
    assert_eq!(status_and_body(&world.send(&good()).await).0, 200);
    assert_eq!(world.table.items().await.len(), 1);
}

#[tokio::test]
async fn untrustworthy_requests_never_reach_dynamodb() {
    let nowhere = ([127, 0, 0, 1], 9).into();
    let endpoint = Endpoint::scripted(&[Step::Reset], nowhere).await;
    let (handler, _) = handler(&format!("http://{}", endpoint.address), &SETTINGS);
    for Row { what, refused, event } in every_row() {
        let (status, _) = status_and_body(&send(&handler, &event).await);
        assert_eq!(status, u64::from(refused.status()), "{what}");
        assert_eq!(endpoint.connections(), 0, "{what}");
    }

    // A genuine request would reach this endpoint.
    assert_eq!(status_and_body(&send(&handler, &good()).await).0, 503);
    assert!(endpoint.connections() > 0);
}

#[tokio::test]
async fn sign_by_any_token_is_admitted_and_log_has_its_position() {
    let world = World::with_settings(&SETTINGS).await;
    // Not the exact limit, because the machine may be slow; a unit test checks the limit.
    let (old, ahead) = (request_time(-50), request_time(50));
    for (app, token, time, position) in [
        (OURS, FIRST, request_time(0), 1),
        (OURS, FIRST, old, 1),
        (OURS, FIRST, ahead, 1),
        (OURS, SECOND, request_time(0), 2),
        (OURS_TOO, FIRST, request_time(0), 1),
        (OURS_TOO, OWN, request_time(0), 3),
    ] {
        for sign in [sign(token, &time), sign(token, &time).to_uppercase()] {
            let (status, body) = status_and_body(&world.send(&with(app, &time, &sign)).await);
            assert_eq!((status, &body["ErrorCode"]), (200, &json!(0)), "{app} {token} {time}");
            let lines = world.log.take_lines();
            assert_eq!(lines[0]["token"], position, "{app} {token} {time}");
            assert!(!lines[0].to_string().contains(token), "{}", lines[0]);
        }
    }
}

#[tokio::test]
async fn url_check_is_answered_and_not_recorded() {
    let world = World::with_settings(&SETTINGS).await;
    let full = format!("&CallbackCommand={COMMAND}");
    for (app, command, body) in [
        (Some(OURS), "", ""),
        (Some(OURS), "", "{}"),
        (Some(OURS), "&CallbackCommand=%23", "\n{ }\r\n"),
        (Some(OURS), "&CallbackCommand=A.B", " \r\n"),
        (Some(OURS), &full, ""),
        (Some(OURS), &full, " { }"),
        (None, "", ""),
        (None, "&CallbackCommand=A.B", "{}"),
        (None, &full, " "),
        (None, &full, "{\t}"),
    ] {
        for (token, position) in [(FIRST, 1), (SECOND, 2), (OWN, 3)] {
            // The third token belongs only to another application.
            if app.is_some() && token == OWN {
                continue;
            }
            let time = request_time(0);
            let app_id = app.map(|app| format!("&SdkAppid={app}")).unwrap_or_default();
            let query = format!("RequestTime={time}&Sign={}{app_id}{command}", sign(token, &time));
            let (status, reply) = status_and_body(&world.send(&post(&query, body)).await);
            assert_eq!((status, reply), (200, ok()), "{query} {body:?}");
            let line = world.log.take_lines().remove(0);
            assert_eq!((&line["outcome"], &line["level"]), (&json!("probe"), &json!("INFO")), "{line}");
            assert_eq!(line.get("SdkAppid"), app.map(|app| json!(app)).as_ref(), "{line}");
            assert_eq!(line.get("sdkappid_absent"), app.is_none().then_some(&json!(true)), "{line}");
            assert_eq!(line["token"], position, "{line}");
            let named = command.split_once('=').map(|(_, name)| name).filter(|name| *name != "%23");
            assert_eq!(line["CallbackCommand"].as_str(), named, "{line}");
        }
    }
    assert!(world.table.items().await.is_empty(), "nothing was written");

    // An undocumented command may have no fields.
    let event = post(&signed(OURS, "A.B", FIRST), "{}");
    assert_eq!(status_and_body(&world.send(&event).await), (200, ok()));
    assert_eq!(world.log.outcomes(), ["recorded"]);
}

#[tokio::test]
async fn url_check_needs_neither_application_nor_sign_if_unsigned() {
    let world = World::start().await;
    for (query, body, status) in [("", "", 200), ("CallbackCommand=A.B", " {} ", 200), ("", "x", 403)] {
        assert_eq!(status_and_body(&world.send(&post(query, body)).await).0, status, "{query} {body}");
    }
    assert_eq!(world.log.outcomes(), ["probe", "probe", "refused"]);
    assert!(world.table.items().await.is_empty(), "nothing was written");
}
