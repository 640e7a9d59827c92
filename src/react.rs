//! **Edit this file to react to events.**

use crate::event::Event;

/// Called with each event that is new in the table ([`Event::Unknown`] where the command is not documented),
/// before Tencent gets its answer: whatever is awaited here comes out of Tencent's 2 s, and is given up when they
/// are nearly over.
///
/// It is called at most once per event: not for a duplicate, and not for an event that only a redrive could
/// store. What must not be missed belongs behind the table's stream, which has every event.
#[allow(clippy::unused_async, reason = "a reaction may await")]
pub async fn react(_event: &Event<'_>) {}
