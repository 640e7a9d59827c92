//! `person`.

use serde_json::{Value, json};

use crate::{
    chatting::evidence::{Evidence, Files, verify},
    world::{World, created},
};

const SECONDS: u64 = 1_670_574_414;

fn c2c(from: &str, to: &str, number: u64, result: i64) -> Value {
    json!({
        "CallbackCommand": "C2C.CallbackAfterSendMsg", "From_Account": from, "To_Account": to, "MsgSeq": number,
        "MsgTime": SECONDS + number, "SendMsgResult": result,
        "MsgBody": [{ "MsgType": "TIMTextElem", "MsgContent": { "Text": "<b>hi</b>" } }],
    })
}

fn group(from: &str, number: u64) -> Value {
    json!({
        "CallbackCommand": "Group.CallbackAfterSendMsg", "GroupId": "g", "Type": "Public", "From_Account": from,
        "MsgSeq": number, "MsgBody": [], "EventTime": (SECONDS + number) * 1000,
    })
}

/// Seven events, of which five are amy's.
async fn amy_wrote() -> World {
    let world = World::start().await;
    let mut group_with_amy = created("g", SECONDS * 1000, "n");
    group_with_amy["MemberList"] = json!([{ "Member_Account": "amy" }]);
    for body in [
        c2c("amy", "bob", 1, 0),
        c2c("bob", "amy", 3, 0),
        c2c("amy", "eve", 2, 20001),
        c2c("bob", "eve", 4, 0),
        group("amy", 5),
        group("bob", 6),
        group_with_amy,
    ] {
        world.record(&body, 1).await;
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_person_are_printed_in_order() {
    let world = amy_wrote().await;
    let ran = world.run(&["person", "amy", "--yes", "--json"]);
    let times: Vec<_> =
        ran.json().iter().map(|event| event["sk"].as_str().map(|sk| sk[..10].to_owned())).collect();
    let expected = [0, 1, 2, 3, 5].map(|after| Some((SECONDS + after).to_string()));
    assert_eq!((ran.code, times), (Some(0), expected.to_vec()), "{ran:?}");
    assert_eq!(world.run(&["person", "amy", "--yes"]).lines().len(), 6);
    let ran = world.run(&["person", "nobody", "--yes"]);
    assert!(ran.code == Some(0) && ran.stderr.contains("no events of nobody"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn event_of_the_future_is_found_without_until() {
    let world = amy_wrote().await;
    let mut future = c2c("amy", "bob", 9, 0);
    future["EventTime"] = json!(9_999_999_999_999_u64);
    world.record(&future, 1).await;
    let ran = world.run(&["person", "amy", "--yes", "--json"]);
    assert_eq!((ran.code, ran.json().len()), (Some(0), 6), "{ran:?}");
    let page = world.run(&["person", "amy", "--yes", "--html", "-"]).stdout;
    assert!(page.contains("from the beginning of the recording to the end of the recording"), "{page}");
    let ran = world.run(&["person", "amy", "--yes", "--json", "--until", "2023"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let ran = world.run(&["person", "amy", "--yes", "--json", "--until", "2023-01"]);
    assert_eq!((ran.code, ran.json().len()), (Some(0), 5), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn partners_are_those_of_delivered_messages() {
    let world = amy_wrote().await;
    let ran = world.run(&["person", "amy", "--partners", "--yes", "--json"]);
    let millis = |after: u64| (SECONDS + after) * 1000;
    let expected = [
        json!({ "with": "bob", "messages": 2, "first": millis(1), "last": millis(3) }),
        json!({ "with": "g", "messages": 1, "first": millis(5), "last": millis(5) }),
    ];
    assert_eq!((ran.code, ran.json()), (Some(0), expected.to_vec()), "{ran:?}");
    let table = world.run(&["person", "amy", "--partners", "--yes", "--tz", "Asia/Shanghai"]);
    let [first, last] = ["2022-12-09T16:26:55.000+08:00", "2022-12-09T16:26:57.000+08:00"];
    assert!(table.lines()[1].ends_with(&format!("  {first}  {last}")), "{table:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn page_has_every_event_and_the_partners() {
    let (world, folder) = (amy_wrote().await, tempfile::tempdir().expect("a folder"));
    let path = folder.path().join("amy.html");
    let file = path.to_str().expect("a path is text");
    let ran = world.run(&["person", "amy", "--yes", "--html", file]);
    assert!(ran.code == Some(0) && ran.stderr.contains("5 events in "), "{ran:?}");
    let page = std::fs::read_to_string(&path).expect("a page");
    assert_eq!((page.matches("<article>").count(), page.matches("<td>").count()), (5, 8));
    // A browser prints no body of a closed element.
    assert_eq!(page.matches("<details open>").count(), page.matches("<pre ").count());
    assert!(page.contains("&lt;b&gt;hi&lt;/b&gt;") && !page.contains("<b>hi"), "{page}");
    assert!(page.contains("<td><bdi>bob</bdi></td>") && page.ends_with("</html>\n"), "{page}");

    let ran = world.run(&["person", "nobody", "--yes", "--html", file]);
    assert!(ran.code == Some(1) && ran.stderr.contains("nothing was written"), "{ran:?}");
    assert_eq!(std::fs::read_to_string(&path).expect("a page"), page);
    assert_eq!(world.run(&["person", "amy", "--yes", "--html", file, "--json"]).code, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_of_a_person_is_verified() {
    let world = amy_wrote().await;
    let report = json!({
        "CallbackCommand": "C2C.CallbackAfterMsgReport", "Report_Account": "amy", "Peer_Account": "bob",
        "LastReadTime": SECONDS, "EventTime": SECONDS * 1000,
    });
    world.record(&report, 1).await;
    let evidence = Evidence::of(&world, &["person", "amy", "--yes", "--tz", "Asia/Shanghai"]);
    assert_eq!((evidence.made.code, evidence.events().len()), (Some(0), 6), "{:?}", evidence.made);
    let selection = &evidence.manifest()["selection"];
    assert_eq!((&selection["kind"], &selection["user"]), (&json!("person"), &json!("amy")));
    let page = String::from_utf8(evidence.files().remove(0).1).expect("a text");
    assert!(page.contains("amy read the messages of bob up to 2022-12-09T08:26:54.000Z"), "{page}");
    let verified = verify(&evidence.path, &["--sha256", &evidence.digest()]);
    let expected = "6 events, 2 files: nothing differs\n";
    assert_eq!((verified.code, verified.stdout.as_str()), (Some(0), expected), "{verified:?}");

    let mut files = Files(evidence.files());
    files.replace("page.html", "<b>C2C.CallbackAfterSendMsg</b>", "<b>nothing</b>");
    files.digests();
    let verified = files.verify(evidence.folder.path(), &[]);
    let expected = "page.html: is not the page of these events\n";
    assert_eq!((verified.code, verified.stdout.as_str()), (Some(1), expected), "{verified:?}");
}
