//! The requests to DynamoDB Streams.

use std::time::Duration;

use aws_sdk_dynamodbstreams::{
    Client,
    config::timeout::TimeoutConfig,
    operation::get_records::GetRecordsOutput,
    primitives::DateTime,
    types::{Shard, ShardIteratorType},
};

use super::{clock::FirstAnswer, failure::Failure};
use crate::fault::RequestLabel;

/// The time limit for a response. After this machine slept, an old connection may be dead without an error.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// One stream.
#[derive(Debug)]
pub(super) struct Stream {
    client: Client,
    arn: String,
    label: RequestLabel,
    first_answer: FirstAnswer,
}

impl Stream {
    pub(super) fn new(client: &Client, arn: String, label: RequestLabel) -> Self {
        let first_answer = FirstAnswer::default();
        let config = client.config().to_builder().interceptor(first_answer.clone());
        let config = config.timeout_config(TimeoutConfig::builder().read_timeout(READ_TIMEOUT).build());
        Self { client: Client::from_conf(config.build()), arn, label, first_answer }
    }

    /// Records created from this time on are new.
    pub(super) fn start(&self) -> DateTime {
        self.first_answer.start()
    }

    /// All shards, from all pages.
    pub(super) async fn list(&self) -> Result<Vec<Shard>, Failure> {
        let (mut shards, mut last) = (Vec::new(), None);
        loop {
            let page = self.client.describe_stream().stream_arn(&self.arn).set_exclusive_start_shard_id(last);
            let page = page.send().await.map_err(|error| Failure::new(&self.label, &error))?;
            let Some(page) = page.stream_description else { return Ok(shards) };
            shards.extend(page.shards.unwrap_or_default());
            last = page.last_evaluated_shard_id;
            if last.is_none() {
                return Ok(shards);
            }
        }
    }

    /// An iterator from a position of a shard; `after` is a sequence number.
    pub(super) async fn iterator(
        &self,
        shard: &str,
        kind: ShardIteratorType,
        after: Option<String>,
    ) -> Result<Option<String>, Failure> {
        let iterator = self.client.get_shard_iterator().stream_arn(&self.arn).shard_id(shard);
        let iterator = iterator.shard_iterator_type(kind).set_sequence_number(after).send().await;
        Ok(iterator.map_err(|error| Failure::new(&self.label, &error))?.shard_iterator)
    }

    pub(super) async fn records(&self, iterator: &str) -> Result<GetRecordsOutput, Failure> {
        let records = self.client.get_records().shard_iterator(iterator).send().await;
        records.map_err(|error| Failure::new(&self.label, &error))
    }
}
