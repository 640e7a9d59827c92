//! `follow`.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::{Value, json};

use crate::world::{World, created};

const PATIENCE: Duration = Duration::from_secs(20);

/// The program while it follows, and the lines that it prints.
struct Following {
    child: Child,
    lines: Receiver<String>,
}

impl Following {
    /// Starts it, and waits until it says that it follows.
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the program is there");
        let mut told = String::new();
        let stderr = child.stderr.as_mut().expect("a pipe");
        BufReader::new(stderr).read_line(&mut told).expect("it tells something");
        assert_eq!(told, "following tencent-chat-events; Ctrl-C to stop\n");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line comes")
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_events_come_once_and_parts_are_none() {
    let world = World::start().await;
    world.record(&created("before", 1_670_574_414_000, "x"), 1).await;
    let following = Following::start(world.program(&["follow"]));
    let mut large = created("after", 1_670_574_414_001, "large");
    large["MemberList"] = vec![json!({ "Member_Account": "one-of-many-members" }); 20_000].into();
    for body in [&large, &large, &created("after", 1_670_574_414_002, "small")] {
        world.record(body, 1).await;
    }
    assert!(following.line().starts_with("TIME                      COMMAND   "));
    let large = following.line();
    assert!(
        large.starts_with("2022-12-09T08:26:54.001Z  Group.CallbackAfterCreateGroup   after   "),
        "{large}"
    );
    assert!(following.line().starts_with("2022-12-09T08:26:54.002Z"));
    assert!(following.lines.recv_timeout(Duration::from_secs(2)).is_err(), "there is no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_its_start_the_stream_has_what_came_before() {
    let world = World::start().await;
    world.record(&created("before", 1_670_574_414_000, "x"), 1).await;
    let following = Following::start(world.program(&["follow", "--from-start", "--json"]));
    let event: Value = serde_json::from_str(&following.line()).expect("a line is JSON");
    assert_eq!((&event["GroupId"], &event["EventTime"]), (&json!("before"), &json!(1_670_574_414_000_u64)));
}
