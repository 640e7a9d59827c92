//! `replay --resume`.

use std::{fs, path::Path, time::Duration};

use tempfile::TempDir;

use crate::{
    receiver::{OK, Receiver, Reply},
    replaying::record,
    world::{Ran, World, run},
};

/// A folder with a file for `--resume`.
fn file() -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sent.jsonl").to_str().expect("a text").to_owned();
    (folder, file)
}

fn replay(world: &World, receiver: &Receiver, file: &str, more: &[&str]) -> Ran {
    world.run(&[&["replay", "g", "--to", &receiver.url(), "--resume", file], more].concat())
}

fn cut_last_line(file: &Path) {
    let lines = fs::read_to_string(file).expect("a file");
    fs::write(file, &lines[..lines.len() - 10]).expect("it can be written");
}

#[tokio::test(flavor = "multi_thread")]
async fn resumed_replay_sends_the_rest_and_what_was_not_taken() {
    let world = World::start().await;
    let bodies = record(&world, 12).await;
    let (_folder, file) = file();
    // The third callback gets an error, the last two no answer.
    let receiver = Receiver::start(|number| match number {
        2 => 500,
        10 | 11 => 0,
        _ => 200,
    })
    .await;
    let first = replay(&world, &receiver, &file, &[]);
    assert!(first.stderr.contains("g: 500 {\"ActionStatus\""), "{first:?}");
    assert!(first.stderr.contains("\nsent 12, not taken: 3\n"), "{first:?}");
    assert!(
        first.stderr.ends_with("chat-events: 3 callbacks not taken; run it again to retry\n"),
        "{first:?}"
    );

    // As if the run had been killed in the middle of a line.
    cut_last_line(Path::new(&file));
    let resumed = replay(&world, &receiver, &file, &[]);
    assert_eq!((resumed.code, resumed.stderr.as_str()), (Some(0), "sent 3, not taken: 0\n"));
    let sent: Vec<_> = receiver.received().into_iter().skip(12).map(|each| each.body).collect();
    assert_eq!(sent, [2, 10, 11].map(|index: usize| bodies[index].clone()));
    let nothing = replay(&world, &receiver, &file, &[]);
    assert_eq!((nothing.code, nothing.stderr.as_str()), (Some(0), "sent 0, not taken: 0\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn callback_without_an_answer_is_passed_over_after_three_runs() {
    let world = World::start().await;
    let bodies = record(&world, 8).await;
    let (_folder, file) = file();
    // The first six callbacks never get an answer.
    let poison = bodies[..6].to_vec();
    let receiver = Receiver::replying(move |_, received| {
        Reply::new(if poison.contains(&received.body) { 0 } else { 200 }, OK)
    })
    .await;
    let first = replay(&world, &receiver, &file, &[]);
    assert!(first.code == Some(1) && first.stderr.contains("\nsent 8, not taken: 6\n"), "{first:?}");
    let second = replay(&world, &receiver, &file, &[]);
    assert!(second.stderr.contains("\nsent 6, not taken: 6\n"), "{second:?}");
    let third = replay(&world, &receiver, &file, &[]);
    assert!(
        third.stderr.contains("\npassed over, without an answer in three runs: 1400000001#g 1670"),
        "{third:?}"
    );
    let fourth = replay(&world, &receiver, &file, &[]);
    assert!(
        fourth.code == Some(1) && fourth.stderr.starts_with("sent 0, not taken: 0\npassed over"),
        "{fourth:?}"
    );
    assert!(fourth.stderr.ends_with("chat-events: 6 callbacks passed over\n"), "{fourth:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_stops_if_its_receiver_is_down_and_continues() {
    let world = World::start().await;
    record(&world, 8).await;
    let (_folder, file) = file();
    let down = ["replay", "g", "--to", "127.0.0.1:9", "--resume", &file];
    for _ in 0..4 {
        let ran = world.run(&down);
        assert!(ran.stderr.contains("\nsent 5, not taken: 5\n"), "{ran:?}");
        let advice = "chat-events: stopped: 5 callbacks in a row did not reach the receiver: nothing listens at \
                      127.0.0.1:9; start the receiver, or correct the address; run it again to continue\n";
        assert!(ran.code == Some(1) && ran.stderr.ends_with(advice), "{ran:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn resume_file_belongs_to_one_replay_and_one_run() {
    let world = World::start().await;
    record(&world, 3).await;
    let (_folder, file) = file();
    let receiver = Receiver::start(|_| 200).await;
    let since = ["--since", "2022-12-01"];
    assert_eq!(replay(&world, &receiver, &file, &since).code, Some(0));
    let other = Receiver::start(|_| 200).await;
    let begins = "it belongs to a replay with --since 2022-12-01T00:00:00.000Z\n";
    for (ran, expected) in [
        (replay(&world, &other, &file, &since), "it belongs to another receiver\n"),
        (
            replay(&world, &receiver, &file, &["--since", "2022-12-01", "--command", "A.B"]),
            "it belongs to another selection\n",
        ),
        (replay(&world, &receiver, &file, &["--since", "2022-11-30"]), begins),
        (replay(&world, &receiver, &file, &["--since", "2022-12-02"]), begins),
        (replay(&world, &receiver, &file, &["--since", "30s"]), begins),
        (
            replay(&world, &receiver, &file, &[&since[..], &["--until", "1d"]].concat()),
            "it belongs to a replay without --until\n",
        ),
        (
            replay(&world, &receiver, &file, &["--since", "2022-12-02", "--tz", "Asia/Shanghai"]),
            "it belongs to a replay with --since 2022-12-01T08:00:00.000+08:00\n",
        ),
        (
            replay(&world, &receiver, &file, &[&since[..], &["--before-callbacks"]].concat()),
            "it belongs to a replay without --before-callbacks\n",
        ),
    ] {
        assert_eq!((ran.code, ran.stderr), (Some(1), format!("chat-events: can't use {file}: {expected}")));
    }
    let same = replay(&world, &receiver, &file, &["--since", "2022-12-01T00:00Z"]);
    assert_eq!((same.code, same.stderr.as_str()), (Some(0), "sent 0, not taken: 0\n"));
    assert_eq!((receiver.received().len(), other.received().len()), (3, 0));

    fs::write(&file, "something else\n").expect("it can be written");
    let foreign = replay(&world, &receiver, &file, &since);
    assert!(
        foreign.code == Some(1) && foreign.stderr.contains("a line that replay did not write"),
        "{foreign:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn replay_of_an_age_resumes_with_the_same_age() {
    let world = World::start().await;
    let (_folder, file) = file();
    let receiver = Receiver::start(|_| 200).await;
    let span = ["--since", "3h", "--until", "0s"];
    for _ in 0..2 {
        let ran = replay(&world, &receiver, &file, &span);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), "sent 0, not taken: 0\n"));
    }
    let ran = replay(&world, &receiver, &file, &["--since", "1d", "--until", "0s"]);
    assert_eq!(
        ran.stderr,
        format!("chat-events: can't use {file}: it belongs to a replay with --since '3h'\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn second_run_with_the_same_file_is_refused() {
    let world = World::start().await;
    record(&world, 2).await;
    let (_folder, file) = file();
    let slow =
        Receiver::replying(|_, _| Reply { after: Duration::from_secs(3), ..Reply::new(200, OK) }).await;
    let mut first =
        world.program(&["replay", "g", "--to", &slow.url(), "--resume", &file]).spawn().expect("it starts");
    while slow.received().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let second = replay(&world, &slow, &file, &[]);
    assert_eq!(second.stderr, format!("chat-events: can't use {file}: another run uses it\n"));
    first.kill().expect("it runs");
    first.wait().expect("it ends");
    let quick = replay(&world, &slow, &file, &["--concurrency", "2"]);
    assert_eq!((quick.code, quick.stderr.as_str()), (Some(0), "sent 2, not taken: 0\n"), "the lock ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_output_is_a_failure_that_the_next_run_continues() {
    let world = World::start().await;
    let bodies = record(&world, 50).await;
    let (_folder, file) = file();
    let receiver = Receiver::start(|_| 200).await;
    let mut command = world.program(&["replay", "g", "--to", &receiver.url(), "--resume", &file, "--json"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    command.stdout(writer);
    let ran = run(command, "");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let expected = "chat-events: the output was closed after 1 callback; the rest was not sent; run it again to send them\n";
    assert!(ran.stderr.ends_with(expected), "{ran:?}");
    let rest = replay(&world, &receiver, &file, &["--concurrency", "8"]);
    assert_eq!(rest.stderr, "sent 49, not taken: 0\n");
    assert!(receiver.received().into_iter().map(|each| each.body).eq(bodies), "one group keeps its order");
}
