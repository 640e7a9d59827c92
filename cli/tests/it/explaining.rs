//! `doctor --explain` prints sections of the runbook, without a stack or a network.

use serde_json::json;

use crate::world::{program, run};

fn explain(arguments: &[&str]) -> String {
    run(program(&[], &[&["doctor", "--explain"], arguments].concat()), "").well()
}

#[test]
fn alarm_of_a_mail_is_explained_with_its_commands() {
    let text = explain(&["tencent-chat-webhook-RedriveDeadLettersAlarm-1ABCDEF"]);
    assert!(text.starts_with("### RedriveDeadLettersAlarm\n"), "{text}");
    assert!(text.contains("aws sqs start-message-move-task"), "{text}");
    assert!(text.contains("output() { aws cloudformation"), "the functions of the commands: {text}");
    assert!(!text.contains("### FunctionErrorsAlarm"), "{text}");
}

#[test]
fn check_is_explained_as_an_object_with_json() {
    let text = explain(&["url signed", "--json"]);
    let object: serde_json::Value = serde_json::from_str(&text).expect("a line is JSON");
    assert_eq!(object["name"], json!("SignatureRefusalsAlarm"));
    assert!(object["text"].as_str().expect("a text").contains("sign_wrong"), "{object}");
}

#[test]
fn unknown_name_is_an_error_that_lists_the_checks() {
    let ran = run(program(&[], &["doctor", "--explain", "weather"]), "");
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.lines().count()), (Some(2), "", 1), "{ran:?}");
    assert!(ran.stderr.contains("no section weather") && ran.stderr.contains("redrive queue"), "{ran:?}");
}
