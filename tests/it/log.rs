//! The log: levels, and what every line carries.

use lambda_runtime::Context;
use tencent_chat_webhook::{
    log::{Facts, Level, Log},
    outcome::{Failure, Outcome},
    refusal::Refusal,
    unrecorded::Unrecorded,
};

use crate::world::{CapturedLog, column};

fn failed() -> Outcome {
    Outcome::Failed(Failure { reason: "ThrottlingException".into(), error: "Rate exceeded.".to_owned() })
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
        assert_eq!(Level::from_setting(setting), level, "{setting:?}");
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
        let refused = Outcome::Refused(Refusal::NotPost);
        for outcome in [Outcome::Recorded, Outcome::Duplicate, Outcome::Probe, refused] {
            log.request(&outcome, None, &Facts::default());
        }
        log.unrecorded(&failed(), &Facts::default(), &[]);
        assert_eq!(captured.outcomes(), outcomes, "{least:?}");
    }
}

#[test]
fn every_line_has_the_time_and_level_without_which_lambda_drops_it() {
    let captured = CapturedLog::default();
    let log = Log::new(Level::Debug, captured.clone());
    log.note(Level::Warn, "a note", Some("its cause"));
    log.request(&Outcome::Recorded, None, &Facts::default());
    log.redriven("invocation-1", &Outcome::Duplicate, &Context::default());
    let unrecorded = Unrecorded {
        id: "invocation-1".into(),
        piece: 1,
        pieces: 1,
        query: "SdkAppid=1".into(),
        received_at: 1_670_574_414_007,
        request_id: "request-1".into(),
        body: "x".repeat(300_000).into(),
    };
    log.unrecorded(&failed(), &Facts::default(), &unrecorded.pieces());
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
