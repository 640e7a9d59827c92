//! What a message carries: its text, and its other elements with name, size and address (page 33527).

use serde::{Deserialize, Serialize};
use tencent_chat_callbacks::event::message::MsgElem;
use tencent_chat_webhook::record::RecordedEvent;

mod fields;
use fields::Fields;

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

    /// The content of an event's message, if the elements have their documented shape, whatever else the body has.
    pub(crate) fn of_event(event: &RecordedEvent) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Message<'a> {
            #[serde(borrow)]
            msg_body: Vec<MsgElem<'a>>,
        }

        let message: Message<'_> = serde_json::from_str(event.body()?).ok()?;
        Some(Self::of(&message.msg_body))
    }

    /// The elements with a URL, also those of messages in merged forwards.
    pub(crate) fn with_url(&self) -> Vec<&Attachment> {
        let mut found = Vec::new();
        for attachment in &self.attachments {
            found.extend(attachment.url.is_some().then_some(attachment));
            found.extend(attachment.messages.iter().flat_map(|message| message.content.with_url()));
        }
        found
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

#[cfg(test)]
mod tests;
