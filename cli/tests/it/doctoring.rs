//! `doctor` with stand-ins for AWS: a healthy stack, and one fault after the other.

use serde_json::{Value, json};
use tencent_chat_webhook::unrecorded::Unrecorded;

use crate::{
    receiver::Receiver,
    world::{ENVIRONMENT, Ran, program, run},
};

mod archive;
mod aws;
mod receiver;
mod url;
use aws::{Aws, line};

/// The API, which refuses unsigned requests.
async fn api() -> Receiver {
    Receiver::start(|number| if number == 0 { 401 } else { 200 }).await
}

fn doctor(aws: Aws, arguments: &[&str]) -> Ran {
    let mut command = program(&ENVIRONMENT, &[&["--stack", "ours"], arguments, &["doctor"]].concat());
    command.env_remove("SDK_APP_ID").env("CALLBACK_TOKENS", "secret").envs(aws.serve());
    run(command, "")
}

/// The findings that are not ok: check, finding and fix. Each fix names the runbook.
fn wrong(ran: &Ran) -> Vec<(String, String, String)> {
    let text = |finding: &Value, name: &str| finding[name].as_str().expect("a text").to_owned();
    let findings = ran.json();
    let wrong = findings.iter().filter(|finding| finding["ok"] != true);
    let wrong: Vec<_> =
        wrong.map(|each| (text(each, "check"), text(each, "finding"), text(each, "fix"))).collect();
    for (_, _, fix) in &wrong {
        assert_explains(fix);
    }
    wrong
}

/// Runs each command in a fix that explains something. There is at least one.
fn assert_explains(fix: &str) {
    assert!(fix.contains("chat-events doctor --explain "), "{fix:?}");
    for command in fix.split("chat-events doctor --explain ").skip(1) {
        let name = command.split([' ', ',', ';']).next().expect("a name");
        let text = run(program(&[], &["doctor", "--explain", name]), "").well();
        assert!(text.starts_with('#'), "{name}: {text}");
    }
    assert!(!fix.contains("docs/"), "there may be no docs: {fix}");
}

