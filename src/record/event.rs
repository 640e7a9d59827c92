//! An event as the table holds it.

use aws_sdk_dynamodb::types::AttributeValue;
use tencent_chat_callbacks::Callback;

use super::{
    attribute::{Item, text},
    body, item_key, parts_key,
};

/// A recorded event: the head of its items, with the attributes that were read.
///
/// The body is there if the head holds it, or once it is joined from its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedEvent(Item);

impl From<Item> for RecordedEvent {
    fn from(head: Item) -> Self {
        Self(head)
    }
}

impl RecordedEvent {
    /// An event of which only the key is known.
    #[must_use]
    pub fn of_key(pk: &str, sk: &str) -> Self {
        Self(Item::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))]))
    }

    /// The attributes.
    #[must_use]
    pub fn item(&self) -> &Item {
        &self.0
    }

    /// An attribute that is a string or a number, as text.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            AttributeValue::S(text) | AttributeValue::N(text) => Some(text),
            _ => None,
        }
    }

    /// The partition key: `{SdkAppid}#{subject}`.
    #[must_use]
    pub fn pk(&self) -> &str {
        self.attribute("pk").unwrap_or_default()
    }

    /// The sort key: `{time}#{CallbackCommand}#{digest}`.
    #[must_use]
    pub fn sk(&self) -> &str {
        self.attribute("sk").unwrap_or_default()
    }

    /// `sk` and `pk`: the order of time across subjects.
    #[must_use]
    pub fn order(&self) -> (String, String) {
        (self.sk().to_owned(), self.pk().to_owned())
    }

    /// `pk` and `sk` alone, for a request.
    #[must_use]
    pub fn key(&self) -> Item {
        item_key(&self.0)
    }

    /// The time of the event, in milliseconds since the epoch. Every `sk` begins with it.
    #[must_use]
    pub fn time(&self) -> Option<u64> {
        self.sk().split('#').next()?.parse().ok()
    }

    /// The subject: the second half of `pk`.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.pk().split_once('#').map_or(self.pk(), |(_, subject)| subject)
    }

    /// The application. Empty if the attribute was not read.
    #[must_use]
    pub fn sdk_appid(&self) -> &str {
        self.attribute("SdkAppid").unwrap_or_default()
    }

    /// The command. Empty if the attribute was not read.
    #[must_use]
    pub fn command(&self) -> &str {
        self.attribute("CallbackCommand").unwrap_or_default()
    }

    /// The body, byte for byte.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.attribute("Body")
    }

    /// Whether the body is in parts.
    #[must_use]
    pub fn has_parts(&self) -> bool {
        self.0.contains_key("BodyParts")
    }

    /// The `pk` of the body's parts, which sort by `sk`.
    #[must_use]
    pub fn parts_pk(&self) -> String {
        parts_key(&self.0).unwrap_or_default()
    }

    /// Adds the body from its parts, in any order. If a part is missing, the event has no body.
    pub fn join(&mut self, parts: &[Item]) {
        if let Some(body) = body(&self.0, parts) {
            self.0.insert("Body".to_owned(), text(body));
        }
    }

    /// The callback, which gives the typed event. `None` without a body that is a JSON object.
    #[must_use]
    pub fn callback(&self) -> Option<Callback<'_>> {
        Callback::of(self.command(), self.body()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(attributes: &[(&str, &str)]) -> RecordedEvent {
        let item: Item = attributes.iter().map(|(name, value)| ((*name).to_owned(), text(*value))).collect();
        item.into()
    }

    #[test]
    fn key_gives_subject_time_and_order() {
        let sk = "1670574414007#Group.CallbackAfterCreateGroup#0123456789abcdef";
        let event = event(&[("pk", "1400000001#@TGS#1"), ("sk", sk), ("Name", "n")]);
        assert_eq!((event.subject(), event.time()), ("@TGS#1", Some(1_670_574_414_007)));
        assert_eq!(event.order(), (sk.to_owned(), "1400000001#@TGS#1".to_owned()));
        assert_eq!(RecordedEvent::from(event.key()), RecordedEvent::of_key("1400000001#@TGS#1", sk));
        assert_eq!(RecordedEvent::default().time(), None);
    }

    #[test]
    fn callback_needs_a_body_that_is_an_object() {
        let command = ("CallbackCommand", "Group.CallbackAfterGroupFull");
        let typed =
            |body| event(&[command, ("Body", body)]).callback().map(|callback| callback.event().is_ok());
        assert_eq!(typed(r#"{"GroupId":"g"}"#), Some(true));
        assert_eq!(typed("{}"), Some(false));
        assert_eq!(typed("not JSON"), None);
        assert!(event(&[command]).callback().is_none());
    }
}
