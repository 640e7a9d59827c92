//! The URLs in the elements of a message (page 33527).

use serde::Deserialize;
use serde_json::Value;
use tencent_chat_webhook::record::RecordedEvent;

/// How deep merged forwards are read within each other.
const MAX_DEPTH: usize = 8;

/// A file that a message points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Medium {
    pub(super) kind: &'static str,
    /// The sender's name for it. It is shown, never used.
    pub(super) name: Option<String>,
    pub(super) url: String,
    pub(super) pk: String,
    pub(super) sk: String,
}

/// The files of an event's message.
pub(super) fn media(event: &RecordedEvent) -> Vec<Medium> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(rename = "MsgBody", default)]
        msg_body: Value,
    }

    // Most bodies have no URL and need no parsing.
    let body = event.body().filter(|body| body.contains("rl\"") || body.contains("RL\""));
    let Some(Body { msg_body }) = body.and_then(|body| serde_json::from_str(body).ok()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    collect(&msg_body, 0, &mut found);
    let medium = |(kind, url, name): (_, &str, Option<&str>)| Medium {
        kind,
        name: name.map(str::to_owned),
        url: url.to_owned(),
        pk: event.pk().to_owned(),
        sk: event.sk().to_owned(),
    };
    found.into_iter().map(medium).collect()
}

type Found<'a> = (&'static str, &'a str, Option<&'a str>);

fn collect<'a>(msg_body: &'a Value, depth: usize, found: &mut Vec<Found<'a>>) {
    for element in msg_body.as_array().into_iter().flatten() {
        let content = &element["MsgContent"];
        let text = |name: &str| content[name].as_str().filter(|text| !text.is_empty());
        match element["MsgType"].as_str().unwrap_or_default() {
            "TIMImageElem" => found.extend(original(content).map(|url| ("image", url, None))),
            "TIMSoundElem" => found.extend(text("Url").map(|url| ("sound", url, None))),
            "TIMVideoFileElem" => found.extend(text("VideoUrl").map(|url| ("video", url, None))),
            "TIMFileElem" => found.extend(text("Url").map(|url| ("file", url, text("FileName")))),
            "TIMRelayElem" if depth < MAX_DEPTH => {
                for message in content["MsgList"].as_array().into_iter().flatten() {
                    collect(&message["MsgBody"], depth + 1, found);
                }
            }
            _ => {}
        }
    }
}

/// Of the sizes of an image, the original one.
fn original(content: &Value) -> Option<&str> {
    let sizes = content["ImageInfoArray"].as_array()?;
    let original = sizes.iter().find(|size| size["Type"] == 1).or(sizes.first())?;
    original["URL"].as_str().or_else(|| original["Url"].as_str()).filter(|url| !url.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tencent_chat_webhook::record::attribute::{Item, text};

    use super::*;

    #[test]
    fn urls_are_found_in_every_element_and_in_forwards() {
        let file = json!({ "MsgType": "TIMFileElem", "MsgContent": { "Url": "f", "FileName": "../n" } });
        let body = json!({ "MsgBody": [
            { "MsgType": "TIMTextElem", "MsgContent": { "Text": "\"Url\":\"no\"" } },
            { "MsgType": "TIMImageElem", "MsgContent": { "ImageInfoArray": [
                { "Type": 3, "URL": "thumb" }, { "Type": 1, "URL": "original" }, { "Type": 2, "URL": "large" },
            ] } },
            { "MsgType": "TIMSoundElem", "MsgContent": { "Url": "s" } },
            { "MsgType": "TIMVideoFileElem", "MsgContent": { "VideoUrl": "v", "ThumbUrl": "t" } },
            { "MsgType": "TIMRelayElem", "MsgContent": { "MsgList": [{ "MsgBody": [file] }] } },
            { "MsgType": "TIMSoundElem", "MsgContent": { "Url": 1 } },
            { "MsgType": "TIMImageElem", "MsgContent": "x" },
            "x",
        ] });
        let attributes = [("pk", "1#a".to_owned()), ("sk", "2".to_owned()), ("Body", body.to_string())];
        let item = Item::from(attributes.map(|(name, value)| (name.to_owned(), text(value))));
        let found = media(&RecordedEvent::from(item));
        let found: Vec<_> = found.iter().map(|it| (it.kind, it.url.as_str(), it.name.as_deref())).collect();
        assert_eq!(
            found,
            [
                ("image", "original", None),
                ("sound", "s", None),
                ("video", "v", None),
                ("file", "f", Some("../n"))
            ]
        );
    }
}
