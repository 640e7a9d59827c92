//! Where a command writes what it found.

use std::{
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;
use tencent_chat_webhook::time::rfc3339;

use crate::{
    deployment::Deployment,
    evidence::{
        manifest::{Origin, TOOL},
        package::Package,
    },
    fault::Fault,
    moment::Moment,
    output::{Output, note},
    target,
};

/// Where it goes.
pub(crate) enum Target {
    /// A table or JSON on standard output.
    Output,
    Page(PageFile),
    Evidence(Box<Package>, PathBuf),
}

/// The file of a page, or standard output.
pub(crate) struct PageFile(Option<(NamedTempFile, PathBuf)>);

impl Target {
    /// Begins the file, so that a folder without write access is reported before anything is read.
    pub(crate) fn create(json: bool, html: Option<&Path>, evidence: Option<&Path>) -> Result<Self, Fault> {
        if json && html.or(evidence).is_some() {
            return Err(Fault::usage("give --html, --evidence or --json, only one of them"));
        }
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
    /// The path, unless it is standard output.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.0.as_ref().map(|(_, path)| path.as_path())
    }

    /// Writes the page, and gives the file its name.
    pub(crate) fn write(
        self,
        output: &mut Output,
        page: impl FnOnce(&mut dyn Write) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let Some((file, path)) = self.0 else { return page(output.writer()) };
        let mut file = BufWriter::new(file);
        page(&mut file)?;
        let file = file.into_inner().map_err(|error| target::fault(&path, error.error()))?;
        target::persist(file, &path)
    }
}

/// The file of the page or the evidence, unless it is standard output.
pub(crate) fn file<'a>(html: Option<&'a Path>, evidence: Option<&'a Path>) -> Option<&'a Path> {
    html.filter(|file| *file != Path::new("-")).or(evidence)
}

/// Notes what was written, and the file if there is one.
pub(crate) fn note_file(written: &str, file: Option<&Path>) {
    if let Some(file) = file {
        note(&format!("{written} in {}", file.display()));
    }
}

/// Prints the digest of an evidence file as `sha256sum` does, so that `sha256sum --check` reads it.
pub(crate) fn print_digest(output: &mut Output, digest: &str, path: &Path) -> Result<(), Fault> {
    output.text(&format!("{digest}  {}", path.display()))
}

/// Where a page or an evidence file comes from.
pub(crate) fn origin(deployment: &Deployment, sdk_appid: Option<String>) -> Result<Origin, Fault> {
    Ok(Origin {
        tool: TOOL.to_owned(),
        made: rfc3339(Moment::now().0),
        table: deployment.table()?,
        region: deployment.config.region().map(ToString::to_string),
        sdk_appid,
    })
}
