//! Compares the results: the outcomes that both functions logged, and the table with the callbacks sent.

use std::{
    collections::{HashMap, HashSet},
    error::Error,
};

use aws_sdk_dynamodb::{Client, config::timeout::TimeoutConfig, types::StreamSpecification};
use serde_json::Value;
use support::dynamodb::TABLE;
use tencent_chat_webhook::{
    record::{self, attribute::Item},
    settings::Aws,
    store::client,
};

use crate::{
    Rows,
    callbacks::{Plan, body},
};

/// How many callbacks had which outcome, according to a log.
#[derive(Default)]
pub(crate) struct Outcomes {
    /// The ids of the callbacks logged as recorded.
    recorded: HashSet<String>,
    duplicate: usize,
    failed: usize,
}

impl Outcomes {
    /// Reads a log. This field identifies a callback in its lines.
    pub(crate) fn read(log: &str, id: &str) -> Self {
        let mut outcomes = Self::default();
        for line in log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            match line["outcome"].as_str() {
                Some("recorded") => {
                    // A retried invocation may log an id again.
                    outcomes.recorded.insert(line[id].as_str().unwrap_or_default().to_owned());
                }
                Some("duplicate") => outcomes.duplicate += 1,
                Some("failed") => outcomes.failed += 1,
                _ => {}
            }
        }
        outcomes
    }

    pub(crate) fn sum(&self) -> usize {
        self.recorded.len() + self.duplicate + self.failed
    }

    pub(crate) fn recorded(&self) -> usize {
        self.recorded.len()
    }

    pub(crate) const fn duplicate(&self) -> usize {
        self.duplicate
    }

    pub(crate) fn rows(&self, names: [&'static str; 3]) -> Rows {
        names
            .into_iter()
            .zip([self.recorded.len(), self.duplicate, self.failed].map(|n| n.to_string()))
            .collect()
    }
}

/// Differences between the table and the callbacks sent.
#[derive(Default)]
pub(crate) struct Differences {
    missing: usize,
    doubled: usize,
    foreign: usize,
}

impl Differences {
    pub(crate) const fn none(&self) -> bool {
        self.missing + self.doubled + self.foreign == 0
    }

    pub(crate) fn rows(&self) -> Rows {
        vec![
            ("missing", self.missing.to_string()),
            ("doubled", self.doubled.to_string()),
            ("never sent", self.foreign.to_string()),
        ]
    }
}

/// Reads the whole table and compares each callback's body byte for byte.
pub(crate) async fn table(plan: &Plan, client: &Client) -> Result<Differences, Box<dyn Error>> {
    let mut bodies: HashMap<String, usize> = HashMap::new();
    for body in read_bodies(client).await? {
        *bodies.entry(body).or_default() += 1;
    }
    let mut differences = Differences::default();
    for number in 0..plan.unique {
        match bodies.remove(&body(number)) {
            None => differences.missing += 1,
            Some(1) => {}
            Some(_) => differences.doubled += 1,
        }
    }
    differences.foreign = bodies.len();
    Ok(differences)
}

/// A client that accesses the table directly.
pub(crate) fn client(dynamodb_url: &str) -> Client {
    let aws = Aws {
        region: "us-east-1".to_owned(),
        access_key_id: "local".to_owned(),
        secret_access_key: "local".to_owned(),
        session_token: None,
        endpoint_url: Some(dynamodb_url.to_owned()),
        logs_endpoint_url: None,
    };
    Client::from_conf(client::config(&aws).timeout_config(TimeoutConfig::disabled()).build())
}

/// Switches off the table's stream. Nobody reads it here, and the embedded DynamoDB scans all of it at each write.
pub(crate) async fn without_stream(client: &Client) -> Result<(), Box<dyn Error>> {
    let off = StreamSpecification::builder().stream_enabled(false).build()?;
    client.update_table().table_name(TABLE).stream_specification(off).send().await?;
    Ok(())
}

async fn read_bodies(client: &Client) -> Result<Vec<String>, Box<dyn Error>> {
    let items = client.scan().table_name(TABLE).into_paginator().items().send();
    let items: Vec<Item> = items.collect::<Result<_, _>>().await?;
    let (heads, parts): (Vec<_>, Vec<_>) =
        items.into_iter().partition(|item| item.contains_key("CommandDay"));
    let mut by_key: HashMap<String, Vec<Item>> = HashMap::new();
    for part in parts {
        by_key.entry(part["pk"].as_s().cloned().unwrap_or_default()).or_default().push(part);
    }
    let body = |head: &Item| {
        let parts = record::parts_key(head).and_then(|key| by_key.get(&key));
        record::body(head, parts.map_or(&[], Vec::as_slice)).ok_or_else(|| "a body lacks a part".into())
    };
    heads.iter().map(body).collect()
}
