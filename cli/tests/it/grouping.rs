//! `group`: the state of a group, from its events.

use serde_json::{Value, json};
use support::requests::{CREATED, SDK_APPID};

use crate::world::{ENVIRONMENT, World, program, run, unrecorded_with};

/// 9 December 2022, 08:26:54.000 UTC.
const TIME: u64 = 1_670_574_414_000;
const DAY: u64 = 86_400_000;

fn members(list: &[&str]) -> Value {
    list.iter().map(|member| json!({ "Member_Account": member })).collect()
}

/// An event of the group `g`, so long after [`TIME`].
fn event(command: &str, after: u64, fields: &Value) -> Value {
    let mut body = json!({
        "CallbackCommand": format!("Group.Callback{command}"), "GroupId": "g", "EventTime": TIME + after,
        "Type": "Public", "Operator_Account": "amy",
    });
    let fields = fields.as_object().expect("fields").clone();
    body.as_object_mut().expect("an object").extend(fields);
    body
}

fn created(after: u64, list: &[&str]) -> Value {
    event(
        "AfterCreateGroup",
        after,
        &json!({ "Name": "Choir", "Owner_Account": "amy", "MemberList": members(list) }),
    )
}

fn joined(after: u64, list: &[&str]) -> Value {
    event("AfterNewMemberJoin", after, &json!({ "JoinType": "Apply", "NewMemberList": members(list) }))
}

fn left(after: u64, kind: &str, list: &[&str]) -> Value {
    event("AfterMemberExit", after, &json!({ "ExitType": kind, "ExitMemberList": members(list) }))
}

fn wrote(after: u64, from: &str) -> Value {
    event("AfterSendMsg", after, &json!({ "From_Account": from, "MsgBody": [], "Random": after }))
}

async fn record(world: &World, events: &[Value]) {
    for event in events {
        world.record(event, 1).await;
    }
}

