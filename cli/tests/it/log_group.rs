//! `--stack`: table, application, log group and retention from the stack, and the reading of the log.

use std::process::Command;

use serde_json::{Value, json};
use support::{dynamodb::TABLE, stand_in::serve};

use tencent_chat_webhook::unrecorded::Unrecorded;

use crate::world::{Ran, World, run, unrecorded};

const LOG_GROUP: &str = "/aws/lambda/ours";

/// CloudFormation with only the stack `ours`.
fn cloudformation(apps: &'static str) -> String {
    serve(move |request| {
        if !request.contains("StackName=ours") {
            let error = "<Code>ValidationError</Code><Message>Stack with id x does not exist</Message>";
            return (
                400,
                format!("<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>"),
            );
        }
        let member = |kind: &str, (key, value): (&str, &str)| {
            format!("<member><{kind}Key>{key}</{kind}Key><{kind}Value>{value}</{kind}Value></member>")
        };
        let outputs =
            [("TableName", TABLE), ("FunctionLogName", LOG_GROUP)].map(|each| member("Output", each));
        let parameters = [("SdkAppIds", apps), ("RetentionDays", "30"), ("IndexShards", "8")];
        let parameters = parameters.map(|each| member("Parameter", each));
        let stack = format!(
            "<StackName>ours</StackName><Outputs>{}</Outputs><Parameters>{}</Parameters>",
            outputs.concat(),
            parameters.concat()
        );
        let result =
            format!("<DescribeStacksResult><Stacks><member>{stack}</member></Stacks></DescribeStacksResult>");
        (200, format!("<DescribeStacksResponse>{result}</DescribeStacksResponse>"))
    })
}

/// CloudWatch Logs with a log group of three pages: an entry, nothing, the two pieces of another.
fn logs() -> String {
    let entry = |unrecorded: Unrecorded<'_>| json!({ "timestamp": 1, "message": format!("{}\n", json!({ "unrecorded": unrecorded })) });
    let whole = unrecorded("b", r#"{"CallbackCommand":"A.B","GroupId":"b","Name":"x"}"#);
    let (first, rest) = whole.body.split_at(20);
    let piece =
        |piece, body: &str| entry(Unrecorded { piece, pieces: 2, body: body.into(), ..whole.clone() });
    // The first body, which a user of the chat wrote, begins like a CSV file.
    let hostile = r#"{"CallbackCommand":"A.B","GroupId":"a","Text":"id,name,message,date\n@message"}"#;
    let pages = [
        json!({ "events": [entry(unrecorded("a", hostile))], "nextToken": "1" }),
        json!({ "events": [], "nextToken": "2" }),
        json!({ "events": [piece(1, first), piece(2, rest)] }),
    ];
    serve(move |request| {
        let request: Value = serde_json::from_str(request).expect("a request is JSON");
        assert_eq!(request["filterPattern"], "{ $.unrecorded.piece > 0 }");
        assert!(request["endTime"].as_u64() > request["startTime"].as_u64(), "{request}");
        if request["logGroupName"] != LOG_GROUP {
            let error = json!({ "__type": "ResourceNotFoundException", "message": "It does not exist." });
            return (400, error.to_string());
        }
        // The log has no entries before 2000, and here none that are not masked.
        if request["endTime"].as_u64() < Some(946_684_800_000) || request["unmask"] == true {
            return (200, json!({ "events": [] }).to_string());
        }
        let page: usize = request["nextToken"].as_str().map_or(0, |token| token.parse().expect("it is ours"));
        (200, pages[page].to_string())
    })
}

/// Runs a command with the stack, and without a table or an application in the environment.
fn with_stack(world: &World, apps: &'static str, arguments: &[&str]) -> Ran {
    let mut command: Command = world.program(arguments);
    command.env_remove("TABLE_NAME").env_remove("SDK_APP_ID");
    command.env("AWS_ENDPOINT_URL_CLOUDFORMATION", cloudformation(apps));
    command.env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", logs());
    run(command, "")
}

#[tokio::test(flavor = "multi_thread")]
async fn redrive_reads_all_pages_of_the_stacks_log() {
    let world = World::start().await;
    let redrive = ["--stack", "ours", "redrive", "--since", "1h"];
    let dry = with_stack(&world, "1400000001", &[&redrive[..], &["--dry-run"]].concat());
    assert_eq!((dry.code, dry.lines().len()), (Some(0), 3), "{dry:?}");
    let ran = with_stack(&world, "1400000001", &redrive);
    assert_eq!(ran.well(), "recorded 2, duplicates 0, failed 0, incomplete 0\n");

    let unmasked = with_stack(&world, "1400000001", &[&redrive[..], &["--unmask"]].concat());
    assert!(unmasked.stderr.starts_with("no unrecorded callbacks in "), "{unmasked:?}");

    let event =
        with_stack(&world, "1400000001", &["--stack", "ours", "list", "b", "--json"]).json().remove(0);
    assert_eq!(event["Body"], r#"{"CallbackCommand":"A.B","GroupId":"b","Name":"x"}"#);
    assert_eq!(event["ExpiresAt"], 1_670_574_414 + 30 * 86_400);
    assert_eq!(event["CommandDay"].as_str().expect("a text").matches('#').count(), 3, "{event}");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_resource_is_named_and_empty_log_is_no_error() {
    let world = World::start().await;
    let check = "Region and account";
    for (apps, arguments, code, expected) in [
        (
            "1",
            &["--stack", "others", "list", "x"][..],
            1,
            format!("there is no stack others in us-east-1; check --stack, {check}"),
        ),
        (
            "1, 2",
            &["--stack", "ours", "list", "x"],
            2,
            "which application? The stack ours has 1, 2; give --app".to_owned(),
        ),
        (
            "1",
            &["--stack", "ours", "redrive", "--since", "1h", "--log-group", "others"],
            1,
            format!("there is no log group others in us-east-1; check --stack or --log-group, {check}"),
        ),
        (
            "1",
            &["--stack", "ours", "redrive", "--since", "1h", "--until", "2h"],
            2,
            "--until is not after --since".to_owned(),
        ),
    ] {
        let ran = with_stack(&world, apps, arguments);
        assert_eq!((ran.code, ran.stderr), (Some(code), format!("chat-events: {expected}\n")));
    }
    let span_arguments = ["--stack", "ours", "redrive", "--since", "1999-01-01", "--until", "1999-02-01"];
    let none = with_stack(&world, "1", &span_arguments);
    assert_eq!(
        (none.code, none.stdout.as_str()),
        (Some(0), "recorded 0, duplicates 0, failed 0, incomplete 0\n")
    );
    let span = "/aws/lambda/ours from 1999-01-01T00:00:00.000Z to 1999-02-02T00:00:00.000Z";
    assert_eq!(none.stderr, format!("no unrecorded callbacks in {span}\n"));
    let in_zone = with_stack(&world, "1", &[&span_arguments[..], &["--tz", "Asia/Shanghai"]].concat());
    assert!(in_zone.stderr.contains(" from 1999-01-01T00:00:00.000+08:00 to "), "{in_zone:?}");
}
