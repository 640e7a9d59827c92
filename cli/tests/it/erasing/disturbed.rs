//! Interrupted runs, and events that others change during a run.

use std::sync::Arc;

use serde_json::Value;
use support::{
    dynamodb::TABLE,
    endpoint::{Endpoint, Step},
};
use tencent_chat_webhook::record::attribute::text;

use super::{actions, body, items, large, record};
use crate::world::{Ran, World, run};

/// Runs `erase` with a DynamoDB that takes a step for each request by its number. The first two describe and scan.
async fn run_in_front_of(world: &World, decide: impl Fn(usize) -> Step + Send + Sync + 'static) -> Ran {
    let endpoint = Endpoint::deciding(decide, world.dynamodb.address).await;
    let mut command = world.program(&["erase", "--person", "amy", "--yes", "--json"]);
    command.env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", endpoint.address));
    tokio::task::block_in_place(|| run(command, ""))
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_permission_ends_the_run_with_advice() {
    let world = World::start().await;
    record(&world, "1400000001", &[large(0, r#""From_Account":"amy""#, "bob")]).await;
    let denied = Step::Fail(400, "AccessDeniedException", "not allowed");
    // DynamoDB allows these: read the parts, mark the head.
    let ran = run_in_front_of(&world, move |request| if request < 4 { Step::Pass } else { denied }).await;
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert!(ran.stderr.ends_with("AccessDeniedException: not allowed; ask for this permission\n"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn body_that_lacks_parts_is_reported() {
    let world = World::start().await;
    record(&world, "1400000001", &[large(0, r#""GroupId":"g""#, "amy")]).await;
    let delete = async |sk: &str| {
        let part = items(&world).await.into_iter().find(|item| item["sk"] == sk).expect("a part");
        let mut delete = world.client().delete_item().table_name(TABLE);
        for name in ["pk", "sk"] {
            delete = delete.key(name, text(part[name].as_str().expect("a text")));
        }
        delete.send().await.expect("it is deleted");
    };
    // The person is at the end of the list.
    delete("part#0001").await;
    let ran = world.run(&["erase", "--person", "amy", "--yes", "--json"]);
    assert_eq!((ran.code, actions(&ran)), (Some(1), vec![("g".to_owned(), "not changed".to_owned())]));
    delete("part#0002").await;
    let ran = world.run(&["erase", "--person", "amy", "--yes"]);
    let message = "parts are missing in the body of 1 event: the person may have been in them\n";
    assert!(ran.code == Some(0) && ran.stderr.contains(message), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn erase_fails_if_its_output_is_closed() {
    let world = World::start().await;
    let own = |number| body("State.StateChange", number, r#""Info":{"To_Account":"amy"}"#);
    record(&world, "1400000001", &(0..300).map(own).collect::<Vec<_>>()).await;
    let mut command = world.program(&["erase", "--person", "amy", "--yes", "--json"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    command.stdout(writer);
    let ran = command.output().expect("it ends");
    let message = String::from_utf8(ran.stderr).expect("a text");
    let end = "chat-events: the output was closed before everything was erased; run it again\n";
    assert!(ran.status.code() == Some(1) && message.ends_with(end), "{message}");
    let left = items(&world).await.len();
    assert!(0 < left && left < 300, "{left} are left");
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_change_is_not_overwritten() {
    let world = Arc::new(World::start().await);
    let both = body("Group.CallbackX", 1, r#""GroupId":"g","List":["amy","bob"]"#);
    record(&world, "1400000001", &[both]).await;
    let ran = run_in_front_of(&world, erasing_bob(&world)).await;
    assert_eq!((ran.code, actions(&ran)), (Some(0), vec![("g".to_owned(), "pseudonymised".to_owned())]));
    let [item] = items(&world).await.try_into().expect("one item");
    let body: Value = serde_json::from_str(item["Body"].as_str().expect("a body")).expect("it is JSON");
    let list: Vec<&str> = body["List"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(
        list.len() == 2 && list.iter().all(|id| id.starts_with("erased-")) && list[0] != list[1],
        "{list:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrently_deleted_event_stays_deleted() {
    let world = Arc::new(World::start().await);
    let of_bob =
        body("C2C.CallbackAfterSendMsg", 2, r#""From_Account":"bob","To_Account":"amy","MsgBody":[]"#);
    record(&world, "1400000001", &[of_bob]).await;
    let ran = run_in_front_of(&world, erasing_bob(&world)).await;
    assert_eq!((ran.code, ran.stdout.as_str(), items(&world).await.len()), (Some(0), "", 0), "{ran:?}");
}

/// Erases bob between the scan and the first write.
fn erasing_bob(world: &Arc<World>) -> impl Fn(usize) -> Step + Send + Sync + 'static {
    let world = Arc::clone(world);
    move |request| {
        if request == 2 {
            let other = tokio::task::block_in_place(|| world.run(&["erase", "--person", "bob", "--yes"]));
            assert_eq!(other.code, Some(0), "{other:?}");
        }
        Step::Pass
    }
}
