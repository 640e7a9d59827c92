//! The table's stream: finds its shards and reads each one, parents before their children.
//!
//! A shard receives records for about four hours. Then it is closed, and its children receive the next ones. DynamoDB lists a
//! shard with some delay, and for 24 hours after its closing. A record is removed after 24 hours too.

mod api;
mod clock;
mod failure;
mod order;
mod shard;

use std::collections::HashSet;

use aws_sdk_dynamodbstreams::{
    Client,
    primitives::DateTime,
    types::{Record, Shard as Listed},
};
use futures_util::{StreamExt, stream};

use crate::{
    fault::{Fault, RequestLabel},
    output::note,
    pause::Pause,
};
use api::Stream;
use failure::{Failure, Kind};
use order::in_order;
use shard::{Position, Progress, Shard};

/// How many shards are read at the same time.
const SHARDS_AT_A_TIME: usize = 16;

/// The shards of a stream that are being read.
#[derive(Debug)]
pub(crate) struct Shards {
    stream: Stream,
    /// Every shard that was opened or passed over.
    known: HashSet<String>,
    open: Vec<Shard>,
    /// The pause before the shards are listed again.
    listing: Pause,
    /// Records created earlier are not new.
    since: Option<DateTime>,
    /// The number of failed listings in a row.
    unlisted: u32,
    /// A failure is reported once until a read succeeds again.
    reported: bool,
    /// Ends the next read: the last one still had records to return.
    fault: Option<Fault>,
}

impl Shards {
    /// Starts with the events from now on, or with the oldest event in the stream.
    ///
    /// # Errors
    /// If the stream can't be read. Throttled requests are retried.
    pub(crate) async fn open(
        client: Client,
        arn: String,
        label: RequestLabel,
        from_start: bool,
    ) -> Result<Self, Fault> {
        let stream = Stream::new(&client, arn, label);
        let listed = list_patiently(&stream).await?;
        let mut shards = Self {
            since: (!from_start).then(|| stream.start()),
            stream,
            known: HashSet::new(),
            open: Vec::new(),
            listing: Pause::default(),
            unlisted: 0,
            reported: false,
            fault: None,
        };
        if from_start {
            shards.take_up(listed);
        } else {
            shards.start_now(listed).await?;
        }
        shards.listing.lengthen();
        Ok(shards)
    }

