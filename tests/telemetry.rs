//! The log: levels, what every line carries, and metrics in CloudWatch's embedded format.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tencent_chat_webhook::{
    redrive::Unrecorded,
    telemetry::{Facts, Level, Log, Outcome, Reason},
};

mod support;
use support::CapturedLog;

const NOW: u64 = 1_670_574_414_007;

fn facts(command: &str) -> Facts<'static> {
    Facts {
        callback_command: Some(command.to_owned()),
        lag: Some(-5),
        store_time: Some(4.25),
        function_name: "receiver",
        function_request_id: "invocation-1",
        ..Facts::default()
    }
}

fn line(outcome: Outcome, facts: &Facts<'_>) -> Value {
    let captured = CapturedLog::default();
    Log::new(Level::Debug, captured.clone()).callback(NOW, outcome, None, facts);
    captured.lines().remove(0)
}

#[test]
fn a_setting_names_the_least_level() {
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
        assert_eq!(Level::of_setting(setting), level, "{setting:?}");
    }
}

#[test]
fn a_level_hides_those_before_it_and_never_errors() {
    for (least, outcomes) in [
        (Level::Debug, &["recorded", "duplicate", "probe", "refused", "failed"][..]),
        (Level::Info, &["recorded", "duplicate", "probe", "refused", "failed"]),
        (Level::Warn, &["refused", "failed"]),
        (Level::Error, &["failed"]),
    ] {
        let captured = CapturedLog::default();
        let log = Log::new(least, captured.clone());
        for outcome in [Outcome::Recorded, Outcome::Duplicate, Outcome::Probe, Outcome::Refused] {
            log.callback(NOW, outcome, None, &facts("Group.CallbackAfterGroupFull"));
        }
        let reason = Reason { reason: "timeout".to_owned(), error: None };
        log.unrecorded(NOW, &reason, &facts("Group.CallbackAfterGroupFull"), &[]);
        let lines = captured.lines();
        let written: Vec<_> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
        assert_eq!(written, outcomes, "{least:?}");
    }
}

#[test]
fn every_line_has_the_time_and_level_without_which_lambda_drops_it() {
    let captured = CapturedLog::default();
    let log = Log::new(Level::Debug, captured.clone());
    let reason = Reason { reason: "timeout".to_owned(), error: None };
    log.note(NOW, Level::Warn, "a note");
    log.callback(NOW, Outcome::Recorded, None, &facts("Group.CallbackAfterGroupFull"));
    let body = "x".repeat(300_000);
    let unrecorded = Unrecorded {
        id: "invocation-1".into(),
        piece: 1,
        pieces: 1,
        query: "SdkAppid=1".into(),
        received_at: NOW,
        request_id: "request-1".into(),
        body: body.into(),
    };
    log.unrecorded(NOW, &reason, &facts("Group.CallbackAfterGroupFull"), &unrecorded.pieces());
    let lines = captured.lines();
    let levels: Vec<_> = lines.iter().map(|line| &line["level"]).collect();
    assert_eq!(levels, ["WARN", "INFO", "ERROR", "ERROR"]);
    for line in &lines {
        assert_eq!(line["timestamp"], "2022-12-09T08:26:54.007Z");
        assert!(line["message"].is_string());
    }
}

#[test]
fn dimensions_are_bounded_whatever_the_command() {
    let documented = line(Outcome::Recorded, &facts("Group.CallbackAfterGroupFull"));
    assert_eq!(documented["command"], "Group.CallbackAfterGroupFull");
    let commands: BTreeSet<_> = ["Live.Anything", "x", "group.callbackaftergroupfull"]
        .iter()
        .map(|name| line(Outcome::Recorded, &facts(name))["command"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(commands, BTreeSet::from(["other".to_owned()]));
    let nameless = Facts { callback_command: None, ..facts("") };
    assert_eq!(line(Outcome::Refused, &nameless)["command"], "other");
}

#[test]
fn metrics_are_in_the_embedded_format() {
    let line = line(Outcome::Recorded, &facts("Group.CallbackAfterGroupFull"));
    let count = json!([{ "Name": "Callbacks", "Unit": "Count" }]);
    let times =
        json!([{ "Name": "StoreTime", "Unit": "Milliseconds" }, { "Name": "Lag", "Unit": "Milliseconds" }]);
    let expected = json!({
        "Timestamp": NOW,
        "CloudWatchMetrics": [
            {
                "Namespace": "TencentChatWebhook",
                "Dimensions": [["function_name", "outcome"], ["function_name", "command", "outcome"]],
                "Metrics": count,
            },
            { "Namespace": "TencentChatWebhook", "Dimensions": [["function_name"]], "Metrics": times },
        ],
    });
    assert_eq!(line["_aws"], expected);
    // What the directives name is at the top: dimensions as text, metrics as numbers.
    for dimension in ["function_name", "command", "outcome"] {
        assert!(line[dimension].is_string(), "{dimension}");
    }
    assert_eq!([&line["Callbacks"], &line["StoreTime"], &line["Lag"]], [&json!(1), &json!(4.25), &json!(-5)]);
}

#[test]
fn a_line_without_times_promises_none() {
    let facts = Facts { lag: None, store_time: None, ..facts("Group.CallbackAfterGroupFull") };
    let directives = line(Outcome::Refused, &facts)["_aws"]["CloudWatchMetrics"].clone();
    assert_eq!(directives.as_array().unwrap().len(), 1, "{directives}");
}
