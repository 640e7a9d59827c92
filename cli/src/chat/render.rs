//! The page of a conversation: made from the table, and made again by `verify` from an evidence file.

use std::io::Write;

use super::{
    about::{About, remarks},
    conversation::Conversation,
    media::Media,
    page::Page,
    reading::ReadOptions,
    recorded::Recorded,
};
use crate::{
    evidence::{
        MANIFEST, digest, events,
        manifest::{Again, ConversationSelection, Manifest, Origin},
    },
    fault::Fault,
    table::Items,
    when::When,
};

/// Writes the page.
pub(super) fn page(
    recorded: &mut Recorded,
    (origin, selection): (&Origin, &ConversationSelection),
    media: Option<&Media>,
    to: &mut dyn Write,
) -> Result<(), Fault> {
    let mut page = Page::begin(to, About::of(origin, selection, recorded.counts, media), media)?;
    while let Some(message) = recorded.next()? {
        page.message(&message)?;
    }
    Ok(page.end(&remarks(recorded))?)
}

/// Makes the page again. What is left out of the events is taken from the manifest.
pub(crate) async fn again(
    manifest: &Manifest,
    selection: &ConversationSelection,
    events: Items,
) -> Result<Again, Fault> {
    let ConversationSelection { of, until, undelivered, .. } = selection;
    let until = until.parse::<When>();
    let until = until.map_err(|error| Fault::new(format!("{MANIFEST}: selection.until: {error}")))?.end();
    let options = ReadOptions { until, undelivered: *undelivered, keep: true };
    let mut recorded = Recorded::read(&Conversation::of(of), options, events).await?;
    recorded.state_left_out(manifest.counts.unwrap_or_default());
    let media = manifest.media.clone().map(Media::in_package);
    let urls = if media.is_some() { recorded.media()? } else { Vec::new() };
    let page =
        digest::of_written(|to| page(&mut recorded, (&manifest.origin, selection), media.as_ref(), to))?;
    Ok(Again {
        page,
        events: events::digest(|| recorded.next_kept())?,
        counts: Some(recorded.counts),
        gaps: recorded.gaps,
        urls: urls.into_iter().map(|medium| medium.url).collect(),
    })
}
