//! `history`, `day`, `show` and `list`.

use serde_json::{Value, json};
use support::requests::CREATED;

use crate::world::{World, created, program, run};

/// 9 December 2022, 08:26:54.123 UTC.
const TIME: u64 = 1_670_574_414_123;

fn column<'a>(lines: &'a [Value], name: &str) -> Vec<&'a Value> {
    lines.iter().map(|line| &line[name]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn history_is_in_order_and_says_what_a_reader_looks_for() {
    let world = World::start().await;
    for (time, name) in [(TIME + 1000, "later"), (TIME, "群组 \u{1b}[31m"), (TIME + 500, &"long ".repeat(50))]
    {
        world.record(&created("@TGS#1", time, name), 1).await;
    }
    world.record(&created("@TGS#12", TIME, "another"), 1).await;

    let printed = world.run(&["history", "@TGS#1"]).well();
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines[0], "TIME                      COMMAND                          WHAT");
    let begin =
        "2022-12-09T08:26:54.123Z  Group.CallbackAfterCreateGroup   Name=群组 \u{fffd}[31m Type=Public ";
    assert!(lines[1].starts_with(begin), "{}", lines[1]);
    assert!(lines[2].starts_with("2022-12-09T08:26:54.623Z") && lines[2].ends_with('…'), "{}", lines[2]);
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{printed}");
    assert_eq!(lines.len(), 4);

    let since = world.run(&["history", "@TGS#1", "--since", "2022-12-09T08:26:55Z"]).well();
    assert_eq!(since.lines().count(), 2, "{since}");
    let json = world.run(&["history", "@TGS#1", "--json"]).json();
    assert_eq!(column(&json, "EventTime"), [TIME, TIME + 500, TIME + 1000]);
    assert_eq!(json[0]["Body"], created("@TGS#1", TIME, "群组 \u{1b}[31m").to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_comes_in_order_over_whatever_shards_it_was_spread() {
    let world = World::start().await;
    let count: u64 = 60;
    for number in 0..count {
        // As if the deployment had changed twice in the course of the day.
        let shards = [64, 1, 7][usize::try_from(number % 3).expect("it is small")];
        // Neither the order of writing is that of time, nor is that of the shards.
        let time = TIME + number * 7 % count;
        world.record(&created(&format!("g-{number:02}"), time, "x"), shards).await;
    }
    world.record(&created("tomorrow", TIME + 24 * 3600 * 1000, "x"), 7).await;

    let json = world.run(&["day", CREATED, "2022-12-09", "--json"]).json();
    let times: Vec<u64> = (0..count).map(|number| TIME + number).collect();
    assert_eq!(column(&json, "EventTime"), times.iter().collect::<Vec<_>>());
    let printed = world.run(&["day", CREATED, "2022-12-09"]).well();
    assert!(
        printed.starts_with(
            "TIME                      SUBJECT             WHAT\n2022-12-09T08:26:54.123Z  g-00  "
        )
    );

    let none = world.run(&["day", CREATED, "2022-12-11"]);
    assert_eq!((none.code, none.printed.as_str()), (Some(0), ""));
    assert_eq!(none.told, format!("no {CREATED} on 2022-12-11 in application 1400000001\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_many_pages_is_whole() {
    let world = World::start().await;
    // Each has 6 KB in the index, of which a page has 1 MB.
    let long = "n".repeat(1000);
    let count: u64 = 200;
    for number in 0..count {
        let mut body = created(&format!("g-{}", number % 7), TIME + number, &long);
        for name in ["Type", "From_Account", "To_Account", "Owner_Account", "Operator_Account"] {
            body[name] = long.as_str().into();
        }
        world.record(&body, 1).await;
    }
    let json = world.run(&["day", CREATED, "2022-12-09", "--json"]).json();
    let times: Vec<Value> = (0..count).map(|number| Value::from(TIME + number)).collect();
    assert_eq!(column(&json, "EventTime"), times.iter().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn show_gives_the_body_to_the_byte_be_it_in_one_item_or_in_parts() {
    let world = World::start().await;
    let pk = "1400000001#@TGS#1";
    for (time, members) in [(TIME, 1), (TIME + 1, 20_000)] {
        let mut body = created("@TGS#1", time, "群 \"é\" \n");
        body["MemberList"] = vec![json!({ "Member_Account": "一-of-many-😀-members" }); members].into();
        world.record(&body, 1).await;
        let sent = body.to_string();

        let history = world.run(&["history", "@TGS#1", "--json"]).json();
        let sk = history.last().expect("it is there")["sk"].as_str().expect("a text").to_owned();
        assert_eq!(history.last().expect("it is there").get("BodyParts").is_some(), members > 1);
        assert!(world.run(&["show", pk, &sk]).well() == sent);
        assert!(world.run(&["show", pk, &sk[..13]]).well() == sent, "the beginning will do");
        let json = world.run(&["show", pk, &sk, "--json"]).json();
        assert!(json[0]["Body"] == sent && json[0]["pk"] == pk);
    }
    let by_table = world.run(&["show", "@TGS#1", "2022-12-09T08:26:54.124Z"]).well();
    assert!(by_table.len() > 400 * 1024, "what the table shows is enough");

    let several = world.run(&["show", pk, "16705"]);
    assert_eq!(several.code, Some(1));
    assert!(
        several.told.starts_with("chat-events: which one? Give one of these as SK: 1670574414123#Group."),
        "{several:?}"
    );
    let none = world.run(&["show", pk, "17"]);
    assert_eq!(none.told, format!("chat-events: no event has pk {pk} and an sk that begins with 17\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_local_needs_neither_credentials_nor_region_nor_application() {
    let world = World::start().await;
    world.record(&created("@TGS#1", TIME, "one"), 1).await;
    let mut large = created("@TGS#2", TIME, "two");
    large["MemberList"] = vec![json!({ "Member_Account": "one-of-many-members" }); 20_000].into();
    world.record(&large, 1).await;
    let address = world.dynamodb.address.to_string();
    let local = |arguments: &[&str]| {
        let mut command = program(&[("LOCAL_DYNAMODB_ADDRESS", &address)], arguments);
        command.arg("--local");
        run(command, "")
    };
    assert_eq!(local(&["history", "@TGS#1"]).well().lines().count(), 2);
    let listed = local(&["list"]).well();
    assert_eq!(listed.lines().count(), 3, "parts are no events: {listed}");
    assert!(listed.lines().nth(1).expect("a line").contains("  @TGS#"), "{listed}");
}
