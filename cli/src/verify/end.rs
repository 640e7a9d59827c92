//! The end of a zip.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
};

/// The size of the record that ends a zip.
const END: usize = 22;

/// The size of the two records before it if a number in it is too large.
const LARGE_END: usize = 56 + 20;

/// Whether the zip ends as it is written here: the directory, then the record that ends a zip, without a comment. Readers
/// look for this record in different ways, so a second directory or record could show another zip to some of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct End(bool);

impl End {
    pub(super) fn read(file: &mut File) -> Self {
        Self(is_plain_end(file).unwrap_or(false))
    }

    pub(super) fn is_plain(self) -> bool {
        self.0
    }
}

fn is_plain_end(file: &mut File) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut end = [0; END];
    read_at(file, length.checked_sub(END as u64), &mut end)?;
    if !end.starts_with(b"PK\x05\x06") || !end.ends_with(&[0, 0]) {
        return Ok(false);
    }
    let small = [u64::from(short(&end, 10)), word(&end, 12), word(&end, 16)];
    let most = [0xffff, 0xffff_ffff, 0xffff_ffff];
    let (mut numbers, mut directory_end) = (small, length - END as u64);
    let mut large = [0; LARGE_END];
    let at = directory_end.checked_sub(LARGE_END as u64);
    if at.is_some() && small.iter().zip(most).any(|(number, most)| *number == most) {
        read_at(file, at, &mut large)?;
    }
    // Numbers that are too large are in another record, to which a third one points.
    if large.starts_with(b"PK\x06\x06") {
        directory_end = at.unwrap_or_default();
        numbers = [32, 40, 48].map(|at| long(&large, at));
        let fits = |index: usize| small[index] == most[index] || small[index] == numbers[index];
        let is_second = long(&large, 4) == 44;
        let is_third = large[56..].starts_with(b"PK\x06\x07") && long(&large, 64) == directory_end;
        if !is_second || !is_third || !(0..3).all(fits) {
            return Ok(false);
        }
    }
    let [count, size, start] = numbers;
    if start.checked_add(size) != Some(directory_end) {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(start))?;
    Ok(entries(&mut BufReader::new(file.take(size)))? == Some(count))
}

/// The number of entries in a directory, or nothing if there is something else in it.
fn entries(directory: &mut impl Read) -> io::Result<Option<u64>> {
    let mut count = 0;
    loop {
        let mut entry = Vec::new();
        directory.take(46).read_to_end(&mut entry)?;
        if entry.is_empty() {
            return Ok(Some(count));
        }
        if entry.len() < 46 || !entry.starts_with(b"PK\x01\x02") {
            return Ok(None);
        }
        let rest = [28, 30, 32].into_iter().map(|at| u64::from(short(&entry, at))).sum();
        if io::copy(&mut directory.take(rest), &mut io::sink())? != rest {
            return Ok(None);
        }
        count += 1;
    }
}

fn read_at(file: &mut File, at: Option<u64>, to: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at.ok_or(io::ErrorKind::UnexpectedEof)?))?;
    file.read_exact(to)
}

fn short(bytes: &[u8], at: usize) -> u16 {
    bytes[at..].first_chunk().copied().map_or(0, u16::from_le_bytes)
}

fn word(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().copied().map_or(0, u32::from_le_bytes).into()
}

fn long(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().copied().map_or(0, u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn zip_of(files: u32) -> File {
        let mut zip = ZipWriter::new(tempfile::tempfile().expect("a file"));
        for file in 0..files {
            zip.start_file(file.to_string(), SimpleFileOptions::default()).expect("it begins");
        }
        zip.finish().expect("it ends")
    }

    #[test]
    fn end_is_plain_with_few_and_with_many_files() {
        for files in [3, 65_535, 65_536] {
            assert!(is_plain_end(&mut zip_of(files)).expect("it can be read"), "{files}");
        }
    }

    #[test]
    fn end_is_not_plain_with_more_in_it() {
        for files in [3, 65_536] {
            let mut bytes = Vec::new();
            let mut zip = zip_of(files);
            zip.rewind().and_then(|()| zip.read_to_end(&mut bytes)).expect("it can be read");
            let length = bytes.len();
            // The directory's signature, a number of entries, and bytes before each of the records at the end.
            for (at, more) in [(length - 12, 0), (length - 22, 1), (length - 98, 1), (length - 42, 1)] {
                let mut changed = bytes.clone();
                if more == 0 {
                    changed[at] ^= 1;
                } else {
                    changed.insert(at, b'P');
                }
                let mut file = tempfile::tempfile().expect("a file");
                file.write_all(&changed).expect("it is written");
                assert!(!is_plain_end(&mut file).unwrap_or(false), "{files} files, {at}");
            }
        }
    }
}
