//! The source of a message: the event's key, its origin, and the digest of its body.

use serde::{Deserialize, Serialize};
use tencent_chat_webhook::record::RecordedEvent;

use crate::{
    altered::altered,
    evidence::digest::{is_of_key, of_body},
};

/// The event that a message, edit or recall comes from.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Source {
    /// The number of the event among those of the conversation.
    pub(super) event: usize,
    pub(super) pk: String,
    pub(super) sk: String,
    /// SHA-256 of the body, computed from the body as it is now. `None` if the body is gone.
    pub(super) digest: Option<String>,
    /// Whether an attribute differs from the body or the key, although no person was erased from the event.
    pub(super) has_altered_attribute: bool,
    /// The day when a person was erased from the event.
    pub(super) erased: Option<String>,
    /// The address and the platform of the user who caused it.
    pub(super) client_ip: Option<String>,
    pub(super) platform: Option<String>,
    /// When the function received it, in milliseconds.
    pub(super) received: Option<u64>,
}

impl Source {
    pub(super) fn of(event: &RecordedEvent) -> Self {
        let attribute = |name| event.attribute(name).map(str::to_owned);
        Self {
            event: 0,
            pk: event.pk().to_owned(),
            sk: event.sk().to_owned(),
            digest: event.body().map(of_body),
            has_altered_attribute: altered(event).is_some(),
            erased: attribute("Erased"),
            client_ip: attribute("ClientIP"),
            platform: attribute("OptPlatform"),
            received: event.attribute("ReceivedAt").and_then(|time| time.parse().ok()),
        }
    }

    /// Whether the body differs from its digest in the key, or an attribute from the body, although no person was erased
    /// from them.
    pub(super) fn is_altered(&self) -> bool {
        let has_digest_of_key = self.digest.as_ref().is_none_or(|digest| is_of_key(&self.sk, digest));
        self.has_altered_attribute || self.erased.is_none() && !has_digest_of_key
    }
}