/// The only object in the output with these arguments.
fn state(world: &World, arguments: &[&str]) -> Value {
    let ran = world.run(&[&["group", "g", "--json"], arguments].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let [object] = ran.json().try_into().expect("one line");
    object
}

/// A time that is so long after [`TIME`], as an argument.
fn at(after: u64) -> String {
    tencent_chat_webhook::time::rfc3339(TIME + after)
}

#[tokio::test(flavor = "multi_thread")]
async fn state_follows_from_the_events_up_to_a_time() {
    let world = World::start().await;
    record(
        &world,
        &[
            created(0, &["bob"]),
            joined(10, &["carol", "dave"]),
            event("AfterGroupFull", 15, &json!({ "Type": null, "TopicId": "g@TOPIC#1" })),
            event("AfterGroupFull", 20, &json!({ "Type": null })),
            event("AfterGroupFull", 25, &json!({ "Type": null })),
            left(30, "Quit", &["bob"]),
            left(40, "Kicked", &["dave"]),
            event("AfterGroupInfoChanged", 50, &json!({ "Name": "Choir 2", "Notification": "At eight." })),
            event("AfterGroupInfoChanged", 60, &json!({ "Notification": "", "Introduction": "We sing." })),
            event("AfterTopicInfoChanged", 65, &json!({ "Name": "a topic's" })),
            event(
                "AfterChangeGroupOwner",
                70,
                &json!({ "OldOwner_Account": "amy", "NewOwner_Account": "erin" }),
            ),
            event(
                "AfterGroupDestroyed",
                80,
                &json!({ "Owner_Account": "erin", "Name": "Choir 2", "MemberList": members(&["amy", "carol"]) }),
            ),
        ],
    )
    .await;
    let before = json!({
        "group": "g", "type": "Public", "name": "Choir", "owner": "amy", "known_since": TIME, "created": TIME,
        "members": ["amy", "bob"],
    });
    let with = |state: &Value, changes: Value| {
        let mut state = state.clone();
        for (name, value) in changes.as_object().expect("fields") {
            state[name] = value.clone();
        }
        state
    };
    assert_eq!(state(&world, &["--at", &at(9)]), before);
    let more = with(&before, json!({ "members": ["amy", "bob", "carol", "dave"] }));
    assert_eq!(state(&world, &["--at", &at(10)]), more, "an event at the time counts");
    assert_eq!(state(&world, &["--at", &at(29)]), with(&more, json!({ "full": TIME + 20 })));
    let gone = with(&before, json!({ "members": ["amy", "carol"] }));
    assert_eq!(state(&world, &["--at", &at(40)]), gone, "it is not full after a member left");
    let renamed = with(&gone, json!({ "name": "Choir 2", "notification": "", "introduction": "We sing." }));
    assert_eq!(state(&world, &["--at", &at(65)]), renamed, "only fields in the event have changed");
    let handed = with(&renamed, json!({ "owner": "erin", "members": ["amy", "carol", "erin"] }));
    assert_eq!(state(&world, &["--at", &at(70)]), handed);
    assert_eq!(state(&world, &[]), with(&handed, json!({ "destroyed": TIME + 80 })));

    // The app may use the id again, and the end of the first group may not be recorded.
    for after in [100, DAY] {
        record(
            &world,
            &[event("AfterCreateGroup", after, &json!({ "Name": "New", "Owner_Account": "fay" }))],
        )
        .await;
        let new = json!({
            "group": "g", "type": "Public", "name": "New", "owner": "fay", "known_since": TIME + after,
            "created": TIME + after, "members": ["fay"],
        });
        assert_eq!(state(&world, &[]), new, "the state of the earlier group is gone");
        record(&world, &[joined(after + 1, &["gil"])]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_a_minimum_if_no_creation_is_recorded() {
    let world = World::start().await;
    record(&world, &[joined(0, &["bob"]), left(1, "Quit", &["zoe"]), wrote(2, "a server's")]).await;
    // A sender through the REST API need not be a member. A sender from a client is a member.
    let query = format!("SdkAppid={SDK_APPID}&RequestTime=1670574413&OptPlatform=Web");
    let callback = unrecorded_with("id", query, &wrote(3, "carol").to_string());
    world.record_callback(&callback, 1).await;
    let expected =
        json!({ "group": "g", "type": "Public", "members": ["bob", "carol"], "known_since": TIME });
    assert_eq!(state(&world, &[]), expected);

    let printed = world.run(&["group", "g"]).well();
    let expected = "\
group         g
type          Public
known since   2022-12-09T08:26:54.000Z
members       at least 2: the creation of the group is not recorded
              bob
              carol
";
    assert_eq!(printed, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_inactive_if_they_wrote_nothing_in_the_span() {
    let world = World::start().await;
    record(
        &world,
        &[
            created(0, &["bob", "carol", "dave"]),
            wrote(DAY, "bob"),
            wrote(30 * DAY, "carol"),
            wrote(31 * DAY, "a guest"),
            wrote(40 * DAY, "dave"),
        ],
    )
    .await;
    let inactive = |after: u64| state(&world, &["--inactive", "30d", "--at", &at(after)])["inactive"].clone();
    assert_eq!(inactive(31 * DAY), json!(["amy", "dave"]), "the span begins with the moment 30 days ago");
    assert_eq!(inactive(31 * DAY + 1), json!(["amy", "bob", "dave"]));
    assert_eq!(inactive(60 * DAY), json!(["amy", "bob"]));
    assert_eq!(state(&world, &[]).get("inactive"), None);
    let printed = world.run(&["group", "g", "--inactive", "30d", "--at", &at(60 * DAY)]).well();
    let end = "inactive      2 wrote nothing since 2023-01-08T08:26:54.000Z\n              amy\n              bob\n";
    assert!(printed.contains("\nmembers       4\n") && printed.ends_with(end), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_events_are_noted() {
    let world = World::start().await;
    record(
        &world,
        &[
            joined(DAY, &["bob"]),
            event("AfterGroupInfoChanged", 2 * DAY, &json!({ "Name": ["odd"] })),
            event(
                "AfterGroupInfoChanged",
                3 * DAY,
                &json!({ "Name": "\u{1b}[31m", "Introduction": "two\nlines" }),
            ),
        ],
    )
    .await;
    let ran = world.run(&["group", "g", "--inactive", "30d", "--at", &at(4 * DAY)]);
    let message = "1 event of the group left out: not as documented, or with missing parts\n\
        the first event of the group is from 2022-12-10T08:26:54.000Z: members who wrote only before that count as \
        inactive\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), message));
    assert!(ran.stdout.contains("name          \u{fffd}[31m\nintroduction  two\u{fffd}lines\n"), "{ran:?}");

    let before = world.run(&["group", "g", "--at", &at(0), "--json"]);
    let message =
        "chat-events: no events of group g in application 1400000001 up to 2022-12-09T08:26:54.000Z\n";
    assert_eq!((before.code, before.stdout.as_str(), before.stderr.as_str()), (Some(1), "", message));
    let wrong = run(program(&ENVIRONMENT, &["group", "g", "--inactive", "soon"]), "");
    assert!(wrong.stderr.contains("expected a length of time such as 90m, 12h, 30d"), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_read_from_a_body_in_parts() {
    let world = World::start().await;
    let list: Vec<String> = (0..20_000).map(|number| format!("member-{number:05}")).collect();
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    // A community's creation is reported late, and the first members may be reported earlier.
    record(&world, &[joined(0, &["early"]), created(3000, &list)]).await;
    let state = state(&world, &[]);
    let members = state["members"].as_array().expect("a list");
    assert_eq!((members.len(), &members[0], &members[1]), (20_002, &json!("amy"), &json!("early")));
    assert_eq!((&state["known_since"], &state["created"]), (&json!(TIME), &json!(TIME + 3000)));
    let head = world.run(&["list", "g", "--command", CREATED, "--json"]).json();
    assert!(head[0].get("BodyParts").is_some(), "it is in parts");
}
