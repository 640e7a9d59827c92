//! The recipes of `docs/recipes.md` run as they are printed there.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use support::endpoint::read_message;
use tempfile::TempDir;
use tencent_chat_webhook::time::now_millis;
use tokio::{io::AsyncWriteExt, net::TcpListener};

use crate::{
    tencent::{Hour, Tencent, file},
    world::{Ran, World, run},
};

const PAGE: &str = include_str!("../../../docs/recipes.md");

const DAY: u64 = 86_400_000;

/// 10 November 2026.
const NOVEMBER: u64 = 1_794_268_800_000;

/// The blocks of code in a language under a heading.
fn blocks(heading: &str, language: &str) -> Vec<&'static str> {
    let (_, section) = PAGE.split_once(&format!("\n## {heading}\n")).expect("the heading is there");
    let section = section.split("\n## ").next().unwrap_or_default();
    let blocks = section.split("\n```").skip(1).step_by(2);
    blocks.filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n')).collect()
}

/// The blocks of commands in a list under a heading.
fn blocks_in_lists(heading: &str) -> Vec<&'static str> {
    let (_, section) = PAGE.split_once(&format!("\n## {heading}\n")).expect("the heading is there");
    let section = section.split("\n## ").next().unwrap_or_default();
    section.split("\n   ```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("bash\n")).collect()
}

/// A folder in which a recipe is followed.
struct Kitchen<'a> {
    world: &'a World,
    folder: TempDir,
}

impl<'a> Kitchen<'a> {
    fn new(world: &'a World) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // The real Python, because a version manager's may put a folder with another `aws` first in the PATH.
        let python = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
        let python = String::from_utf8(python.expect("Python is there").stdout).expect("a path");
        symlink(python.trim(), folder.path().join("python3")).expect("it is linked");
        Self { world, folder }
    }

    fn save(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).expect("it is written");
    }

    /// Runs commands as in a terminal where `chat-events` is installed.
    fn shell(&self, script: &str, variables: &[(&str, &str)]) -> Ran {
        let program = self.world.program(&[]);
        let bin = Path::new(program.get_program()).parent().expect("a folder").display().to_string();
        let path =
            format!("{}:{bin}:{}", self.folder.path().display(), std::env::var("PATH").expect("a PATH"));
        let mut command = Command::new("bash");
        command.args(["-e", "-c", script]).current_dir(self.folder.path());
        let environment = program.get_envs().filter_map(|(name, value)| Some((name, value?)));
        command.env_clear().envs(environment).env("PATH", path).envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        run(command, "")
    }
}

fn event(command: &str, time: u64, fields: Value) -> Value {
    let mut body = json!({
        "CallbackCommand": format!("Group.Callback{command}"), "GroupId": "@TGS#2J4SZEAEL", "EventTime": time,
        "Type": "Public", "Operator_Account": "amy",
    });
    let Value::Object(fields) = fields else { panic!("fields") };
    body.as_object_mut().expect("an object").extend(fields);
    body
}

fn members(list: &[&str]) -> Value {
    list.iter().map(|member| json!({ "Member_Account": member })).collect()
}

fn created(time: u64, list: &[&str]) -> Value {
    event(
        "AfterCreateGroup",
        time,
        json!({ "Name": "Choir", "Owner_Account": "amy", "MemberList": members(list) }),
    )
}

fn joined(time: u64, list: &[&str]) -> Value {
    event("AfterNewMemberJoin", time, json!({ "JoinType": "Apply", "NewMemberList": members(list) }))
}

/// Tencent's API for one request. Returns the request.
async fn answered(listener: TcpListener, answer: &str) -> String {
    let (mut client, _) = listener.accept().await.expect("a request comes");
    let request = read_message(&mut client).await.expect("a whole request");
    let reply =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}", answer.len());
    client.write_all(reply.as_bytes()).await.expect("it listens");
    String::from_utf8(request).expect("a text")
}

