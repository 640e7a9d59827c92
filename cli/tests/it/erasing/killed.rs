//! A run that is killed at each of its writes, one after the other: the next run leaves nothing of the person.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::Value;
use support::endpoint::{Endpoint, Step};

use super::{body, items, large, record};
use crate::world::World;

/// Events of which each needs other writes.
fn events() -> Vec<String> {
    // The person is the subject only by a field that is in no attribute.
    let pairs = r#"{"From_Account":"amy","To_Account":"bob"},"#.repeat(10_000);
    let pairs = format!(r#""PairList":[{pairs}{{"From_Account":"amy"}}]"#);
    let name = r#""GroupId":"g1","Operator_Account":"amy""#;
    // A change across the end of the first part, and one in each part.
    let cut = 380_000 - body("Group.CallbackX", 4, r#""GroupId":"g2","L":["amy",""]"#).len() + 1;
    let across =
        format!(r#""GroupId":"g2","L":["amy","{}","amy","{}","amy"]"#, "x".repeat(cut), "y".repeat(100_000));
    let full = format!(
        r#""GroupId":"g3","L":[0{}],"F":"{}""#,
        r#","amy""#.repeat(100),
        "x".repeat(400 * 1024 - 1500)
    );
    vec![
        body("C2C.CallbackAfterSendMsg", 1, r#""From_Account":"amy","To_Account":"bob","MsgBody":[]"#),
        body("C2C.CallbackAfterSendMsg", 2, r#""From_Account":"bob","To_Account":"amy","MsgBody":[]"#),
        body("Sns.CallbackFriendDelete", 3, &pairs),
        large(5, name, "amy"),
        body("Group.CallbackX", 4, &across),
        body("Group.CallbackX", 6, &full),
        large(7, r#""GroupId":"g4""#, "bob"),
    ]
}

/// Runs `erase` until its write with this number, and kills it before DynamoDB gets the write. Returns whether there was
/// such a write.
async fn is_killed_at(world: &World, write: usize) -> bool {
    let child = Arc::new(Mutex::new(None::<std::process::Child>));
    let (writes, to_kill) = (AtomicUsize::new(0), Arc::clone(&child));
    let decide = move |_, request: &[u8]| {
        let head = String::from_utf8_lossy(&request[..request.len().min(2000)]).into_owned();
        let is_write = ["UpdateItem", "PutItem", "DeleteItem", "TransactWriteItems"]
            .iter()
            .any(|operation| head.contains(&format!("DynamoDB_20120810.{operation}\r\n")));
        if is_write && writes.fetch_add(1, Ordering::SeqCst) + 1 >= write {
            if let Some(child) = to_kill.lock().expect("no panic").as_mut() {
                child.kill().expect("it runs");
            }
            return Step::Silent;
        }
        Step::Pass
    };
    let endpoint = Endpoint::deciding_on(decide, world.dynamodb.address).await;
    let mut command = world.program(&["erase", "--person", "amy", "--yes", "--json"]);
    command.env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", endpoint.address));
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    *child.lock().expect("no panic") = Some(command.spawn().expect("the program is there"));
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let ended =
            child.lock().expect("no panic").as_mut().and_then(|child| child.try_wait().expect("a child"));
        if let Some(status) = ended {
            return !status.success();
        }
    }
}

/// The bodies of all heads, as `list` reads them, and the parts in the table.
async fn left(world: &World) -> (Vec<Value>, usize) {
    let listed = world.run(&["list", "--yes", "--json"]);
    assert_eq!(listed.code, Some(0), "each body is whole: {}", listed.stderr);
    let parts = items(world).await.iter().filter(|item| item.get("Part").is_some()).count();
    (listed.json(), parts)
}

#[tokio::test(flavor = "multi_thread")]
async fn next_run_finishes_a_run_killed_at_any_write() {
    let mut write = 1;
    loop {
        let world = World::start().await;
        record(&world, "1400000001", &events()).await;
        let is_killed = is_killed_at(&world, write).await;
        let ran = world.run(&["erase", "--person", "amy", "--yes", "--json"]);
        assert_eq!(ran.code, Some(0), "killed at write {write}: {ran:?}");
        let (heads, parts) = left(&world).await;
        assert_eq!(heads.len(), 5, "killed at write {write}");
        let expected: u64 = heads.iter().filter_map(|head| head["BodyParts"].as_u64()).sum();
        assert_eq!(parts as u64, expected, "killed at write {write}: each part has its head");
        for head in &heads {
            let body = head["Body"].as_str().expect("a whole body");
            serde_json::from_str::<Value>(body).expect("it is JSON");
            assert!(!head.to_string().contains("amy"), "killed at write {write}: {}", head["sk"]);
            let is_changed = head["pk"] != "1400000001#g4";
            assert_eq!(head.get("Erased").is_some(), is_changed, "killed at write {write}: {}", head["sk"]);
        }
        let again = world.run(&["erase", "--person", "amy", "--yes"]);
        assert!(again.stderr.ends_with("nothing to erase: no event has amy\n"), "{again:?}");
        if !is_killed {
            break;
        }
        write += 1;
    }
    assert!(write > 10, "the run has only {write} writes");
}
