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
        let msg_content = Content::Kept(element.msg_content.into());
        Self { msg_type: (&element.msg_type).into(), msg_content }
    }
}

/// The new elements of a message, its new `CloudCustomData`, or both. Everything else in the message stays. An empty
/// list of elements replaces nothing, because a message needs at least one.
///
/// A text, an element, or several elements convert into a new message:
///
/// ```
/// use tencent_chat_callbacks::answer::{C2cMessage, Element, NewMessage, Verdict};
///
/// let verdict: Verdict<C2cMessage> = Verdict::replace("hello");
/// assert_eq!(verdict, Verdict::replace([Element::text("hello")]));
///
/// let both = NewMessage::from("hello").with_cloud_custom_data("checked");
/// let _: Verdict<C2cMessage> = Verdict::replace(both);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewMessage {
    #[serde(skip_serializing_if = "Option::is_none")]
    msg_body: Option<Vec<Element>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_custom_data: Option<String>,
}

impl NewMessage {
    /// Replaces only `CloudCustomData`; the elements stay.
    #[must_use]
    pub fn cloud_custom_data(data: impl Into<String>) -> Self {
        Self { msg_body: None, cloud_custom_data: Some(data.into()) }
    }

    /// Also replaces `CloudCustomData`.
    #[must_use]
    pub fn with_cloud_custom_data(self, data: impl Into<String>) -> Self {
        Self { cloud_custom_data: Some(data.into()), ..self }
    }
}

impl From<Vec<Element>> for NewMessage {
    fn from(elements: Vec<Element>) -> Self {
        Self { msg_body: Some(elements).filter(|elements| !elements.is_empty()), cloud_custom_data: None }
    }
}

impl<const N: usize> From<[Element; N]> for NewMessage {
    fn from(elements: [Element; N]) -> Self {
        Vec::from(elements).into()
    }
}

impl From<Element> for NewMessage {
    fn from(element: Element) -> Self {
        [element].into()
    }
}

impl From<String> for NewMessage {
    fn from(text: String) -> Self {
        Element::text(text).into()
    }
}

impl From<&str> for NewMessage {
    fn from(text: &str) -> Self {
        Element::text(text).into()
    }
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

    #[test]
    fn empty_list_of_elements_replaces_nothing() {
        let message = NewMessage::from(Vec::new()).with_cloud_custom_data("checked");
        assert_eq!(message, NewMessage::cloud_custom_data("checked"));
    }
}
