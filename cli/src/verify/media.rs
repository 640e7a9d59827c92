//! Compares the files behind URLs with the manifest and the messages.

use std::collections::{HashMap, HashSet};

use super::Findings;
use crate::{
    evidence::{
        EVENTS, MANIFEST, MEDIA, PAGE,
        manifest::{Gave, Manifest},
    },
    fault::Fault,
    media::file_name,
};

/// Each URL is in a message, and each file is that of a URL.
pub(super) fn check(manifest: &Manifest, urls: &[String], findings: &mut Findings<'_>) -> Result<(), Fault> {
    let linked = manifest.media.as_deref().unwrap_or_default();
    if !linked.iter().map(|linked| &linked.url).eq(urls) {
        findings.add(MANIFEST, "its URLs are not those in the messages")?;
    }
    let files = manifest.files.iter().filter(|file| file.path != PAGE && file.path != EVENTS);
    let files: HashMap<_, _> =
        files.map(|file| (file.path.as_str(), (file.sha256.as_str(), file.size))).collect();
    let mut of_urls = HashSet::new();
    for linked in linked {
        if let Gave::File { sha256, bytes } = &linked.gave {
            let path = format!("{MEDIA}/{}", file_name(sha256));
            if files.get(path.as_str()) != Some(&(sha256.as_str(), *bytes)) {
                findings.add(MANIFEST, &format!("does not list {path} as its URL gave it"))?;
            }
            of_urls.insert(path);
        }
    }
    for path in files.keys().filter(|path| !of_urls.contains(**path)) {
        findings.add(path, "is not the file of a URL")?;
    }
    Ok(())
}
