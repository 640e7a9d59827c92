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
use tencent_chat_webhook::time::now_millis;

use super::{download::NewFile, element::Medium};
use crate::fault::Fault;

const INDEX: &str = "index.jsonl";

/// The beginning of the names of incomplete files.
pub(super) const TEMPORARY: &str = ".incomplete-";

/// The folder, which belongs to one run at a time.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    index: File,
    /// The files of earlier runs, by the digest of their URL.
    files: HashMap<[u8; 32], Kept>,
}

/// A saved file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    digest: [u8; 32],
    pub(crate) bytes: u64,
}

/// The part of a line of the list that is read again.
#[derive(Deserialize)]
struct Line {
    url: String,
    sha256: String,
    bytes: u64,
}

pub(super) fn url_digest(url: &str) -> [u8; 32] {
    Sha256::digest(url).into()
}

impl Kept {
    pub(crate) fn sha256(&self) -> String {
        hex::encode(self.digest)
    }

    /// The name in the folder. With this ending, no program opens the file as something that can run.
    pub(crate) fn name(&self) -> String {
        let digest = self.sha256();
        format!("{}/{digest}.bin", &digest[..2])
    }
}

impl Folder {
    /// Makes the folder, or goes on with it.
    pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
        let failed = |error: io::Error| fault(path, &error);
        fs::create_dir_all(path).map_err(failed)?;
        let mut options = OpenOptions::new();
        let index = options.create(true).read(true).append(true).open(path.join(INDEX)).map_err(failed)?;
        match index.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(Fault::Message(format!("{} is in use by another run", path.display())));
            }
            // Without locks on this file system, the user has to take care.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        remove_incomplete(path).map_err(failed)?;
        let files = read(&index).map_err(failed)?;
        Ok(Self { path: path.to_owned(), index, files })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file of a URL from an earlier run, if it is there with the right size.
    pub(super) fn known(&self, url: &str) -> Option<Kept> {
        let kept = self.files.get(&url_digest(url))?;
        let there = fs::metadata(self.path.join(kept.name())).ok()?;
        (there.is_file() && there.len() == kept.bytes).then_some(*kept)
    }

    /// Gives a file its name, and adds it to the list.
    pub(super) fn keep(&self, medium: &Medium, new: NewFile) -> Result<Kept, Fault> {
        let failed = |error: &io::Error| fault(&self.path, error);
        let NewFile { file, sha256, bytes, content_type } = new;
        let kept = Kept { digest: sha256, bytes };
        let target = self.path.join(kept.name());
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        file.persist(&target).map_err(|error| failed(&error.error))?;
        let line = json!({
            "url": medium.url, "sha256": kept.sha256(), "bytes": bytes, "file": kept.name(), "kind": medium.kind,
            "name": medium.name, "content_type": content_type, "pk": medium.pk, "sk": medium.sk,
            "time": now_millis(),
        });
        // One write: a list has whole lines, whatever happens.
        (&self.index).write_all(format!("{line}\n").as_bytes()).map_err(|error| failed(&error))?;
        Ok(kept)
    }
}

/// Reads the list, and cuts off a last line that was not completed.
fn read(index: &File) -> io::Result<HashMap<[u8; 32], Kept>> {
    let (mut files, mut end, mut text) = (HashMap::new(), 0, Vec::new());
    let mut reader = BufReader::new(index);
    reader.seek(SeekFrom::Start(0))?;
    while reader.read_until(b'\n', &mut text)? > 0 {
        if text.last() != Some(&b'\n') {
            index.set_len(end)?;
            break;
        }
        end += text.len() as u64;
        if let Ok(Line { url, sha256, bytes }) = serde_json::from_slice(&text) {
            let mut digest = [0; 32];
            if hex::decode_to_slice(sha256, &mut digest).is_ok() {
                files.insert(url_digest(&url), Kept { digest, bytes });
            }
        }
        text.clear();
    }
    Ok(files)
}

fn remove_incomplete(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

pub(super) fn fault(path: &Path, error: &io::Error) -> Fault {
    Fault::Message(format!("can't save media in {}: {error}", path.display()))
}
