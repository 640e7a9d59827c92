//! `follow`.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command},
    sync::mpsc,
    time::Duration,
};

use serde_json::{Value, json};
use support::requests::{CREATED, SDK_APPID};

use crate::{
    receiver::{OK, Receiver},
    world::{World, created},
};

/// 9 December 2022, 08:26:54.123 UTC.
const TIME: u64 = 1_670_574_414_123;

const LINE_TIMEOUT: Duration = Duration::from_secs(20);

/// The program while it follows, and the lines that it prints.
struct Following {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Following {
    /// Starts the program, and waits for its first note.
    fn start(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the program is there");
        let mut message = String::new();
        let stderr = child.stderr.as_mut().expect("a pipe");
        BufReader::new(stderr).read_line(&mut message).expect("it prints a note");
        assert_eq!(message, "following tencent-chat-events; Ctrl-C to stop\n");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(LINE_TIMEOUT).expect("a line comes")
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_events_are_printed_once_and_without_parts() {
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
async fn follow_from_start_prints_earlier_events() {
    let world = World::start().await;
    world.record(&created("before", 1_670_574_414_000, "x"), 1).await;
    let following = Following::start(world.program(&["follow", "--from-start", "--json"]));
    let event: Value = serde_json::from_str(&following.line()).expect("a line is JSON");
    assert_eq!((&event["GroupId"], &event["EventTime"]), (&json!("before"), &json!(1_670_574_414_000_u64)));
}

#[tokio::test(flavor = "multi_thread")]
async fn follow_filters_by_commands_and_subject() {
    let world = World::start().await;
    let arguments = ["follow", "--command", "A.B", "--command", "A.C", "--subject", "g", "--json"];
    let following = Following::start(world.program(&arguments));
    for (time, (command, group)) in (0..).zip([("A.B", "g"), ("A.B", "h"), ("A.D", "g"), ("A.C", "g")]) {
        world
            .record(&json!({ "CallbackCommand": command, "GroupId": group, "EventTime": TIME + time }), 1)
            .await;
    }
    let times = [following.line(), following.line()]
        .map(|line| serde_json::from_str::<Value>(&line).expect("JSON")["EventTime"].clone());
    assert_eq!(times, [json!(TIME), json!(TIME + 3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn follow_forwards_each_event_and_prints_the_answer() {
    let world = World::start().await;
    let receiver = Receiver::start(|number| if number == 1 { 500 } else { 200 }).await;
    let arguments = ["follow", "--forward-to", &receiver.url()];
    let mut command = world.program(&arguments);
    command.env("CALLBACK_TOKENS", "ours");
    let (table, json) =
        (Following::start(command), Following::start(world.program(&[&arguments[..], &["--json"]].concat())));
    let mut large = created("g", TIME, "large");
    large["MemberList"] = vec![json!({ "Member_Account": "one-of-many-members" }); 20_000].into();
    world.record(&large, 1).await;
    let sent = large.to_string();
    let line: Value = serde_json::from_str(&json.line()).expect("JSON");
    assert!(table.line().starts_with("TIME "));
    let row = table.line();
    assert!(row.contains(CREATED) && (row.contains("  200 ") || row.contains("  500 ")), "{row}");
    assert!([200, 500].contains(&line["status"].as_u64().expect("a status")), "{line}");
    assert_eq!(line["answer"], serde_json::from_str::<Value>(OK).expect("JSON"));
    let requests = receiver.received();
    assert!(requests.iter().all(|each| each.body == sent && !each.query.contains("Replayed")));
    assert_eq!(requests.iter().filter(|each| each.is_signed(SDK_APPID, "ours")).count(), 1);
}