    /// The new records, each once, and in order within its shard and its shard's children.
    ///
    /// Reads each open shard once. If the future is dropped, the records that it has read are lost.
    ///
    /// # Errors
    /// If a retry is useless. The records read until then are returned first.
    pub(crate) async fn read(&mut self) -> Result<Vec<Record>, Fault> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let stream = &self.stream;
        let reads = self.open.iter_mut().map(|shard| shard.read(stream));
        let reads: Vec<_> = stream::iter(reads).buffered(SHARDS_AT_A_TIME).collect().await;
        let (mut read, mut lost) = (Vec::new(), false);
        for progress in reads {
            match progress {
                Progress::Read(records) => {
                    self.reported = false;
                    read.push(records);
                }
                Progress::Lost => lost = true,
                Progress::Failed(failure, in_a_row) => self.note_failure(failure, in_a_row),
                Progress::None => {}
            }
        }
        let open = self.open.len();
        self.open.retain(|shard| !shard.ended);
        if self.open.len() < open {
            self.listing = Pause::default();
        }
        self.look_for_shards().await;
        let records = in_order(read, self.since);
        match self.fault.take() {
            Some(fault) if records.is_empty() => return Err(fault),
            Some(fault) => self.fault = Some(fault),
            None if lost => note("some events were missed: the stream keeps 24 hours; they are in the table"),
            None => {}
        }
        Ok(records)
    }

    /// Starts from now on: a closed shard holds only the past, and an open one is read from its end.
    ///
    /// A shard is surely closed if its last record and a child of it are listed. A shard without a child is read from its
    /// end, which costs a request: the DynamoDB of `make run` lists a last record for its only shard, which stays open.
    async fn start_now(&mut self, listed: Vec<Listed>) -> Result<(), Fault> {
        let parents: HashSet<_> = listed.iter().filter_map(|shard| shard.parent_shard_id.clone()).collect();
        for shard in listed {
            let range = shard.sequence_number_range;
            let has_last = range.is_some_and(|range| range.ending_sequence_number.is_some());
            if let Some(id) = shard.shard_id
                && self.known.insert(id.clone())
                && !(has_last && parents.contains(&id))
            {
                self.open.push(Shard::new(id, Position::Latest));
            }
        }
        let stream = &self.stream;
        let seeks = self.open.iter_mut().map(|shard| shard.seek(stream));
        let sought: Vec<_> = stream::iter(seeks).buffered(SHARDS_AT_A_TIME).collect().await;
        for (shard, sought) in self.open.iter_mut().zip(sought) {
            match sought {
                Ok(()) => {}
                Err(Failure { kind: Kind::Unanswered | Kind::Lasting, fault }) => return Err(fault),
                // The shard is opened by the first read. Its end may have moved by then, so it is read from its start;
                // `since` leaves out what is not new.
                Err(_) => shard.reopen(),
            }
        }
        Ok(())
    }

    /// Lists the shards again when it is time, and opens the new ones.
    ///
    /// After a shard has ended, its children may be listed late, one later than the other. So the shards are listed at
    /// once, and then again and again, after pauses that double up to ten seconds. `DescribeStream` allows ten requests
    /// per second.
    async fn look_for_shards(&mut self) {
        if self.fault.is_some() || !self.listing.is_over() {
            return;
        }
        let listed = self.stream.list().await;
        self.listing.lengthen();
        self.unlisted = if listed.is_ok() { 0 } else { self.unlisted + 1 };
        match listed {
            Ok(listed) => self.take_up(listed),
            Err(Failure { kind: Kind::Missing, fault }) => self.fault = Some(fault),
            Err(failure) => self.note_failure(failure, self.unlisted),
        }
    }

    /// Opens the new shards whose parent is read. All of their records are new, except those from before the start.
    fn take_up(&mut self, listed: Vec<Listed>) {
        let new = |shard: &Listed| shard.shard_id.as_ref().is_some_and(|id| !self.known.contains(id));
        let listed: Vec<_> = listed.into_iter().filter(new).collect();
        let unread: HashSet<String> = listed
            .iter()
            .filter_map(|shard| shard.shard_id.clone())
            .chain(self.open.iter().map(|shard| shard.id.clone()))
            .collect();
        for shard in listed {
            if shard.parent_shard_id.is_some_and(|parent| unread.contains(&parent)) {
                continue;
            }
            if let Some(id) = shard.shard_id
                && self.known.insert(id.clone())
            {
                self.open.push(Shard::new(id, Position::Oldest));
            }
        }
    }

    /// Keeps a failure that ends the program, and reports another one when it is the second in a row.
    fn note_failure(&mut self, failure: Failure, in_a_row: u32) {
        if failure.kind == Kind::Lasting {
            self.fault = Some(failure.fault);
        } else if in_a_row == 2 && !self.reported {
            self.reported = true;
            note(&format!("{}; retrying", failure.fault));
        }
    }
}

/// Lists the shards, with retries as long as AWS throttles the request.
async fn list_patiently(stream: &Stream) -> Result<Vec<Listed>, Fault> {
    let mut pause = Pause::default();
    loop {
        match stream.list().await {
            Ok(listed) => return Ok(listed),
            Err(Failure { kind: Kind::Busy, fault }) => {
                if pause.lengthen() == 2 {
                    note(&format!("{fault}; retrying"));
                }
                pause.wait().await;
            }
            Err(failure) => return Err(failure.fault),
        }
    }
}
