//! What a message carries: its text, and its other elements with name, size and address (page 33527).

use serde::{Deserialize, Serialize};
use tencent_chat_callbacks::{
    event::message::MsgElem,
    object::{Field, Object},
};

/// Shown for a message or an element that can't be read.
pub(crate) const UNREADABLE: &str = "[unreadable]";

/// How deep merged forwards are read within each other.
const MAX_DEPTH: usize = 8;

/// The content of a message.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Content {
    /// All elements, with a space between them. An element other than text is named in brackets.
    pub(crate) text: String,
    /// The elements other than text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Attachment>,
}

/// An element other than text.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(crate) struct Attachment {
    /// `image`, `sound`, `video`, `file`, `location`, `face`, `custom`, `relay`, or the `MsgType` of another element.
    pub(crate) kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// In bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// The length of a sound or video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) longitude: Option<f64>,
    /// The number of a face.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) index: Option<u64>,
    /// The app's data in a custom element or a face, or the whole content of an undocumented element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<String>,
    /// The app's extension of a custom element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ext: Option<String>,
    /// The digest of a merged forward: one line for each of its first messages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) lines: Vec<String>,
    /// The messages of a merged forward. Above 12 KB, Tencent sends only the digest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) messages: Vec<Forwarded>,
}

/// A message within a merged forward.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Forwarded {
    /// In milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    #[serde(flatten)]
    pub(crate) content: Content,
}

