//! The files of an hour beside the recorded messages.

use serde_json::value::RawValue;

use super::{Recorded, file, history::HistoryFile, message::Message};
use crate::{
    fault::Fault,
    spool::{Spool, Spooled},
    web::Web,
};

/// The result for an hour.
#[derive(Debug)]
pub(super) struct Compared {
    /// The number of messages in Tencent's files.
    pub(super) tencent: u64,
    pub(super) missing: u64,
    /// The number of messages that can't be identified.
    pub(super) unreadable: u64,
    /// The missing messages, as Tencent's file has them.
    pub(super) missing_messages: Spooled,
}

/// The counts while files are read.
struct Counts {
    recorded: Recorded,
    tencent: u64,
    missing: u64,
    unreadable: u64,
    spool: Spool,
}

/// Compares all files of an hour. The error says why the hour can't be compared.
pub(super) async fn compare(
    web: &Web,
    files: Vec<HistoryFile>,
    recorded: Recorded,
) -> Result<Result<Compared, String>, Fault> {
    let mut counts = Counts { recorded, tencent: 0, missing: 0, unreadable: 0, spool: Spool::new()? };
    for described in files {
        let here = match file::download(web, &described).await? {
            Ok(here) => here,
            Err(reason) => return Ok(Err(reason)),
        };
        let read = move || {
            let read = file::read(here, &described, &mut |message| counts.add(message))?;
            Ok::<_, Fault>((read, counts))
        };
        let read = tokio::task::spawn_blocking(read).await;
        let (read, so_far) =
            read.map_err(|error| Fault::Message(format!("can't read the file: {error}")))??;
        if let Err(reason) = read {
            return Ok(Err(reason));
        }
        counts = so_far;
    }
    let Counts { tencent, missing, unreadable, spool, .. } = counts;
    Ok(Ok(Compared { tencent, missing, unreadable, missing_messages: spool.read()? }))
}

impl Counts {
    fn add(&mut self, json: &RawValue) -> Result<(), Fault> {
        self.tencent += 1;
        match Message::parse(json.get()).and_then(|message| self.recorded.has(&message)) {
            Some(true) => {}
            Some(false) => {
                self.missing += 1;
                // A line of the file, and of the output, is one message.
                self.spool.push(&json.get().replace(['\n', '\r'], " "))?;
            }
            None => self.unreadable += 1,
        }
        Ok(())
    }
}
