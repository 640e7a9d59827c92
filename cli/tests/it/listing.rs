//! `list`, `count` and `show`, with each way to read events.

use std::iter::once;

use serde_json::{Value, json};
use support::requests::CREATED;
use tencent_chat_webhook::time::now_millis;

use crate::world::{World, created, program, run};

/// 9 December 2022, 08:26:54.123 UTC.
const TIME: u64 = 1_670_574_414_123;

fn column<'a>(lines: &'a [Value], name: &str) -> Vec<&'a Value> {
    lines.iter().map(|line| &line[name]).collect()
}

/// A body too large for one item.
fn large(group: &str, time: u64) -> Value {
    let mut large = created(group, time, "群 \"é\" \n");
    large["MemberList"] = vec![json!({ "Member_Account": "一-of-many-😀-members" }); 20_000].into();
    large
}

#[tokio::test(flavor = "multi_thread")]
async fn subjects_events_are_listed_in_order_of_time() {
    let world = World::start().await;
    let hostile = "群组 \u{1b}[31m\u{61c}\u{9b}";
    for (time, name) in [(TIME + 1000, "later"), (TIME, hostile), (TIME + 500, &"long ".repeat(50))] {
        world.record(&created("@TGS#1", time, name), 1).await;
    }
    world.record(&created("@TGS#12", TIME, "another"), 1).await;
    world.record(&created("@TGS#1", now_millis() + 3_600_000, "in an hour"), 1).await;

    let printed = world.run(&["list", "@TGS#1"]).well();
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[0], "TIME                      COMMAND                          WHAT");
    let what = "leckie created the Public group “群组 \u{fffd}[31m\u{fffd}\u{fffd}”";
    assert_eq!(lines[1], format!("2022-12-09T08:26:54.123Z  Group.CallbackAfterCreateGroup   {what}"));
    assert!(
        lines[2].starts_with("2022-12-09T08:26:54.623Z") && lines[2].contains(&"long ".repeat(50)),
        "{}",
        lines[2]
    );
    assert_eq!(lines.len(), 4);

    let list = |arguments: &[&str]| world.run(&[&["list", "@TGS#1"], arguments].concat()).well();
    assert_eq!(list(&["--since", "2022-12-09T08:26:54.623Z"]).lines().count(), 3);
    assert_eq!(list(&["--since", "2022-12-09", "--until", "2022-12-09T08:26:54.623Z"]).lines().count(), 2);
    assert_eq!(list(&["--command", CREATED, "--until", "2100-01-01"]).lines().count(), 5);
    let ran = world.run(&["list", "@TGS#1", "--json"]);
    assert!(ran.stdout.contains("[31m\\u061c\\u009b"), "{}", ran.stdout);
    let json = ran.json();
    assert_eq!(column(&json, "EventTime"), [TIME, TIME + 500, TIME + 1000]);
    assert_eq!(json[0]["Body"], created("@TGS#1", TIME, hostile).to_string());
    assert_eq!(
        (&json[0]["subject"], &json[0]["time"]),
        (&json!("@TGS#1"), &json!("2022-12-09T08:26:54.123Z"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_days_are_listed_in_order_with_any_shards() {
    let world = World::start().await;
    let count: u64 = 60;
    for number in 0..count {
        // As if deployments had changed the number of shards twice on that day.
        let shards = [64, 1, 7][usize::try_from(number % 3).expect("it is small")];
        // Neither writes nor shards are in the order of time.
        let time = TIME + number * 7 % count;
        world.record(&created(&format!("g-{:02}", number % 50), time, "x"), shards).await;
    }
    world.record(&large("tomorrow", TIME + 24 * 3600 * 1000), 7).await;

    let of_command = |since: &str, arguments: &[&str]| {
        world.run(&[&["list", "--command", CREATED, "--since", since], arguments].concat())
    };
    let json = of_command("2022-12-09", &["--json"]).json();
    let times: Vec<u64> = (0..count).map(|number| TIME + number).chain(once(TIME + 86_400_000)).collect();
    assert_eq!(column(&json, "EventTime"), times.iter().collect::<Vec<_>>());
    assert!(
        json.iter().all(|event| event["Body"].is_string()),
        "bodies are read from the table, not from the index"
    );
    let sent = large("tomorrow", TIME + 86_400_000).to_string();
    assert!(json[60]["Body"] == sent);
    let printed = of_command("2022-12-09", &["--until", "2022-12-09"]).well();
    assert!(
        printed.starts_with(
            "TIME                      SUBJECT             WHAT\n2022-12-09T08:26:54.123Z  g-00  "
        )
    );
    assert_eq!(printed.lines().count(), 61);

    let none = of_command("2022-12-11", &["--until", "2022-12-12"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), ""));
    assert_eq!(
        none.stderr.lines().last(),
        Some(&*format!("no events of {CREATED} in application 1400000001"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn day_of_many_pages_is_listed_completely() {
    let world = World::start().await;
    // Each event has 6 KB in the index, and a page has 1 MB.
    let long = "n".repeat(1000);
    let count: u64 = 200;
    for number in 0..count {
        let mut body = created(&format!("g-{}", number % 7), TIME + number, &long);
        for name in ["Type", "From_Account", "To_Account", "Owner_Account", "Operator_Account"] {
            body[name] = long.as_str().into();
        }
        world.record(&body, 1).await;
    }
    let json = world.run(&[
        "list",
        "--command",
        CREATED,
        "--since",
        "2022-12-09",
        "--until",
        "2022-12-09",
        "--json",
    ]);
    let times: Vec<Value> = (0..count).map(|number| Value::from(TIME + number)).collect();
    assert_eq!(column(&json.json(), "EventTime"), times.iter().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_table_is_listed_only_with_yes() {
    let world = World::start().await;
    for number in (0..300).rev() {
        world.record(&created(&format!("g-{}", number % 9), TIME + number, "x"), 1).await;
    }
    world.record(&large("h", TIME + 300), 1).await;
    for (arguments, advice) in [
        (&["list"][..], "add --yes, or give a SUBJECT or --since"),
        (&["list", "--since", "1h", "--scan"], "add --yes"),
        (&["person", "amy"], "add --yes"),
    ] {
        let asked = world.run(arguments);
        assert_eq!((asked.code, asked.stdout.as_str(), asked.stderr.lines().count()), (Some(2), "", 1));
        let scan = "chat-events: this reads the whole table tencent-chat-events: about 30";
        let end = format!(" read units; {advice}\n");
        assert!(asked.stderr.starts_with(scan) && asked.stderr.ends_with(&end), "{asked:?}");
    }

    let ran = world.run(&["list", "--yes", "--json"]);
    assert!(ran.stderr.starts_with("this reads the whole table "), "{}", ran.stderr);
    let json = ran.json();
    let times: Vec<u64> = (0..=300).map(|number| TIME + number).collect();
    assert_eq!(column(&json, "EventTime"), times.iter().collect::<Vec<_>>());
    let sent = large("h", TIME + 300).to_string();
    assert!(json.iter().all(|event| event["Body"].is_string()) && json[300]["Body"] == sent);
    let some = world.run(&["list", "--yes", "--command", CREATED, "--until", "2022-12-09T08:26:54.125Z"]);
    assert_eq!(some.stdout.lines().count(), 3, "{some:?}");
    let other = world.run(&["list", "--yes", "--app", "14"]);
    assert_eq!((other.code, other.stdout.as_str()), (Some(0), ""), "{other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pattern_of_no_documented_command_has_the_nearest_names() {
    let world = World::start().await;
    world.record(&created("g", TIME, "x"), 1).await;
    let list = |command: &str, more: &[&str]| {
        world.run(&[&["list", "--since", "2022-12-09", "--command", command], more].concat())
    };
    let why = "the index can't be asked for a pattern that fits no documented command, so this reads the whole table \
               tencent-chat-events: about 1 item, 1 read unit";
    for (command, advice) in [
        ("Group.AfterGroupFull*", "did you mean Group.CallbackAfterGroupFull, "),
        ("Nope.*", "`chat-events commands` lists them\n"),
    ] {
        let ran = list(command, &[]);
        let expected = format!(
            "chat-events: {why}; add --yes, or another --command: {command} is not a documented command; {advice}"
        );
        assert!(ran.code == Some(2) && ran.stderr.starts_with(&expected), "{ran:?}");
        assert_eq!(ran.stderr.lines().count(), 1);
    }
    let ran = list("Nope.*", &["--yes"]);
    assert!(ran.code == Some(0) && ran.stderr.starts_with(&format!("{why}\nno events of Nope.*")), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn persons_events_are_those_that_name_the_person() {
    let world = World::start().await;
    world.record(&created("g-1", TIME, "amy and bob"), 1).await;
    let mut member = created("g-2", TIME + 1, "x");
    member["MemberList"] = json!([{ "Member_Account": "bob" }, { "Member_Account": "amy" }]);
    let mut of_many = large("g-3", TIME + 2);
    of_many["MemberList"][19_999] = json!({ "Member_Account": "amy" });
    let sent = json!({ "CallbackCommand": "C2C.CallbackAfterSendMsg", "From_Account": "amy", "EventTime": TIME + 3 });
    for body in [&member, &of_many, &sent] {
        world.record(body, 1).await;
    }
    let times = |arguments: &[&str]| {
        let json = world.run(&[&["list", "--person", "amy", "--json"], arguments].concat()).json();
        json.iter().map(|event| event["EventTime"].as_u64().expect("a time") - TIME).collect::<Vec<_>>()
    };
    assert_eq!(times(&["--yes"]), [1, 2, 3]);
    assert_eq!(times(&["g-2"]), [1]);
    assert_eq!(times(&["--command", CREATED, "--since", "2022-12-09", "--until", "2022-12-10"]), [1, 2]);
    let table = world.run(&["list", "--person", "amy", "--yes"]);
    assert_eq!(table.stdout.lines().count(), 4, "{table:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_counted_by_command_day_hour_or_subject() {
    let world = World::start().await;
    for (group, time) in [("b", TIME), ("a", TIME + 1), ("b", TIME + 3_600_000), ("b", TIME + 86_400_000)] {
        world.record(&created(group, time, "x"), 1).await;
    }
    world.record(&json!({ "CallbackCommand": "A.B", "GroupId": "b", "EventTime": TIME }), 1).await;
    let count = |arguments: &[&str]| world.run(&[&["count"], arguments].concat());
    assert_eq!(count(&["b"]).well(), "4\n");
    assert_eq!(count(&["nobody"]).well(), "0\n");
    assert_eq!(count(&["b", "--json"]).json(), [json!({ "key": "all", "count": 4 })]);
    for (by, expected) in [
        ("command", vec![("A.B", 1), (CREATED, 4)]),
        ("day", vec![("2022-12-09", 4), ("2022-12-10", 1)]),
        ("hour", vec![("2022-12-09T08", 3), ("2022-12-09T09", 1), ("2022-12-10T08", 1)]),
        ("subject", vec![("b", 4), ("a", 1)]),
    ] {
        let lines = count(&["--by", by, "--yes", "--json"]).json();
        let expected: Vec<_> =
            expected.iter().map(|(key, count)| json!({ "key": key, "count": count })).collect();
        assert_eq!(lines, expected, "{by}");
    }
    let bars = count(&["--command", CREATED, "--since", "2022-12-09", "--by", "day"]).stdout;
    let lines: Vec<_> = bars.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
    assert_eq!(lines[1], ["2022-12-09", "3", "█".repeat(40).as_str()]);
    assert_eq!(lines[2], ["2022-12-10", "1", "█".repeat(14).as_str()]);
    assert_eq!(lines[3], ["total", "4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn show_prints_the_body_byte_for_byte() {
    let world = World::start().await;
    let pk = "1400000001#@TGS#1";
    for (time, body) in
        [(TIME, created("@TGS#1", TIME, "群 \"é\" \n")), (TIME + 1, large("@TGS#1", TIME + 1))]
    {
        world.record(&body, 1).await;
        let sent = body.to_string();
        let since = tencent_chat_webhook::time::rfc3339(time);
        let event = world.run(&["list", "@TGS#1", "--json", "--since", &since]).json().remove(0);
        let sk = event["sk"].as_str().expect("a text");
        assert_eq!(event.get("BodyParts").is_some(), time > TIME);
        assert!(event["Body"] == sent);
        assert!(world.run(&["show", pk, sk]).well() == sent);
        assert!(world.run(&["show", pk, &sk[..13]]).well() == sent, "the beginning is enough");
        assert!(world.run(&["show", "@TGS#1", &since]).well() == sent, "the printed time is enough");
        let json = world.run(&["show", pk, sk, "--json"]).json();
        assert!(json[0]["Body"] == sent && json[0]["pk"] == pk);
    }
    let several = world.run(&["show", pk, "16705"]);
    assert_eq!(several.code, Some(1));
    assert!(
        several
            .stderr
            .starts_with("chat-events: several events fit; give one of these as SK: 1670574414123#Group."),
        "{several:?}"
    );
    let none = world.run(&["show", pk, "17"]);
    assert_eq!(none.stderr, format!("chat-events: no event has pk {pk} and an sk that begins with 17\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn local_events_need_no_credentials_region_or_application() {
    let world = World::start().await;
    world.record(&created("@TGS#1", TIME, "one"), 1).await;
    world.record(&large("@TGS#2", TIME), 1).await;
    let address = world.dynamodb.address.to_string();
    let local = |arguments: &[&str]| {
        let mut command = program(&[("LOCAL_DYNAMODB_ADDRESS", &address)], arguments);
        command.arg("--local");
        run(command, "")
    };
    assert_eq!(local(&["list", "@TGS#1"]).well().lines().count(), 2);
    let listed = local(&["list", "--yes"]).stdout;
    assert_eq!(listed.lines().count(), 3, "parts are not events: {listed}");
    assert!(listed.lines().nth(1).expect("a line").contains("  @TGS#"), "{listed}");
}
