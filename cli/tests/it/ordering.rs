//! `replay --concurrency`.

use std::{
    collections::HashMap,
    fs::{self, OpenOptions},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    receiver::{OK, Receiver, Reply},
    world::{World, created},
};

const GROUPS: u64 = 8;
const EVENTS: u64 = 10;

/// Events of several groups, mixed.
async fn record(world: &World) {
    for number in 0..EVENTS {
        for group in 0..GROUPS {
            let time = 1_670_574_414_000 + number * GROUPS + group;
            world.record(&created(&format!("g{group}"), time, "x"), 1).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_are_sent_at_once_but_in_order_of_their_subject() {
    let world = World::start().await;
    record(&world).await;
    // Some answers overtake those before them.
    let receiver = Receiver::replying(|number, _| {
        let after = Duration::from_millis(if number.is_multiple_of(3) { 300 } else { 150 });
        Reply { after, ..Reply::new(200, OK) }
    })
    .await;
    let started = Instant::now();
    let ran = world.run(&["replay", "--yes", "--to", &receiver.url(), "--concurrency", "16"]);
    let elapsed = started.elapsed();
    assert!(ran.code == Some(0) && ran.stderr.ends_with("sent 80, not taken: 0\n"), "{ran:?}");
    // One after the other, the answers alone take 16 s.
    assert!(elapsed < Duration::from_secs(12), "{elapsed:?}");
    let mut times: HashMap<String, Vec<u64>> = HashMap::new();
    for received in receiver.received() {
        let body: Value = serde_json::from_str(&received.body).expect("JSON");
        let group = body["GroupId"].as_str().expect("a group").to_owned();
        times.entry(group).or_default().push(body["EventTime"].as_u64().expect("a time"));
    }
    assert_eq!(times.len(), 8);
    assert!(times.values().all(|times| times.is_sorted() && times.len() == 10), "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn summary_stands_after_the_lines_of_one_file() {
    let world = World::start().await;
    record(&world).await;
    let mut command = world.program(&["replay", "--yes", "--dry-run", "g1"]);
    let file = tempfile::NamedTempFile::new().expect("a file");
    let append = || OpenOptions::new().append(true).open(file.path()).expect("it can be opened");
    let status = command.stdout(append()).stderr(append()).status().expect("it runs");
    let text = fs::read_to_string(file.path()).expect("text");
    assert!(status.success() && text.lines().count() == 12, "{text}");
    assert_eq!(text.lines().last(), Some("10 to send; nothing was sent"), "{text}");
}
