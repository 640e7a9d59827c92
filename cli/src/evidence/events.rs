//! `events.jsonl`: whole items, one JSON object a line.

use std::io::Write;

use serde_json::value::RawValue;
use tencent_chat_webhook::record::RecordedEvent;

use super::{
    digest,
    manifest::{Bodies, Body},
};
use crate::{
    event::event,
    fault::Fault,
    spool::{Spool, Spooled, fault},
};

/// Writes events. Returns the digests of their bodies.
pub(crate) fn write(
    to: &mut dyn Write,
    mut next: impl FnMut() -> Result<Option<Box<RawValue>>, Fault>,
) -> Result<Bodies, Fault> {
    let mut bodies = Spool::new()?;
    while let Some(json) = next()? {
        writeln!(to, "{}", json.get())?;
        let event = event(json.get()).map_err(|error| fault(&error.into()))?;
        bodies.push(&Body {
            pk: event.pk().to_owned(),
            sk: event.sk().to_owned(),
            sha256: event.body().map(digest::of_body),
        })?;
    }
    Bodies::of(bodies)
}

/// The digest of events, as they are written.
pub(crate) fn digest(next: impl FnMut() -> Result<Option<Box<RawValue>>, Fault>) -> Result<String, Fault> {
    digest::of_written(|to| write(to, next).map(drop))
}

/// The next event.
pub(crate) fn next(events: &mut Spooled) -> Result<Option<RecordedEvent>, Fault> {
    let Some(json) = events.next::<Box<RawValue>>()? else { return Ok(None) };
    let event = event(json.get()).map_err(|error| Fault::Message(error.to_string()))?;
    Ok(Some(event))
}
