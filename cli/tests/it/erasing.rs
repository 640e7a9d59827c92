//! `erase`: a person's own events are deleted, and the person has a pseudonym in all others.

use serde_json::{Value, json};
use support::dynamodb::TABLE;
use tencent_chat_webhook::time::{day, now_millis};

use crate::world::{Ran, World, program, run, unrecorded, unrecorded_with};

mod disturbed;
mod found;
mod killed;

/// 9 December 2022, 08:26:54.000 UTC.
const TIME: u64 = 1_670_574_414_000;

/// A body without white space, so long after [`TIME`]. The fields are JSON.
fn body(command: &str, after: u64, fields: &str) -> String {
    format!(r#"{{"CallbackCommand":"{command}","EventTime":{},{fields}}}"#, TIME + after)
}

/// A group whose body is in parts, with a member among many.
fn large(after: u64, fields: &str, member: &str) -> String {
    let many = r#"{"Member_Account":"one-of-many"},"#.repeat(20_000);
    let fields = format!(r#"{fields},"MemberList":[{many}{{"Member_Account":"{member}"}}]"#);
    body("Group.CallbackAfterGroupDestroyed", after, &fields)
}

async fn record(world: &World, app: &str, bodies: &[String]) {
    for body in bodies {
        let query = format!("SdkAppid={app}&RequestTime=1670574413&OptPlatform=Web");
        let callback = unrecorded_with("id", query, body);
        world.record_callback(&callback, 1).await;
    }
}

/// The program for all applications of the table.
fn ran(world: &World, arguments: &[&str]) -> Ran {
    let mut command = world.program(arguments);
    command.env_remove("SDK_APP_ID");
    run(command, "")
}

/// All items with parts, in the order of their keys.
async fn items(world: &World) -> Vec<Value> {
    let mut items = Vec::new();
    let mut scan = world.client().scan().table_name(TABLE).into_paginator().items().send();
    while let Some(item) = scan.next().await {
        let item = item.expect("a page");
        let texts =
            item.into_iter().filter_map(|(name, value)| Some((name, value.as_s().ok()?.as_str().into())));
        items.push(Value::Object(texts.collect()));
    }
    items.sort_by_key(|item| (item["pk"].to_string(), item["sk"].to_string()));
    items
}

/// The actions in the output, by `pk` without the application.
fn actions(ran: &Ran) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let subject = |line: &Value| text(&line["pk"]).split_once('#').expect("an application").1.to_owned();
    let mut actions: Vec<_> = ran.json().iter().map(|line| (subject(line), text(&line["action"]))).collect();
    actions.sort();
    actions
}

/// The first pseudonym in a text.
fn pseudonym(text: &str) -> &str {
    let at = text.find("erased-").expect("a pseudonym");
    &text[at..at + "erased-0123456789ab".len()]
}

#[tokio::test(flavor = "multi_thread")]
async fn own_events_are_deleted_and_others_get_a_pseudonym() {
    let world = World::start().await;
    let own = [
        body("C2C.CallbackAfterSendMsg", 1, r#""From_Account":"amy","To_Account":"bob","MsgBody":[]"#),
        body("Group.CallbackAfterSendMsg", 2, r#""GroupId":"g1","From_Account":"am\u0079","MsgBody":[]"#),
        body("C2C.CallbackAfterMsgReport", 3, r#""Report_Account":"amy","Peer_Account":"bob""#),
        body("Group.CallbackX", 4, r#""GroupId":"g1","Report_Account":"amy""#),
        body("State.StateChange", 5, r#""Info":{"To_Account":"amy","Action":"Login"}"#),
        large(6, r#""From_Account":"amy""#, "bob"),
        // If a name occurs twice, the last field counts.
        body("Group.CallbackX", 7, r#""GroupId":"g1","From_Account":"bob","From_Account":"amy""#),
    ];
    let others = [
        body("C2C.CallbackAfterSendMsg", 11, r#""From_Account":"bob","To_Account":"amy","MsgBody":[]"#),
        body(
            "Group.CallbackX",
            12,
            r#" "GroupId" : "g2", "amy" : [ "amy", "amy2", "hi amy", "\u0061my" ], "N":1.50"#,
        ),
        body("Group.CallbackX", 13, r#""GroupId":"g2","Operator_Account":"amy","Type":"Web""#),
    ];
    let untouched = [
        body(
            "Group.CallbackX",
            21,
            r#""GroupId":"g3","amy":"a field's name","Text":"I saw amy.","Name":"Amy""#,
        ),
        body("C2C.CallbackAfterSendMsg", 22, r#""From_Account":"amy2","To_Account":"bob","MsgBody":[]"#),
        large(23, r#""GroupId":"g3""#, "bob"),
    ];
    record(&world, "1400000001", &[&own[..], &others, &untouched].concat()).await;
    let before = items(&world).await;

    let ran = ran(&world, &["erase", "--person", "amy", "--yes", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let (deleted, changed) = ("deleted".to_owned(), "pseudonymised".to_owned());
    let of = |subject: &str, action: &String| (subject.to_owned(), action.clone());
    let mut expected: Vec<_> =
        ["amy", "amy", "amy", "amy", "g1", "g1", "g1"].map(|own| of(own, &deleted)).into();
    expected.extend(["bob", "g2", "g2"].map(|other| of(other, &changed)));
    expected.sort();
    assert_eq!(actions(&ran), expected);
    let message = "this reads the whole table tencent-chat-events: about ";
    assert!(ran.stderr.starts_with(message), "{ran:?}");
    assert!(ran.stderr.ends_with("deleted 7, pseudonymised 3, not changed 0\n"), "{ran:?}");

    let (changed, same): (Vec<_>, Vec<_>) =
        items(&world).await.into_iter().partition(|item| item.get("Erased").is_some());
    let bodies: Vec<&str> = changed.iter().filter_map(|item| item["Body"].as_str()).collect();
    let pseudonym = pseudonym(bodies[0]);
    let expected = others.map(|body| {
        let body = body.replace(r#""\u0061my""#, r#""amy""#).replace(r#""amy""#, &format!("\"{pseudonym}\""));
        // The name of a field stays, and so does every other byte.
        body.replace(&format!("\"{pseudonym}\" :"), r#""amy" :"#)
    });
    assert_eq!(bodies, expected);
    assert_eq!(changed[0]["To_Account"], pseudonym);
    let is_same_key = |one: &Value, other: &Value| one["pk"] == other["pk"] && one["sk"] == other["sk"];
    for item in &changed {
        assert_eq!(item["Erased"], day(now_millis()));
        let old = before.iter().find(|old| is_same_key(old, item)).expect("its key stays");
        for (name, value) in old.as_object().expect("an item").iter().filter(|(name, _)| *name != "Body") {
            let expected = if value == "amy" { &json!(pseudonym) } else { value };
            assert_eq!(&item[name], expected, "{name}");
        }
    }
    // Of the others, only items without the person are left: three heads, and a body of two parts.
    assert_eq!(same.len(), 3 + 2, "{:?}", same.iter().map(|item| &item["sk"]).collect::<Vec<_>>());
    assert!(same.iter().all(|item| before.contains(item)));

    let again = self::ran(&world, &["erase", "--person", "amy", "--yes", "--json"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""));
    assert!(again.stderr.ends_with("nothing to erase: no event has amy\n"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn group_with_the_persons_id_keeps_its_events() {
    let world = World::start().await;
    let of_group = body("Group.CallbackX", 0, r#""GroupId":"amy","Operator_Account":"bob""#);
    let moderated = body("ContentCallback.X", 1, r#""ContactItem":{"ToGroupId":"amy"},"From_Account":"bob""#);
    record(&world, "1400000001", &[of_group, moderated]).await;
    // In the second run, the body has a pseudonym as the group's id, and the key still has the person's id.
    for (deleted, changed) in [(0, 2), (0, 0)] {
        let ran = ran(&world, &["erase", "--person", "amy", "--yes", "--json"]);
        let count = |action| actions(&ran).iter().filter(|(_, done)| done == action).count();
        assert_eq!((count("deleted"), count("pseudonymised")), (deleted, changed), "{ran:?}");
        assert_eq!(items(&world).await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attributes_from_outside_the_body_stay() {
    let world = World::start().await;
    record(&world, "1400000001", &[body("Group.CallbackX", 0, r#""GroupId":"g","Operator_Account":"Web""#)])
        .await;
    assert_eq!(ran(&world, &["erase", "--person", "Web", "--yes"]).code, Some(0));
    let [item] = items(&world).await.try_into().expect("one item");
    assert_eq!(item["OptPlatform"], "Web");
    assert!(item["Operator_Account"].as_str().is_some_and(|id| id.starts_with("erased-")), "{item}");
}

#[tokio::test(flavor = "multi_thread")]
async fn body_that_outgrows_its_item_moves_into_parts() {
    let world = World::start().await;
    // Pseudonyms are longer, so with them the item would exceed DynamoDB's limit.
    let fields = format!(
        r#""GroupId":"g2","L":[0{}],"F":"{}""#,
        r#","amy""#.repeat(100),
        "x".repeat(400 * 1024 - 1500)
    );
    record(&world, "1400000001", &[body("Group.CallbackX", 1, &fields)]).await;
    assert!(items(&world).await[0].get("Body").is_some(), "it just fits");
    let ran = ran(&world, &["erase", "--person", "amy", "--yes", "--json"]);
    assert_eq!((ran.code, actions(&ran)), (Some(0), vec![("g2".to_owned(), "pseudonymised".to_owned())]));
    let [head, ..] = &items(&world).await[..] else { panic!("a head") };
    assert!(head.get("Body").is_none() && head["Erased"] == day(now_millis()), "{head}");
    let shown = world.run(&["show", "1400000001#g2", head["sk"].as_str().expect("a key")]).well();
    assert!(shown.matches("erased-").count() == 100 && !shown.contains("amy"));
    let again = world.run(&["erase", "--person", "amy", "--yes"]);
    assert!(again.stderr.ends_with("nothing to erase: no event has amy\n"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answer_that_outgrows_its_item_moves_the_body_into_parts() {
    let world = World::start().await;
    let fields = format!(r#""GroupId":"g2","F":"{}""#, "x".repeat(400 * 1024 - 2000));
    let asked = body("Group.CallbackBeforeInviteJoinGroup", 1, &fields);
    let answer = format!(r#"{{"RefusedMembers_Account":["bob"{}]}}"#, r#","amy""#.repeat(100));
    world.record_callback(&unrecorded("id", &asked).with_answer(Some(&answer)), 1).await;
    assert!(items(&world).await[0].get("Body").is_some(), "it just fits");
    let ran = ran(&world, &["erase", "--person", "amy", "--yes", "--json"]);
    assert_eq!((ran.code, actions(&ran)), (Some(0), vec![("g2".to_owned(), "pseudonymised".to_owned())]));
    let [head, ..] = &items(&world).await[..] else { panic!("a head") };
    assert!(head.get("Body").is_none() && !head["Answer"].to_string().contains("amy"), "{head}");
    let shown = world.run(&["show", "1400000001#g2", head["sk"].as_str().expect("a key")]).well();
    assert_eq!(shown, asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn event_is_reported_if_a_part_would_be_too_large() {
    let world = World::start().await;
    let fields = format!(r#""GroupId":"g","L":[0{}]"#, r#","amy""#.repeat(80_000));
    record(&world, "1400000001", &[body("Group.CallbackX", 0, &fields)]).await;
    let before = items(&world).await;
    for (flags, action) in
        [(&["--yes", "--dry-run"][..], "would not be changed"), (&["--yes"], "not changed")]
    {
        let ran = ran(&world, &[&["erase", "--person", "amy", "--json"], flags].concat());
        assert_eq!(
            (ran.code, actions(&ran)),
            (Some(1), vec![("g".to_owned(), action.to_owned())]),
            "{ran:?}"
        );
        assert!(ran.stderr.contains("\nan event is not changed if a part of its body "), "{ran:?}");
        assert_eq!(items(&world).await, before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn erase_needs_yes_and_writes_nothing_in_a_dry_run() {
    let world = World::start().await;
    let own = body("State.StateChange", 0, r#""Info":{"To_Account":"amy"}"#);
    let other = body("Group.CallbackX", 1, r#""GroupId":"g","Operator_Account":"amy""#);
    record(&world, "1400000001", &[own, other]).await;
    let before = items(&world).await;
    let size = "chat-events: this reads the whole table tencent-chat-events: about 2 items, ";
    for (arguments, advice) in [
        (
            &["erase", "--person", "amy"][..],
            " read unit, and erases in it permanently; add --yes, or try --dry-run first\n",
        ),
        (&["erase", "--person", "amy", "--dry-run"], " read unit; add --yes\n"),
    ] {
        let ran = ran(&world, arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        assert!(ran.stderr.starts_with(size) && ran.stderr.ends_with(advice), "{ran:?}");
    }
    let dry = ran(&world, &["erase", "--person", "amy", "--dry-run", "--yes"]);
    let lines = dry.lines();
    assert!(lines[0].starts_with("ACTION                  PK                        SK"), "{dry:?}");
    let mut rows = lines[1..3].to_vec();
    rows.sort_unstable();
    assert!(
        rows[0].starts_with("would be deleted        1400000001#amy            1670574414000#State."),
        "{dry:?}"
    );
    assert!(
        rows[1].starts_with("would be pseudonymised  1400000001#g              1670574414001#Group."),
        "{dry:?}"
    );
    let sum = "would delete 1, pseudonymise 1, not change 0; nothing was written";
    assert_eq!((dry.code, lines[3..].to_vec()), (Some(0), vec![sum]));
    assert_eq!(items(&world).await, before);
    let nobody = run(program(&[], &["erase", "--person", "", "--yes"]), "");
    assert_eq!(nobody.code, Some(2), "{nobody:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn erase_is_limited_to_the_chosen_application() {
    let world = World::start().await;
    let own = body("State.StateChange", 0, r#""Info":{"To_Account":"amy"}"#);
    for app in ["1400000001", "14000000012"] {
        record(&world, app, std::slice::from_ref(&own)).await;
    }
    let ran = world.run(&["erase", "--person", "amy", "--yes"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let [left] = items(&world).await.try_into().expect("one item");
    assert_eq!(left["pk"], "14000000012#amy");
    let all = self::ran(&world, &["erase", "--person", "amy", "--yes"]);
    assert_eq!((all.code, items(&world).await.len()), (Some(0), 0));
}
