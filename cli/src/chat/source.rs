//! The source of a message: the event's key, and the digest of its body.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tencent_chat_webhook::record::RecordedEvent;

/// The event that a message, edit or recall comes from.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Source {
    pub(super) pk: String,
    pub(super) sk: String,
    /// SHA-256 of the body, computed from the body as it is now. `None` if the body is gone.
    pub(super) digest: Option<String>,
    /// The day when a person was erased from the event.
    pub(super) erased: Option<String>,
}

impl Source {
    pub(super) fn of(event: &RecordedEvent) -> Self {
        Self {
            pk: event.pk().to_owned(),
            sk: event.sk().to_owned(),
            digest: event.body().map(|body| hex::encode(Sha256::digest(body))),
            erased: event.attribute("Erased").map(str::to_owned),
        }
    }

    /// Whether the body is unchanged: `sk` ends with the first digits of the recorded body's digest.
    pub(super) fn is_original(&self) -> bool {
        let recorded = self.sk.rsplit('#').next().unwrap_or_default();
        let digest = self.digest.as_deref().unwrap_or_default();
        !recorded.is_empty() && digest.starts_with(recorded)
    }
}