#[tokio::test(flavor = "multi_thread")]
async fn recipe_removes_inactive_members_of_a_full_group() {
    let world = World::start().await;
    let now = now_millis();
    for body in [
        created(now - 90 * DAY, &["amy", "root", "bob", "carol"]),
        event("AfterSendMsg", now - 40 * DAY, json!({ "From_Account": "bob", "MsgBody": [] })),
        event("AfterSendMsg", now - DAY, json!({ "From_Account": "carol", "MsgBody": [] })),
        joined(now - 2 * DAY, &["new"]),
        event("AfterGroupFull", now - 1000, json!({})),
    ] {
        world.record(&body, 1).await;
    }
    let heading = "Make room in a full group";
    let kitchen = Kitchen::new(&world);
    kitchen.save("make_room.py", blocks(heading, "python")[0]);
    kitchen.save("aws", "#!/bin/sh\necho secret-key\n");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
    let api = format!("http://{}", listener.local_addr().expect("an address"));
    let answer = tokio::spawn(answered(listener, r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#));
    let script = format!("chmod +x aws\n{}", blocks(heading, "sh")[0].replace(" administrator", " root"));
    let ran = tokio::task::block_in_place(|| kitchen.shell(&script, &[("CHAT_API", &api)]));
    assert_eq!(
        ran.well(),
        "removed 1 of @TGS#2J4SZEAEL\n",
        "not the owner, the administrator, or a new member"
    );
    let request = answer.await.expect("it is answered");
    let start =
        "POST /v4/group_open_http_svc/delete_group_member?sdkappid=1400000001&identifier=root&usersig=";
    assert!(request.starts_with(start), "{request}");
    let (_, body) = request.split_once("\r\n\r\n").expect("a body");
    let expected =
        json!({ "GroupId": "@TGS#2J4SZEAEL", "Reason": "inactive", "MemberToDel_Account": ["bob"] });
    assert_eq!(serde_json::from_str::<Value>(body).expect("it is JSON"), expected);

    // If everybody is active, there is no request. Nobody would answer it.
    let written = event("AfterSendMsg", now - 500, json!({ "From_Account": "bob", "MsgBody": [] }));
    world.record(&written, 1).await;
    let ran = tokio::task::block_in_place(|| kitchen.shell(&script, &[("CHAT_API", &api)]));
    assert_eq!(ran.well(), "removed 0 of @TGS#2J4SZEAEL\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn recipe_mirrors_groups_and_can_be_repeated() {
    let world = World::start().await;
    for body in [
        created(NOVEMBER, &["amy", "bob"]),
        joined(NOVEMBER + 1, &["carol", "dave"]),
        event("AfterGroupInfoChanged", NOVEMBER + 2, json!({ "Name": "Choir 2" })),
        event(
            "AfterMemberExit",
            NOVEMBER + 3,
            json!({ "ExitType": "Quit", "ExitMemberList": members(&["bob", "dave"]) }),
        ),
        joined(NOVEMBER + 4, &["dave"]),
        event(
            "AfterChangeGroupOwner",
            NOVEMBER + 5,
            json!({ "OldOwner_Account": "amy", "NewOwner_Account": "carol" }),
        ),
        json!({ "CallbackCommand": "State.StateChange", "Info": { "To_Account": "amy" }, "EventTime": NOVEMBER }),
    ] {
        world.record(&body, 1).await;
    }
    let heading = "Mirror groups into SQL";
    let kitchen = Kitchen::new(&world);
    kitchen.save("mirror.py", blocks(heading, "python")[0]);
    let [command] = blocks(heading, "sh").try_into().expect("one command");
    // The month may be in the future.
    let command = command.replace("--since 2026-11-01", "--since 2026-11-01 --until 2027-01-01");
    for printed in ["6 new events\n", "0 new events\n"] {
        let ran = kitchen.shell(&command, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), printed), "{ran:?}");
    }
    let select = "import json, sqlite3\nrows = sqlite3.connect('groups.db').execute\n\
        print(json.dumps([rows('SELECT * FROM chat_group').fetchall(),\n\
        rows('SELECT user_id, since FROM chat_member ORDER BY user_id').fetchall()]))";
    kitchen.save("select.py", select);
    let rows: Value =
        serde_json::from_str(&kitchen.shell("python3 select.py", &[]).well()).expect("it is JSON");
    let expected = json!([
        [["@TGS#2J4SZEAEL", "Public", "Choir 2", "carol", NOVEMBER, null]],
        [["amy", NOVEMBER], ["carol", NOVEMBER + 1], ["dave", NOVEMBER + 4]],
    ]);
    assert_eq!(rows, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn recipe_checks_an_export_against_its_digests() {
    let world = World::start().await;
    // The last moment before the month, its first, its last, and the first after it.
    for time in [1_793_491_199_999, 1_793_491_200_000, 1_796_083_199_999, 1_796_083_200_000_u64] {
        world.record(&joined(time, &["bob"]), 1).await;
    }
    let kitchen = Kitchen::new(&world);
    let [export, check] = blocks("Export a month for an audit", "bash").try_into().expect("two blocks");
    let ran = kitchen.shell(&format!("{export}\n{check}"), &[]);
    let printed = "2026-11.jsonl.gz: OK\n{'intact': 2}\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), printed), "{ran:?}");

    // One altered event, and one event in which a person was erased.
    assert_eq!(world.run(&["erase", "--person", "bob", "--yes"]).code, Some(0));
    let alter = "gzip -dc 2026-11.jsonl.gz | sed '1s/bob/eve/; 1s/Erased/erased/' | gzip -n > altered.gz
        mv altered.gz 2026-11.jsonl.gz; sha256sum 2026-11.jsonl.gz > 2026-11.jsonl.gz.sha256";
    let counts = |script: &str| kitchen.shell(script, &[]).stdout;
    assert!(counts(&format!("{export}\n{check}")).ends_with("{'erased': 2}\n"));
    let altered = counts(&format!("{export}\n{alter}\n{check}"));
    assert!(altered.ends_with("{'ALTERED': 1, 'erased': 1}\n"), "{altered}");
}

#[tokio::test(flavor = "multi_thread")]
async fn recipe_exports_events_with_time_and_subject() {
    let world = World::start().await;
    world.record(&joined(NOVEMBER, &["bob"]), 1).await;
    let kitchen = Kitchen::new(&world);
    let [export] = blocks("Analyse an export with DuckDB or pandas", "sh").try_into().expect("one block");
    let ran = kitchen.shell(&format!("{export}\ncat events.jsonl"), &[]);
    let event = &ran.json()[0];
    assert_eq!(
        (&event["time"], &event["subject"]),
        (&json!("2026-11-10T00:00:00.000Z"), &json!("@TGS#2J4SZEAEL"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn recipe_saves_media_and_compares_every_night() {
    let world = World::start().await;
    let url = "http://a.myqcloud.com/x";
    let image =
        json!({ "MsgType": "TIMImageElem", "MsgContent": { "ImageInfoArray": [{ "Type": 1, "URL": url }] } });
    let sent =
        event("AfterSendMsg", now_millis() - 1000, json!({ "From_Account": "bob", "MsgBody": [image] }));
    world.record(&sent, 1).await;
    let tencent = Tencent::start(|chat, _| Hour::Files(vec![file(chat, &[])]));
    let kitchen = Kitchen::new(&world);
    kitchen.save("aws", &format!("#!/bin/sh\necho {}\n", crate::tencent::KEY));
    let script = blocks("Save and check every night", "sh")[0];
    let api = [("TENCENT_API", tencent.host())];
    let ran = kitchen.shell(&format!("chmod +x aws\n{script}"), &api);
    // The URL is not https, so the file fails and the rest goes on.
    assert!(
        ran.code == Some(1) && ran.stderr.contains("0 saved (0 bytes), 0 already there, 1 failed"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("26 hours: Tencent has 0 messages, 0 recorded, 0 missing"), "{ran:?}");
    let fixed = script.replace("--since 2d", "--since 2d --until 1d");
    assert_eq!(kitchen.shell(&fixed, &api).code, Some(0));
}

#[test]
fn shell_and_python_blocks_are_all_run() {
    let mut counts = BTreeMap::new();
    for line in PAGE.lines().filter_map(|line| line.strip_prefix("```")) {
        *counts.entry(line).or_insert(0) += 1;
    }
    // The blocks that the tests of this file and `tests/archive` run. Console blocks use AWS, or only read.
    assert_eq!((counts["python"], counts["sh"], counts["bash"]), (2, 5, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn recipe_for_evidence_makes_a_file_that_verifies() {
    let world = World::start().await;
    let message = json!({
        "CallbackCommand": "C2C.CallbackAfterSendMsg", "From_Account": "amy", "To_Account": "bob",
        "MsgTime": NOVEMBER / 1000, "MsgBody": [{ "MsgType": "TIMTextElem", "MsgContent": { "Text": "hello" } }],
    });
    world.record(&message, 1).await;
    let kitchen = Kitchen::new(&world);
    let blocks = blocks_in_lists("Evidence for a court or a customer");
    let commands = |begin: &str| {
        let lines: Vec<&str> = blocks.iter().flat_map(|block| block.lines()).map(str::trim).collect();
        lines.into_iter().find(|line| line.starts_with(begin)).expect("the command is there").to_owned()
    };
    let made = kitchen.shell(&commands("chat-events chat "), &[]);
    assert_eq!((made.code, made.lines().len()), (Some(0), 1), "{made:?}");
    let summed = kitchen.shell("sha256sum --check amy-bob.zip.sha256", &[]);
    assert_eq!(summed.well(), "amy-bob.zip: OK\n");
    let verified = kitchen.shell(&commands("chat-events verify "), &[]).well();
    assert_eq!(verified, "1 message, 1 event, 2 files: nothing differs\n");
    let asked = kitchen.shell(&commands("openssl ts -query "), &[]);
    assert!(asked.code == Some(0) && kitchen.folder.path().join("amy-bob.tsq").exists(), "{asked:?}");
}
