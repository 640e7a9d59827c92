//! Whether an evidence file is a plain zip: each reader sees the same files in it.

use std::{
    fs::File,
    io::{BufReader, Read},
};

use zip::{CompressionMethod, ExtraField, ZipArchive, read::ZipFile};

use super::{Findings, end::End};
use crate::fault::Fault;

/// A regular file that its owner may write and all may read, as on Unix.
const ATTRIBUTES: u32 = 0o100_644 << 16;

/// Reports everything that two readers of zips could show differently.
pub(super) fn check(
    zip: &mut ZipArchive<BufReader<File>>,
    end: End,
    name: &str,
    findings: &mut Findings<'_>,
) -> Result<(), Fault> {
    if let Err(error) = zip.validate_header_consistency() {
        findings.add(name, &format!("readers could see different files in the zip: {error}"))?;
    }
    let mut begins_with_file = false;
    for index in 0..zip.len() {
        let is_plain = zip.by_index_raw(index).is_ok_and(|file| {
            begins_with_file |= file.header_start() == 0;
            is_plain_file(&file)
        });
        if !is_plain {
            let path = zip.name_for_index(index).and_then(Result::ok).unwrap_or_default().into_owned();
            findings.add(&path, "its header makes it more than a plain file, such as a link")?;
        }
    }
    if !begins_with_file || !end.is_plain() {
        findings.add(name, "the zip has something before its first file or after its last one")?;
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