#[tokio::test(flavor = "multi_thread")]
async fn healthy_stack_has_no_wrong_finding() {
    let api = api().await;
    let ran = doctor(Aws::well(&api.url()), &["--json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let findings = ran.json();
    let found = |check: &str| -> Vec<_> {
        let of_check = findings.iter().filter(|finding| finding["check"] == check);
        of_check.map(|finding| finding["finding"].as_str().expect("a text")).collect()
    };
    for finding in &findings {
        let keys: Vec<_> = finding.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["check", "finding", "fix", "ok"]);
        let fix = finding["fix"].as_str().expect("a text");
        if !fix.is_empty() {
            assert_explains(fix);
        }
    }
    assert_eq!(found("url signed"), ["a request with the token of CALLBACK_TOKENS is accepted"]);
    assert_eq!(found("alarms"), ["none of 2 is in ALARM"]);
    assert_eq!(found("newest event"), ["recorded 2026-11-26T03:00:00.000Z"]);
    assert_eq!(found("tokens"), ["by position in CALLBACK_TOKENS: 1 (3), 2 (1)"]);
    assert_eq!(found("receiver"), ["1 × answered"]);
    assert_eq!(found("ledger"), ["4 requests = 2 recorded + 1 duplicate + 0 refused + 1 probe + 0 failed"]);
    assert!(found("versions")[0].ends_with("requests by version of the function: 3 (5)"), "{findings:?}");
    let [unsigned, signed] = &api.received()[..] else { panic!("two requests: {:?}", api.received()) };
    assert!(!unsigned.query.contains("Sign=") && !unsigned.query.contains("SdkAppid"), "{unsigned:?}");
    assert!(signed.is_signed("1400000001", "secret") && signed.body == "{}", "{signed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn results_have_colours_at_a_terminal_alone() {
    let (first, second) = (api().await, api().await);
    let coloured = doctor(Aws::well(&first.url()), &["--color", "always"]).well();
    assert!(coloured.contains("\x1b[32mok   \x1b[0m  alarms"), "{coloured:?}");
    let piped = doctor(Aws::well(&second.url()), &[]).well();
    assert!(piped.contains("ok     alarms") && !piped.contains('\x1b'), "{piped:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stack_with_several_applications_needs_one_for_the_signed_request() {
    let api = api().await;
    let mut aws = Aws::well(&api.url());
    aws.parameters = vec![("SdkAppIds", "1400000001,1400000002")];
    let findings = doctor(aws, &["--json"]).json();
    let signed = findings.iter().find(|finding| finding["check"] == "url signed").expect("it is tried");
    let text = signed["finding"].as_str().expect("a text");
    assert!(text.starts_with("not checked: which application?") && text.ends_with("; give --app"), "{text}");
}

/// A fault: the change of the stack, and for each wrong finding the check and a part of finding and fix.
type Fault = (fn(&mut Aws), &'static [(&'static str, &'static str, &'static str)]);

fn failed(id: &str) -> Value {
    line("failed", &json!({ "token": 1, "reason": "AccessDeniedException", "unrecorded": { "id": id } }))
}

const FAULTS: [Fault; 17] = [
    (
        |aws| aws.log((0..5).map(|_| line("refused", &json!({ "reason": "sign_wrong" })))),
        &[(
            "refusals",
            "5 × sign_wrong: console and function have different tokens",
            "--explain SignatureRefusalsAlarm",
        )],
    ),
    (
        |aws| aws.log([failed("a")]),
        &[
            (
                "failures",
                "1 × AccessDeniedException: the function's role may not",
                "policy RecordEvents back",
            ),
            (
                "redriven",
                "1 failed = 0 redriven + 1 waiting, and the redrive's queue is empty",
                "redrive --since",
            ),
        ],
    ),
    (
        |aws| {
            aws.log([failed("a"), failed("b")]);
            aws.redrive_log = vec![json!({ "outcome": "recorded", "id": "a" })];
            aws.in_queue = 1;
        },
        &[
            (
                "redrive queue",
                "1 message: callbacks that are not in the table",
                "--explain RedriveQueueAgeAlarm",
            ),
            ("failures", "2 × AccessDeniedException", "--explain NotStoredAlarm"),
            ("redriven", "2 failed = 1 redriven + 1 waiting", "the redrive retries them"),
        ],
    ),
    (
        |aws| {
            aws.log([failed("a"), failed("b")]);
            aws.redrive_log = vec![json!({ "outcome": "failed", "reason": "masked", "id": "a" })];
        },
        &[
            ("failures", "2 × AccessDeniedException", "--explain NotStoredAlarm"),
            ("redriven", "2 waiting, 1 of them masked by a data protection policy", "--unmask"),
        ],
    ),
    (|aws| aws.subscription = None, &[("subscription", "stay in the log", "--explain LogDeliveryAlarm")]),
    (
        |aws| aws.subscription = Some("{ $.unrecorded.piece > 1 }"),
        &[(
            "subscription",
            "has the pattern { $.unrecorded.piece > 1 } instead of",
            "--explain LogDeliveryAlarm",
        )],
    ),
    (
        |aws| aws.dead_letters = 2,
        &[("dead letters", "2 messages: callbacks", "--explain RedriveDeadLettersAlarm")],
    ),
    (|aws| aws.bus_letters = 1, &[("bus dead letters", "1 message: events", "--explain EventPipeAlarm")]),
    (
        |aws| aws.alarms.iter_mut().for_each(|alarm| alarm.is_on = true),
        &[
            ("alarms", "NotStoredAlarm: Threshold crossed.", "--explain NotStoredAlarm"),
            ("alarms", "VersionErrorsAlarm: Threshold crossed.", "--explain VersionErrorsAlarm"),
        ],
    ),
    (
        |aws| aws.alarms[0].has_actions_on = false,
        &[("alarms", "NotStoredAlarm: its actions are switched off", "enable-alarm-actions")],
    ),
    (|aws| aws.alarms[1].exists = false, &[("alarms", "VersionErrorsAlarm was deleted", "deploy again")]),
    (|aws| aws.taken += 1, &[("ledger", "+ 1 not in the function's log", "--explain ApiErrorsAlarm")]),
    (
        |aws| aws.log((0..5).map(|_| line("recorded", &json!({ "token": 1, "forward": "timeout" })))),
        &[("receiver", "5 × timeout: the receiver took over 1.45 s", "--explain ForwardFailuresAlarm")],
    ),
    (
        |aws| aws.log = vec![line("refused", &json!({ "reason": "sign_missing" }))],
        &[
            ("newest event", "no callback was recorded in the last 60 minutes", "--explain QuietAlarm"),
            ("refusals", "1 × sign_missing: authentication is off", "--explain SignatureRefusalsAlarm"),
            ("ledger", "+ 3 not in the function's log", "--explain ApiThrottlesAlarm"),
        ],
    ),
    (
        |aws| aws.fault = Some(("StartQuery", "AccessDeniedException")),
        &[
            (
                "log",
                "not checked: the permission logs:StartQuery is missing",
                "--explain permissions-for-operators",
            ),
            (
                "redrive log",
                "the permission logs:StartQuery is missing",
                "--explain permissions-for-operators",
            ),
        ],
    ),
    (
        |aws| aws.fault = Some(("DescribeAlarms", "AccessDenied")),
        &[(
            "alarms",
            "the permission cloudwatch:DescribeAlarms is missing",
            "--explain permissions-for-operators",
        )],
    ),
    (
        |aws| aws.outputs.retain(|(key, _)| !["ApiId", "RedriveDeadLettersUrl", "Version"].contains(key)),
        &[
            ("dead letters", "the stack has no output RedriveDeadLettersUrl", "of different releases"),
            ("ledger", "the stack has no output ApiId", "of different releases"),
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn fault_is_found_by_its_check_only() {
    for (plant, expected) in FAULTS.into_iter().chain(receiver::FAULTS) {
        let api = api().await;
        let mut aws = Aws::well(&api.url());
        plant(&mut aws);
        let ran = doctor(aws, &["--json"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{ran:?}");
        let found = wrong(&ran);
        let checks: Vec<_> = found.iter().map(|(check, _, _)| check.as_str()).collect();
        assert_eq!(checks, expected.iter().map(|(check, _, _)| *check).collect::<Vec<_>>(), "{found:?}");
        for ((_, finding, fix), (_, of_finding, of_fix)) in found.iter().zip(expected) {
            assert!(finding.contains(of_finding) && fix.contains(of_fix), "{finding}\n{fix}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redriven_failures_are_not_wrong() {
    let api = api().await;
    let mut aws = Aws::well(&api.url());
    aws.log([failed("a"), failed("b")]);
    let redriven = |id, outcome| json!({ "outcome": outcome, "id": id });
    aws.redrive_log = vec![redriven("a", "failed"), redriven("a", "recorded"), redriven("b", "duplicate")];
    let ran = doctor(aws, &["--json"]);
    assert_eq!((ran.code, wrong(&ran)), (Some(0), Vec::new()));
    assert!(ran.stdout.contains("2 failed = 2 redriven + 0 waiting"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn callback_that_was_redriven_by_hand_does_not_wait() {
    for (has_events, code, text) in
        [(true, 0, "2 failed = 2 redriven + 0 waiting"), (false, 1, "2 failed = 1 redriven + 1 waiting")]
    {
        let api = api().await;
        let mut aws = Aws::well(&api.url());
        aws.log([failed("a"), failed("b")]);
        aws.redrive_log = vec![json!({ "outcome": "recorded", "id": "a" })];
        let query = "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull";
        let entry = |id| Unrecorded::new(id, query, 1_790_000_000_000, "r", r#"{"GroupId":"g"}"#);
        aws.unrecorded =
            ["a", "b", "older"].map(|id| json!({ "unrecorded": entry(id) }).to_string()).to_vec();
        aws.has_events = has_events;
        let ran = doctor(aws, &["--json"]);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(ran.stdout.contains(text), "{}", ran.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn skipped_check_is_not_ok_but_no_failure() {
    let api = api().await;
    let mut aws = Aws::well(&api.url());
    aws.parameters[2].1 = "WARN";
    let ran = doctor(aws, &["--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let found: Vec<_> = wrong(&ran).into_iter().map(|(check, finding, _)| (check, finding)).collect();
    let expected = ("ledger".to_owned(), "not checked: with this LogLevel the log has neither".to_owned());
    assert!(found.len() == 1 && found[0].0 == expected.0 && found[0].1.starts_with(&expected.1), "{found:?}");
    assert!(ran.json().iter().any(|finding| finding["ok"].is_null()));
}
