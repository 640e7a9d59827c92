//! `chat --media`.

use std::{
    fs::{self, File},
    path::Path,
    process::Command,
    time::Duration,
};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive};

use super::{
    evidence::{Evidence, Files, verify},
    group, record,
};
use crate::{
    saving::server::{Behaviour, Server},
    world::{Ran, World},
};

/// A file that would run if something opened it as what the server says it is: HTML.
const HOSTILE: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>";

fn element(kind: &str, content: &Value) -> Value {
    json!({ "MsgType": format!("TIM{kind}Elem"), "MsgContent": content })
}

/// A group with four messages: a picture; a voice and a video in a merged forward; a file at two URLs; and a file that is
/// gone, with a name that is hostile, as is the content of all others.
async fn conversation() -> (World, Server) {
    let world = World::start().await;
    let server = Server::start(|path| match path {
        "/gone" => Behaviour::Status(404),
        "/voice" | "/video" => Behaviour::Body(path.as_bytes().to_vec()),
        _ => Behaviour::Body(HOSTILE.as_bytes().to_vec()),
    });
    let url = |path: &str| format!("{}/{path}", server.url());
    let picture =
        json!([element("Image", &json!({ "ImageInfoArray": [{ "Type": 1, "URL": url("picture") }] }))]);
    let forwarded = json!([
        element("Sound", &json!({ "Url": url("voice") })),
        element("VideoFile", &json!({ "VideoUrl": url("video") })),
    ]);
    let forward = json!([element("Relay", &json!({ "MsgList": [{ "MsgBody": forwarded }] }))]);
    let file = |path: &str| element("File", &json!({ "Url": url(path), "FileName": "\"><script>" }));
    let twice = json!([file("file"), file("same")]);
    let gone = json!([file("gone"), file("file")]);
    let bodies = [(1, picture), (2, forward), (3, twice), (4, gone)];
    record(&world, &bodies.map(|(number, body)| group("amy", number, &body))).await;
    (world, server)
}

fn chat(world: &World, server: &Server, page: &Path) -> (Ran, String) {
    let file = page.to_str().expect("a path is text");
    let ran = world.run(&["chat", "g", "--html", file, "--media", "--media-host", server.host()]);
    (ran, fs::read_to_string(page).expect("a page"))
}

/// The path of a file in the folder of saved files.
fn named(content: &str) -> String {
    let digest = hex::encode(Sha256::digest(content));
    format!("{}/{digest}.bin", &digest[..2])
}

