//! Checks an evidence file, without AWS and without a network.

use std::{
    collections::{BTreeSet, HashSet},
    fs::File as Disk,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
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
        digest::Digesting,
        manifest::{File, Manifest, Selection, TOOL},
        package::digest_of,
    },
    fault::Fault,
    output::{Output, note},
    plain::counted,
    spool::{Spool, Spooled},
};

mod bodies;
mod media;
use bodies::{Checked, stream};

/// How much more than twice the size in the manifest is read of a file.
const MORE: u64 = 1 << 20;

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
        if self.output.json {
            return self.output.json_line(&json!({ "place": place, "finding": finding }));
        }
        self.output.text(&crate::plain::plain(&format!("{place}: {finding}")))
    }
}

/// The zip and what was read of it.
struct Archive {
    zip: ZipArchive<BufReader<Disk>>,
    ends_as_written: bool,
    page: Option<String>,
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
    archive.check_form(&name, &mut findings)?;
    let manifest = archive.manifest(&name)?;
    archive.check_files(&manifest, &mut findings)?;
    let events = archive.check_events(&manifest, &mut findings).await?;
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
        let found = format!("{found}: nothing differs");
        if findings.output.json { note(&found) } else { findings.output.text(&found)? }
    }
    findings.output.flush()?;
    Ok(ExitCode::from(u8::from(count > 0)))
}

/// Whether the file ends with the record that ends a zip, without a comment. A reader that does not accept the last record
/// looks for an earlier one, and so may show another zip than a reader that does.
fn ends_as_written(file: &mut Disk) -> io::Result<bool> {
    let mut end = [0; 22];
    file.seek(SeekFrom::End(-22))?;
    file.read_exact(&mut end)?;
    Ok(end.starts_with(b"PK\x05\x06") && end.ends_with(&[0, 0]))
}

impl Archive {
    fn open(verify: &Verify) -> Result<Self, Fault> {
        let of = |error: &dyn std::fmt::Display| {
            Fault::Message(format!("{} is not an evidence file: {error}", verify.file.display()))
        };
        let mut file = Disk::open(&verify.file).map_err(|error| of(&error))?;
        let ends_as_written = ends_as_written(&mut file).unwrap_or(false);
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|error| of(&error))?;
        Ok(Self { zip, ends_as_written, page: None, events: None })
    }

    /// An evidence file is a plain zip: what a reader of zips could see otherwise than this one is a finding.
    fn check_form(&mut self, name: &str, findings: &mut Findings<'_>) -> Result<(), Fault> {
        let zip = &mut self.zip;
        if zip.has_duplicate_names() {
            findings.add(name, "the zip has two files with one name")?;
        }
        if zip.offset() != 0 || !zip.comment().is_empty() || !self.ends_as_written {
            findings.add(name, "the zip has something before its first file or after its last one")?;
        }
        if zip.has_overlapping_files().unwrap_or(true) {
            findings.add(name, "files in the zip overlap")?;
        }
        if let Err(error) = zip.validate_header_consistency() {
            findings.add(name, &format!("the two headers of a file in the zip differ: {error}"))?;
        }
        Ok(())
    }

    fn manifest(&mut self, name: &str) -> Result<Manifest, Fault> {
        let of = |error: &dyn std::fmt::Display| {
            Fault::Message(format!("{name} is not an evidence file, or its {MANIFEST} was changed: {error}"))
        };
        let file = self.zip.by_name(MANIFEST).map_err(|error| of(&error))?;
        let mut file = BufReader::new(file);
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
        if manifest.origin.tool != TOOL {
            let tool = &manifest.origin.tool;
            note(&format!("the page was not made again: it is by {tool}, and this is {TOOL}"));
        } else if self.page.as_ref().is_some_and(|page| *page != again.page) {
            findings.add(PAGE, "is not the page of these events")?;
        }
        let stated = manifest.counts.unwrap_or_default();
        let stated = [
            (stated.not_delivered, "undelivered message"),
            (stated.without_message, "edited or recalled message without its original"),
        ];
        for (count, what) in stated.into_iter().filter(|(count, _)| *count > 0) {
            note(&format!("the manifest states {}, which the events can't show", counted(count, what)));
        }
        Ok(count)
    }
}
