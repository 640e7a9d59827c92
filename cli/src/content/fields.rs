//! The fields of an element's content, as far as they have their documented types.

use tencent_chat_callbacks::{
    event::message::MsgElem,
    object::{Field, Object},
};

use super::{Content, UNREADABLE};

/// The fields of an object. A field of another type than expected is as good as none, so that the others can be read.
pub(super) struct Fields<'a>(Option<Object<'a>>);

impl<'a> Fields<'a> {
    pub(super) fn of(json: &'a str) -> Self {
        Self(serde_json::from_str(json).ok())
    }

    fn get(&self, name: &str) -> Option<Field<'a>> {
        self.0.as_ref()?.get(name)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Field::String(text) if !text.is_empty() => Some(text.into_owned()),
            Field::Number(digits) => Some(digits.to_owned()),
            // A lone surrogate: the text as it is written is better than none.
            Field::NotText => Some(UNREADABLE.to_owned()),
            _ => None,
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    pub(super) fn degrees(&self, name: &str) -> Option<f64> {
        self.text(name)?.parse().ok().filter(|degrees: &f64| degrees.is_finite())
    }

    pub(super) fn objects(&self, name: &str) -> Vec<Fields<'a>> {
        let Some(Field::Array(array)) = self.get(name) else { return Vec::new() };
        let objects: Vec<Object<'a>> = serde_json::from_str(array).unwrap_or_default();
        objects.into_iter().map(|object| Self(Some(object))).collect()
    }

    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let Some(Field::Array(array)) = self.get(name) else { return Vec::new() };
        serde_json::from_str(array).unwrap_or_default()
    }

    pub(super) fn elements(&self, name: &str, depth: usize) -> Content {
        let elements = match self.get(name) {
            Some(Field::Array(array)) => serde_json::from_str::<Vec<MsgElem<'_>>>(array).ok(),
            _ => None,
        };
        elements.map_or_else(|| Content::text_only(UNREADABLE), |them| Content::at_depth(&them, depth + 1))
    }
}