#[tokio::test(flavor = "multi_thread")]
async fn page_shows_saved_files_and_says_which_are_not() {
    let ((world, server), folder) = (conversation().await, tempfile::tempdir().expect("a folder"));
    let path = folder.path().join("a b#%.html");
    let (ran, page) = chat(&world, &server, &path);
    let expected = format!(
        "not saved: status 404: {}/gone\n6 files: 5 saved ({} bytes), 0 already there, 1 failed\n4 messages in ",
        server.url(),
        3 * HOSTILE.len() + 12
    );
    assert!(ran.code == Some(1) && ran.stdout.is_empty() && ran.stderr.starts_with(&expected), "{ran:?}");
    let link = |content: &str| format!("a%20b%23%25.html.media/{}", named(content));
    for (expected, count) in [
        (format!("<img src=\"{}\" alt=\"\" loading=\"lazy\">", link(HOSTILE)), 1),
        (format!("<audio src=\"{}\" controls preload=\"none\"></audio>", link("/voice")), 1),
        (format!("<video src=\"{}\" controls preload=\"none\"></video>", link("/video")), 1),
        (format!("<a href=\"{}\">", link(HOSTILE)), 4),
        ("<span class=\"warn\">Not saved: status 404</span>".to_owned(), 1),
        ("<dt>Files</dt><dd><bdi>5 of 6 URLs saved</bdi></dd>".to_owned(), 1),
        (
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:; media-src 'self' file:"
                .to_owned(),
            1,
        ),
        ("<article".to_owned(), 4),
    ] {
        assert_eq!(page.matches(&expected).count(), count, "{expected}: {page}");
    }
    assert!(!page.contains("<script") && !page.contains("<svg") && page.ends_with("</html>\n"), "{page}");
    let saved = folder.path().join("a b#%.html.media").join(named(HOSTILE));
    assert_eq!(fs::read_to_string(saved).expect("it is there"), HOSTILE);

    let (again, second) = chat(&world, &server, &path);
    let expected = "6 files: 0 saved (0 bytes), 5 already there, 1 failed\n";
    assert!(again.stderr.contains(expected), "{again:?}");
    let time_of = |page: &str| page.split("</a> 5 bytes ").nth(1).map(|rest| rest[..50].to_owned());
    assert_eq!(time_of(&page), time_of(&second), "the time is that of the download");
    assert_eq!(server.requests(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_has_each_file_once_and_verify_checks_it() {
    let (world, server) = conversation().await;
    let evidence = Evidence::make(&world, &["g", "--media", "--media-host", server.host()]);
    assert_eq!(evidence.made.code, Some(1), "{:?}", evidence.made);
    assert_eq!(fs::read_dir(evidence.folder.path()).expect("a folder").count(), 1, "nothing else is left");
    let mut files: Vec<String> =
        [HOSTILE, "/voice", "/video"].map(|it| format!("media/{}", named(it))).to_vec();
    files.sort();
    let mut names = vec!["page.html".to_owned(), "events.jsonl".to_owned()];
    names.extend(files.clone());
    names.push("manifest.json".to_owned());
    assert_eq!(evidence.files().into_iter().map(|file| file.0).collect::<Vec<_>>(), names);
    let mut zip = ZipArchive::new(File::open(&evidence.path).expect("a file")).expect("a zip");
    for name in &files {
        let file = zip.by_name(name).expect("it is there");
        assert_eq!(file.compression(), CompressionMethod::Stored, "{name}");
    }
    let media = evidence.manifest()["media"].clone();
    let media = media.as_array().expect("a list");
    let paths = ["picture", "voice", "video", "file", "same", "gone"];
    for (linked, path) in media.iter().zip(paths) {
        assert_eq!(linked["url"], format!("{}/{path}", server.url()));
    }
    let voice = &media[1];
    assert_eq!(
        (&voice["bytes"], &voice["sha256"]),
        (&json!(6), &json!(hex::encode(Sha256::digest("/voice"))))
    );
    assert_eq!((media.len(), &media[5]["error"]), (6, &json!("status 404")));

    let verified = verify(&evidence.path, &[]);
    let expected = "4 messages, 4 events, 5 files: nothing differs\n";
    assert_eq!((verified.code, verified.stdout.as_str()), (Some(0), expected), "{verified:?}");
    drop(server);
    planted(&evidence, &files);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_leaves_nothing_incomplete() {
    let (world, folder) = (World::start().await, tempfile::tempdir().expect("a folder"));
    let server = Server::start(|_| Behaviour::Held);
    let file = element("File", &json!({ "Url": format!("{}/file", server.url()) }));
    record(&world, &[group("amy", 1, &json!([file]))]).await;
    let zip = folder.path().join("evidence.zip");
    let zip = zip.to_str().expect("a text");
    let arguments = ["chat", "g", "--evidence", zip, "--media", "--media-host", server.host()];
    let child = world.program(&arguments).spawn().expect("it runs");
    let count = || fs::read_dir(folder.path()).expect("a folder").count();
    while server.requests() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(count(), 2, "the zip and the folder of the files");
    let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(signal.expect("it runs").success());
    let ended = child.wait_with_output().expect("it ends");
    assert_eq!((ended.status.code(), count()), (Some(130), 0), "{ended:?}");
}

/// Each change of a file behind a URL is found.
fn planted(evidence: &Evidence, files: &[String]) {
    type Change<'a> = (&'a str, Box<dyn Fn(&mut Files) + 'a>, &'a str);

    let voice = &format!("media/{}", named("/voice"));
    let changes: [Change<'_>; 6] = [
        ("content", Box::new(|files| files.replace(voice, "voice", "VOICE")), ".bin: the SHA-256 is "),
        ("gone", Box::new(|files| files.0.retain(|file| file.0 != *voice)), ".bin: is missing"),
        (
            "content with its digest",
            Box::new(|files| {
                files.replace(voice, "voice", "VOICE");
                files.digests();
            }),
            "as its URL gave it",
        ),
        (
            "file of no URL",
            Box::new(|files| {
                files.0.push(("media/more.bin".to_owned(), b"more".to_vec()));
                files.manifest(|it| {
                    let more = json!({ "path": "media/more.bin", "size": 0, "sha256": "" });
                    it["files"].as_array_mut().expect("a list").push(more);
                });
                files.digests();
            }),
            "media/more.bin: is not the file of a URL",
        ),
        (
            "error",
            Box::new(|files| files.manifest(|it| it["media"][5]["error"] = json!("never sent"))),
            "page.html: is not the page of these events",
        ),
        (
            "URL of no message",
            Box::new(|files| {
                files.manifest(|it| {
                    let more = json!({ "url": "https://a", "time": "", "error": "x" });
                    it["media"].as_array_mut().expect("a list").push(more);
                });
            }),
            "its URLs are not those in the messages",
        ),
    ];
    assert_eq!(files.len(), 3);
    for (name, change, expected) in changes {
        let mut files = Files(evidence.files());
        change(&mut files);
        let verified = files.verify(evidence.folder.path(), &[]);
        let is_found = verified.code == Some(1) && verified.stdout.contains(expected);
        assert!(is_found, "{name}: {verified:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_takes_files_that_were_saved_before() {
    let (world, server) = conversation().await;
    let saved = tempfile::tempdir().expect("a folder");
    let to = saved.path().to_str().expect("a path is text");
    let host = server.host().to_owned();
    assert_eq!(world.run(&["media", "g", "--to", to, "--media-host", &host]).code, Some(1));
    let requests = server.requests();
    fs::write(saved.path().join(named("/voice")), "/VOICE").expect("it is changed");
    let arguments = ["g", "--media", "--media-from", to, "--media-host", &host];
    let evidence = Evidence::make(&world, &arguments);
    let expected = "6 files: 1 saved (6 bytes), 4 already there, 1 failed\n";
    assert!(evidence.made.stderr.contains(expected), "{:?}", evidence.made);
    assert_eq!(server.requests(), requests + 2, "the changed file and the one that is gone");
    assert_eq!(verify(&evidence.path, &[]).code, Some(0));
    let nowhere = world.run(&["chat", "g", "--media", "--media-from", "nowhere", "--evidence", "a.zip"]);
    assert!(nowhere.code == Some(1) && nowhere.stderr.contains("no saved media in nowhere"), "{nowhere:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn media_are_saved_only_with_a_file() {
    let world = World::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [
        &["--media"][..],
        &["--media", "--html", "-"],
        &["--html", "a.html", "--media-host", "a.com"],
        &["--html", "a.html", "--media-max", "5"],
    ] {
        let mut command = world.program(&[&["chat", "g"], arguments].concat());
        command.current_dir(folder.path());
        let ran = crate::world::run(command, "");
        assert!(ran.code == Some(2) && ran.stderr.contains("--media"), "{ran:?}");
    }
    record(&world, &[group("amy", 1, &json!([]))]).await;
    let page = folder.path().join("a.html");
    let ran = world.run(&["chat", "g", "--media", "--html", page.to_str().expect("a path is text")]);
    assert!(ran.code == Some(0) && ran.stderr.starts_with("0 files: "), "{ran:?}");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "no empty folder");
}
