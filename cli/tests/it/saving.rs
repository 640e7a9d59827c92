//! `media`.

pub(crate) mod server;

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::world::{Ran, World, run_closed};
use server::{Behaviour, Server};

const TIME: u64 = 1_670_574_414_000;

/// A message with a file at a URL.
fn message(number: u64, url: &str) -> Value {
    json!({
        "CallbackCommand": "Group.CallbackAfterSendMsg", "GroupId": "g", "Type": "Public", "From_Account": "amy",
        "MsgSeq": number, "EventTime": TIME + number,
        "MsgBody": [{ "MsgType": "TIMFileElem", "MsgContent": { "Url": url, "FileName": "../../n\u{202e}.exe" } }],
    })
}

fn save(world: &World, server: &Server, to: &Path, arguments: &[&str]) -> Ran {
    let to = to.to_str().expect("a path is text");
    world.run(&[&["media", "g", "--to", to, "--media-host", server.host()], arguments].concat())
}

/// The names of the files in the folder, without its list.
fn names(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            names.extend(self::names(&entry.path()));
        } else if entry.file_name() != "index.jsonl" {
            names.push(entry.file_name().into_string().expect("a name is text"));
        }
    }
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn file_is_saved_once_under_its_digest() {
    let (world, folder) = (World::start().await, tempfile::tempdir().expect("a folder"));
    let server = Server::start(|_| Behaviour::Body(b"content".to_vec()));
    for number in 0..3 {
        world.record(&message(number, &format!("{}/{}", server.url(), number / 2)), 1).await;
    }
    let ran = save(&world, &server, folder.path(), &["--json"]);
    assert_eq!((ran.code, ran.json().len()), (Some(0), 2), "{ran:?}");
    assert_eq!(ran.stderr, "2 files: 2 saved (14 bytes), 0 already there, 0 failed\n");
    let digest = hex::encode(Sha256::digest("content"));
    assert_eq!(names(folder.path()), [format!("{digest}.bin")]);
    let line = &ran.json()[0];
    let (file, name) = (line["file"].as_str().expect("a file"), line["name"].as_str());
    assert_eq!((line["sha256"].as_str(), name), (Some(digest.as_str()), Some("../../n\u{202e}.exe")));
    assert_eq!(fs::read(folder.path().join(file)).expect("it is there"), b"content");
    assert!(!ran.stdout.contains('\u{202e}'), "{ran:?}");

    let ran = save(&world, &server, folder.path(), &[]);
    assert_eq!(ran.stderr, "2 files: 0 saved (0 bytes), 2 already there, 0 failed\n");
    assert_eq!(server.requests(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn media_fails_if_its_output_is_closed() {
    let (world, folder) = (World::start().await, tempfile::tempdir().expect("a folder"));
    let server = Server::start(|_| Behaviour::Body(b"content".to_vec()));
    world.record(&message(1, &format!("{}/1", server.url())), 1).await;
    let to = folder.path().to_str().expect("a path is text");
    let arguments = ["media", "g", "--to", to, "--media-host", server.host()];
    let ran = run_closed(world.program(&arguments));
    let expected = "chat-events: the output was closed before the end\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), expected), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_run_goes_on_where_it_stopped() {
    let (world, folder) = (World::start().await, tempfile::tempdir().expect("a folder"));
    let server = Server::start(|_| Behaviour::Body(b"content".to_vec()));
    world.record(&message(1, &format!("{}/1", server.url())), 1).await;
    assert_eq!(save(&world, &server, folder.path(), &[]).code, Some(0));
    // A run that was killed while it wrote, a file that was lost, and a list from elsewhere.
    let index = folder.path().join("index.jsonl");
    let mut list = fs::read_to_string(&index).expect("a list");
    list.push_str("not JSON\n{\"bytes\":7,\"con");
    fs::write(&index, list).expect("it can be written");
    fs::write(folder.path().join(".incomplete-abcdef"), "half").expect("it can be written");
    world.record(&message(2, &format!("{}/2", server.url())), 1).await;
    let ran = save(&world, &server, folder.path(), &[]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(0), "2 files: 1 saved (7 bytes), 1 already there, 0 failed\n")
    );
    assert_eq!(names(folder.path()).len(), 1);
    let file = folder.path().join(ran.lines()[1].split_whitespace().last().expect("a file"));
    for changed in ["other", "CONTENT"] {
        fs::write(&file, changed).expect("it can be written");
        // The second URL may find the file that the first one has just restored.
        let ran = save(&world, &server, folder.path(), &[]);
        assert_eq!((ran.code, fs::read(&file).ok()), (Some(0), Some(b"content".to_vec())), "{ran:?}");
    }
    let list = fs::read_to_string(&index).expect("a list");
    assert_eq!(list.lines().filter(|line| serde_json::from_str::<Value>(line).is_err()).count(), 1, "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_other_programs_stay_in_the_folder() {
    let (world, folder) = (World::start().await, tempfile::tempdir().expect("a folder"));
    let server = Server::start(|_| Behaviour::Body(b"content".to_vec()));
    world.record(&message(1, &format!("{}/1", server.url())), 1).await;
    let path = |name: &str| folder.path().join(name);
    fs::write(path("index.jsonl"), "without a line break").expect("it can be written");
    fs::write(path(".incomplete-notes"), "mine").expect("it can be written");
    fs::create_dir(path(".incomplete-folder")).expect("it can be made");
    let ran = save(&world, &server, folder.path(), &[]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let list = fs::read_to_string(path("index.jsonl")).expect("a list");
    assert!(list.starts_with("without a line break\n{\"bytes\":7,"), "{list}");
    assert!(path(".incomplete-notes").is_file() && path(".incomplete-folder").is_dir());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn list_that_is_no_file_is_neither_read_nor_written() {
    let (world, folder) = (World::start().await, tempfile::tempdir().expect("a folder"));
    let server = Server::start(|_| Behaviour::Body(b"content".to_vec()));
    world.record(&message(1, &format!("{}/1", server.url())), 1).await;
    let (to, elsewhere) = (folder.path().join("to"), folder.path().join("elsewhere"));
    fs::create_dir(&to).expect("it can be made");
    std::os::unix::fs::symlink(&elsewhere, to.join("index.jsonl")).expect("it can be linked");
    let ran = save(&world, &server, &to, &[]);
    assert!(ran.code == Some(1) && ran.stderr.ends_with(": index.jsonl is not a file\n"), "{ran:?}");
    assert!(!elsewhere.exists());
    fs::remove_file(to.join("index.jsonl")).expect("it can be removed");
    let made = Command::new("mkfifo").arg(to.join("index.jsonl")).status().expect("it runs");
    assert!(made.success());
    let page = folder.path().join("page.html");
    let [to, page] = [&to, &page].map(|path| path.to_str().expect("a text"));
    let ran = world.run(&["chat", "g", "--html", page, "--media", "--media-from", to]);
    assert!(ran.code == Some(1) && ran.stderr.ends_with(": index.jsonl is not a file\n"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_file_is_reported_and_the_others_are_saved() {
    let (world, folder) = (World::start().await, tempfile::tempdir().expect("a folder"));
    let server = Server::start(|path| match path {
        "/endless" => Behaviour::Endless,
        "/announced" => Behaviour::Announced(5_000_000),
        "/metadata" => Behaviour::Redirect("http://169.254.169.254/latest/meta-data/".to_owned()),
        "/secure-metadata" => Behaviour::Redirect("https://169.254.169.254/".to_owned()),
        "/loop" => Behaviour::Redirect("/loop".to_owned()),
        "/file" => Behaviour::Redirect("file:///etc/passwd".to_owned()),
        "/away" => Behaviour::Redirect("https://example.com/".to_owned()),
        "/near" => Behaviour::Redirect("good".to_owned()),
        "/headers" => Behaviour::Headers(10_000),
        "/gone" => Behaviour::Status(404),
        "/cut" => Behaviour::Cut,
        _ => Behaviour::Body(b"content".to_vec()),
    });
    let own = |path: &str| format!("{}{path}", server.url());
    let cases = [
        (own("/endless"), "larger than 1048576 bytes"),
        (own("/announced"), "larger than 1048576 bytes"),
        (own("/metadata"), "not an https URL"),
        (own("/secure-metadata"), "the host 169.254.169.254 is not allowed"),
        (own("/loop"), "more than 3 redirects"),
        (own("/file"), "without a host"),
        (own("/away"), "the host example.com is not allowed"),
        (own("/headers"), "message head is too large"),
        (own("/gone"), "status 404"),
        (own("/cut"), ""),
        ("http://a.myqcloud.com/x".to_owned(), "not an https URL"),
        ("https://169.254.169.254/x".to_owned(), "is not allowed"),
        ("https://localhost/x".to_owned(), "is not allowed"),
        ("../../etc/passwd".to_owned(), "not a URL"),
        (own("/near"), "saved"),
        (own("/../../../../tmp/escaped"), "saved"),
    ];
    for (number, (url, _)) in cases.iter().enumerate() {
        world.record(&message(number as u64, url), 1).await;
    }
    let ran = save(&world, &server, folder.path(), &["--json", "--media-max", "1"]);
    assert_eq!((ran.code, ran.json().len()), (Some(1), cases.len()), "{ran:?}");
    for (url, expected) in &cases {
        let line = ran.json().into_iter().find(|line| line["url"] == url.as_str()).expect("a line");
        let found = line["error"].as_str().or(line["outcome"].as_str()).expect("an outcome");
        assert!(found.contains(expected), "{url}: {line}");
        assert_eq!(line["outcome"] == "saved", *expected == "saved", "{line}");
    }
    assert_eq!(names(folder.path()).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn folder_belongs_to_one_run_at_a_time() {
    let (world, folder) = (World::start().await, tempfile::tempdir().expect("a folder"));
    let server = Server::start(|_| Behaviour::Body(Vec::new()));
    world.record(&message(1, "https://a.myqcloud.com.invalid/"), 1).await;
    let lock = fs::File::create(folder.path().join("index.jsonl")).expect("it can be written");
    lock.lock().expect("nobody has it");
    let ran = save(&world, &server, folder.path(), &[]);
    assert!(ran.code == Some(1) && ran.stderr.contains("is in use by another run"), "{ran:?}");
}
