//! Writes what is recorded of a person to an evidence file.

use std::io;

use serde_json::value::to_raw_value;

use super::page;
use crate::{
    event::fields,
    evidence::{
        EVENTS, PAGE, digest, events,
        manifest::{Again, Manifest, Origin, PersonSelection, Selection},
        package::Package,
    },
    fault::Fault,
    person::Person,
    spool::Spooled,
};

/// Writes page, events and manifest. Returns the digest of the zip.
pub(super) fn write(
    mut package: Package,
    (origin, selection): (Origin, PersonSelection),
    mut events: Spooled,
) -> Result<String, Fault> {
    package.add(PAGE, |to| page::write(to, (&origin, &selection), &mut events))?;
    events.rewind()?;
    let bodies = package.add(EVENTS, |to| events::write(to, || events.next()))?;
    let manifest = Manifest {
        origin,
        selection: Selection::Person(selection),
        counts: None,
        gaps: Vec::new(),
        files: package.files().to_vec(),
        media: None,
        bodies,
    };
    package.finish(&manifest)
}

/// Makes the page again.
pub(crate) fn again(
    manifest: &Manifest,
    selection: &PersonSelection,
    mut events: Spooled,
) -> Result<Again, Fault> {
    let page = digest::of_written(|to| page::write(to, (&manifest.origin, selection), &mut events))?;
    events.rewind()?;
    let person = Person::new(&selection.user);
    let of_person = || {
        while let Some(event) = events::next(&mut events)? {
            if person.is_in(&event) {
                return Ok(Some(to_raw_value(&fields(&event)).map_err(io::Error::from)?));
            }
        }
        Ok(None)
    };
    Ok(Again { page, events: events::digest(of_person)?, counts: None, gaps: Vec::new(), urls: Vec::new() })
}
