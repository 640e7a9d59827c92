//! `manifest.json`: what the evidence file holds, and the digest of each file and body in it.

use std::{
    cell::RefCell,
    io::{self, Write},
};

use serde::{
    Deserialize, Serialize, Serializer,
    de::{Deserializer, Error as _, SeqAccess, Visitor},
    ser::{Error as _, SerializeSeq},
};

use crate::{
    fault::Fault,
    spool::{Spool, Spooled},
};

/// The program that makes and verifies evidence files.
pub(crate) const TOOL: &str = concat!("chat-events ", env!("CARGO_PKG_VERSION"));

/// The manifest of an evidence file.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Manifest {
    pub(crate) origin: Origin,
    pub(crate) selection: Selection,
    /// Of a conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) counts: Option<Counts>,
    /// The numbers that no message of a group or topic has, between two that have theirs.
    #[serde(default)]
    pub(crate) gaps: Vec<Gap>,
    pub(crate) files: Vec<File>,
    /// The URLs of the messages, if their files were to be saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) media: Option<Vec<Linked>>,
    /// The digest of each event's body, in the order of the events.
    pub(crate) bodies: Bodies,
}

impl Manifest {
    pub(crate) fn write(&self, mut to: impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut to, self)?;
        to.write_all(b"\n")
    }
}

/// Where the file comes from.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Origin {
    /// The program that made the file, with its version.
    pub(crate) tool: String,
    /// When it was made.
    pub(crate) made: String,
    pub(crate) table: String,
    pub(crate) region: Option<String>,
    /// `None` for all applications.
    pub(crate) sdk_appid: Option<String>,
}

impl Origin {
    /// The facts for the head of a page.
    pub(crate) fn facts(&self, since: Option<&str>, until: Option<&str>) -> Vec<(&'static str, String)> {
        let Self { tool, made, table, region, sdk_appid } = self;
        let region = region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
        let app = sdk_appid.as_ref().map_or_else(|| "all".to_owned(), |app| format!("SDKAppID {app}"));
        let since = since.unwrap_or("the beginning of the recording");
        let until = until.unwrap_or("the end of the recording");
        vec![
            ("Table", format!("{table}{region} (DynamoDB)")),
            ("Application", app),
            ("Span", format!("from {since} to {until}")),
            ("Made", format!("{made} by {tool}")),
        ]
    }
}

/// What was selected.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Selection {
    /// `chat`.
    Conversation(ConversationSelection),
    /// `person`.
    Person(PersonSelection),
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct ConversationSelection {
    /// A group or an official channel, or two users.
    pub(crate) of: Vec<String>,
    pub(crate) since: Option<String>,
    pub(crate) until: String,
    pub(crate) undelivered: bool,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct PersonSelection {
    pub(crate) user: String,
    pub(crate) since: Option<String>,
    pub(crate) until: Option<String>,
}

/// The numbers of messages and events.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Counts {
    pub(crate) messages: u64,
    /// Messages that Tencent did not deliver, and that are left out.
    pub(crate) not_delivered: u64,
    /// Messages that were edited or recalled, and are not recorded or not in the span.
    pub(crate) without_message: u64,
    /// Events whose body is incomplete, or not of its documented shape.
    pub(crate) unreadable: u64,
    /// Messages whose events were changed in the table.
    pub(crate) altered: u64,
    /// Messages in whose events a person was erased.
    pub(crate) erased: u64,
}

/// Numbers that no message has.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Gap {
    pub(crate) topic: Option<String>,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// A file in the zip.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) size: u64,
    pub(crate) sha256: String,
}

/// A URL in a message, with the result of its download.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Linked {
    pub(crate) url: String,
    /// The time of the download.
    pub(crate) time: String,
    #[serde(flatten)]
    pub(crate) gave: Gave,
}

/// The result of a download.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Gave {
    File { sha256: String, bytes: u64 },
    Nothing { error: String },
}

impl Gave {
    pub(crate) fn sha256(&self) -> Option<&str> {
        match self {
            Self::File { sha256, .. } => Some(sha256),
            Self::Nothing { .. } => None,
        }
    }
}

/// The values computed again from the events of an evidence file, to compare with its manifest.
#[derive(Debug)]
pub(crate) struct Again {
    /// The digest of the page.
    pub(crate) page: String,
    /// The digest of the events that the page shows.
    pub(crate) events: String,
    pub(crate) counts: Option<Counts>,
    pub(crate) gaps: Vec<Gap>,
    /// The URLs in the messages, if their files were to be saved.
    pub(crate) urls: Vec<String>,
}

/// An event and the digest of its body.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Body {
    pub(crate) pk: String,
    pub(crate) sk: String,
    /// `None` if parts of the body are missing.
    pub(crate) sha256: Option<String>,
}

/// The digests of all bodies, in a temporary file: there may be millions.
#[derive(Debug)]
pub(crate) struct Bodies(RefCell<Spooled>);

impl Bodies {
    pub(crate) fn of(spool: Spool) -> Result<Self, Fault> {
        Ok(Self(RefCell::new(spool.read()?)))
    }

    /// The next body.
    pub(crate) fn next(&self) -> Result<Option<Body>, Fault> {
        self.0.borrow_mut().next()
    }
}

impl Serialize for Bodies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.borrow_mut().rewind().map_err(S::Error::custom)?;
        let mut list = serializer.serialize_seq(None)?;
        while let Some(body) = self.next().map_err(S::Error::custom)? {
            list.serialize_element(&body)?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for Bodies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BodiesVisitor;

        impl<'de> Visitor<'de> for BodiesVisitor {
            type Value = Bodies;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of bodies")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Bodies, A::Error> {
                let mut spool = Spool::new().map_err(A::Error::custom)?;
                while let Some(body) = list.next_element::<Body>()? {
                    spool.push(&body).map_err(A::Error::custom)?;
                }
                Bodies::of(spool).map_err(A::Error::custom)
            }
        }

        deserializer.deserialize_seq(BodiesVisitor)
    }
}
