//! The files behind the URLs of a conversation's messages.

use std::{
    collections::{BTreeSet, HashMap},
    ffi::OsString,
    path::{Path, PathBuf},
};

use futures_util::stream;
use tempfile::TempDir;
use tencent_chat_webhook::time::rfc3339;

use super::recorded::Recorded;
use crate::{
    evidence::{
        MEDIA,
        manifest::{Gave, Linked},
    },
    export::Target,
    fault::Fault,
    interruption,
    media::{Counts, Earlier, Folder, MediaFlags, Medium, Outcome, file_name, save},
    moment::Moment,
    output::note,
    target,
};

/// The folder of the files.
#[derive(Debug)]
pub(super) struct MediaFolder {
    path: PathBuf,
    /// The folder in the links of the page.
    link: String,
    earlier: Option<Earlier>,
    /// Deletes the folder when it is dropped.
    _temporary: Option<TempDir>,
}

/// The result for each URL.
#[derive(Debug)]
pub(super) struct Media {
    folder: MediaFolder,
    /// In the order of the messages.
    pub(super) linked: Vec<Linked>,
    by_url: HashMap<String, usize>,
}

impl MediaFolder {
    /// A folder beside the page, or a temporary one beside the evidence file.
    pub(super) fn of(to: &Target, from: Option<&Path>) -> Result<Self, Fault> {
        let folder = match to {
            Target::Evidence(package, _) => Self::temporary(package.path()),
            Target::Page(page) => Self::beside(page.path()),
            Target::Output => Self::beside(None),
        };
        Ok(Self { earlier: from.map(Earlier::open).transpose()?, ..folder? })
    }

    fn beside(page: Option<&Path>) -> Result<Self, Fault> {
        let page = page.ok_or_else(|| Fault::usage("--media needs --html FILE or --evidence FILE.zip"))?;
        let mut name = page.file_name().map_or_else(OsString::new, ToOwned::to_owned);
        name.push(".media");
        let link = form_urlencoded::byte_serialize(name.as_encoded_bytes()).collect::<String>();
        Ok(Self { path: page.with_file_name(name), link: link.replace('+', "%20"), ..Self::in_package() })
    }

    fn temporary(zip: &Path) -> Result<Self, Fault> {
        let folder = TempDir::new_in(target::folder(zip)).map_err(|error| target::fault(zip, &error))?;
        interruption::deletes(folder.path());
        Ok(Self { path: folder.path().to_owned(), _temporary: Some(folder), ..Self::in_package() })
    }

    fn in_package() -> Self {
        Self { path: PathBuf::new(), link: MEDIA.to_owned(), earlier: None, _temporary: None }
    }
}

impl Media {
    /// Saves the files of all messages into the folder. A file that can't be saved is reported.
    pub(super) async fn fetch(
        recorded: &mut Recorded,
        folder: MediaFolder,
        flags: &MediaFlags,
    ) -> Result<Self, Fault> {
        let media = recorded.media()?;
        let urls: Vec<_> = media.iter().map(|medium| medium.url.clone()).collect();
        let (mut counts, mut gave) = (Counts::default(), HashMap::new());
        if !media.is_empty() {
            let each = |medium: &Medium, outcome: &Outcome| {
                counts.add(outcome);
                if let Outcome::Failed(reason) = outcome {
                    note(&format!("not saved: {reason}: {}", medium.url));
                }
                gave.insert(medium.url.clone(), what(outcome));
                Ok(())
            };
            let media = stream::iter(media.into_iter().map(Ok));
            let folders = (&Folder::open(&folder.path)?, folder.earlier.as_ref());
            save(media, folders, flags, each).await?;
        }
        counts.print();
        let linked = urls.into_iter().filter_map(|url| {
            let (time, gave) = gave.remove(&url)?;
            Some(Linked { url, time: rfc3339(time), gave })
        });
        Ok(Self::of(folder, linked.collect()))
    }

    /// Those that a manifest lists.
    pub(super) fn in_package(linked: Vec<Linked>) -> Self {
        Self::of(MediaFolder::in_package(), linked)
    }

    fn of(folder: MediaFolder, linked: Vec<Linked>) -> Self {
        let by_url = linked.iter().enumerate().map(|(index, linked)| (linked.url.clone(), index)).collect();
        Self { folder, linked, by_url }
    }

    pub(super) fn get(&self, url: &str) -> Option<&Linked> {
        self.linked.get(*self.by_url.get(url)?)
    }

    /// The link to a file.
    pub(super) fn link(&self, sha256: &str) -> String {
        format!("{}/{}", self.folder.link, file_name(sha256))
    }

    /// The files with their names in the evidence file. Several URLs may give the same file.
    pub(super) fn files(&self) -> BTreeSet<(String, PathBuf)> {
        let file = |linked: &Linked| {
            let name = file_name(linked.gave.sha256()?);
            Some((format!("{MEDIA}/{name}"), self.folder.path.join(name)))
        };
        self.linked.iter().filter_map(file).collect()
    }

    /// The number of URLs that gave a file.
    pub(super) fn saved(&self) -> usize {
        self.linked.iter().filter(|linked| linked.gave.sha256().is_some()).count()
    }

    pub(super) fn is_complete(&self) -> bool {
        self.saved() == self.linked.len()
    }
}

/// The time and the result of a download.
fn what(outcome: &Outcome) -> (u64, Gave) {
    match outcome.kept() {
        Ok(kept) => (kept.time, Gave::File { sha256: kept.sha256(), bytes: kept.bytes }),
        Err(reason) => (Moment::now().0, Gave::Nothing { error: reason.to_owned() }),
    }
}
