//! `replay`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{
    function::Function,
    requests::{CREATED, SDK_APPID},
};

use crate::{
    receiver::{OK, Receiver},
    world::{World, created, run},
};

/// 9 December 2022, 08:26:54.123 UTC.
const TIME: u64 = 1_670_574_414_123;

/// Records this many events of a group, and returns their bodies in order of time.
pub(crate) async fn record(world: &World, count: u64) -> Vec<String> {
    let mut bodies = Vec::new();
    for number in 0..count {
        let body = created("g", TIME + number, &format!("群 {number}"));
        world.record(&body, 1).await;
        bodies.push(body.to_string());
    }
    bodies
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_sends_callbacks_as_tencent_did() {
    let world = World::start().await;
    let mut bodies = record(&world, 2).await;
    let mut large = created("g", TIME + 2, "large");
    large["MemberList"] = vec![json!({ "Member_Account": "one-of-many-members" }); 20_000].into();
    let before =
        json!({ "CallbackCommand": "Group.CallbackBeforeSendMsg", "GroupId": "g", "EventTime": TIME + 3 });
    for body in [&large, &before] {
        world.record(body, 1).await;
        bodies.push(body.to_string());
    }
    let receiver = Receiver::start(|_| 200).await;

    let mut command = world.program(&["replay", "g", "--to", &receiver.url(), "--json"]);
    command.env("CALLBACK_TOKENS", format!("one,{SDK_APPID}:ours"));
    let ran = run(command, "");
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(0), "sent 3, not taken: 0; 1 before-callback left out\n")
    );
    let requests = receiver.received();
    assert!(requests.iter().map(|each| &each.body).eq(&bodies[..3]));
    let begin = format!("SdkAppid={SDK_APPID}&CallbackCommand={CREATED}&contenttype=json&RequestTime=");
    for each in &requests {
        assert!(each.query.starts_with(&begin) && each.query.ends_with("&Replayed=1"), "{}", each.query);
        assert!(each.is_signed(SDK_APPID, "ours"), "{}", each.query);
        assert!(each.head.contains("user-agent: chat-events/"), "{}", each.head);
    }
    let line = &ran.json()[0];
    assert_eq!((&line["status"], &line["CallbackCommand"]), (&json!(200), &json!(CREATED)));
    assert_eq!(line["answer"], serde_json::from_str::<serde_json::Value>(OK).expect("JSON"));
    assert!(line["ms"].is_u64() && line["pk"] == "1400000001#g" && line["sk"].is_string(), "{line}");

    let all = world.run(&["replay", "g", "--to", &receiver.url(), "--before-callbacks"]);
    assert_eq!((all.code, all.stderr.as_str()), (Some(0), "sent 4, not taken: 0\n"));
    let unsigned = &receiver.received()[6];
    assert!(unsigned.body == bodies[3] && !unsigned.query.contains("Sign="), "{}", unsigned.query);
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_fails_if_a_callback_was_not_answered_200() {
    let world = World::start().await;
    record(&world, 3).await;
    let receiver = Receiver::start(|number| if number == 1 { 503 } else { 200 }).await;
    let ran = world.run(&["replay", "g", "--to", &receiver.url(), "--json"]);
    assert_eq!((ran.code, receiver.received().len()), (Some(1), 3));
    assert!(ran.stderr.ends_with("chat-events: 1 callback not taken\n"), "{ran:?}");
    let closed = world.run(&["replay", "g", "--to", "http://127.0.0.1:9/", "--json"]);
    assert_eq!((closed.code, &closed.json()[0]["status"]), (Some(1), &json!(0)), "{closed:?}");
    let url = world.run(&["replay", "g", "--to", "ftp://me:secret@x/"]);
    assert_eq!(
        url.stderr,
        "chat-events: the receiver is not a URL such as https://example.com/im or localhost:8080\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_keeps_its_rate_and_sends_nothing_in_a_dry_run() {
    let world = World::start().await;
    record(&world, 5).await;
    let receiver = Receiver::start(|_| 200).await;
    let dry = world.run(&["replay", "g", "--dry-run", "--json"]);
    assert_eq!((dry.code, dry.stderr.as_str()), (Some(0), "5 to send; nothing was sent\n"));
    assert_eq!((dry.json().len(), receiver.received().len()), (5, 0));
    let started = Instant::now();
    world.run(&["replay", "g", "--to", &receiver.url(), "--rate", "10"]);
    assert!(started.elapsed().as_millis() >= 400 && receiver.received().len() == 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_merges_one_table_into_another() {
    let (there, here) = (World::start().await, World::start().await);
    record(&there, 20).await;
    record(&here, 5).await;
    let without_time =
        json!({ "CallbackCommand": "Sns.CallbackFriendAdd", "PairList": [{ "From_Account": "amy" }] });
    there.record(&without_time, 1).await;
    let function = Function::start(&here.dynamodb.url(), &[("CALLBACK_TOKENS", "ours")]).await;
    for already_there in [5, 20] {
        let mut command = there.program(&["replay", "--yes", "--to", &function.url()]);
        command.env("CALLBACK_TOKENS", "ours");
        let ran = run(command, "");
        assert!(ran.code == Some(0) && ran.stderr.ends_with("sent 21, not taken: 0\n"), "{ran:?}");
        let of_group = here.run(&["list", "g", "--json"]).json();
        let there = there.run(&["list", "g", "--json"]).json();
        let keys = |events: &[Value]| events.iter().map(|event| event["sk"].clone()).collect::<Vec<_>>();
        assert_eq!(keys(&of_group), keys(&there), "{already_there} events were there already");
        // The event without a time gets the time of the signature, in seconds.
        tokio::time::sleep(Duration::from_millis(1100)).await;
    }
    // If the body has no time, each replay is a new event.
    let of_amy = here.run(&["count", "amy", "--until", "2100-01-01"]).well();
    assert_eq!(of_amy, "2\n");
}
