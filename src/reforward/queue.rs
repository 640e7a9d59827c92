//! The queue that invokes `reforward`: the rest of a partly done message goes there.

use std::time::Duration;

use aws_sdk_sqs::{
    Client, Config,
    config::{BehaviorVersion, Region, timeout::TimeoutConfig},
    types::SendMessageBatchRequestEntry,
};

use crate::{
    https::sdk,
    settings::{Aws, Queue as QueueSettings},
};

/// SQS accepts this many messages in a request, and this many bytes.
const MESSAGES: usize = 10;
const BYTES: usize = 1024 * 1024;

/// The time limit of a request, with its retries.
const TIMEOUT: Duration = Duration::from_millis(1500);

/// The queue.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    pub(super) fn connect(aws: &Aws, settings: &QueueSettings) -> Self {
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(aws.region.clone()))
            .credentials_provider(aws.credentials())
            .http_client(sdk::client())
            .timeout_config(TimeoutConfig::builder().operation_timeout(TIMEOUT).build());
        config.set_endpoint_url(settings.endpoint_url.clone());
        Self { client: Client::from_conf(config.build()), url: settings.url.clone() }
    }

    /// Sends messages.
    ///
    /// # Errors
    /// If the queue may not have all of them.
    pub(super) async fn send(&self, bodies: Vec<String>) -> Result<(), String> {
        for messages in requests(bodies) {
            let entries = messages.into_iter().enumerate().map(|(number, body)| {
                SendMessageBatchRequestEntry::builder().id(number.to_string()).message_body(body).build()
            });
            let entries: Result<Vec<_>, _> = entries.collect();
            let entries = entries.map_err(|error| error.to_string())?;
            let request = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries));
            let sent = request.send().await.map_err(|error| {
                let error = error.into_service_error();
                error.meta().code().unwrap_or("no answer").to_owned()
            })?;
            if let Some(failed) = sent.failed.first() {
                return Err(failed.code.clone());
            }
        }
        Ok(())
    }
}

/// The messages of each request.
fn requests(bodies: Vec<String>) -> Vec<Vec<String>> {
    let (mut requests, mut bytes) = (Vec::<Vec<String>>::new(), 0);
    for body in bodies {
        let added = bytes + body.len();
        if let Some(last) = requests.last_mut().filter(|last| last.len() < MESSAGES && added <= BYTES) {
            bytes = added;
            last.push(body);
        } else {
            bytes = body.len();
            requests.push(vec![body]);
        }
    }
    requests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_respect_both_limits_of_sqs() {
        let lengths = |bodies: Vec<usize>| -> Vec<usize> {
            let bodies = bodies.into_iter().map(|bytes| "x".repeat(bytes)).collect();
            requests(bodies).iter().map(Vec::len).collect()
        };
        assert_eq!(lengths(vec![]), [0; 0]);
        assert_eq!(lengths(vec![1; 10]), [10]);
        assert_eq!(lengths(vec![1; 21]), [10, 10, 1]);
        assert_eq!(lengths(vec![BYTES / 2, BYTES / 2, 1, BYTES, 2]), [2, 1, 1, 1]);
    }
}
