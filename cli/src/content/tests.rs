use serde_json::{Value, json};

use super::*;

fn content(elements: &Value) -> Value {
    let json = elements.to_string();
    let elements: Vec<MsgElem<'_>> = serde_json::from_str(&json).expect("elements");
    serde_json::to_value(Content::of(&elements)).expect("it is JSON")
}

#[test]
fn attachments_have_name_size_and_address() {
    let element =
        |kind: &str, content: Value| json!({ "MsgType": format!("TIM{kind}Elem"), "MsgContent": content });
    let sizes = json!([{ "Type": 3, "Size": 3, "URL": "https://x/thumb" }, { "Type": 1, "Size": 9, "URL": "https://x/1" }]);
    let elements = json!([
        element("Image", json!({ "UUID": "u", "ImageInfoArray": sizes })),
        element("Sound", json!({ "Url": "https://x/2", "Size": 5, "Second": 1 })),
        element("VideoFile", json!({ "VideoUrl": "https://x/3", "VideoSize": "7", "VideoSecond": 2 })),
        element("File", json!({ "Url": "https://x/4", "FileSize": 8, "FileName": "a.pdf" })),
        element("Location", json!({ "Desc": "here", "Latitude": 29.5, "Longitude": "-1.25" })),
        element("Face", json!({ "Index": 1, "Data": "smile" })),
        element("Custom", json!({ "Data": "{}", "Desc": "d", "Ext": "e" })),
        element("New", json!({ "A": 1 })),
        element("File", json!("no object")),
        json!({ "MsgType": "TIMTextElem", "MsgContent": { "Text": "hi" } }),
    ]);
    let expected = json!({
        "text": "[image] [sound] [video] [file] [location] [face] [custom] [TIMNewElem] [file] hi",
        "attachments": [
            { "kind": "image", "size": 9, "url": "https://x/1" },
            { "kind": "sound", "size": 5, "url": "https://x/2", "seconds": 1 },
            { "kind": "video", "size": 7, "url": "https://x/3", "seconds": 2 },
            { "kind": "file", "name": "a.pdf", "size": 8, "url": "https://x/4" },
            { "kind": "location", "name": "here", "latitude": 29.5, "longitude": -1.25 },
            { "kind": "face", "index": 1, "data": "smile" },
            { "kind": "custom", "name": "d", "data": "{}", "ext": "e" },
            { "kind": "TIMNewElem", "data": "{\"A\":1}" },
            { "kind": "file" },
        ],
    });
    assert_eq!(content(&elements), expected);
}

#[test]
fn merged_forward_has_its_messages() {
    let text = json!([{ "MsgType": "TIMTextElem", "MsgContent": { "Text": "inner" } }]);
    let list = |body: &Value| json!([{ "From_Account": "amy", "MsgTimeStamp": 5, "MsgBody": body }]);
    let relay = |body: &Value| {
        let content = json!({ "Title": "t", "AbstractList": ["amy: inner"], "MsgList": list(body) });
        json!([{ "MsgType": "TIMRelayElem", "MsgContent": content }])
    };
    let inner = json!({ "kind": "relay", "name": "t", "lines": ["amy: inner"],
        "messages": [{ "time": 5000, "from": "amy", "text": "inner" }] });
    let found = content(&relay(&relay(&text)));
    assert_eq!(found["attachments"][0]["messages"][0]["attachments"][0], inner);
    let unreadable = content(&relay(&json!("no list")));
    assert_eq!(unreadable["attachments"][0]["messages"][0]["text"], UNREADABLE);
}

#[test]
fn forwards_within_forwards_end_at_a_depth() {
    let mut body = json!([]);
    for _ in 0..30 {
        let content = json!({ "MsgList": [{ "MsgBody": body }] });
        body = json!([{ "MsgType": "TIMRelayElem", "MsgContent": content }]);
    }
    let found = content(&body).to_string();
    assert_eq!(found.matches("\"relay\"").count(), MAX_DEPTH + 1);
}
