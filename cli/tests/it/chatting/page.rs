//! `chat --html`.

use std::fs;

use serde_json::{Value, json};

use super::{MILLIS, amy_and_bob, became, c2c, change_two, digest, group, key, record, text};
use crate::world::World;

/// The page that the program writes, and its notes.
fn page(world: &World, of: &[&str]) -> (String, String) {
    page_with_code(world, of, 0)
}

fn page_with_code(world: &World, of: &[&str], code: i32) -> (String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("chat.html");
    let file = file.to_str().expect("a text");
    let ran = world.run(&[&["chat", "--html", file], of].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{ran:?}");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing else is left there");
    (fs::read_to_string(file).expect("a page"), ran.stderr.replace(file, "FILE"))
}

/// The citation of an event on a page.
fn cited(time: u64, body: &Value) -> String {
    let (command, digest) = (body["CallbackCommand"].as_str().expect("a command"), digest(body));
    let key = format!("{time}#{command}#{}", &digest[..16]);
    format!("<dd><code>{key}</code> <code>{digest}</code></dd>")
}

#[tokio::test(flavor = "multi_thread")]
async fn page_escapes_hostile_texts() {
    let world = World::start().await;
    let hostile = "</div><script>alert(1)</script> \"'&\u{202e}\u{1b}\r\n群 👩\u{200d}👧";
    let mut body = group("\"><img src=x onerror=alert(1)>\u{2066}", 1, &text(hostile));
    (body["TopicId"], body["Operator_Account"]) = (json!("<i>"), json!("<b>"));
    record(&world, &[body]).await;
    let (page, _) = page(&world, &["g"]);
    for escaped in [
        "&lt;/div&gt;&lt;script&gt;alert(1)&lt;/script&gt; &quot;'&amp;\u{fffd}\u{fffd}\n群 👩\u{200d}👧</div>",
        "<bdi class=\"who\">&quot;&gt;&lt;img src=x onerror=alert(1)&gt;\u{fffd}</bdi>",
        "<bdi>&lt;i&gt;</bdi>",
        "<bdi>&lt;b&gt;</bdi>",
    ] {
        assert!(page.contains(escaped), "{escaped}: {page}");
    }
    for tag in ["<script", "<img", "<i>", "<b>", "<link", "http://", "https://", "@import", "url("] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert_eq!(page.matches("<article").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_differ_look_different() {
    let world = World::start().await;
    for (number, from) in (1..).zip(["amy", "am\u{34f}y", "amy\u{fe0f}", "amy\u{200d}", "amy\u{3164}"]) {
        record(&world, &[group(from, number, &text("❤\u{fe0f}"))]).await;
    }
    let (page, _) = page(&world, &["g"]);
    let names = |text: &str| [text.matches("am\u{fffd}y").count(), text.matches("amy\u{fffd}").count()];
    assert_eq!((names(&page), page.matches("❤\u{fe0f}").count()), ([1, 3], 5), "{page}");
    let lines = world.run(&["chat", "g"]).stdout;
    assert_eq!((names(&lines), lines.matches("❤\u{fe0f}").count()), ([1, 3], 5), "{lines}");
}

#[tokio::test(flavor = "multi_thread")]
async fn page_cites_the_events_of_each_message() {
    let world = World::start().await;
    amy_and_bob(&world).await;
    let sent = c2c("amy", "bob", 5, 86_400, &text("before"));
    let mut edit = became("ModifyMsg", 86_410, json!({ "From_Account": "amy", "To_Account": "bob" }));
    (edit["Operator_Account"], edit["MsgKey"]) = (json!("amy"), json!(key(5, 86_400)));
    (edit["MsgSeq"], edit["MsgRandom"], edit["MsgBody"]) = (json!(5), json!(1), text("after"));
    record(&world, &[sent.clone(), edit.clone()]).await;
    let (page, message) = page(&world, &["amy", "bob", "--until", "2022-12-10T09:00:00Z"]);
    assert!(message.starts_with("5 messages in FILE\n1 message left out: not delivered\n"), "{message}");
    for expected in [
        cited(MILLIS + 86_400_000, &sent).as_str(),
        cited(MILLIS + 86_410_000, &edit).as_str(),
        "<bdi>Conversation of amy and bob</bdi>",
        "<dt>Table</dt><dd><bdi>tencent-chat-events in us-east-1 (DynamoDB)</bdi></dd>",
        "<dt>Application</dt><dd><bdi>SDKAppID 1400000001</bdi></dd>",
        "from the beginning of the recording to 2022-12-10T09:00:00.000Z",
        "<h2>2022-12-09</h2>",
        "<h2>2022-12-10</h2>",
        "2022-12-10 08:26:54.000</time></span><div class=\"text\" dir=\"auto\">before</div></li>",
        "2022-12-10 08:27:04.000</time> by <bdi>amy</bdi></span><div class=\"text\" dir=\"auto\">after</div></li>",
        "2022-12-09 08:27:03.000</time> by <bdi>root</bdi>",
        "<dt>Edit 2</dt>",
        "<article class=\"message one recalled\" id=\"m4\">",
        "<article class=\"message other\" id=\"m2\"><div class=\"by\"><a class=\"n\" href=\"#m2\">2</a>",
        "1 message left out: not delivered",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(
        !page.contains("Differs from the key") && page.ends_with("</footer>\n</body>\n</html>\n"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn page_marks_changed_bodies() {
    let world = World::start().await;
    let bodies = [1, 2, 3].map(|number| group("amy", number, &text("as recorded")));
    record(&world, &bodies).await;
    change_two(&world, [&bodies[1], &bodies[2]], "amy", "erased-1").await;
    let (page, notes) = page_with_code(&world, &["g"], 1);
    assert!(notes.contains("1 message changed in the table after the recording: 2\n"), "{notes}");
    assert_eq!(page.matches("Differs from the key").count(), 2, "{page}");
    assert!(page.contains("Differs from the key: the record was changed after it was made."), "{page}");
    assert!(
        page.contains("Differs from the key, because the record was changed to erase a person."),
        "{page}"
    );
    assert_eq!(page.matches("A person was erased from this record on ").count(), 1, "{page}");
    assert_eq!(page.matches("<bdi class=\"who\">erased-1</bdi>").count(), 2, "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn page_leaves_no_file_if_it_cannot_be_written() {
    let world = World::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).to_str().expect("a text").to_owned();
    for file in [&file("nowhere/chat.html"), &file("."), "/dev/null"] {
        let ran = world.run(&["chat", "g", "--html", file]);
        let begin = format!("chat-events: can't write {file}: ");
        assert!(
            ran.code == Some(1) && ran.stderr.starts_with(&begin) && ran.stderr.lines().count() == 1,
            "{ran:?}"
        );
    }
    let nothing = world.run(&["chat", "g", "--html", &file("chat.html")]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (Some(1), ""));
    assert_eq!(nothing.stderr, "no messages in g; for two users, give both; no file was written\n");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    assert_eq!(world.run(&["chat", "amy", "dora"]).stderr, "no messages of amy and dora\n");
    let both = world.run(&["chat", "g", "--json", "--html", &file("chat.html")]);
    assert_eq!(
        (both.code, both.stderr.as_str()),
        (Some(2), "chat-events: give --html, --evidence or --json, only one of them\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn page_goes_to_standard_output() {
    let world = World::start().await;
    record(&world, &[group("amy", 1, &text("hello"))]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = world.program(&["chat", "g", "--html", "-"]);
    command.current_dir(folder.path());
    let ran = crate::world::run(command, "");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(ran.stdout.starts_with("<!DOCTYPE html>") && ran.stdout.ends_with("</html>\n"), "{ran:?}");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0, "no file is named -");
}
