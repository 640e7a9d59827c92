//! Checks an evidence file, without AWS and without a network.

use std::{
    collections::{BTreeSet, HashSet},
    fs::File as Disk,
    io::{self, BufReader, Read, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use serde_json::json;
use zip::ZipArchive;

use crate::{
    access, chat,
    evidence::{
        EVENTS, MANIFEST, PAGE,
        digest::{self, Digesting},
        manifest::{File, Manifest, Selection, TOOL},
        package::digest_of,
    },
    fault::Fault,
    output::{Output, note},
    plain::counted,
    spool::{Spool, Spooled},
};

mod bodies;
mod form;
mod media;
use bodies::{Checked, stream};
use form::End;

/// How much more than twice the size in the manifest is read of a file.
const MORE: u64 = 1 << 20;

/// The largest manifest that is read, unless its compressed bytes allow for more.
const MANIFEST_SIZE: u64 = 16 << 20;

/// The most by which a large manifest is compressed: much of it is digests, which can't be compressed.
const MANIFEST_RATIO: u64 = 20;

/// The part of a finding that is shown: the texts in a file may have any length.
const SHOWN: usize = 1000;

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// The evidence file
    #[arg(value_name = "FILE.zip")]
    file: PathBuf,
    /// The SHA-256 of the file, as it was noted or time-stamped when the file was made
    #[arg(long, value_name = "HEX", value_parser = sha256)]
    sha256: Option<String>,
}

fn sha256(text: &str) -> Result<String, String> {
    let is_digest = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_digest {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("a SHA-256 has 64 hexadecimal digits".to_owned())
    }
}

/// What differs, printed as it is found.
struct Findings<'a> {
    output: &'a mut Output,
    count: u64,
}

impl Findings<'_> {
    fn add(&mut self, place: &str, finding: &str) -> Result<(), Fault> {
        self.count += 1;
        let [place, finding] = [place, finding].map(|text| text.chars().take(SHOWN).collect::<String>());
        if self.output.json {
            return self.output.json_line(&json!({ "place": place, "finding": finding }));
        }
        self.output.text(&crate::plain::plain(&format!("{place}: {finding}")))
    }
}

/// The zip and what was read of it.
struct Archive {
    zip: ZipArchive<BufReader<Disk>>,
    end: End,
    /// The digest of the page.
    page: Option<String>,
    /// The digest of the page that was made again.
    page_again: Option<String>,
    events: Option<Spooled>,
}

/// Prints what differs. The exit code is 1 if anything does.
pub(crate) async fn run(verify: &Verify, output: &mut Output) -> Result<ExitCode, Fault> {
    let mut findings = Findings { output, count: 0 };
    let name = verify.file.display().to_string();
    let digest = digest_of(&verify.file)?;
    if let Some(expected) = verify.sha256.as_ref().filter(|expected| **expected != digest) {
        findings.add(&name, &format!("the SHA-256 is {digest}, not {expected}: this is another file"))?;
    }
    let mut archive = Archive::open(verify)?;
    form::check(&mut archive.zip, archive.end, &name, &mut findings)?;
    let manifest = archive.manifest(&name)?;
    archive.check_files(&manifest, &mut findings)?;
    let events = archive.check_events(&manifest, &mut findings).await?;
    let is_made_again = archive.check_made(&manifest, &mut findings)?;
    if verify.sha256.is_none() {
        note(
            "without --sha256, this does not show whether the whole file was made anew; compare its SHA-256 with the \
             one that was noted or time-stamped when it was made:",
        );
        note(&digest);
    }
    let count = findings.count;
    if count == 0 {
        let messages = manifest.counts.map(|counts| counted(counts.messages, "message"));
        let others = [counted(events, "event"), counted(manifest.files.len() as u64, "file")];
        let found = messages.into_iter().chain(others).collect::<Vec<_>>().join(", ");
        let made = if is_made_again { "" } else { ", but the page was not made again" };
        let found = format!("{found}: nothing differs{made}");
        if findings.output.json { note(&found) } else { findings.output.text(&found)? }
    }
    findings.output.flush()?;
    Ok(ExitCode::from(u8::from(count > 0)))
}

