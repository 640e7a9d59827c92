//! The elements of messages, and the extensions attached to them, in all kinds of chats.

use bounded_static::ToStatic;
use serde::Deserialize;

use crate::value::{Number, Raw, Text};

/// An element of `MsgBody`; a message has one or more.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct MsgElem<'a> {
    /// `TIMTextElem`, `TIMCustomElem`, `TIMFaceElem`, `TIMLocationElem`, `TIMImageElem`, `TIMSoundElem`,
    /// `TIMVideoFileElem`, `TIMFileElem`, `TIMRelayElem`; the list is open.
    pub msg_type: Text<'a>,
    /// The content: an object whose shape depends on the type.
    pub msg_content: Raw<'a>,
}

/// The texts of a message's `TIMTextElem`s, in order.
pub(super) fn texts<'t>(msg_body: &'t [MsgElem<'_>]) -> impl Iterator<Item = Text<'t>> {
    msg_body.iter().filter_map(MsgElem::text)
}

impl MsgElem<'_> {
    /// The text of a `TIMTextElem`.
    #[must_use]
    pub fn text(&self) -> Option<Text<'_>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
        struct Content<'a> {
            text: Text<'a>,
        }

        self.content("TIMTextElem").map(|content: Content<'_>| content.text)
    }

    /// The content of a `TIMCustomElem`.
    #[must_use]
    pub fn custom(&self) -> Option<Custom<'_>> {
        self.content("TIMCustomElem")
    }

    /// The content, if the element is of this `MsgType` and the content has the shape of `T`.
    #[must_use]
    pub fn content<'c, T: Deserialize<'c>>(&'c self, msg_type: &str) -> Option<T> {
        (self.msg_type == *msg_type).then(|| serde_json::from_str(self.msg_content.get()).ok())?
    }
}

/// The content of a `TIMCustomElem`, which the app defines.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct Custom<'a> {
    /// The app's data, often JSON within a string.
    pub data: Option<Text<'a>>,
    /// A description, shown in an offline push.
    pub desc: Option<Text<'a>>,
    /// An extension field of the app.
    pub ext: Option<Text<'a>>,
}

/// A key that was set on a message or deleted from it.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct Extension<'a> {
    /// Name of the key.
    pub key: Text<'a>,
    /// Its value. Meaningless if the key was deleted.
    pub value: Option<Text<'a>>,
    /// Version of this key.
    pub seq: Option<Number>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(json: &str) -> MsgElem<'_> {
        serde_json::from_str(json).expect("an element")
    }

    #[test]
    fn text_and_custom_content_are_read() {
        let text = element(r#"{"MsgType":"TIMTextElem","MsgContent":{"Text":"a\nb"}}"#);
        assert_eq!(text.text().as_deref(), Some("a\nb"));
        assert_eq!(text.custom(), None);

        let custom = element(r#"{"MsgType":"TIMCustomElem","MsgContent":{"Data":"{}","Ext":"e","New":1}}"#);
        assert_eq!(custom.text(), None);
        let expected = Custom { data: Some("{}".into()), desc: None, ext: Some("e".into()) };
        assert_eq!(custom.custom(), Some(expected));
    }

    #[test]
    fn other_content_is_read_on_demand() {
        let face = element(r#"{"MsgType":"TIMFaceElem","MsgContent": {"Index":1} }"#);
        assert_eq!(face.msg_content.get(), r#"{"Index":1}"#);
        let content: Option<serde_json::Value> = face.content("TIMFaceElem");
        assert_eq!(content, Some(serde_json::json!({ "Index": 1 })));
    }

    #[test]
    fn content_with_another_shape_is_none() {
        for content in ["{}", "[]", "null", r#"{"Text":[]}"#, r#"{"Text":"\ud800"}"#] {
            let json = format!(r#"{{"MsgType":"TIMTextElem","MsgContent":{content}}}"#);
            assert_eq!(element(&json).text(), None, "{content}");
        }
    }
}