impl Attachment {
    /// Kind, name, size, length and place, in one line.
    pub(crate) fn title(&self) -> String {
        let place = self.latitude.zip(self.longitude);
        let parts = [
            Some(self.kind.clone()),
            self.index.map(|index| format!("no. {index}")),
            self.name.clone(),
            place.map(|(latitude, longitude)| format!("at {latitude}, {longitude}")),
            self.size.map(|size| format!("{size} bytes")),
            self.seconds.map(|seconds| format!("{seconds} s")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

impl Content {
    pub(crate) fn of(elements: &[MsgElem<'_>]) -> Self {
        Self::at_depth(elements, 0)
    }

    /// A content of which only the text is known.
    pub(crate) fn text_only(text: &str) -> Self {
        Self { text: text.to_owned(), attachments: Vec::new() }
    }

    fn at_depth(elements: &[MsgElem<'_>], depth: usize) -> Self {
        let text = text(elements);
        let attachments = elements.iter().filter(|element| element.msg_type != *"TIMTextElem");
        Self { text, attachments: attachments.map(|element| attachment(element, depth)).collect() }
    }
}

/// The elements as one text. An element other than text is named in brackets.
pub(crate) fn text(elements: &[MsgElem<'_>]) -> String {
    elements.iter().map(element_text).collect::<Vec<_>>().join(" ")
}

fn element_text(element: &MsgElem<'_>) -> String {
    match &*element.msg_type {
        "TIMTextElem" => element.text().map_or_else(|| UNREADABLE.to_owned(), |text| text.to_string()),
        other => format!("[{}]", kind(other)),
    }
}

fn kind(msg_type: &str) -> &str {
    match msg_type {
        "TIMImageElem" => "image",
        "TIMSoundElem" => "sound",
        "TIMVideoFileElem" => "video",
        "TIMFileElem" => "file",
        "TIMLocationElem" => "location",
        "TIMFaceElem" => "face",
        "TIMCustomElem" => "custom",
        "TIMRelayElem" => "relay",
        other => other,
    }
}

fn attachment(element: &MsgElem<'_>, depth: usize) -> Attachment {
    let raw = element.msg_content.get();
    let fields = Fields::of(raw);
    let known = match kind(&element.msg_type) {
        "image" => image(&fields),
        "sound" => Attachment {
            url: fields.text("Url"),
            size: fields.number("Size"),
            seconds: fields.number("Second"),
            ..Attachment::default()
        },
        "video" => Attachment {
            url: fields.text("VideoUrl"),
            size: fields.number("VideoSize"),
            seconds: fields.number("VideoSecond"),
            ..Attachment::default()
        },
        "file" => Attachment {
            name: fields.text("FileName"),
            url: fields.text("Url"),
            size: fields.number("FileSize"),
            ..Attachment::default()
        },
        "location" => Attachment {
            name: fields.text("Desc"),
            latitude: fields.degrees("Latitude"),
            longitude: fields.degrees("Longitude"),
            ..Attachment::default()
        },
        "face" => {
            Attachment { index: fields.number("Index"), data: fields.text("Data"), ..Attachment::default() }
        }
        "custom" => Attachment {
            name: fields.text("Desc"),
            data: fields.text("Data"),
            ext: fields.text("Ext"),
            ..Attachment::default()
        },
        "relay" => relay(&fields, depth),
        _ => Attachment { data: Some(raw.to_owned()), ..Attachment::default() },
    };
    Attachment { kind: kind(&element.msg_type).to_owned(), ..known }
}

/// Of the sizes of an image, the original one.
fn image(fields: &Fields<'_>) -> Attachment {
    let sizes: Vec<Fields<'_>> = fields.objects("ImageInfoArray");
    let original = sizes.iter().find(|size| size.number("Type") == Some(1)).or(sizes.first());
    Attachment {
        url: original.and_then(|size| size.text("URL").or_else(|| size.text("Url"))),
        size: original.and_then(|size| size.number("Size")),
        ..Attachment::default()
    }
}

fn relay(fields: &Fields<'_>, depth: usize) -> Attachment {
    let forwarded = |message: &Fields<'_>| Forwarded {
        time: message
            .number("MsgTimeStamp")
            .or_else(|| message.number("MsgTimestamp"))
            .map(|seconds| seconds.saturating_mul(1000)),
        from: message.text("From_Account"),
        content: message.elements("MsgBody", depth),
    };
    let messages = if depth < MAX_DEPTH { fields.objects("MsgList") } else { Vec::new() };
    Attachment {
        name: fields.text("Title"),
        lines: fields.texts("AbstractList"),
        messages: messages.iter().map(forwarded).collect(),
        ..Attachment::default()
    }
}

/// The fields of an object. A field of another type than expected is as good as none, so that the others can be read.
struct Fields<'a>(Option<Object<'a>>);

impl<'a> Fields<'a> {
    fn of(json: &'a str) -> Self {
        Self(serde_json::from_str(json).ok())
    }

    fn get(&self, name: &str) -> Option<Field<'a>> {
        self.0.as_ref()?.get(name)
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Field::String(text) if !text.is_empty() => Some(text.into_owned()),
            Field::Number(digits) => Some(digits.to_owned()),
            // A lone surrogate: the text as it is written is better than none.
            Field::NotText => Some(UNREADABLE.to_owned()),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    fn degrees(&self, name: &str) -> Option<f64> {
        self.text(name)?.parse().ok().filter(|degrees: &f64| degrees.is_finite())
    }

    fn objects(&self, name: &str) -> Vec<Fields<'a>> {
        let Some(Field::Array(array)) = self.get(name) else { return Vec::new() };
        let objects: Vec<Object<'a>> = serde_json::from_str(array).unwrap_or_default();
        objects.into_iter().map(|object| Self(Some(object))).collect()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let Some(Field::Array(array)) = self.get(name) else { return Vec::new() };
        serde_json::from_str(array).unwrap_or_default()
    }

    fn elements(&self, name: &str, depth: usize) -> Content {
        let elements = match self.get(name) {
            Some(Field::Array(array)) => serde_json::from_str::<Vec<MsgElem<'_>>>(array).ok(),
            _ => None,
        };
        elements.map_or_else(|| Content::text_only(UNREADABLE), |them| Content::at_depth(&them, depth + 1))
    }
}

#[cfg(test)]
mod tests;
