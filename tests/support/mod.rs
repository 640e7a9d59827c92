//! The handler in front of an embedded DynamoDB, reached over HTTP by the real SDK, as tests need it.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::{Client, config::timeout::TimeoutConfig, types::AttributeValue};
use dynoxide::Database;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use tencent_chat_webhook::{
    attribute::Item,
    handler::Handler,
    settings::Settings,
    store::Store,
    telemetry::{Level, Log},
};

pub(crate) mod dynamodb;
pub(crate) mod limits;
pub(crate) mod reception;
pub(crate) mod runtime_api;
pub(crate) mod signing;
pub(crate) mod tls;

/// The application of the files in `events/`.
pub(crate) const SDK_APPID: &str = "1400000001";

/// The function, its table, and its log.
pub(crate) struct World {
    pub(crate) handler: Handler,
    pub(crate) client: Client,
    pub(crate) log: CapturedLog,
}

impl World {
    /// Unsigned requests of [`SDK_APPID`] are admitted.
    pub(crate) async fn start() -> Self {
        Self::with_settings(&[("ALLOW_UNSIGNED", "true")]).await
    }

    /// With these settings beside `TABLE_NAME`, `SDK_APP_IDS` and those of AWS.
    pub(crate) async fn with_settings(settings: &[(&str, &str)]) -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        let address = dynamodb::serve(Database::memory().expect("SQLite opens"), loopback).await;
        let settings = settings_for(&format!("http://{address}"), settings);
        // A test that looks into the table is in no hurry.
        let patient = Store::config(&settings.destination.aws).timeout_config(TimeoutConfig::disabled());
        let client = Client::from_conf(patient.build());
        let log = CapturedLog::default();
        let store = Store::connect(&settings.destination);
        let handler = Handler::new(settings, store, Log::new(Level::Debug, log.clone()));
        Self { handler, client, log }
    }

    /// Hands over an API Gateway event, and gives the reply as API Gateway gets it.
    pub(crate) async fn send(&self, event: &Value) -> Value {
        send(&self.handler, event).await
    }

    /// Everything in the table.
    pub(crate) async fn items(&self) -> Vec<Item> {
        let scan = self.client.scan().table_name(dynamodb::TABLE).into_paginator().items().send();
        scan.collect::<Result<_, _>>().await.expect("the table can be read")
    }

    /// Empties the table.
    pub(crate) async fn clear(&self) {
        for item in self.items().await {
            let delete = self.client.delete_item().table_name(dynamodb::TABLE);
            let key = ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone()));
            delete.set_key(Some(key.into())).send().await.expect("an item can be deleted");
        }
    }

    /// The only item of the table, as DynamoDB's JSON.
    pub(crate) async fn item(&self) -> Value {
        let items = self.items().await;
        assert_eq!(items.len(), 1, "the table holds one item");
        as_json(&items[0])
    }
}

/// Hands an API Gateway event to a handler, and gives the reply as API Gateway gets it.
pub(crate) async fn send(handler: &Handler, event: &Value) -> Value {
    let payload = serde_json::from_value(event.clone()).expect("the event is API Gateway's");
    let mut context = Context::default();
    context.request_id = String::from("8476a536-e9f4-11e8-9739-2dfe598c3fcd");
    let reply = handler.handle(LambdaEvent::new(payload, context)).await;
    serde_json::to_value(reply).expect("a reply serializes")
}

/// The environment of a function with DynamoDB at an address, but for who is admitted.
pub(crate) const fn variables(endpoint_url: &str) -> [(&str, &str); 6] {
    [
        ("TABLE_NAME", dynamodb::TABLE),
        ("SDK_APP_IDS", SDK_APPID),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "example-secret"),
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint_url),
    ]
}

/// Settings with DynamoDB at an address.
pub(crate) fn settings_for(endpoint_url: &str, settings: &[(&str, &str)]) -> Settings {
    let defaults = variables(endpoint_url);
    Settings::from_lookup(|name| {
        settings.iter().chain(&defaults).find(|setting| setting.0 == name).map(|setting| setting.1.to_owned())
    })
    .expect("the settings are whole")
}

/// A file of `events/`.
pub(crate) fn sample(name: &str) -> Value {
    let path = format!("{}/events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&file).expect("a sample event is JSON")
}

/// A POST with a query string and a body, as API Gateway describes it.
pub(crate) fn post(raw_query_string: &str, body: &str) -> Value {
    json!({
        "version": "2.0",
        "rawQueryString": raw_query_string,
        "body": body,
        "isBase64Encoded": false,
        "requestContext": { "requestId": "request-1", "http": { "method": "POST" } },
    })
}

/// The status and the JSON that Tencent gets.
pub(crate) fn status_and_body(reply: &Value) -> (u64, Value) {
    assert_eq!(reply["headers"], json!({ "content-type": "application/json" }));
    let body = reply["body"].as_str().expect("a reply has a body");
    (reply["statusCode"].as_u64().expect("a status"), serde_json::from_str(body).expect("a reply is JSON"))
}

/// An item as DynamoDB's JSON: `{"pk": {"S": "…"}, …}`.
pub(crate) fn as_json(item: &Item) -> Value {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(value) => json!({ "BOOL": value }),
        other => panic!("no attribute is of this type: {other:?}"),
    };
    item.iter().map(|(name, attribute)| (name.clone(), value(attribute))).collect()
}

/// What the handler wrote to its log.
#[derive(Clone, Default)]
pub(crate) struct CapturedLog(Arc<Mutex<Vec<u8>>>);

impl CapturedLog {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no writer panicked").clone()).expect("a log is UTF-8")
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect("a log line is JSON")).collect()
    }

    /// The lines since the last call.
    pub(crate) fn take_lines(&self) -> Vec<Value> {
        let lines = self.lines();
        self.0.lock().expect("no writer panicked").clear();
        lines
    }
}

impl Write for CapturedLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panicked").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
