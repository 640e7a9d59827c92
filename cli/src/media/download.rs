//! One file, downloaded into the folder under a temporary name.

use std::{io::Write, path::Path};

use sha2::{Digest, Sha256};
use tempfile::{Builder, NamedTempFile};

use super::folder::{Kept, TEMPORARY, fault};
use crate::{
    fault::Fault,
    web::{DownloadError, Web},
};

/// A file that is in the folder.
#[derive(Debug)]
pub(super) enum Fetched {
    /// From an earlier run.
    Before(Kept),
    Now(NewFile),
}

/// A file without its name.
#[derive(Debug)]
pub(super) struct NewFile {
    pub(super) file: NamedTempFile,
    pub(super) sha256: [u8; 32],
    pub(super) bytes: u64,
    pub(super) content_type: Option<String>,
}

/// Downloads a file. The text says why it could not be downloaded.
pub(super) async fn fetch(
    web: &Web,
    url: &str,
    max: u64,
    folder: &Path,
) -> Result<Result<Fetched, String>, Fault> {
    let file = Builder::new().prefix(TEMPORARY).tempfile_in(folder);
    let mut file = file.map_err(|error| fault(folder, &error))?;
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
    Ok(Ok(Fetched::Now(NewFile { file, sha256: sha256.finalize().into(), bytes, content_type })))
}
