//! Compares the events with the manifest and with the digests in their keys.

use futures_util::{StreamExt, stream as streams};
use tencent_chat_webhook::record::RecordedEvent;

use super::{Findings, shown};
use crate::{
    altered::altered,
    evidence::{
        EVENTS, MANIFEST,
        digest::{is_of_key, of_body},
        events::next,
        manifest::{Body, Manifest},
    },
    fault::Fault,
    output::note,
    plain::counted,
    spool::Spooled,
    table::Items,
};

/// The most erased events that are named.
const NAMED: usize = 20;

/// What was checked.
pub(super) struct Checked {
    pub(super) count: u64,
    /// Whether each line is an event.
    pub(super) is_readable: bool,
}

/// Compares each event with the next body of the manifest: both are in the order of the keys.
pub(super) fn check(
    events: &mut Spooled,
    manifest: &Manifest,
    findings: &mut Findings<'_>,
) -> Result<Checked, Fault> {
    let (mut count, mut erased, mut without_body) = (0, Erased::default(), 0);
    let mut expected = manifest.bodies.next()?;
    let mut last = None;
    loop {
        let event = match next(events) {
            Ok(Some(event)) => event,
            Ok(None) => break,
            Err(_) => {
                findings.add(EVENTS, &format!("line {} is not an event", count + 1))?;
                return Ok(Checked { count, is_readable: false });
            }
        };
        count += 1;
        let order = event.order();
        if last.as_ref().is_some_and(|last| order <= *last) {
            findings
                .add(EVENTS, &format!("line {count} is not in order: {}", name(event.pk(), event.sk())))?;
        }
        while let Some(body) = expected.take_if(|body| (&body.sk, &body.pk) < (&order.0, &order.1)) {
            findings.add(EVENTS, &missing(&body))?;
            expected = manifest.bodies.next()?;
        }
        let is_listed = |body: &mut Body| (&body.sk, &body.pk) == (&order.0, &order.1);
        let listed = expected.take_if(is_listed);
        if listed.is_some() {
            expected = manifest.bodies.next()?;
        }
        last = Some(order);
        erased.add(&event);
        without_body += u64::from(event.body().is_none());
        body(&event, listed, findings)?;
    }
    while let Some(body) = expected {
        findings.add(EVENTS, &missing(&body))?;
        expected = manifest.bodies.next()?;
    }
    erased.note();
    if without_body > 0 {
        note(&format!("{} without a body: it was incomplete in the table", counted(without_body, "event")));
    }
    Ok(Checked { count, is_readable: true })
}

/// The events from which a person was erased.
#[derive(Default)]
struct Erased {
    count: u64,
    /// The names of the first ones.
    first: Vec<String>,
}

impl Erased {
    fn add(&mut self, event: &RecordedEvent) {
        if event.attribute("Erased").is_none() {
            return;
        }
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(shown(&name(event.pk(), event.sk())));
        }
    }

    fn note(&self) {
        if self.count == 0 {
            return;
        }
        let events = counted(self.count, "event");
        note(&format!(
            "a person was erased from {events}: the digest in the key can't hold, the manifest's must"
        ));
        for name in &self.first {
            note(&format!("erased: {name}"));
        }
        let more = self.count - self.first.len() as u64;
        if more > 0 {
            note(&format!("and {more} more"));
        }
    }
}

/// Compares a body with the manifest and with its key.
fn body(event: &RecordedEvent, listed: Option<Body>, findings: &mut Findings<'_>) -> Result<(), Fault> {
    let name = name(event.pk(), event.sk());
    let digest = event.body().map(of_body);
    match listed {
        None => findings.add(EVENTS, &format!("is not in the manifest: {name}"))?,
        Some(listed) if listed.sha256 != digest => {
            findings.add(EVENTS, &format!("the body differs from the manifest: {name}"))?;
        }
        Some(_) => {}
    }
    if event.attribute("Erased").is_none() && digest.is_some_and(|digest| !is_of_key(event.sk(), &digest)) {
        findings.add(EVENTS, &format!("the body differs from the digest in its key: {name}"))?;
    }
    if let Some(attribute) = altered(event) {
        findings.add(EVENTS, &format!("{attribute} differs from the body or the key: {name}"))?;
    }
    Ok(())
}

fn missing(body: &Body) -> String {
    format!("an event of {MANIFEST} is missing: {}", name(&body.pk, &body.sk))
}

fn name(pk: &str, sk: &str) -> String {
    format!("{pk} {sk}")
}

/// The events to read.
pub(super) fn stream(mut events: Spooled) -> Items {
    streams::iter(std::iter::from_fn(move || next(&mut events).transpose())).boxed()
}
