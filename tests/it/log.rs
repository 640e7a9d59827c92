//! The log: its levels, and the fields of every line.

use lambda_runtime::Context;
use serde_json::json;
use support::requests::{SDK_APPID, post};
use tencent_chat_webhook::{
    log::{Level, Log, LogFields},
    outcome::{Failure, Outcome, Stored},
    refused::Refused,
    unrecorded::Unrecorded,
};

use crate::world::{CapturedLog, World, column};

fn failed() -> Outcome {
    Outcome::Failed(Failure { reason: "ThrottlingException".into(), error: "Rate exceeded.".to_owned() })
}

#[test]
fn log_level_setting_is_parsed() {
    for (setting, level) in [
        ("", Level::Info),
        ("nonsense", Level::Info),
        ("trace", Level::Debug),
        ("DEBUG", Level::Debug),
        ("Info", Level::Info),
        ("WARN", Level::Warn),
        ("ERROR", Level::Error),
        ("FATAL", Level::Error),
    ] {
        assert_eq!(Level::from_setting(setting), level, "{setting:?}");
    }
}

#[test]
fn level_hides_lower_levels_but_never_errors() {
    for (least, outcomes) in [
        (Level::Debug, &["recorded", "duplicate", "probe", "refused", "failed"][..]),
        (Level::Info, &["recorded", "duplicate", "probe", "refused", "failed"]),
        (Level::Warn, &["refused", "failed"]),
        (Level::Error, &["failed"]),
    ] {
        let captured = CapturedLog::default();
        let log = Log::new(least, captured.clone());
        let refused = Outcome::Refused(Refused::NotPost);
        for outcome in
            [Outcome::Stored(Stored::New), Outcome::Stored(Stored::Duplicate), Outcome::Probe, refused]
        {
            log.request(&outcome, None, &LogFields::default());
        }
        log.unrecorded(&failed(), &LogFields::default(), &[]);
        assert_eq!(captured.outcomes(), outcomes, "{least:?}");
    }
}

#[test]
fn every_line_has_the_time_and_level_that_lambda_requires() {
    let captured = CapturedLog::default();
    let log = Log::new(Level::Debug, captured.clone());
    log.note(Level::Warn, "a note", Some("its cause"));
    log.request(&Outcome::Stored(Stored::New), None, &LogFields::default());
    log.redriven("invocation-1", &Outcome::Stored(Stored::Duplicate), &Context::default());
    let unrecorded =
        Unrecorded::new("invocation-1", "SdkAppid=1", 1_670_574_414_007, "request-1", "x".repeat(300_000));
    log.unrecorded(&failed(), &LogFields::default(), &unrecorded.pieces());
    let lines = captured.lines();
    assert_eq!(column(&lines, "level"), ["WARN", "INFO", "INFO", "ERROR", "ERROR"]);
    assert_eq!(column(&lines, "message").len(), lines.len());
    let times = column(&lines, "timestamp");
    assert_eq!(times.len(), lines.len());
    for time in times {
        let shape: String = time.chars().map(|char| if char.is_ascii_digit() { '0' } else { char }).collect();
        assert_eq!(shape, "0000-00-00T00:00:00.000Z");
    }
}

#[tokio::test]
async fn log_line_has_the_facts_of_request_and_instance() {
    let world = World::with_settings(&[("ALLOW_UNSIGNED", "true")]).await;
    let body = r#"{"GroupId":"@T","EventTime":1670574414123}"#;
    for app in [SDK_APPID, "1"] {
        let mut event =
            post(&format!("SdkAppid={app}&CallbackCommand=Group.CallbackAfterGroupFull&RequestId=t"), body);
        event["requestContext"]["requestId"] = json!(format!("request-{app}"));
        world.send(&event).await;
    }
    let mut lines = world.log.lines();
    for line in &mut lines {
        let line = line.as_object_mut().expect("a line is an object");
        // These differ each time.
        for name in ["timestamp", "Lag", "StoreTime"] {
            line.remove(name);
        }
    }
    let recorded = json!({
        "level": "INFO", "message": "recorded", "outcome": "recorded", "SdkAppid": SDK_APPID,
        "CallbackCommand": "Group.CallbackAfterGroupFull", "subject": "@T", "EventTime": 1_670_574_414_123_u64,
        "body_bytes": body.len(), "cold_start": true,
        "RequestId": format!("request-{SDK_APPID}"),
    });
    let refused = json!({
        "level": "WARN", "message": "refused", "outcome": "refused", "reason": "sdkappid_foreign",
        "CallbackCommand": "Group.CallbackAfterGroupFull",
        "RequestId": "request-1",
    });
    assert_eq!(lines, [recorded, refused]);
}
