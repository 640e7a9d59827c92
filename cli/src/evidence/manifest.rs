//! `manifest.json`: what the evidence file holds, and the digest of each file and body in it.

use std::cell::RefCell;

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
    pub(crate) counts: Counts,
    /// The numbers that no message of a group or topic has, between two that have theirs.
    pub(crate) gaps: Vec<Gap>,
    pub(crate) files: Vec<File>,
    /// The digest of each event's body, in the order of the events.
    pub(crate) bodies: Bodies,
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
    pub(crate) sdk_appid: String,
}

/// What was selected.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Selection {
    /// `chat`.
    Conversation {
        /// A group or an official channel, or two users.
        of: Vec<String>,
        since: Option<String>,
        until: String,
        undelivered: bool,
    },
}

/// How many of what there is.
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
