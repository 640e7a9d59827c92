//! Writes a conversation to an evidence file.

use super::{media::Media, recorded::Recorded, render};
use crate::{
    evidence::{
        EVENTS, PAGE, events,
        manifest::{ConversationSelection, Manifest, Origin, Selection},
        package::Package,
    },
    fault::Fault,
};

/// Writes page, events, media and manifest. Returns the digest of the zip.
pub(super) fn write(
    mut package: Package,
    recorded: &mut Recorded,
    (origin, selection): (Origin, ConversationSelection),
    media: Option<Media>,
) -> Result<String, Fault> {
    package.add(PAGE, |to| render::page(recorded, (&origin, &selection), media.as_ref(), to))?;
    let bodies = package.add(EVENTS, |to| events::write(to, || recorded.next_kept()))?;
    for (file, path) in media.iter().flat_map(Media::files) {
        package.store(&file, &path)?;
    }
    let manifest = Manifest {
        origin,
        selection: Selection::Conversation(selection),
        counts: Some(recorded.counts),
        gaps: recorded.gaps.clone(),
        files: package.files().to_vec(),
        media: media.map(|media| media.linked),
        bodies,
    };
    package.finish(&manifest)
}
