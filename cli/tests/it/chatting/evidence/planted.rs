//! What somebody could change in an evidence file, and what `verify` says.

use super::*;

/// The files of a zip with changes in them.
pub(crate) struct Files(pub(crate) Vec<(String, Vec<u8>)>);

impl Files {
    pub(crate) fn get(&mut self, name: &str) -> &mut Vec<u8> {
        &mut self.0.iter_mut().find(|file| file.0 == name).expect("the file is there").1
    }

    /// Replaces a text in a file.
    pub(crate) fn replace(&mut self, name: &str, from: &str, to: &str) {
        let file = self.get(name);
        let text = String::from_utf8(file.clone()).expect("a text");
        assert!(text.contains(from), "{from}: {text}");
        *file = text.replacen(from, to, 1).into_bytes();
    }

    /// Changes the lines of the events.
    fn lines(&mut self, change: impl FnOnce(&mut Vec<String>)) {
        let file = self.get("events.jsonl");
        let text = String::from_utf8(file.clone()).expect("a text");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        change(&mut lines);
        *file = lines.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect();
    }

    /// Changes the manifest.
    pub(crate) fn manifest(&mut self, change: impl FnOnce(&mut Value)) {
        let file = self.get("manifest.json");
        let mut manifest: Value = serde_json::from_slice(file).expect("it is JSON");
        change(&mut manifest);
        *file = serde_json::to_vec_pretty(&manifest).expect("it is JSON");
    }

    /// Gives the manifest the digests that the files have now, as somebody would who makes a file anew.
    pub(crate) fn digests(&mut self) {
        let manifest: Value = serde_json::from_slice(self.get("manifest.json")).expect("it is JSON");
        for file in manifest["files"].as_array().expect("files") {
            let bytes = self.get(file["path"].as_str().expect("a path")).clone();
            let now = [("size", json!(bytes.len())), ("sha256", json!(hex::encode(Sha256::digest(&bytes))))];
            for (name, now) in now {
                let text = |value: &Value| format!("\"{name}\": {value}");
                self.replace("manifest.json", &text(&file[name]), &text(&now));
            }
        }
    }

    pub(crate) fn verify(&self, folder: &Path, arguments: &[&str]) -> Ran {
        let path = folder.join("changed.zip");
        zipped(&self.0, &path);
        verify(&path, arguments)
    }
}

pub(super) async fn evidence() -> Evidence {
    let world = World::start().await;
    let bodies = [(1, "I know where you live"), (2, "yes"), (5, "just kidding")];
    record(&world, &bodies.map(|(number, words)| group("amy", number, &text(words)))).await;
    Evidence::make(&world, &["g"])
}

/// A planted change: its name, the change, and a part of what `verify` says.
type Change = (&'static str, fn(&mut Files), &'static str);

