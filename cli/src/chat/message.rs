//! A message, out of the event that tells of it (pages 2714 and 2719 of the mainland's documentation of callbacks).

use serde_json::Value;
use sha2::{Digest, Sha256};
use tencent_chat_webhook::{record::attribute::Item, time::rfc3339};

use crate::event::{attribute, millis};

/// Which conversation it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of two users.
    C2c,
    Group,
}

/// A message.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) pk: String,
    pub(super) sk: String,
    /// By which edits, recalls and read marks name it.
    pub(super) id: String,
    /// Milliseconds since the epoch, as all times here.
    pub(super) time: u64,
    pub(super) from: String,
    /// The other user.
    pub(super) to: Option<String>,
    pub(super) text: String,
    /// The time of the last edit.
    pub(super) edited: Option<u64>,
    pub(super) recalled: Option<u64>,
    /// When somebody else is first known to have read it.
    pub(super) read: Option<u64>,
    /// The day on which a person's id was replaced in it.
    pub(super) erased: Option<String>,
    /// SHA-256 of the body, in hex.
    pub(super) digest: String,
    pub(super) is_delivered: bool,
}

impl Message {
    /// The message that an event tells of, if it does.
    pub(super) fn of(event: &Item, kind: Kind) -> Option<Self> {
        let command = match kind {
            Kind::C2c => "C2C.CallbackAfterSendMsg",
            Kind::Group => "Group.CallbackAfterSendMsg",
        };
        if attribute(event, "CallbackCommand") != Some(command) {
            return None;
        }
        let raw = attribute(event, "Body")?;
        let body: Value = serde_json::from_str(raw).ok()?;
        Some(Self {
            pk: attribute(event, "pk")?.to_owned(),
            sk: attribute(event, "sk")?.to_owned(),
            id: id(&body, kind),
            time: millis(event)?,
            from: text(&body["From_Account"])?,
            to: text(&body["To_Account"]),
            text: elements(&body["MsgBody"]),
            edited: None,
            recalled: None,
            read: None,
            erased: attribute(event, "Erased").map(str::to_owned),
            digest: hex::encode(Sha256::digest(raw)),
            is_delivered: text(&body["SendMsgResult"]).is_none_or(|result| result == "0"),
        })
    }

    /// What is told beside the text.
    pub(super) fn marks(&self) -> Vec<String> {
        let at = |what: &str, time: Option<u64>| Some(format!("{what} {}", rfc3339(time?)));
        let erased = self.erased.as_ref().map(|day| format!("erased {day}"));
        [at("edited", self.edited), at("recalled", self.recalled), at("read", self.read), erased]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Whether the body is the one that was recorded: the key has the first 16 digits of its digest.
    pub(super) fn is_as_recorded(&self) -> bool {
        self.sk.rsplit('#').next().is_some_and(|digits| self.digest.starts_with(digits))
    }
}

/// By what a message is named: `MsgKey`, or in a group `MsgSeq`, which counts in each topic by itself.
pub(super) fn id(body: &Value, kind: Kind) -> String {
    let field = |name| text(&body[name]).unwrap_or_default();
    match kind {
        Kind::Group => seq(body, &body["MsgSeq"]),
        // Some captures have no MsgKey; this is how it is made.
        Kind::C2c => text(&body["MsgKey"])
            .unwrap_or_else(|| format!("{}_{}_{}", field("MsgSeq"), field("MsgRandom"), field("MsgTime"))),
    }
}

/// The name of a group's message with this `MsgSeq`.
pub(super) fn seq(body: &Value, seq: &Value) -> String {
    format!("{}/{}", text(&body["TopicId"]).unwrap_or_default(), text(seq).unwrap_or_default())
}

/// A string, or a number as a string: bodies have both.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// `MsgBody` as a text: its elements, with a space between.
pub(super) fn elements(msg_body: &Value) -> String {
    let elements = msg_body.as_array().map(Vec::as_slice).unwrap_or_default();
    elements.iter().map(element).collect::<Vec<_>>().join(" ")
}

/// A text, or the name of another element (269/2720).
fn element(element: &Value) -> String {
    let kind = element["MsgType"].as_str().unwrap_or_default();
    let name = match kind {
        "TIMTextElem" => return text(&element["MsgContent"]["Text"]).unwrap_or_default(),
        "TIMVideoFileElem" => "video",
        "" => "unknown",
        other => other.strip_prefix("TIM").and_then(|name| name.strip_suffix("Elem")).unwrap_or(other),
    };
    format!("[{}]", name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_other_than_text_are_named() {
        let elements = |kinds: &[&str]| {
            let elements: Vec<_> =
                kinds.iter().map(|kind| json!({ "MsgType": kind, "MsgContent": { "Text": "hi" } })).collect();
            super::elements(&json!(elements))
        };
        assert_eq!(elements(&["TIMTextElem", "TIMImageElem", "TIMSoundElem"]), "hi [image] [sound]");
        assert_eq!(
            elements(&["TIMVideoFileElem", "TIMFileElem", "TIMLocationElem"]),
            "[video] [file] [location]"
        );
        assert_eq!(elements(&["TIMFaceElem", "TIMCustomElem", "Tomorrow"]), "[face] [custom] [tomorrow]");
        assert_eq!(super::elements(&json!("no array")), "");
    }
}
