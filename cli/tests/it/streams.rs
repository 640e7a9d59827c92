//! `follow` with shards that close, are listed late, are removed, or do not respond.

mod stream;

use std::{
    io::{BufRead, BufReader, Read},
    process::Child,
    sync::{
        Arc, Mutex, MutexGuard,
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::world::{ENVIRONMENT, program};
use stream::{NOW, State, serve};

const LINE_TIMEOUT: Duration = Duration::from_secs(30);
/// Longer than the pauses of two reads.
const QUIET: Duration = Duration::from_secs(3);

/// The program while it follows a stream, and the lines that it prints.
struct Following {
    state: Arc<Mutex<State>>,
    child: Child,
    output: Receiver<String>,
    notes: Receiver<String>,
}

impl Following {
    /// Makes a stream, starts the program, and waits until it follows.
    fn start(arguments: &[&str], make: impl FnOnce(&mut State)) -> Self {
        let mut state = State::default();
        make(&mut state);
        let state = Arc::new(Mutex::new(state));
        let mut command = program(&ENVIRONMENT, &["follow", "--json"]);
        let mut child = command
            .args(arguments)
            .env("AWS_ENDPOINT_URL", serve(Arc::clone(&state)))
            .spawn()
            .expect("it is there");
        let output = lines(child.stdout.take().expect("a pipe"));
        let notes = lines(child.stderr.take().expect("a pipe"));
        let following = Self { state, child, output, notes };
        assert_eq!(following.note(), "following tencent-chat-events; Ctrl-C to stop");
        following
    }

    fn stream(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics with it")
    }

    /// The groups of the next events.
    fn groups<const COUNT: usize>(&self) -> [String; COUNT] {
        std::array::from_fn(|_| {
            let line = self.output.recv_timeout(LINE_TIMEOUT).expect("an event comes");
            let event: Value = serde_json::from_str(&line).expect("a line is JSON");
            event["GroupId"].as_str().expect("a group").to_owned()
        })
    }

    fn note(&self) -> String {
        self.notes.recv_timeout(LINE_TIMEOUT).expect("a note comes")
    }

    /// Checks that nothing more is printed.
    fn is_quiet(&self) {
        assert_eq!(self.output.recv_timeout(QUIET).ok(), None);
        assert_eq!(self.notes.try_recv().ok(), None);
    }

    /// Waits for a state of the stand-in.
    fn wait(&self, mut is: impl FnMut(&State) -> bool) {
        let start = Instant::now();
        while !is(&self.stream()) {
            assert!(start.elapsed() < LINE_TIMEOUT, "the state is not reached");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        BufReader::new(pipe).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    lines
}

/// A stream of one open shard with an event of an hour ago.
fn one_shard(stream: &mut State) {
    stream.shard("a", None);
    stream.put("a", NOW - 3600, "old");
}

#[test]
fn no_old_event_is_printed_from_closed_or_late_shards() {
    let following = Following::start(&[], |stream| {
        let ids = [("older", None), ("closed", Some("older")), ("late", Some("closed")), ("open", None)];
        for (id, parent) in ids {
            stream.shard(id, parent);
            stream.put(id, NOW - 3600, "old");
        }
        stream.close("older");
        stream.close("closed");
        stream.list("late", false);
    });
    {
        let mut stream = following.stream();
        stream.put("late", NOW, "late");
        stream.list("late", true);
    }
    assert_eq!(following.groups(), ["late"]);
    following.stream().put("open", NOW + 1, "open");
    assert_eq!(following.groups(), ["open"]);
    following.is_quiet();
    let stream = following.stream();
    let opened = stream.requests("GetShardIterator");
    assert!(opened.iter().all(|(request, _)| request["ShardId"] != "older"), "{opened:?}");
}

#[test]
fn late_child_shards_are_read_from_their_start() {
    let following = Following::start(&[], one_shard);
    {
        let mut stream = following.stream();
        stream.put("a", NOW + 1, "last");
        stream.close("a");
        for child in ["b", "c"] {
            stream.shard(child, Some("a"));
            stream.list(child, false);
        }
        stream.put("b", NOW + 2, "b");
        stream.put("c", NOW + 3, "c");
    }
    assert_eq!(following.groups(), ["last"]);
    let ended = Instant::now();
    following.wait(|_| ended.elapsed() > Duration::from_secs(5));
    // After pauses of 1 and 2 seconds. The next one is 4.
    let listed =
        following.stream().requests("DescribeStream").iter().filter(|(_, time)| *time > ended).count();
    assert!((1..=3).contains(&listed), "{listed}");
    following.stream().list("b", true);
    assert_eq!(following.groups(), ["b"]);
    following.stream().list("c", true);
    assert_eq!(following.groups(), ["c"]);
    following.is_quiet();
}

#[test]
fn no_event_is_missed_or_repeated_if_an_iterator_expires() {
    let following = Following::start(&[], one_shard);
    for (time, group) in [(NOW + 1, "before any other"), (NOW + 2, "after one")] {
        let mut stream = following.stream();
        stream.expire();
        stream.put("a", time, group);
        drop(stream);
        assert_eq!(following.groups(), [group]);
    }
    following.is_quiet();
}

#[test]
fn removed_records_are_noted_and_the_rest_is_printed() {
    let following = Following::start(&[], one_shard);
    following.stream().put("a", NOW + 1, "read");
    assert_eq!(following.groups(), ["read"]);
    {
        let mut stream = following.stream();
        stream.put("a", NOW + 2, "removed");
        stream.trim("a");
        stream.put("a", NOW + 3, "kept");
        stream.expire();
    }
    let note = "some events were missed: the stream keeps 24 hours; they are in the table";
    assert_eq!(following.note(), note);
    assert_eq!(following.groups(), ["kept"]);
    {
        let mut stream = following.stream();
        // The shard's children are removed too, so the parent of the next shard is not listed.
        stream.remove("a");
        stream.shard("d", Some("c"));
        stream.put("d", NOW + 4, "in another shard");
    }
    assert_eq!(following.note(), note);
    assert_eq!(following.groups(), ["in another shard"]);
    following.is_quiet();
}

#[test]
fn throttled_requests_and_lost_connections_are_retried() {
    let following = Following::start(&[], one_shard);
    {
        let mut stream = following.stream();
        // More failures in a row than the three attempts of the SDK.
        for operation in ["DescribeStream", "GetShardIterator"] {
            stream.fail(operation, Some("LimitExceededException"), 4);
        }
        stream.fail("GetRecords", None, 7);
        stream.put("a", NOW + 1, "last");
        stream.close("a");
        stream.shard("b", Some("a"));
        stream.put("b", NOW + 2, "first");
    }
    assert_eq!(following.groups(), ["last", "first"]);
    let note = following.note();
    assert!(note.starts_with("can't follow the table tencent-chat-events: "), "{note}");
    assert!(note.ends_with("; retrying"), "{note}");
    following.is_quiet();
    assert!(!following.stream().still_fails("GetShardIterator"));
}

#[test]
fn follow_prints_read_events_before_it_ends_without_access() {
    let mut following = Following::start(&[], |stream| {
        one_shard(stream);
        stream.shard("b", None);
    });
    {
        let mut stream = following.stream();
        stream.put("a", NOW + 1, "a");
        stream.put("b", NOW + 1, "b");
    }
    let mut groups = following.groups::<2>();
    groups.sort();
    assert_eq!(groups, ["a", "b"]);
    {
        let mut stream = following.stream();
        stream.refuse("a");
        stream.put("b", NOW + 2, "last");
    }
    assert_eq!(following.groups(), ["last"]);
    let message = following.note();
    assert!(message.ends_with("AccessDeniedException: As asked for; ask for this permission"), "{message}");
    assert_eq!(following.child.wait().expect("it ends").code(), Some(1));
}

#[test]
fn parent_shards_are_read_before_their_children() {
    let following = Following::start(&["--from-start"], |stream| {
        // The order of the list differs, it has several pages, and the times contradict the order.
        for (id, parent, time) in [
            ("c", Some("b"), 1),
            ("a", Some("gone"), 5),
            ("b", Some("a"), 3),
            ("other", None, 9),
            ("d", Some("c"), 0),
        ] {
            stream.shard(id, parent);
            stream.put(id, NOW - 3600 + time, id);
            stream.put(id, NOW - 3600, &format!("{id}2"));
            if id < "d" {
                stream.close(id);
            }
        }
    });
    let mut groups = following.groups::<10>().to_vec();
    groups.retain(|group| !group.starts_with("other"));
    assert_eq!(groups, ["a", "a2", "b", "b2", "c", "c2", "d", "d2"]);
    following.is_quiet();
}
