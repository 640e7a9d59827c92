//! A message that replaces the original one.

use serde::Serialize;
use serde_json::{Value, json, value::RawValue};

use crate::event::message::MsgElem;

/// An element of a message.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Element {
    msg_type: String,
    msg_content: Content,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Content {
    New(Value),
    Kept(Box<RawValue>),
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::New(one), Self::New(other)) => one == other,
            (Self::Kept(one), Self::Kept(other)) => one.get() == other.get(),
            _ => false,
        }
    }
}

impl Element {
    /// An element of any type, with the content of that type.
    #[must_use]
    pub fn new(msg_type: impl Into<String>, msg_content: Value) -> Self {
        Self { msg_type: msg_type.into(), msg_content: Content::New(msg_content) }
    }

    /// A `TIMTextElem`.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new("TIMTextElem", json!({ "Text": text.into() }))
    }

    /// A `TIMCustomElem`: data for apps, a description for offline pushes, and an extension field.
    #[must_use]
    pub fn custom(data: impl Into<String>, desc: impl Into<String>, ext: impl Into<String>) -> Self {
        Self::new("TIMCustomElem", json!({ "Data": data.into(), "Desc": desc.into(), "Ext": ext.into() }))
    }
}

/// Keeps an element of the original message unchanged.
impl From<&MsgElem<'_>> for Element {
    fn from(element: &MsgElem<'_>) -> Self {
        let msg_content = Content::Kept((&element.msg_content).into());
        Self { msg_type: (&element.msg_type).into(), msg_content }
    }
}

/// A text becomes a `TIMTextElem`.
impl From<&str> for Element {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

/// A text becomes a `TIMTextElem`.
impl From<String> for Element {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

/// The new elements of a message, its new `CloudCustomData`, or both. Everything else in the message stays.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct NewMessage {
    /// A message needs at least one element, so an empty list replaces nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) msg_body: Vec<Element>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cloud_custom_data: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_element_is_unchanged_byte_for_byte() {
        let json = r#"{"MsgType":"TIMFaceElem","MsgContent":{"Index": 1.50,"Data":"\ud800"}}"#;
        let element: MsgElem<'_> = serde_json::from_str(json).expect("an element");
        let kept = Element::from(&element);
        assert_eq!(serde_json::to_string(&kept).expect("an element"), json);
        assert_eq!(kept, Element::from(&element));
        assert_ne!(kept, Element::new("TIMFaceElem", json!({ "Index": 1.5 })));
    }
}
