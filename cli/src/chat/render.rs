//! The page of a conversation: made from the table, and made again by `verify` from an evidence file.

use std::io::{self, Write};

use super::{
    about::{About, remarks},
    conversation::Conversation,
    page::Page,
    recorded::{ReadOptions, Recorded},
};
use crate::{
    evidence::{
        digest::Digesting,
        manifest::{Counts, Gap, Manifest, Origin, Selection},
    },
    fault::Fault,
    table::Items,
    when::When,
};

/// Writes the page.
pub(super) fn page(
    recorded: &mut Recorded,
    origin: &Origin,
    selection: &Selection,
    to: &mut dyn Write,
) -> Result<(), Fault> {
    let mut page = Page::begin(to, About::of(origin, selection, recorded.counts))?;
    while let Some(message) = recorded.next()? {
        page.message(&message)?;
    }
    Ok(page.end(&remarks(recorded))?)
}

/// What the events of an evidence file give.
#[derive(Debug)]
pub(crate) struct Again {
    /// The digest of the page.
    pub(crate) page: String,
    pub(crate) counts: Counts,
    pub(crate) gaps: Vec<Gap>,
}

/// Makes the page again. What is left out of the events is taken from the manifest.
pub(crate) async fn again(manifest: &Manifest, events: Items) -> Result<Again, Fault> {
    let Manifest { origin, selection, counts, .. } = manifest;
    let Selection::Conversation { of, until, undelivered, .. } = selection;
    let until = until.parse::<When>().map_err(Fault::new)?.end();
    let options = ReadOptions { until, undelivered: *undelivered, keep: false };
    let mut recorded = Recorded::read(&Conversation::of(of), options, events).await?;
    recorded.state_left_out(*counts);
    let mut to = Digesting::new(io::sink());
    page(&mut recorded, origin, selection, &mut to)?;
    Ok(Again { page: to.done().0, counts: recorded.counts, gaps: recorded.gaps })
}
