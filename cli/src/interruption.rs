//! Ctrl-C deletes what is not complete.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::signal::ctrl_c;

/// The exit code of a program that Ctrl-C ended: 128 and the number of the signal.
const CODE: i32 = 130;

static INCOMPLETE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn incomplete() -> MutexGuard<'static, Vec<PathBuf>> {
    INCOMPLETE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Deletes this file or folder on Ctrl-C, if it still has this name then.
pub(crate) fn deletes(path: &Path) {
    let mut incomplete = incomplete();
    if incomplete.is_empty() {
        tokio::spawn(wait());
    }
    incomplete.push(path.to_owned());
}

async fn wait() {
    if ctrl_c().await.is_err() {
        // Ctrl-C ends the program as before.
        return;
    }
    for path in incomplete().iter() {
        // A download may add a file to a folder meanwhile.
        let _ =
            fs::remove_dir_all(path).or_else(|_| fs::remove_dir_all(path)).or_else(|_| fs::remove_file(path));
    }
    process::exit(CODE);
}
