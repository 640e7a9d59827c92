//! Errors: one line with the fix. And the list of commands.

use std::io::{BufRead, BufReader};

use support::dynamodb::TABLE;
use tencent_chat_callbacks::event::Command;

use crate::world::{ENVIRONMENT, World, created, program, run};

/// The error with these arguments and this environment.
fn message(variables: &[(&str, &str)], arguments: &[&str]) -> (i32, String) {
    let ran = run(program(variables, arguments), "");
    assert_eq!((ran.stdout.as_str(), ran.stderr.lines().count()), ("", 1), "{ran:?}");
    (ran.code.expect("it ends by itself"), ran.stderr)
}

#[test]
fn missing_setting_is_named_with_the_fix() {
    let region = ("AWS_REGION", "us-east-1");
    let (table, app) = (("TABLE_NAME", TABLE), ("SDK_APP_ID", "1400000001"));
    // Without it, the program would ask the metadata service of the machine.
    let alone = ("AWS_EC2_METADATA_DISABLED", "true");
    for (variables, arguments, code, expected) in [
        (&[alone][..], &["list", "x"][..], 2, "chat-events: no table: give --stack, --table or --local, "),
        (&[table, alone], &["list", "x"], 2, "chat-events: which Region? Set AWS_DEFAULT_REGION, "),
        (
            &[table, ("AWS_DEFAULT_REGION", "us-east-1")],
            &["list", "x"],
            2,
            "chat-events: which application? Give --app or --stack, ",
        ),
        (&[table, ("AWS_REGION", "")], &["list", "x"], 2, "chat-events: which Region? AWS_REGION is empty: "),
        (&[region, table], &["list", "x"], 2, "chat-events: which application? Give --app or --stack, "),
        (
            &[region, table, app, alone],
            &["list", "x"],
            1,
            "chat-events: can't read the table tencent-chat-events: no AWS credentials; set AWS_PROFILE, or sign in, \
                for example with `aws sso login`\n",
        ),
        (
            &[region, table],
            &["redrive", "--since", "1h"],
            2,
            "chat-events: which log group? Give --stack or --log-group, ",
        ),
        (
            &[],
            &["--local", "redrive", "--since", "1h"],
            1,
            "chat-events: the local function has no log group; ",
        ),
        (
            &ENVIRONMENT,
            &["list", "x", "--since", "1h", "--until", "2h"],
            2,
            "chat-events: --until is not after --since",
        ),
        (
            &[("LOCAL_DYNAMODB_ADDRESS", "127.0.0.1:9")],
            &["--local", "list", "x"],
            1,
            "chat-events: can't read the table tencent-chat-events: nothing answers at http://127.0.0.1:9; start `make run` first",
        ),
    ] {
        let (of_run, message) = message(variables, arguments);
        assert!(message.starts_with(expected) && of_run == code, "{of_run}: {message}");
    }
}

#[test]
fn endpoint_that_is_not_a_url_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let profile = folder.path().join("config");
    std::fs::write(&profile, "[default]\nendpoint_url = nonsense\n").expect("it can be written");
    let profile = profile.to_str().expect("a text");
    for (variable, value, name) in [
        ("AWS_ENDPOINT_URL_DYNAMODB", "", "AWS_ENDPOINT_URL_DYNAMODB"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "nonsense", "AWS_ENDPOINT_URL_DYNAMODB"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "localhost:8000", "AWS_ENDPOINT_URL_DYNAMODB"),
        ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"),
        ("AWS_ENDPOINT_URL", "", "AWS_ENDPOINT_URL"),
        ("AWS_CONFIG_FILE", profile, "endpoint_url of the AWS profile"),
    ] {
        let variables = [&ENVIRONMENT[..], &[(variable, value)]].concat();
        let expected = format!(
            "chat-events: {name} is not a URL such as https://example.com: correct it, or unset it\n"
        );
        assert_eq!(message(&variables, &["list", "x"]), (2, expected), "{variable}={value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_table_is_named() {
    let world = World::start().await;
    let ran = world.run(&["list", "x", "--table", "nowhere"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.stderr,
        "chat-events: there is no table nowhere in us-east-1; check --stack or --table, Region and account\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_output_pipe_is_no_error() {
    let world = World::start().await;
    for number in 0..30 {
        world.record(&created("g", 1_670_574_414_000 + number, &"x".repeat(20_000)), 1).await;
    }
    let mut child = world.program(&["list", "g", "--json"]).spawn().expect("the program is there");
    let mut first = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut first).expect("a line comes");
    drop(stdout);
    let ran = child.wait_with_output().expect("it ends");
    assert_eq!((ran.status.code(), ran.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn completions_know_the_commands() {
    // In fish, COMMAND of `send` has no completions.
    for (shell, least) in [("bash", 5), ("zsh", 5), ("fish", 4)] {
        let script = run(program(&[], &["completions", shell]), "").well();
        let count = script.matches("Group.CallbackAfterGroupFull").count();
        assert!(count >= least, "{shell}: list, count, follow, replay, send: {count}");
    }
}

#[test]
fn full_output_is_an_error() {
    let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let mut command = program(&[], &["commands"]);
    let ran =
        command.stdout(full).spawn().expect("the program is there").wait_with_output().expect("it ends");
    let message = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(
        ran.status.code() == Some(1) && message.starts_with("chat-events: can't write the output: "),
        "{message}"
    );
}

#[test]
fn command_list_is_complete_and_fits_its_lines() {
    let printed = run(program(&[], &["commands"]), "").well();
    assert!(printed.lines().all(|line| line.len() <= 100), "{printed}");
    let json = run(program(&[], &["commands", "--json"]), "").json();
    assert_eq!(json.len(), Command::ALL.len());
    for (command, line) in Command::ALL.iter().zip(&json) {
        assert_eq!(line["name"], command.name);
        assert!(
            printed.contains(command.name)
                && line["url"].as_str().is_some_and(|url| url.ends_with(command.page))
        );
    }
}
