//! What came out: the log's outcomes, and the table against what was sent.

use std::{collections::HashMap, error::Error, net::SocketAddr};

use aws_sdk_dynamodb::Client;
use serde_json::Value;
use tencent_chat_webhook::{attribute::Item, record, settings::Aws, store::Store};

use crate::{
    Rows,
    callbacks::{Plan, body},
    dynamodb,
};

/// How many callbacks ended how, as the log has it.
#[derive(Default)]
pub(crate) struct Outcomes {
    recorded: usize,
    duplicate: usize,
    failed: usize,
}

impl Outcomes {
    pub(crate) const fn sum(&self) -> usize {
        self.recorded + self.duplicate + self.failed
    }

    pub(crate) fn rows(&self) -> Rows {
        vec![
            ("recorded", self.recorded.to_string()),
            ("duplicates", self.duplicate.to_string()),
            ("failed", self.failed.to_string()),
        ]
    }
}

pub(crate) fn outcomes(log: &str) -> Outcomes {
    let mut outcomes = Outcomes::default();
    for line in log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        match line["outcome"].as_str() {
            Some("recorded") => outcomes.recorded += 1,
            Some("duplicate") => outcomes.duplicate += 1,
            Some("failed") => outcomes.failed += 1,
            _ => {}
        }
    }
    outcomes
}

/// Where the table differs from what was sent.
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

/// Reads the whole table and looks for each callback by its body, to the byte.
pub(crate) async fn table(plan: &Plan, dynamodb: SocketAddr) -> Result<Differences, Box<dyn Error>> {
    let mut bodies: HashMap<String, usize> = HashMap::new();
    for body in read_bodies(dynamodb).await? {
        *bodies.entry(body).or_default() += 1;
    }
    let mut differences = Differences { missing: 0, doubled: 0, foreign: 0 };
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

/// A client of the table, without a detour.
pub(crate) fn client(dynamodb: SocketAddr) -> Client {
    let aws = Aws {
        region: "us-east-1".to_owned(),
        access_key_id: "local".to_owned(),
        secret_access_key: "local".to_owned(),
        session_token: None,
        endpoint_url: Some(format!("http://{dynamodb}")),
    };
    Client::from_conf(Store::config(&aws).build())
}

async fn read_bodies(dynamodb: SocketAddr) -> Result<Vec<String>, Box<dyn Error>> {
    let client = client(dynamodb);
    let items = client.scan().table_name(dynamodb::TABLE).into_paginator().items().send();
    let items: Vec<Item> = items.collect::<Result<_, _>>().await?;

    // Head and parts of a callback share pk and the beginning of sk.
    let mut callbacks: HashMap<(String, String), Vec<Item>> = HashMap::new();
    for item in items {
        let key = |name: &str| item[name].as_s().cloned().unwrap_or_default();
        let sk = key("sk");
        let head = sk.split("#part#").next().unwrap_or_default().to_owned();
        callbacks.entry((key("pk"), head)).or_default().push(item);
    }
    callbacks
        .values()
        .map(|items| record::body(items).ok_or_else(|| "a body has no head or lacks a part".into()))
        .collect()
}
