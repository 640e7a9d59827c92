//! The files that a message points to.

use tencent_chat_webhook::record::RecordedEvent;

use crate::content::{Attachment, Content};

/// A file that a message points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Medium {
    pub(super) kind: String,
    /// The sender's name for it. It is shown, never used.
    pub(super) name: Option<String>,
    pub(crate) url: String,
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Medium {
    /// The files of a content, which is that of the event with this key.
    pub(crate) fn of(content: &Content, pk: &str, sk: &str) -> Vec<Self> {
        let medium = |attachment: &Attachment| {
            Some(Self {
                kind: attachment.kind.clone(),
                name: attachment.name.clone(),
                url: attachment.url.clone()?,
                pk: pk.to_owned(),
                sk: sk.to_owned(),
            })
        };
        content.with_url().into_iter().filter_map(medium).collect()
    }
}

/// The files of an event's message.
pub(super) fn media(event: &RecordedEvent) -> Vec<Medium> {
    // Most bodies have no URL and need no parsing.
    let has_url = event.body().is_some_and(|body| body.contains("rl\"") || body.contains("RL\""));
    let content = has_url.then(|| Content::of_event(event)).flatten().unwrap_or_default();
    Medium::of(&content, event.pk(), event.sk())
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
            { "MsgType": "TIMSoundElem", "MsgContent": { "Url": [] } },
            { "MsgType": "TIMImageElem", "MsgContent": "x" },
        ] });
        let attributes = [("pk", "1#a".to_owned()), ("sk", "2".to_owned()), ("Body", body.to_string())];
        let item = Item::from(attributes.map(|(name, value)| (name.to_owned(), text(value))));
        let found = media(&RecordedEvent::from(item));
        let found: Vec<_> =
            found.iter().map(|it| (it.kind.as_str(), it.url.as_str(), it.name.as_deref())).collect();
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
