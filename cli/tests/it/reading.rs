//! `list` and `count` by time, by pattern, by text, and the last events; and what that costs.

use serde_json::{Value, json};
use support::{requests::CREATED, stand_in::serve};

use crate::{
    counted::run_counted,
    world::{ENVIRONMENT, Ran, World, created, program, run},
};

/// 9 December 2022, 08:26:54.123 UTC.
const TIME: u64 = 1_670_574_414_123;

const HOUR: u64 = 3_600_000;

/// An hour of 9 December.
const AN_HOUR: [&str; 4] = ["--since", "2022-12-09T08:00", "--until", "2022-12-09T09:00"];

fn said(command: &str, group: &str, time: u64, text: &str) -> Value {
    json!({
        "CallbackCommand": command, "GroupId": group, "EventTime": time, "Type": "Public", "From_Account": "amy",
        "MsgBody": [{ "MsgType": "TIMTextElem", "MsgContent": { "Text": text } }],
    })
}

fn times(ran: &Ran) -> Vec<u64> {
    ran.json().iter().map(|event| event["EventTime"].as_u64().expect("a time") - TIME).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_items_are_fetched_by_many_keys_a_request() {
    let world = World::start().await;
    let count = 1075;
    for number in 0..count {
        world.record(&created(&format!("g-{number}"), TIME + number * HOUR / 12, "x"), 1).await;
    }
    let list = ["list", "--command", CREATED, "--since", "2022-12-09", "--until", "2022-12-13", "--json"];
    let (ran, requests) = run_counted(&world, &list).await;
    assert!(times(&ran) == (0..count).map(|number| number * HOUR / 12).collect::<Vec<_>>());
    assert!(ran.json().iter().all(|event| event["Body"].is_string()));
    // Five days, and 100 keys a request.
    assert_eq!(requests, [("BatchGetItem".to_owned(), 11), ("Query".to_owned(), 5)].into(), "{requests:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn span_without_command_is_read_from_the_index() {
    let world = World::start().await;
    let message = "Group.CallbackAfterSendMsg";
    for body in [
        created("g", TIME, "x"),
        said(message, "g", TIME + 1, "hello"),
        json!({ "CallbackCommand": "My.Own", "GroupId": "h", "EventTime": TIME + 2 }),
        created("later", TIME + HOUR, "x"),
    ] {
        world.record(&body, 1).await;
    }
    let listed = async |arguments: &[&str]| {
        run_counted(&world, &[&["list", "--json"], arguments, &AN_HOUR].concat()).await
    };
    let (ran, requests) = listed(&[]).await;
    assert_eq!(times(&ran), [0, 1]);
    assert_eq!(requests, [("BatchGetItem".to_owned(), 1), ("Query".to_owned(), 61)].into(), "{requests:?}");
    assert_eq!(ran.stderr, "only documented commands are read; --scan also finds others\n");

    let (ran, requests) = listed(&["--command", "My.Own", "--command", "Group.CallbackAfterCreate*"]).await;
    assert_eq!((times(&ran), requests["Query"]), (vec![0, 2], 3), "{ran:?}");
    let (ran, requests) = listed(&["--scan", "--yes"]).await;
    assert_eq!((times(&ran), requests.get("Query")), (vec![0, 1, 2], None), "{ran:?}");
    let (ran, requests) = listed(&["--scan", "--yes", "--command", "*.Own"]).await;
    assert_eq!((times(&ran), requests["Scan"]), (vec![2], 1), "{ran:?}");

    // Without a known number of shards, a scan of the small index costs less than 65 queries for each command.
    let ran = world.run(&[&["count", "--by", "command", "--json"], &AN_HOUR[..]].concat());
    let keys = ran.json().iter().map(|line| line["key"].clone()).collect::<Vec<_>>();
    assert_eq!(keys, [CREATED, message, "My.Own"]);
    assert_eq!(
        ran.stderr,
        "this reads the whole index, about 1 read unit: less than 3965 queries, about 1982 read units\n"
    );
}

#[test]
fn many_queries_are_made_only_after_a_yes() {
    let size = 1_u64 << 40;
    let index = json!({ "IndexName": "ByCommand", "IndexSizeBytes": size, "ItemCount": 1_000_000_000 });
    let table = json!({ "Table": { "TableSizeBytes": size, "ItemCount": 1_000_000_000, "GlobalSecondaryIndexes": [index] } });
    let url = serve(move |_| (200, table.to_string()));
    let mut command = program(&ENVIRONMENT, &[&["count"], &AN_HOUR[..]].concat());
    command.env("AWS_ENDPOINT_URL_DYNAMODB", url);
    let ran = run(command, "");
    let message = "chat-events: this makes 3965 queries, about 1982 read units or more; add --yes, or give ";
    assert!(ran.code == Some(2) && ran.stderr.starts_with(message), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn last_events_are_read_from_the_end() {
    let world = World::start().await;
    for number in 0..40 {
        let group = format!("g-{}", number % 2);
        world.record(&created(&group, TIME + number * HOUR, &format!("n{number}")), 1).await;
    }
    let last = async |arguments: &[&str]| {
        run_counted(&world, &[&["list", "--json", "--last", "3"], arguments].concat()).await
    };
    let hours = |numbers: [u64; 3]| numbers.map(|number| number * HOUR);
    let (ran, requests) = last(&["g-1"]).await;
    assert_eq!((times(&ran), requests["Query"]), (hours([35, 37, 39]).into(), 1), "{ran:?}");
    let of_command = ["--command", CREATED, "--since", "2022-12-09", "--until", "2022-12-11"];
    let (ran, requests) = last(&of_command).await;
    assert_eq!((times(&ran), requests["BatchGetItem"]), (hours([37, 38, 39]).into(), 1), "{ran:?}");
    assert_eq!(times(&last(&[&of_command[..], &["--grep", "N2"]].concat()).await.0), hours([27, 28, 29]));
    assert_eq!(times(&last(&["--yes"]).await.0), hours([37, 38, 39]));
    let count = world.run(&["count", "g-1", "--last", "3"]).well();
    assert_eq!(count, "3\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn grep_finds_texts_of_messages_or_else_bodies() {
    let world = World::start().await;
    let message = "Group.CallbackAfterSendMsg";
    for (time, text) in [(TIME, "I want my Refund"), (TIME + 1, "thanks")] {
        world.record(&said(message, "refund-group", time, text), 1).await;
    }
    world.record(&created("refund-group", TIME + 2, "x"), 1).await;
    let grep = |text: &str| times(&world.run(&["list", "refund-group", "--json", "--grep", text]));
    assert_eq!(grep("refund"), [0, 2], "the id of the group is in no text");
    assert_eq!(grep("thanks"), [1]);
    let table = world.run(&["list", "refund-group", "--grep", "thanks"]).well();
    assert!(table.ends_with("  Group.CallbackAfterSendMsg       amy: thanks\n"), "{table}");
}

#[tokio::test(flavor = "multi_thread")]
async fn times_and_days_are_of_the_chosen_zone() {
    let world = World::start().await;
    // 16:26:54 and 00:26:54 in Shanghai.
    for time in [TIME, TIME + 8 * HOUR] {
        world.record(&created("g", time, "x"), 1).await;
    }
    let shanghai = |arguments: &[&str]| world.run(&[&["--tz", "Asia/Shanghai"], arguments].concat()).well();
    let listed = shanghai(&["list", "g", "--until", "2022-12-09"]);
    let lines: Vec<_> = listed.lines().collect();
    assert!(lines[0].starts_with("TIME                           COMMAND"), "{listed}");
    assert!(lines.len() == 2 && lines[1].starts_with("2022-12-09T16:26:54.123+08:00  Group."), "{listed}");
    let shown = shanghai(&["show", "g", "2022-12-10T00:26:54.123+08:00"]);
    assert_eq!(shown, created("g", TIME + 8 * HOUR, "x").to_string());
    let counted = shanghai(&["count", "g", "--by", "hour"]);
    let lines: Vec<_> =
        counted.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>()).collect();
    assert_eq!(lines[1], ["2022-12-09T16", "1"]);
    assert_eq!(lines[2], ["2022-12-09T17", "0"]);
    assert_eq!(lines[9..], [["2022-12-10T00", "1"], ["total", "2"]]);
    let json = world.run(&["--tz", "Asia/Shanghai", "count", "g", "--by", "day", "--json"]).json();
    assert_eq!(
        json,
        [json!({ "key": "2022-12-09", "count": 1 }), json!({ "key": "2022-12-10", "count": 1 })]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn until_includes_a_day_or_month() {
    let world = World::start().await;
    for time in [TIME, TIME + 24 * HOUR] {
        world.record(&created("g", time, "x"), 1).await;
    }
    for (until, count) in [
        ("2022-12-09", "1\n"),
        ("2022-12-10", "2\n"),
        ("2022-12", "2\n"),
        ("2022-12-10T08:26:54.123", "1\n"),
        ("1670660814123", "1\n"),
        ("1670660814124", "2\n"),
        ("yesterday", "2\n"),
    ] {
        assert_eq!(world.run(&["count", "g", "--until", until]).well(), count, "{until}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn misspelt_command_has_the_nearest_names() {
    let world = World::start().await;
    let ran = world.run(&["list", "--command", "Group.AfterGroupFull", "--since", "1h"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    let note = "Group.AfterGroupFull is not a documented command; did you mean Group.CallbackAfterGroupFull";
    assert!(ran.stderr.contains(note), "{}", ran.stderr);
    let ran = world.run(&["count", "g", "--command", "Group.CallbackAfterGroupFull"]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("0\n", ""));
}
