//! One of Tencent's files: downloaded, checked, uncompressed and read piece by piece. It may be larger than memory.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
};

use flate2::read::MultiGzDecoder;
use md5::{Digest, Md5};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::history::HistoryFile;
use crate::{
    fault::Fault,
    spool,
    web::{DownloadError, Web},
};

/// Downloads the file, and checks it against the size and digest that Tencent gives.
pub(super) async fn download(web: &Web, file: &HistoryFile) -> Result<Result<File, String>, Fault> {
    let mut here = BufWriter::new(tempfile::tempfile().map_err(|error| spool::fault(&error))?);
    let mut md5 = Md5::new();
    let piece = |bytes: &[u8]| {
        md5.update(bytes);
        here.write_all(bytes)
    };
    match web.download(&file.url, file.gzip_size, piece).await {
        Ok(downloaded) if downloaded.bytes == file.gzip_size && is(&file.gzip_md5, md5) => {}
        Ok(_) => return Ok(Err("the file is not the one that Tencent describes (GzipMD5)".to_owned())),
        Err(DownloadError::Refused(reason)) => return Ok(Err(format!("can't download the file: {reason}"))),
        Err(DownloadError::Local(error)) => return Err(spool::fault(&error)),
    }
    let mut here = here.into_inner().map_err(|error| spool::fault(error.error()))?;
    here.rewind().map_err(|error| spool::fault(&error))?;
    Ok(Ok(here))
}

/// Reads the messages of a downloaded file.
///
/// The uncompressed size and digest are known only at the end, so the caller must drop what it has if this fails.
pub(super) fn read(
    file: File,
    described: &HistoryFile,
    each: &mut dyn FnMut(&RawValue) -> Result<(), Fault>,
) -> Result<Result<(), String>, Fault> {
    // A file can be compressed to a thousandth: no more is read than Tencent announces.
    let gzip = MultiGzDecoder::new(BufReader::new(file)).take(described.file_size + 1);
    let mut reader = BufReader::new(Digesting { from: gzip, md5: Md5::new(), bytes: 0 });
    let mut fault = None;
    let mut json = serde_json::Deserializer::from_reader(&mut reader);
    let parsed = Document { each, fault: &mut fault }.deserialize(&mut json).and_then(|()| json.end());
    if let Some(fault) = fault {
        return Err(fault);
    }
    if let Err(error) = parsed {
        return Ok(Err(format!("can't read the file: {error}")));
    }
    let Digesting { md5, bytes, .. } = reader.into_inner();
    let is_described = bytes == described.file_size && is(&described.file_md5, md5);
    Ok(is_described
        .then_some(())
        .ok_or_else(|| "the file is not the one that Tencent describes (FileMD5)".to_owned()))
}

fn is(expected: &str, md5: Md5) -> bool {
    hex::encode(md5.finalize()).eq_ignore_ascii_case(expected)
}

/// A reader that computes the digest of what it passes on.
struct Digesting<R> {
    from: R,
    md5: Md5,
    bytes: u64,
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(buffer)?;
        self.md5.update(&buffer[..length]);
        self.bytes += length as u64;
        Ok(length)
    }
}

/// The whole document: an object with the messages in `MsgList`.
struct Document<'a> {
    each: &'a mut dyn FnMut(&RawValue) -> Result<(), Fault>,
    fault: &'a mut Option<Fault>,
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object with MsgList")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut this, mut has_list) = (self, false);
        while let Some(name) = map.next_key::<String>()? {
            if name == "MsgList" {
                has_list = true;
                map.next_value_seed(MsgList(&mut this))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if has_list { Ok(()) } else { Err(serde::de::Error::missing_field("MsgList")) }
    }
}

/// The messages, each handed on as it is.
struct MsgList<'a, 'b>(&'a mut Document<'b>);

impl<'de> DeserializeSeed<'de> for MsgList<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for MsgList<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a list of messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut messages: A) -> Result<(), A::Error> {
        while let Some(message) = messages.next_element::<Box<RawValue>>()? {
            if let Err(fault) = (self.0.each)(&message) {
                *self.0.fault = Some(fault);
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}