impl Archive {
    fn open(verify: &Verify) -> Result<Self, Fault> {
        let of = |error: &dyn std::fmt::Display| {
            Fault::Message(format!("{} is not an evidence file: {error}", verify.file.display()))
        };
        let mut file = Disk::open(&verify.file).map_err(|error| of(&error))?;
        let end = End::read(&mut file);
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|error| of(&error))?;
        Ok(Self { zip, end, page: None, page_again: None, events: None })
    }

    fn manifest(&mut self, name: &str) -> Result<Manifest, Fault> {
        let of = |error: &dyn std::fmt::Display| {
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

    /// Compares each file with the manifest.
    fn check_files(&mut self, manifest: &Manifest, findings: &mut Findings<'_>) -> Result<(), Fault> {
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
        for file in &manifest.files {
            if !names.contains(&file.path) {
                findings.add(&file.path, "is missing")?;
                continue;
            }
            match self.digest(file)? {
                Ok(found) if found == (file.sha256.clone(), file.size) => {}
                Ok((digest, size)) => {
                    let expected = format!("the manifest has {} and {} bytes", file.sha256, file.size);
                    findings
                        .add(&file.path, &format!("the SHA-256 is {digest}, {size} bytes; {expected}"))?;
                }
                Err(error) => findings.add(&file.path, &format!("can't be read: {error}"))?,
            }
        }
        Ok(())
    }

    /// The digest and size of a file. The events are copied to a temporary file.
    fn digest(&mut self, file: &File) -> Result<io::Result<(String, u64)>, Fault> {
        let mut entry = match self.zip.by_name(&file.path) {
            Ok(entry) => entry,
            Err(error) => return Ok(Err(error.into())),
        };
        // Whoever plants a huge file does not fill the disk.
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
            self.events = Some(spool.read()?);
        }
        if file.path == PAGE {
            self.page = found.as_ref().ok().map(|(digest, _)| digest.clone());
        }
        Ok(found)
    }

    /// Compares each event with the manifest and its key, then makes the page again. Returns the number of events.
    async fn check_events(&mut self, manifest: &Manifest, findings: &mut Findings<'_>) -> Result<u64, Fault> {
        let Some(mut events) = self.events.take() else { return Ok(0) };
        let Checked { count, is_readable } = bodies::check(&mut events, manifest, findings)?;
        if !is_readable {
            note("the page was not made again: not all events can be read");
            return Ok(count);
        }
        events.rewind()?;
        let again = match &manifest.selection {
            Selection::Conversation(selection) => chat::again(manifest, selection, stream(events)).await?,
            Selection::Person(selection) => access::again(manifest, selection, events)?,
        };
        if again.gaps != manifest.gaps {
            findings.add(MANIFEST, "its gaps are not those in the numbers of the events")?;
        }
        if again.counts != manifest.counts {
            findings.add(MANIFEST, "its counts are not those of the events")?;
        }
        media::check(manifest, &again.urls, findings)?;
        self.page_again = Some(again.page);
        let stated = manifest.counts.unwrap_or_default();
        let stated = [
            (stated.not_delivered, "undelivered message", ""),
            (stated.without_message, "missing message", " that was edited or recalled"),
        ];
        for (count, what, more) in stated.into_iter().filter(|(count, ..)| *count > 0) {
            let what = counted(count, what);
            note(&format!("the manifest states {what}{more}, which the events can't show"));
        }
        Ok(count)
    }

    /// Compares page and manifest with those that this program makes of the same events. Returns whether it could.
    fn check_made(&mut self, manifest: &Manifest, findings: &mut Findings<'_>) -> Result<bool, Fault> {
        let tool = &manifest.origin.tool;
        if tool != TOOL {
            note(&format!("page and manifest were not made again: they are by {tool}, and this is {TOOL}"));
            return Ok(false);
        }
        let Some(again) = &self.page_again else { return Ok(false) };
        if self.page.as_ref().is_some_and(|page| page != again) {
            findings.add(PAGE, "is not the page of these events")?;
        }
        let mut written = Digesting::new(io::sink());
        manifest.write(&mut written)?;
        let mut file = self.zip.by_name(MANIFEST).map_err(io::Error::from)?;
        if digest::of(&mut file)? != written.done().0 {
            findings.add(MANIFEST, "has something that this program does not write")?;
        }
        Ok(true)
    }
}
