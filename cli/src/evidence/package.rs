//! Writes an evidence file. The zip has the same bytes for the same files: no times, no owners, one order.

use std::{
    fs::File as Disk,
    io::{self, BufWriter, Read, Seek, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{
    MANIFEST,
    digest::{self, Digesting},
    manifest::{File, Manifest},
};
use crate::{fault::Fault, target};

/// The zip while it is written. The file gets its name when it is complete.
#[derive(Debug)]
pub(crate) struct Package {
    zip: ZipWriter<BufWriter<NamedTempFile>>,
    path: PathBuf,
    files: Vec<File>,
}

impl Package {
    /// Begins a zip in the folder of the file, so that a folder without write access is reported at once.
    pub(crate) fn create(path: &Path) -> Result<Self, Fault> {
        let (file, path) = target::create(path)?;
        Ok(Self { zip: ZipWriter::new(BufWriter::new(file)), path, files: Vec::new() })
    }

    /// Adds a text that is written by a function.
    pub(crate) fn add<T>(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.add_by(CompressionMethod::Deflated, name, write)
    }

    /// Adds a picture, voice, video or file as it is: mostly, these are compressed.
    pub(crate) fn store(&mut self, name: &str, path: &Path) -> Result<(), Fault> {
        let mut file = Disk::open(path).map_err(|error| cannot_read(path, &error))?;
        self.add_by(CompressionMethod::Stored, name, |to| Ok(io::copy(&mut file, to).map(drop)?))
    }

    fn add_by<T>(
        &mut self,
        method: CompressionMethod,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.begin(method, name)?;
        let mut to = Digesting::new(&mut self.zip);
        let written = write(&mut to)?;
        let (sha256, size) = to.done();
        self.files.push(File { path: name.to_owned(), size, sha256 });
        Ok(written)
    }

    /// The files so far.
    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// The path of the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds the manifest, gives the file its name, and returns the SHA-256 of the whole zip.
    pub(crate) fn finish(mut self, manifest: &Manifest) -> Result<String, Fault> {
        self.begin(CompressionMethod::Deflated, MANIFEST)?;
        let path = self.path.clone();
        let fault = |error: &io::Error| target::fault(&path, error);
        manifest.write(&mut self.zip).map_err(|error| fault(&error))?;
        let file = self.zip.finish().map_err(|error| fault(&error.into()))?;
        let mut file = file.into_inner().map_err(|error| fault(error.error()))?;
        file.rewind().map_err(|error| fault(&error))?;
        let digest = digest::of(&mut file).map_err(|error| fault(&error))?;
        target::persist(file, &path)?;
        Ok(digest)
    }

    fn begin(&mut self, method: CompressionMethod, name: &str) -> Result<(), Fault> {
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(0o644)
            .large_file(true);
        self.zip.start_file(name, options).map_err(|error| target::fault(&self.path, &error.into()))
    }
}

/// The digest of a whole file.
pub(crate) fn digest_of(path: &Path) -> Result<String, Fault> {
    let read = || -> io::Result<String> {
        let mut file = io::BufReader::new(Disk::open(path)?);
        digest::of(&mut file.by_ref())
    };
    read().map_err(|error| cannot_read(path, &error))
}

fn cannot_read(path: &Path, error: &io::Error) -> Fault {
    Fault::Message(format!("can't read {}: {error}", path.display()))
}
