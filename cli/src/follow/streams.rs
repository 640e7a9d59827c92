//! The table's stream: its shards, each read to its end before those that it was split into.

use std::{collections::HashSet, mem};

use aws_sdk_dynamodbstreams::{
    Client,
    error::SdkError,
    operation::get_records::{GetRecordsError, GetRecordsOutput},
    types::{Record, Shard, ShardIteratorType},
};
use futures_util::{StreamExt, stream};

use crate::fault::{Asked, Fault};

/// How many shards are read at the same time.
const SHARDS_AT_A_TIME: usize = 16;

/// The shards of a stream that are being read.
#[derive(Debug)]
pub(crate) struct Shards {
    client: Client,
    arn: String,
    asked: Asked,
    /// Those that were taken up or passed over.
    known: HashSet<String>,
    open: Vec<Open>,
}

/// A shard, read up to a place.
#[derive(Clone, Debug)]
struct Open {
    id: String,
    iterator: String,
    from: From,
}

/// Where to go on from.
#[derive(Clone, Debug)]
enum From {
    Start,
    Now,
    After(String),
}

impl Shards {
    /// Begins with what comes from now on, or with the oldest that the stream has.
    pub(crate) async fn open(
        client: Client,
        arn: String,
        asked: Asked,
        from_start: bool,
    ) -> Result<Self, Fault> {
        let mut shards = Self { client, arn, asked, known: HashSet::new(), open: Vec::new() };
        shards.take_up(if from_start { From::Start } else { From::Now }).await?;
        Ok(shards)
    }

    /// What is new, in the order of its coming.
    pub(crate) async fn read(&mut self) -> Result<Vec<Record>, Fault> {
        let open = mem::take(&mut self.open);
        let count = open.len();
        let read = open.into_iter().map(|shard| {
            let records = self.client.get_records().shard_iterator(&shard.iterator);
            async { (shard, records.send().await) }
        });
        let read: Vec<_> = stream::iter(read).buffer_unordered(SHARDS_AT_A_TIME).collect().await;
        let mut records = Vec::new();
        for (shard, got) in read {
            self.go_on(shard, got, &mut records).await?;
        }
        if self.open.len() < count {
            self.take_up(From::Start).await?;
        }
        records.sort_by_key(|record| {
            record.dynamodb().and_then(|change| change.approximate_creation_date_time().copied())
        });
        Ok(records)
    }

    /// Keeps a shard open unless it has come to its end.
    async fn go_on(
        &mut self,
        mut shard: Open,
        got: Result<GetRecordsOutput, SdkError<GetRecordsError>>,
        records: &mut Vec<Record>,
    ) -> Result<(), Fault> {
        match got {
            Ok(got) => {
                let last = got.records().last().and_then(|record| record.dynamodb()?.sequence_number());
                if let Some(last) = last {
                    shard.from = From::After(last.to_owned());
                }
                records.extend(got.records.unwrap_or_default());
                if let Some(iterator) = got.next_shard_iterator {
                    self.open.push(Open { iterator, ..shard });
                }
            }
            // An iterator lives for 15 minutes: this machine has slept.
            Err(error)
                if error.as_service_error().is_some_and(GetRecordsError::is_expired_iterator_exception) =>
            {
                self.open_shard(shard.id, shard.from).await?;
            }
            Err(error) => return Err(self.asked.fault(&error)),
        }
        Ok(())
    }

    /// Opens those that are new and whose parent is read.
    async fn take_up(&mut self, from: From) -> Result<(), Fault> {
        let mut shards = self.list().await?;
        shards.retain(|shard| shard.shard_id().is_some_and(|id| !self.known.contains(id)));
        let unread: HashSet<String> = shards
            .iter()
            .filter_map(|shard| shard.shard_id.clone())
            .chain(self.open.iter().map(|open| open.id.clone()))
            .collect();
        for shard in shards {
            if shard.parent_shard_id().is_some_and(|parent| unread.contains(parent)) {
                continue;
            }
            if let Some(id) = shard.shard_id {
                self.known.insert(id.clone());
                self.open_shard(id, from.clone()).await?;
            }
        }
        Ok(())
    }

    async fn open_shard(&mut self, id: String, from: From) -> Result<(), Fault> {
        let (kind, after) = match &from {
            From::Start => (ShardIteratorType::TrimHorizon, None),
            From::Now => (ShardIteratorType::Latest, None),
            From::After(number) => (ShardIteratorType::AfterSequenceNumber, Some(number.clone())),
        };
        let iterator =
            self.client.get_shard_iterator().stream_arn(&self.arn).shard_id(&id).shard_iterator_type(kind);
        let iterator =
            iterator.set_sequence_number(after).send().await.map_err(|error| self.asked.fault(&error))?;
        let iterator = iterator.shard_iterator.unwrap_or_default();
        self.open.push(Open { id, iterator, from });
        Ok(())
    }

    async fn list(&self) -> Result<Vec<Shard>, Fault> {
        let (mut shards, mut last) = (Vec::new(), None);
        loop {
            let page = self.client.describe_stream().stream_arn(&self.arn).set_exclusive_start_shard_id(last);
            let page = page.send().await.map_err(|error| self.asked.fault(&error))?.stream_description;
            let Some(page) = page else { return Ok(shards) };
            shards.extend(page.shards.unwrap_or_default());
            last = page.last_evaluated_shard_id;
            if last.is_none() {
                return Ok(shards);
            }
        }
    }
}
