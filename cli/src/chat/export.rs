//! Writes a conversation to a page or an evidence file.

use std::{
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use super::{recorded::Recorded, render};
use crate::{
    event::event,
    evidence::{
        self, EVENTS, PAGE,
        manifest::{Bodies, Body, Manifest, Origin, Selection},
        package::Package,
    },
    fault::Fault,
    output::Output,
    spool::{Spool, fault},
    target,
};

/// Where the conversation goes.
pub(super) enum Target {
    /// A table or JSON on standard output.
    Output,
    Page(PageFile),
    Evidence(Box<Package>, PathBuf),
}

/// The file of a page, or standard output.
pub(super) struct PageFile(Option<(NamedTempFile, PathBuf)>);

impl Target {
    /// Begins the file, so that a folder without write access is reported before anything is read.
    pub(super) fn create(html: Option<&Path>, evidence: Option<&Path>) -> Result<Self, Fault> {
        Ok(match (html, evidence) {
            (Some(path), _) if path == Path::new("-") => Self::Page(PageFile(None)),
            (Some(path), _) => Self::Page(PageFile(Some(target::create(path)?))),
            (None, Some(path)) if path == Path::new("-") => {
                return Err(Fault::usage(
                    "--evidence needs a file: a zip can't be written to standard output",
                ));
            }
            (None, Some(path)) => Self::Evidence(Box::new(Package::create(path)?), path.to_owned()),
            (None, None) => Self::Output,
        })
    }
}

impl PageFile {
    pub(super) fn write(
        self,
        recorded: &mut Recorded,
        origin: &Origin,
        selection: &Selection,
        output: &mut Output,
    ) -> Result<(), Fault> {
        let Some((file, path)) = self.0 else {
            return render::page(recorded, origin, selection, output.writer());
        };
        let mut file = BufWriter::new(file);
        render::page(recorded, origin, selection, &mut file)?;
        let file = file.into_inner().map_err(|error| target::fault(&path, error.error()))?;
        target::persist(file, &path)
    }
}

/// Writes page, events and manifest. Returns the digest of the zip.
pub(super) fn evidence(
    mut package: Package,
    recorded: &mut Recorded,
    origin: Origin,
    selection: Selection,
) -> Result<String, Fault> {
    package.add(PAGE, |to| render::page(recorded, &origin, &selection, to))?;
    let bodies = package.add(EVENTS, |to| events(recorded, to))?;
    let manifest = Manifest {
        origin,
        selection,
        counts: recorded.counts,
        gaps: recorded.gaps.clone(),
        files: package.files().to_vec(),
        bodies,
    };
    package.finish(&manifest)
}

/// Writes the events that prove what is shown. Returns the digests of their bodies.
fn events(recorded: &mut Recorded, to: &mut dyn Write) -> Result<Bodies, Fault> {
    let mut bodies = Spool::new()?;
    let Some(kept) = &mut recorded.kept else { return Bodies::of(bodies) };
    while let Some(json) = kept.next()? {
        writeln!(to, "{}", json.get())?;
        let event = event(json.get()).map_err(|error| fault(&error.into()))?;
        bodies.push(&Body {
            pk: event.pk().to_owned(),
            sk: event.sk().to_owned(),
            sha256: event.body().map(evidence::digest::of_body),
        })?;
    }
    Bodies::of(bodies)
}
