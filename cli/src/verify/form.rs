//! Whether an evidence file is a plain zip: each reader sees the same files in it.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
};

use zip::{CompressionMethod, ExtraField, ZipArchive, read::ZipFile};

use super::Findings;
use crate::fault::Fault;

/// A regular file that its owner may write and all may read, as on Unix.
const ATTRIBUTES: u32 = 0o100_644 << 16;

/// Whether the zip ends with the record that ends a zip, without a comment. A reader that does not accept the last record
/// looks for an earlier one, and so may show another zip than a reader that does.
#[derive(Clone, Copy, Debug)]
pub(super) struct End(bool);

impl End {
    pub(super) fn read(file: &mut File) -> Self {
        let mut read = || -> io::Result<bool> {
            let mut end = [0; 22];
            file.seek(SeekFrom::End(-22))?;
            file.read_exact(&mut end)?;
            Ok(end.starts_with(b"PK\x05\x06") && end.ends_with(&[0, 0]))
        };
        Self(read().unwrap_or(false))
    }
}

/// What a reader of zips could see otherwise than this one is a finding.
pub(super) fn check(
    zip: &mut ZipArchive<BufReader<File>>,
    End(is_plain): End,
    name: &str,
    findings: &mut Findings<'_>,
) -> Result<(), Fault> {
    if zip.has_duplicate_names() {
        findings.add(name, "the zip has two files with one name")?;
    }
    if zip.offset() != 0 || !zip.comment().is_empty() || !is_plain {
        findings.add(name, "the zip has something before its first file or after its last one")?;
    }
    if zip.has_overlapping_files().unwrap_or(true) {
        findings.add(name, "files in the zip overlap")?;
    }
    if let Err(error) = zip.validate_header_consistency() {
        findings.add(name, &format!("the two headers of a file in the zip differ: {error}"))?;
    }
    for index in 0..zip.len() {
        if !zip.by_index_raw(index).is_ok_and(|file| is_plain_file(&file)) {
            let path = zip.name_for_index(index).and_then(Result::ok).unwrap_or_default().into_owned();
            findings.add(&path, "its header makes it more than a plain file, such as a link")?;
        }
    }
    Ok(())
}

/// Whether the header has only what a plain file needs.
fn is_plain_file(file: &ZipFile<'_, impl Read>) -> bool {
    file.external_attributes() == ATTRIBUTES
        && file.comment_raw().is_empty()
        && !file.encrypted()
        && matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated)
        // Another field could give the file another name.
        && file.extra_data_fields().all(|field| matches!(field, ExtraField::Zip64ExtendedInformation(_)))
}
