//! The zip of an evidence file, and the files in it.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Display,
    fs::File as Disk,
    io::{self, BufReader, Read, Write},
    path::Path,
};

use zip::ZipArchive;

use super::{Findings, end::End, form, shown};
use crate::{
    evidence::{
        EVENTS, MANIFEST, PAGE,
        digest::{self, Digesting},
        manifest::{File, Manifest},
    },
    fault::Fault,
    spool::{Spool, Spooled},
};

/// How much more than twice the size in the manifest is read of a file.
const MORE: u64 = 1 << 20;

/// The largest manifest that is read, unless its compressed bytes allow for more.
const MANIFEST_SIZE: u64 = 16 << 20;

/// The most by which a large manifest is compressed: much of it is digests, which can't be compressed.
const MANIFEST_RATIO: u64 = 20;

pub(super) struct Archive {
    name: String,
    zip: ZipArchive<BufReader<Disk>>,
    end: End,
}

/// The parts of the files that the next checks need.
#[derive(Default)]
pub(super) struct Files {
    /// The digest of the page.
    pub(super) page: Option<String>,
    pub(super) events: Option<Spooled>,
    /// Their digest.
    pub(super) events_digest: Option<String>,
}

impl Archive {
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let name = path.display().to_string();
        let of = |error: &dyn Display| Fault::Message(format!("{name} is not an evidence file: {error}"));
        let mut file = Disk::open(path).map_err(|error| of(&error))?;
        let end = End::read(&mut file);
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|error| of(&error))?;
        Ok(Self { name, zip, end })
    }

    pub(super) fn check_form(&mut self, findings: &mut Findings<'_>) -> Result<(), Fault> {
        form::check(&mut self.zip, self.end, &self.name, findings)
    }

    pub(super) fn manifest(&mut self) -> Result<Manifest, Fault> {
        let name = &self.name;
        let of = |error: &dyn Display| {
            let error = shown(&error.to_string());
            Fault::Message(format!("{name} is not an evidence file, or its {MANIFEST} was changed: {error}"))
        };
        let file = self.zip.by_name(MANIFEST).map_err(|error| of(&error))?;
        let limit = MANIFEST_SIZE.max(file.compressed_size().saturating_mul(MANIFEST_RATIO));
        if file.size() > limit {
            return Err(of(&format!("{} bytes are too many for its digests", file.size())));
        }
        let mut file = BufReader::new(file.take(limit));
        let manifest = serde_json::from_reader(&mut file).map_err(|error| of(&error))?;
        // Only at its end, the checksum of the zip is compared.
        io::copy(&mut file, &mut io::sink()).map_err(|error| of(&error))?;
        Ok(manifest)
    }

    /// The digest of the manifest as it is in the zip.
    pub(super) fn manifest_digest(&mut self) -> Result<String, Fault> {
        let mut file = self.zip.by_name(MANIFEST).map_err(io::Error::from)?;
        Ok(digest::of(&mut file)?)
    }

    /// Compares each file with the manifest.
    pub(super) fn check_files(
        &mut self,
        manifest: &Manifest,
        findings: &mut Findings<'_>,
    ) -> Result<Files, Fault> {
        let mut files = Files::default();
        let listed: HashSet<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
        let names: HashSet<String> =
            self.zip.file_names().map(|name| name.map_or_else(|_| "?".to_owned(), Into::into)).collect();
        let is_unknown = |name: &&String| *name != MANIFEST && !listed.contains(name.as_str());
        for name in names.iter().filter(is_unknown).collect::<BTreeSet<_>>() {
            findings.add(name, "is not in the manifest")?;
        }
        if listed.len() < manifest.files.len() {
            findings.add(MANIFEST, "lists a file twice")?;
        }
        for name in [PAGE, EVENTS].into_iter().filter(|name| !listed.contains(name)) {
            findings.add(MANIFEST, &format!("does not list {name}"))?;
        }
        // A file that is listed again is not read again.
        let mut seen = HashSet::new();
        for file in manifest.files.iter().filter(|file| seen.insert(file.path.as_str())) {
            if !names.contains(&file.path) {
                findings.add(&file.path, "is missing")?;
                continue;
            }
            match self.digest(file, &mut files)? {
                Ok(found) if found == (file.sha256.clone(), file.size) => {}
                Ok((digest, size)) => {
                    let expected = format!("the manifest has {} and {} bytes", file.sha256, file.size);
                    findings
                        .add(&file.path, &format!("the SHA-256 is {digest}, {size} bytes; {expected}"))?;
                }
                Err(error) => findings.add(&file.path, &format!("can't be read: {error}"))?,
            }
        }
        Ok(files)
    }

    /// The digest and size of a file. The events are copied to a temporary file.
    fn digest(&mut self, file: &File, files: &mut Files) -> Result<io::Result<(String, u64)>, Fault> {
        let mut entry = match self.zip.by_name(&file.path) {
            Ok(entry) => entry,
            Err(error) => return Ok(Err(error.into())),
        };
        // A huge file must not fill the disk.
        let mut entry = entry.by_ref().take(file.size.saturating_mul(2).saturating_add(MORE));
        let mut spool = if file.path == EVENTS { Some(Spool::new()?) } else { None };
        let mut sink = io::sink();
        let to: &mut dyn Write = match &mut spool {
            Some(spool) => spool,
            None => &mut sink,
        };
        let mut digesting = Digesting::new(to);
        let copied = io::copy(&mut entry, &mut digesting);
        let found = copied.map(|_| digesting.done());
        if let Some(spool) = spool {
            files.events = Some(spool.read()?);
        }
        let digest = found.as_ref().ok().map(|(digest, _)| digest.clone());
        match file.path.as_str() {
            PAGE => files.page = digest,
            EVENTS => files.events_digest = digest,
            _ => {}
        }
        Ok(found)
    }
}
