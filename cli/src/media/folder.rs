//! The folder with the saved files.
//!
//! A file has its digest as its name, so a stranger chooses neither name nor type, and the same file is there once. The
//! list `index.jsonl` says which URL gave which file. A run that was interrupted leaves complete files and lines only.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::{Builder, NamedTempFile};

use super::medium::Medium;
use crate::{evidence::digest, fault::Fault};

const INDEX: &str = "index.jsonl";

/// The beginning of each line, as `json!` writes it.
const LINE: &[u8] = br#"{"bytes":"#;

/// The beginning of the names of incomplete files.
const TEMPORARY: &str = ".incomplete-";

/// The number of random characters after it.
const RANDOM: usize = 6;

/// The folder, which belongs to one run at a time.
#[derive(Debug)]
pub(crate) struct Folder {
    index: File,
    files: Earlier,
}

/// The files of earlier runs in a folder.
#[derive(Debug)]
pub(crate) struct Earlier {
    path: PathBuf,
    /// By the digest of their URL.
    by_url: HashMap<[u8; 32], Kept>,
}

/// A saved file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(super) digest: [u8; 32],
    pub(crate) bytes: u64,
    /// When its URL gave it, in milliseconds.
    pub(crate) time: u64,
}

/// A file without its name.
#[derive(Debug)]
pub(super) struct NewFile {
    pub(super) file: NamedTempFile,
    pub(super) kept: Kept,
    pub(super) content_type: Option<String>,
}

/// The part of a line of the list that is read again.
#[derive(Deserialize)]
struct Line {
    url: String,
    sha256: String,
    bytes: u64,
    time: u64,
}

/// The name of a file in the folder. With this ending, no program opens the file as something that can run.
pub(crate) fn file_name(sha256: &str) -> String {
    format!("{}/{sha256}.bin", sha256.get(..2).unwrap_or_default())
}

pub(super) fn url_digest(url: &str) -> [u8; 32] {
    Sha256::digest(url).into()
}

impl Kept {
    pub(crate) fn sha256(&self) -> String {
        hex::encode(self.digest)
    }

    pub(super) fn name(&self) -> String {
        file_name(&self.sha256())
    }
}

impl Earlier {
    /// Another folder, which stays as it is.
    pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
        let read = || read(&open_index(path, OpenOptions::new().read(true))?);
        let (by_url, _) = read()
            .map_err(|error| Fault::Message(format!("no saved media in {}: {error}", path.display())))?;
        Ok(Self { path: path.to_owned(), by_url })
    }

    /// The file of a URL, if it is there with the right size.
    pub(super) fn known(&self, url: &str) -> Option<Kept> {
        let kept = self.by_url.get(&url_digest(url))?;
        let there = fs::metadata(self.path_of(*kept)).ok()?;
        (there.is_file() && there.len() == kept.bytes).then_some(*kept)
    }

    pub(super) fn path_of(&self, kept: Kept) -> PathBuf {
        self.path.join(kept.name())
    }
}

impl Folder {
    /// Makes the folder, or goes on with it.
    pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
        let failed = |error: io::Error| fault(path, &error);
        fs::create_dir_all(path).map_err(failed)?;
        let mut options = OpenOptions::new();
        let options = options.create(true).read(true).append(true);
        let index = open_index(path, options).map_err(failed)?;
        match index.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(Fault::Message(format!("{} is in use by another run", path.display())));
            }
            // Without locks on this file system, the user has to take care.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        remove_incomplete(path).map_err(failed)?;
        let (by_url, last) = read(&index).map_err(failed)?;
        match last {
            Last::Complete => {}
            Last::Incomplete(at) => index.set_len(at).map_err(failed)?,
            Last::Foreign => (&index).write_all(b"\n").map_err(failed)?,
        }
        Ok(Self { index, files: Earlier { path: path.to_owned(), by_url } })
    }

    pub(super) fn path(&self) -> &Path {
        &self.files.path
    }

    /// The file of a URL from an earlier run, if it is unchanged.
    pub(super) fn known(&self, url: &str) -> Option<Kept> {
        let kept = self.files.known(url)?;
        let digest = digest::of(&mut File::open(self.files.path_of(kept)).ok()?).ok()?;
        (digest == kept.sha256()).then_some(kept)
    }

    /// Gives a file its name, and adds it to the list.
    pub(super) fn keep(&self, medium: &Medium, new: NewFile) -> Result<Kept, Fault> {
        let failed = |error: &io::Error| fault(self.path(), error);
        let NewFile { file, kept, content_type } = new;
        let target = self.files.path_of(kept);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        file.persist(&target).map_err(|error| failed(&error.error))?;
        let line = json!({
            "url": medium.url, "sha256": kept.sha256(), "bytes": kept.bytes, "file": kept.name(), "kind": medium.kind,
            "name": medium.name, "content_type": content_type, "pk": medium.pk, "sk": medium.sk,
            "time": kept.time,
        });
        // One write: a list has whole lines, whatever happens.
        (&self.index).write_all(format!("{line}\n").as_bytes()).map_err(|error| failed(&error))?;
        Ok(kept)
    }
}

/// The last line of a list.
enum Last {
    Complete,
    /// The line of an interrupted run, which begins here.
    Incomplete(u64),
    /// Something else without a line break.
    Foreign,
}

/// Opens the list. Another program may wait behind a pipe or own the target of a link.
fn open_index(folder: &Path, options: &OpenOptions) -> io::Result<File> {
    let path = folder.join(INDEX);
    if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other(format!("{INDEX} is not a file")));
    }
    options.open(path)
}

/// Reads the list.
fn read(index: &File) -> io::Result<(HashMap<[u8; 32], Kept>, Last)> {
    let (mut by_url, mut end, mut text) = (HashMap::new(), 0, Vec::new());
    let mut reader = BufReader::new(index);
    reader.seek(SeekFrom::Start(0))?;
    while reader.read_until(b'\n', &mut text)? > 0 && text.last() == Some(&b'\n') {
        end += text.len() as u64;
        if let Ok(Line { url, sha256, bytes, time }) = serde_json::from_slice(&text) {
            let mut digest = [0; 32];
            if hex::decode_to_slice(sha256, &mut digest).is_ok() {
                by_url.insert(url_digest(&url), Kept { digest, bytes, time });
            }
        }
        text.clear();
    }
    let last = if text.is_empty() {
        Last::Complete
    } else if text.starts_with(LINE) || LINE.starts_with(&text) {
        Last::Incomplete(end)
    } else {
        Last::Foreign
    };
    Ok((by_url, last))
}

/// A file while it is downloaded.
pub(super) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    Builder::new().prefix(TEMPORARY).rand_bytes(RANDOM).tempfile_in(folder)
}

fn remove_incomplete(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let is_named = |name: &str| name.strip_prefix(TEMPORARY).is_some_and(|random| random.len() == RANDOM);
        if entry.file_name().to_str().is_some_and(is_named) && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

pub(super) fn fault(path: &Path, error: &io::Error) -> Fault {
    Fault::Message(format!("can't save media in {}: {error}", path.display()))
}
