//! The items of a scan in order of time. They wait in a temporary file, so that memory holds any table.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
};

use extsort::{ExternalSorter, Sortable};
use futures_util::{StreamExt, TryStreamExt, stream};
use tencent_chat_webhook::record::attribute::Item;

use crate::{
    event::{exact_json, item, key},
    fault::Fault,
    table::Items,
};

/// How many keys are sorted in memory: some 20 MB.
const KEYS_IN_MEMORY: usize = 100_000;

/// Where an item is in the file.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// `sk` and `pk`.
    key: (String, String),
    offset: u64,
    length: u64,
}

impl Sortable for Place {
    fn encode<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        for text in [&self.key.0, &self.key.1] {
            writer.write_all(&(text.len() as u64).to_le_bytes())?;
            writer.write_all(text.as_bytes())?;
        }
        writer.write_all(&self.offset.to_le_bytes())?;
        writer.write_all(&self.length.to_le_bytes())
    }

    fn decode<R: Read>(reader: &mut R) -> io::Result<Self> {
        let mut text = || {
            let length = number(reader)?;
            let mut text = String::new();
            reader.by_ref().take(length).read_to_string(&mut text)?;
            Ok::<_, io::Error>(text)
        };
        let key = (text()?, text()?);
        Ok(Self { key, offset: number(reader)?, length: number(reader)? })
    }
}

fn number<R: Read>(reader: &mut R) -> io::Result<u64> {
    let mut bytes = [0; 8];
    reader.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// Reads all of them, and gives them in order.
pub(super) async fn sorted(mut items: Items) -> Result<Items, Fault> {
    let mut file = BufWriter::new(tempfile::tempfile().map_err(fault)?);
    let mut places = ExternalSorter::new().with_segment_size(KEYS_IN_MEMORY).pushed::<Place>();
    let mut offset = 0;
    while let Some(item) = items.try_next().await? {
        let json = exact_json(&item);
        file.write_all(json.as_bytes()).map_err(fault)?;
        let length = json.len() as u64;
        places.push(Place { key: key(&item), offset, length }).map_err(fault)?;
        offset += length;
    }
    let mut file = file.into_inner().map_err(|error| fault(error.into_error()))?;
    let places = places.done().map_err(fault)?;
    let in_order = places.map(move |place| place.and_then(|place| read(&mut file, &place)).map_err(fault));
    Ok(stream::iter(in_order).boxed())
}

fn read(file: &mut File, place: &Place) -> io::Result<Item> {
    file.seek(SeekFrom::Start(place.offset))?;
    let mut json = String::new();
    file.take(place.length).read_to_string(&mut json)?;
    Ok(item(&json)?)
}

#[allow(clippy::needless_pass_by_value, reason = "it is mapped over results")]
fn fault(error: io::Error) -> Fault {
    Fault::Message(format!("can't sort in a temporary file: {error}; set TMPDIR to a folder with more room"))
}
