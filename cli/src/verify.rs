//! Checks an evidence file, without AWS and without a network.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::json;

use crate::{
    evidence::package::digest_of,
    fault::Fault,
    output::{Output, note},
    plain::{counted, plain},
};

mod archive;
mod bodies;
mod end;
mod form;
mod made;
mod media;
use archive::Archive;
use made::Made;

/// The part of a text that is shown: the texts in a file may have any length.
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

/// The beginning of a text.
fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// What differs, printed as it is found.
struct Findings<'a> {
    output: &'a mut Output,
    count: u64,
}

impl Findings<'_> {
    fn add(&mut self, place: &str, finding: &str) -> Result<(), Fault> {
        self.count += 1;
        let [place, finding] = [place, finding].map(shown);
        if self.output.json {
            return self.output.json_line(&json!({ "place": place, "finding": finding }));
        }
        self.output.text(&plain(&format!("{place}: {finding}")))
    }
}

/// Prints what differs. The exit code is 1 if anything does.
pub(crate) async fn run(verify: &Verify, output: &mut Output) -> Result<ExitCode, Fault> {
    let mut findings = Findings { output, count: 0 };
    let name = verify.file.display().to_string();
    let digest = digest_of(&verify.file)?;
    if let Some(expected) = verify.sha256.as_ref().filter(|expected| **expected != digest) {
        findings.add(&name, &format!("the SHA-256 is {digest}, not {expected}: this is another file"))?;
    }
    let mut archive = Archive::open(&verify.file)?;
    archive.check_form(&mut findings)?;
    let manifest = archive.manifest()?;
    let files = archive.check_files(&manifest, &mut findings)?;
    let Made { events, again } = made::check(&mut archive, &manifest, files, &mut findings).await?;
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
        let made = if again { "" } else { ", but the page was not made again" };
        let found = format!("{found}: nothing differs{made}");
        if findings.output.json { note(&found) } else { findings.output.text(&found)? }
    }
    findings.output.flush()?;
    Ok(ExitCode::from(u8::from(count > 0)))
}
