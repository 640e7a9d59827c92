//! One file, in the folder under a temporary name: downloaded, or copied from an earlier run's folder.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use sha2::{Digest, Sha256};
use tencent_chat_webhook::time::now_millis;

use super::folder::{Earlier, Kept, NewFile, fault, temporary};
use crate::{
    evidence::digest::Digesting,
    fault::Fault,
    web::{DownloadError, Web},
};

/// A file that is in the folder.
#[derive(Debug)]
pub(super) enum Fetched {
    /// From an earlier run.
    Before(Kept),
    /// From another folder.
    Copied(NewFile),
    Now(NewFile),
}

/// Downloads a file. The text says why it could not be downloaded.
pub(super) async fn fetch(
    web: &Web,
    url: &str,
    max: u64,
    folder: &Path,
) -> Result<Result<Fetched, String>, Fault> {
    let mut file = temporary(folder).map_err(|error| fault(folder, &error))?;
    let mut sha256 = Sha256::new();
    let piece = |bytes: &[u8]| {
        sha256.update(bytes);
        file.write_all(bytes)
    };
    let downloaded = match web.download(url, max, piece).await {
        Ok(downloaded) => downloaded,
        Err(DownloadError::Refused(reason)) => return Ok(Err(reason)),
        Err(DownloadError::Local(error)) => return Err(fault(folder, &error)),
    };
    file.as_file().sync_data().map_err(|error| fault(folder, &error))?;
    let crate::web::Downloaded { bytes, content_type } = downloaded;
    let kept = Kept { digest: sha256.finalize().into(), bytes, time: now_millis() };
    Ok(Ok(Fetched::Now(NewFile { file, kept, content_type })))
}

/// Copies the file of a URL, unless it is not there, can't be read, or was changed.
pub(super) fn copy(earlier: &Earlier, url: &str, folder: &Path) -> Result<Option<Fetched>, Fault> {
    let Some(kept) = earlier.known(url) else { return Ok(None) };
    let Ok(mut from) = File::open(earlier.path_of(kept)) else { return Ok(None) };
    let mut copy = || {
        let mut file = temporary(folder)?;
        let mut to = Digesting::new(&mut file);
        io::copy(&mut from, &mut to)?;
        let (sha256, _) = to.done();
        file.as_file().sync_data()?;
        Ok((file, sha256))
    };
    let (file, sha256) = copy().map_err(|error: io::Error| fault(folder, &error))?;
    let is_same = sha256 == kept.sha256();
    Ok(is_same.then_some(Fetched::Copied(NewFile { file, kept, content_type: None })))
}
