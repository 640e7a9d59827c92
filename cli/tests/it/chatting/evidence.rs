//! `chat --evidence` and `verify`.

use std::{
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::dynamodb::TABLE;
use tempfile::TempDir;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{MILLIS, amy_and_bob, became_in_group, change_two, group, numbered, record, text};
use crate::world::{Ran, World, program, run, run_closed};

mod planted;
mod zips;
pub(crate) use planted::Files;

/// An evidence file in a folder of its own.
pub(crate) struct Evidence {
    pub(crate) folder: TempDir,
    pub(crate) path: PathBuf,
    pub(crate) made: Ran,
}

impl Evidence {
    pub(crate) fn make(world: &World, of: &[&str]) -> Self {
        Self::of(world, &[&["chat"], of].concat())
    }

    /// The evidence file of a command.
    pub(crate) fn of(world: &World, command: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("evidence.zip");
        let made = world.run(&[command, &["--evidence", text_of(&path)]].concat());
        Self { folder, path, made }
    }

    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        files(&self.path)
    }

    pub(crate) fn manifest(&self) -> Value {
        let files = self.files();
        serde_json::from_slice(&files.iter().find(|file| file.0 == "manifest.json").expect("a manifest").1)
            .expect("it is JSON")
    }

    pub(crate) fn events(&self) -> Vec<Value> {
        let files = self.files();
        let lines = &files.iter().find(|file| file.0 == "events.jsonl").expect("events").1;
        lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
    }

    pub(crate) fn digest(&self) -> String {
        hex::encode(Sha256::digest(fs::read(&self.path).expect("it can be read")))
    }
}

fn text_of(path: &Path) -> &str {
    path.to_str().expect("a text")
}

fn files(zip: &Path) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(File::open(zip).expect("a file")).expect("a zip");
    let mut files = Vec::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).expect("a file");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("it can be read");
        files.push((file.name().expect("a text").into_owned(), bytes));
    }
    files
}

fn zipped(files: &[(String, Vec<u8>)], to: &Path) {
    let mut zip = ZipWriter::new(File::create(to).expect("a file"));
    for (name, bytes) in files {
        zip.start_file(name, SimpleFileOptions::default()).expect("it begins");
        zip.write_all(bytes).expect("it is written");
    }
    zip.finish().expect("it ends");
}