const CHANGES: &[Change] = &[
    ("nothing", |_| {}, ""),
    (
        "page",
        |files| files.replace("page.html", "where you live", "how you live"),
        "page.html: the SHA-256 is ",
    ),
    (
        "body",
        |files| files.replace("events.jsonl", "just kidding", "I mean it"),
        "the body differs from the manifest: ",
    ),
    (
        "body and key",
        |files| files.replace("events.jsonl", "just kidding", "I mean it"),
        "from the digest in its key: ",
    ),
    (
        "attribute",
        |files| files.replace("events.jsonl", "\"ReceivedAt\":167", "\"ReceivedAt\":168"),
        "events.jsonl: the SHA-256 is ",
    ),
    (
        "event gone",
        |files| files.lines(|lines| drop(lines.remove(1))),
        "an event of manifest.json is missing: ",
    ),
    (
        "event added",
        |files| files.lines(|lines| lines.push(lines[2].replace("#g", "#h"))),
        "is not in the manifest: ",
    ),
    ("order", |files| files.lines(|lines| lines.swap(0, 1)), "line 2 is not in order: "),
    ("no event", |files| files.lines(|lines| lines.push("{}x".to_owned())), "line 4 is not an event"),
    (
        "digest of a body",
        |files| files.manifest(|it| it["bodies"][0]["sha256"] = json!("00")),
        "the body differs from the manifest: ",
    ),
    (
        "body of no event",
        |files| {
            files.manifest(|it| {
                it["bodies"]
                    .as_array_mut()
                    .expect("a list")
                    .push(json!({ "pk": "z", "sk": "9", "sha256": null }));
            });
        },
        "an event of manifest.json is missing: z 9",
    ),
    ("count", |files| files.manifest(|it| it["counts"]["messages"] = json!(2)), "manifest.json: its counts "),
    ("gap", |files| files.manifest(|it| it["gaps"] = json!([])), "manifest.json: its gaps "),
    (
        "origin",
        |files| files.manifest(|it| it["origin"]["table"] = json!("another")),
        "page.html: is not the page of these events",
    ),
    (
        "selection",
        |files| files.manifest(|it| it["selection"]["of"] = json!(["another"])),
        "page.html: is not the page of these events",
    ),
    ("file gone", |files| files.0.retain(|file| file.0 != "page.html"), "page.html: is missing"),
    (
        "page not listed",
        |files| files.manifest(|it| drop(it["files"].as_array_mut().expect("a list").remove(0))),
        "manifest.json: does not list page.html",
    ),
    (
        "file added",
        |files| files.0.push(("more.txt".to_owned(), b"more".to_vec())),
        "more.txt: is not in the manifest",
    ),
    (
        "file listed twice",
        |files| {
            files.manifest(|it| {
                let list = it["files"].as_array_mut().expect("a list");
                list.push(list[0].clone());
            });
        },
        "manifest.json: lists a file twice",
    ),
    (
        "key of the manifest",
        |files| files.replace("manifest.json", "\"gaps\"", "\"checked_by\": \"court\",\n  \"gaps\""),
        "manifest.json: has something that this program does not write",
    ),
    ("long name", |files| files.0.push(("n".repeat(5000), Vec::new())), "nnn: is not in the manifest"),
    (
        "page with its digest",
        |files| {
            files.replace("page.html", "where you live", "how you live");
            files.digests();
        },
        "page.html: is not the page of these events",
    ),
    (
        "attribute with its digest",
        |files| {
            files.replace("events.jsonl", "\"From_Account\":\"amy\"", "\"From_Account\":\"eve\"");
            files.digests();
        },
        "events.jsonl: From_Account differs from the body or the key: 1400000001#g ",
    ),
    (
        "invented attribute with its digest",
        |files| {
            files.lines(|lines| lines[0] = lines[0].replacen('{', "{\"AsSeenBy\":\"a notary\",", 1));
            files.digests();
        },
        "events.jsonl: AsSeenBy differs from the body or the key: ",
    ),
    (
        "attribute twice",
        |files| {
            files.lines(|lines| lines[0] = lines[0].replacen('{', "{\"Body\":\"I will find you\",", 1));
            files.digests();
        },
        "events.jsonl: is not what this program writes of the events on the page",
    ),
    (
        "event that the page does not show",
        |files| {
            files.lines(|lines| {
                let mut event: Value = serde_json::from_str(&lines[2]).expect("an event");
                let command = event["CallbackCommand"].as_str().expect("a command").to_owned();
                event["CallbackCommand"] = json!("Group.CallbackAfterNewMemberJoin");
                event["sk"] = json!(
                    event["sk"]
                        .as_str()
                        .expect("a key")
                        .replace(&command, "Group.CallbackAfterNewMemberJoin")
                );
                lines.push(event.to_string());
            });
            files.digests();
        },
        "events.jsonl: is not what this program writes of the events on the page",
    ),
    (
        "events with their digest",
        |files| {
            files.replace("events.jsonl", "just kidding", "I mean it");
            files.digests();
        },
        "the body differs from the manifest: ",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_planted_change_is_found() {
    let evidence = evidence().await;
    for (name, change, expected) in CHANGES {
        let mut files = Files(evidence.files());
        change(&mut files);
        let verified = files.verify(evidence.folder.path(), &[]);
        let code = i32::from(!expected.is_empty());
        assert_eq!(verified.code, Some(code), "{name}: {verified:?}");
        assert!(verified.stdout.contains(expected), "{name}: {verified:?}");
        assert!(verified.lines().iter().all(|line| line.len() < 2000), "{name}: {verified:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn manifest_too_large_for_its_digests_is_not_read() {
    let evidence = evidence().await;
    let mut files = Files(evidence.files());
    files.get("manifest.json").resize(17 << 20, b' ');
    let verified = files.verify(evidence.folder.path(), &[]);
    let expected = ": 17825792 bytes are too many for its digests\n";
    assert!(verified.code == Some(1) && verified.stderr.ends_with(expected), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn file_made_anew_is_found_by_its_noted_digest_alone() {
    let evidence = evidence().await;
    let noted = evidence.digest();
    let mut files = Files(evidence.files());
    // All but the digest of a body in the key of its event can be made to fit.
    let (mut old, mut whole, mut new) = (String::new(), String::new(), String::new());
    files.lines(|lines| {
        let mut event: Value = serde_json::from_str(&lines[2]).expect("an event");
        old = event["sk"].as_str().expect("a key").rsplit('#').next().expect("a digest").to_owned();
        let body = event["Body"].as_str().expect("a body");
        whole = hex::encode(Sha256::digest(body));
        let body = body.replace("just kidding", "I mean it");
        new = hex::encode(Sha256::digest(&body));
        event["Body"] = json!(body);
        lines[2] = event.to_string().replace(&old, &new[..16]);
    });
    let page = String::from_utf8(files.get("page.html").clone()).expect("a text");
    let at = page.find(&format!("#{old}</code> <code>")).expect("a proof") + old.len() + 15;
    let page = page.replace(&page[at..at + 64], &new).replace(&old, &new[..16]);
    *files.get("page.html") = page.replace("just kidding", "I mean it").into_bytes();
    let bodies = |digest: &str| format!("#{}\",\n      \"sha256\": \"{digest}\"", &digest[..16]);
    files.replace("manifest.json", &bodies(&whole), &bodies(&new));
    files.digests();
    let folder = evidence.folder.path();
    let without = files.verify(folder, &[]);
    assert_eq!(without.code, Some(0), "{without:?}");
    assert!(
        without
            .stderr
            .starts_with("without --sha256, this does not show whether the whole file was made anew")
    );
    let with = files.verify(folder, &["--sha256", &noted]);
    let finding = format!(", not {noted}: this is another file\n");
    assert!(with.code == Some(1) && with.stdout.contains(&finding), "{with:?}");
    let wrong = verify(&evidence.path, &["--sha256", "abc"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn page_of_another_version_is_not_made_again() {
    let evidence = evidence().await;
    let mut files = Files(evidence.files());
    files.manifest(|manifest| manifest["origin"]["tool"] = json!("chat-events 0.0.1"));
    let verified = files.verify(evidence.folder.path(), &[]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    let note =
        "page and manifest were not made again: they are by chat-events 0.0.1, and this is chat-events ";
    assert!(verified.stderr.contains(note), "{verified:?}");
    let found = "3 messages, 3 events, 2 files: nothing differs, but the page was not made again\n";
    assert_eq!(verified.stdout, found);
}
