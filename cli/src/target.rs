//! A file that gets its name only when it is complete.

use std::{
    io,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::{fault::Fault, interruption};

/// Begins the file in its folder, so that a folder without write access is reported at once. Returns it with its path.
pub(crate) fn create(path: &Path) -> Result<(NamedTempFile, PathBuf), Fault> {
    if path.exists() && !path.is_file() {
        // The new file would replace a folder or a device.
        return Err(Fault::Message(format!("can't write {}: it is not a file", path.display())));
    }
    // A link stays a link: its target is written.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let file = NamedTempFile::new_in(folder(&target)).map_err(|error| fault(path, &error))?;
    interruption::deletes(file.path());
    Ok((file, target))
}

/// The folder of a file.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Gives the file its name.
pub(crate) fn persist(file: NamedTempFile, path: &Path) -> Result<(), Fault> {
    file.persist(path).map(drop).map_err(|error| fault(path, &error.error))
}

/// The error of a file that can't be written.
pub(crate) fn fault(path: &Path, error: &io::Error) -> Fault {
    Fault::Message(format!("can't write {}: {error}", path.display()))
}
