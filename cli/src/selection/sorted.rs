//! The items of a scan in order of time. A temporary file holds them, so a table may be larger than memory.

use std::io::{self, Read, Write};

use extsort::{ExternalSorter, Sortable};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::value::RawValue;
use tencent_chat_webhook::record::RecordedEvent;

use crate::{
    event::{event, fields},
    fault::Fault,
    spool::{Spool, Spooled, fault},
    table::Items,
};

/// The number of keys that are sorted in memory, about 20 MB.
const KEYS_IN_MEMORY: usize = 100_000;

/// Where an item is in the file.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SpooledKey {
    /// `sk` and `pk`.
    key: (String, String),
    at: u64,
}

impl Sortable for SpooledKey {
    fn encode<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        for text in [&self.key.0, &self.key.1] {
            writer.write_all(&(text.len() as u64).to_le_bytes())?;
            writer.write_all(text.as_bytes())?;
        }
        writer.write_all(&self.at.to_le_bytes())
    }

    fn decode<R: Read>(reader: &mut R) -> io::Result<Self> {
        let mut text = || {
            let length = number(reader)?;
            let mut text = String::new();
            reader.by_ref().take(length).read_to_string(&mut text)?;
            Ok::<_, io::Error>(text)
        };
        let key = (text()?, text()?);
        Ok(Self { key, at: number(reader)? })
    }
}

fn number<R: Read>(reader: &mut R) -> io::Result<u64> {
    let mut bytes = [0; 8];
    reader.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// Reads all items, and returns them, or the last of them, in order.
pub(super) async fn sorted(mut items: Items, last: Option<u64>) -> Result<Items, Fault> {
    let mut count: u64 = 0;
    let mut spool = Spool::new()?;
    let mut keys = ExternalSorter::new().with_segment_size(KEYS_IN_MEMORY).pushed::<SpooledKey>();
    while let Some(item) = items.try_next().await? {
        count += 1;
        let at = spool.push(&fields(&item))?;
        keys.push(SpooledKey { key: item.order(), at }).map_err(|error| fault(&error))?;
    }
    let mut spooled = spool.read()?;
    let keys = keys.done().map_err(|error| fault(&error))?;
    let left_out = last.map_or(0, |last| count.saturating_sub(last));
    let keys = keys.skip(usize::try_from(left_out).unwrap_or(usize::MAX));
    let in_order = keys.map(move |key| read(&mut spooled, key.map_err(|error| fault(&error))?.at));
    Ok(stream::iter(in_order).boxed())
}

fn read(spooled: &mut Spooled, at: u64) -> Result<RecordedEvent, Fault> {
    let json: Option<Box<RawValue>> = spooled.at(at)?;
    event(json.as_deref().map_or("", RawValue::get)).map_err(|error| fault(&error.into()))
}
