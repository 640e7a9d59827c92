//! **Yours to edit: your reactions to new events.** How, and which events can be missed: `docs/extending.md`.

use tencent_chat_callbacks::Event;

/// Called with each event that is new in the table, before Tencent gets its answer. Must finish within Tencent's 2 s.
#[allow(clippy::unused_async, reason = "a reaction may await")]
pub async fn react(_event: &Event<'_>) {}