/// Verifies on a machine without a configuration: no home, no AWS, no table.
pub(crate) fn verify(zip: &Path, arguments: &[&str]) -> Ran {
    run(program(&[], &[&["verify", text_of(zip)], arguments].concat()), "")
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_holds_page_events_and_manifest() {
    let world = World::start().await;
    amy_and_bob(&world).await;
    let evidence = Evidence::make(&world, &["amy", "bob"]);
    let digest = evidence.digest();
    let line = format!("{digest}  {}\n", text_of(&evidence.path));
    assert_eq!((evidence.made.code, evidence.made.stdout.clone()), (Some(0), line));
    assert_eq!(fs::read_dir(evidence.folder.path()).expect("a folder").count(), 1, "nothing else is left");
    let names: Vec<String> = evidence.files().into_iter().map(|file| file.0).collect();
    assert_eq!(names, ["page.html", "events.jsonl", "manifest.json"]);

    let (manifest, events) = (evidence.manifest(), evidence.events());
    // Of the 13 events: not that to another user, the undelivered one, and the recall without its message.
    assert_eq!((events.len(), manifest["bodies"].as_array().map(Vec::len)), (10, Some(10)));
    for (event, body) in events.iter().zip(manifest["bodies"].as_array().expect("bodies")) {
        let digest = hex::encode(Sha256::digest(event["Body"].as_str().expect("a body")));
        let expected = json!({ "pk": event["pk"], "sk": event["sk"], "sha256": digest });
        assert_eq!((body, &event["SdkAppid"]), (&expected, &json!("1400000001")));
    }
    assert_eq!(manifest["selection"]["of"], json!(["amy", "bob"]));
    assert_eq!(manifest["origin"]["table"], TABLE);
    let counts = json!({
        "messages": 4, "not_delivered": 1, "without_message": 1, "unreadable": 0, "altered": 0, "erased": 0,
    });
    assert_eq!(manifest["counts"], counts);
    let page = world.run(&["chat", "amy", "bob", "--html", "-"]).stdout;
    let of_zip = String::from_utf8(evidence.files().remove(0).1).expect("a text");
    let without_times = |page: &str| page.lines().filter(|line| !line.contains("<dt>Made")).count();
    assert_eq!(without_times(&page), without_times(&of_zip));

    let verified = verify(&evidence.path, &["--sha256", &digest]);
    assert_eq!(verified.stdout, "4 messages, 10 events, 2 files: nothing differs\n", "{verified:?}");
    assert_eq!(verified.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_has_nothing_outside_of_its_span() {
    let world = World::start().await;
    let edit = |seq: u64, at: u64| {
        let fields = json!({ "Operator_Account": "amy", "MsgSeq": seq, "MsgBody": text("edited later") });
        became_in_group("AfterModifyMsg", at, fields)
    };
    record(
        &world,
        &[
            group("amy", 1, &text("before")),
            numbered("amy", 2, 2000, &text("within")),
            numbered("amy", 5, 2001, &text("within too")),
            numbered("amy", 6, 4000, &text("after")),
            edit(1, 5000),
            edit(2, 5001),
            edit(6, 5002),
        ],
    )
    .await;
    let of = ["g", "--since", "2022-12-09T08:26:55Z", "--until", "2022-12-09T08:26:57Z"];
    let evidence = Evidence::make(&world, &of);
    let times: Vec<_> = evidence.events().iter().map(|event| event["EventTime"].clone()).collect();
    assert_eq!(times, [2000, 2001, 5001].map(|after| json!(MILLIS + after)));
    assert_eq!(evidence.manifest()["gaps"], json!([{ "topic": null, "from": 3, "to": 4 }]));
    let verified = verify(&evidence.path, &[]);
    assert_eq!((verified.code, verified.lines().len()), (Some(0), 1), "{verified:?}");
    let note =
        "the manifest states 1 missing message that was edited or recalled, which the events can't show\n";
    assert!(verified.stderr.contains(note), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_names_events_changed_in_the_table_and_erased_ones() {
    let world = World::start().await;
    let bodies = [1, 2, 3].map(|number| group("amy", number, &text("as recorded")));
    record(&world, &bodies).await;
    change_two(&world, [&bodies[1], &bodies[2]], "as recorded", "as they wish").await;
    let evidence = Evidence::make(&world, &["g"]);
    assert_eq!(evidence.made.code, Some(1), "{:?}", evidence.made);
    let verified = verify(&evidence.path, &["--json"]);
    let [finding] = verified.json().try_into().expect("one finding");
    let expected = "the body differs from the digest in its key: 1400000001#g 1670574414002#";
    assert!(finding["finding"].as_str().is_some_and(|finding| finding.starts_with(expected)), "{finding}");
    assert_eq!(verified.code, Some(1));
    let erased = "a person was erased from 1 event: the digest in the key can't hold, the manifest's must\n\
        erased: 1400000001#g 1670574414003#";
    assert!(verified.stderr.contains(erased), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_names_the_first_twenty_erased_events() {
    let world = World::start().await;
    for number in 1..=23 {
        let mut message = group("amy", number, &text("hi"));
        message["Operator_Account"] = json!("bob");
        world.record(&message, 1).await;
    }
    assert_eq!(world.run(&["erase", "--person", "bob", "--yes"]).code, Some(0));
    let verified = verify(&Evidence::make(&world, &["g"]).path, &[]);
    let named = verified.stderr.matches("\nerased: 1400000001#g 16705744140").count();
    assert_eq!((verified.code, named), (Some(0), 20), "{verified:?}");
    assert!(verified.stderr.contains("\nand 3 more\n"), "{verified:?}");
}

/// The digest of the file may be lost.
#[tokio::test(flavor = "multi_thread")]
async fn evidence_fails_if_its_output_is_closed() {
    let (world, folder) = (World::start().await, tempfile::tempdir().expect("a folder"));
    amy_and_bob(&world).await;
    let path = folder.path().join("evidence.zip");
    for command in [&["chat", "amy", "bob"][..], &["person", "amy", "--yes"]] {
        let arguments = [command, &["--evidence", text_of(&path)]].concat();
        let ran = run_closed(world.program(&arguments));
        assert!(ran.code == Some(1) && ran.stderr.contains("the output was closed"), "{ran:?}");
        let page = run_closed(world.program(&[command, &["--html", "-"]].concat()));
        assert_eq!(page.code, Some(0), "{page:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_leaves_no_file_without_messages() {
    let world = World::start().await;
    let evidence = Evidence::make(&world, &["g"]);
    assert_eq!((evidence.made.code, evidence.made.stdout.as_str()), (Some(1), ""));
    assert_eq!(fs::read_dir(evidence.folder.path()).expect("a folder").count(), 0);
    let to_output = world.run(&["chat", "g", "--evidence", "-"]);
    assert!(to_output.code == Some(2) && to_output.stderr.contains("needs a file"), "{to_output:?}");
}
