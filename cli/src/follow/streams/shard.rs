//! One shard, and the position up to which it is read.

use aws_sdk_dynamodbstreams::types::{Record, ShardIteratorType};

use super::{
    api::Stream,
    failure::{Failure, Kind},
};
use crate::pause::Pause;

/// A shard that is being read.
#[derive(Debug)]
pub(super) struct Shard {
    pub(super) id: String,
    /// There is nothing more to read.
    pub(super) ended: bool,
    position: Position,
    iterator: Option<String>,
    /// The pause after a failure.
    pause: Pause,
}

/// The position of the next read.
#[derive(Clone, Debug)]
pub(super) enum Position {
    Oldest,
    Latest,
    /// After the record with this sequence number.
    After(String),
}

/// The result of one read of a shard.
#[derive(Debug)]
pub(super) enum Progress {
    Read(Vec<Record>),
    /// Records were removed before they were read.
    Lost,
    /// A failure, and the number of failures in a row.
    Failed(Failure, u32),
    None,
}

impl Shard {
    pub(super) fn new(id: String, position: Position) -> Self {
        Self { id, ended: false, position, iterator: None, pause: Pause::default() }
    }

    /// Reads the next records, if it is time.
    pub(super) async fn read(&mut self, stream: &Stream) -> Progress {
        if !self.pause.is_over() {
            return Progress::None;
        }
        match self.advance(stream).await {
            Ok(records) => {
                self.pause = Pause::default();
                Progress::Read(records)
            }
            Err(failure) => self.recover(failure),
        }
    }

    /// Gets an iterator for the position, if there is none.
    pub(super) async fn seek(&mut self, stream: &Stream) -> Result<(), Failure> {
        if self.iterator.is_some() {
            return Ok(());
        }
        let (kind, after) = match &self.position {
            Position::Oldest => (ShardIteratorType::TrimHorizon, None),
            Position::Latest => (ShardIteratorType::Latest, None),
            Position::After(number) => (ShardIteratorType::AfterSequenceNumber, Some(number.clone())),
        };
        self.iterator = stream.iterator(&self.id, kind, after).await?;
        Ok(())
    }

    /// Makes the next read get a new iterator.
    ///
    /// The end of the shard has moved. So only the start of the shard surely precedes all records since then.
    pub(super) fn reopen(&mut self) {
        self.iterator = None;
        if matches!(self.position, Position::Latest) {
            self.position = Position::Oldest;
        }
    }

    async fn advance(&mut self, stream: &Stream) -> Result<Vec<Record>, Failure> {
        self.seek(stream).await?;
        let Some(iterator) = &self.iterator else {
            self.ended = true;
            return Ok(Vec::new());
        };
        let got = stream.records(iterator).await?;
        let last = got.records().last().and_then(|record| record.dynamodb()?.sequence_number());
        if let Some(last) = last {
            self.position = Position::After(last.to_owned());
        }
        // A closed shard has none after its last record.
        self.ended = got.next_shard_iterator.is_none();
        self.iterator = got.next_shard_iterator;
        Ok(got.records.unwrap_or_default())
    }

    fn recover(&mut self, failure: Failure) -> Progress {
        match failure.kind {
            Kind::Expired => {
                self.reopen();
                Progress::None
            }
            Kind::Trimmed => {
                let lost = matches!(self.position, Position::After(_));
                self.position = Position::Oldest;
                self.iterator = None;
                if lost { Progress::Lost } else { Progress::None }
            }
            // Whether the stream itself is missing shows in the next listing of its shards.
            Kind::Missing => {
                self.ended = true;
                Progress::Lost
            }
            Kind::Busy | Kind::Unanswered | Kind::Lasting => Progress::Failed(failure, self.pause.lengthen()),
        }
    }
}
