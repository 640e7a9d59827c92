//! Makes page and manifest again from the events.

use super::{
    Findings,
    archive::{Archive, Files},
    bodies::{self, Checked, stream},
    media, shown,
};
use crate::{
    access, chat,
    evidence::{
        EVENTS, MANIFEST, PAGE, digest,
        manifest::{Again, Counts, Manifest, Selection, TOOL},
    },
    fault::Fault,
    output::note,
    plain::counted,
};

pub(super) struct Made {
    /// The number of events.
    pub(super) events: u64,
    /// Whether page and manifest were made again.
    pub(super) again: bool,
}

/// Compares each event with the manifest and its key, then everything that is made of the events.
pub(super) async fn check(
    archive: &mut Archive,
    manifest: &Manifest,
    Files { page, events, events_digest }: Files,
    findings: &mut Findings<'_>,
) -> Result<Made, Fault> {
    let Some(mut spooled) = events else { return Ok(Made { events: 0, again: false }) };
    let Checked { count: events, is_readable } = bodies::check(&mut spooled, manifest, findings)?;
    if !is_readable {
        note("the page was not made again: not all events can be read");
        return Ok(Made { events, again: false });
    }
    spooled.rewind()?;
    let again = match &manifest.selection {
        Selection::Conversation(selection) => chat::again(manifest, selection, stream(spooled)).await?,
        Selection::Person(selection) => access::again(manifest, selection, spooled)?,
    };
    check_facts(manifest, &again, findings)?;
    note_left_out(manifest.counts.unwrap_or_default());
    let tool = &manifest.origin.tool;
    if tool != TOOL {
        let tool = shown(tool);
        note(&format!("page and manifest were not made again: they are by {tool}, and this is {TOOL}"));
        return Ok(Made { events, again: false });
    }
    if page.is_some_and(|page| page != again.page) {
        findings.add(PAGE, "is not the page of these events")?;
    }
    if events_digest.is_some_and(|digest| digest != again.events) {
        findings.add(EVENTS, "is not what this program writes of the events on the page")?;
    }
    if archive.manifest_digest()? != digest::of_written(|to| manifest.write(to))? {
        findings.add(MANIFEST, "has something that this program does not write")?;
    }
    Ok(Made { events, again: true })
}

/// Compares what each version makes of the events.
fn check_facts(manifest: &Manifest, again: &Again, findings: &mut Findings<'_>) -> Result<(), Fault> {
    if again.gaps != manifest.gaps {
        findings.add(MANIFEST, "its gaps are not those in the numbers of the events")?;
    }
    if again.counts != manifest.counts {
        findings.add(MANIFEST, "its counts are not those of the events")?;
    }
    media::check(manifest, &again.urls, findings)
}

/// Notes what the manifest says of messages that are not in the file.
fn note_left_out(stated: Counts) {
    let stated = [
        (stated.not_delivered, "undelivered message", ""),
        (stated.without_message, "missing message", " that was edited or recalled"),
    ];
    for (count, what, more) in stated.into_iter().filter(|(count, ..)| *count > 0) {
        let what = counted(count, what);
        note(&format!("the manifest states {what}{more}, which the events can't show"));
    }
}
