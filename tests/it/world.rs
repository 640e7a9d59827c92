//! The function in this process: the real gateway code and handler, with an embedded DynamoDB that the real SDK
//! reaches over HTTP.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::{Client, config::timeout::TimeoutConfig, types::AttributeValue};
use lambda_http::LambdaEvent;
use lambda_runtime::Context;
use serde_json::{Value, json};
use support::{
    dynamodb::{DynamoDb, TABLE},
    requests::SDK_APPID,
};
use tencent_chat_webhook::{
    gateway,
    handler::Handler,
    log::{Level, Log},
    record::{self, attribute::Item},
    settings::Settings,
    store::{self, Store},
};

/// The path of the function's binary.
pub(crate) const FUNCTION: &str = env!("CARGO_BIN_EXE_tencent-chat-webhook");

/// The function, its table, and its log.
pub(crate) struct World {
    pub(crate) handler: Handler,
    pub(crate) table: Table,
    pub(crate) log: CapturedLog,
}

impl World {
    /// A function that admits unsigned requests for [`SDK_APPID`].
    pub(crate) async fn start() -> Self {
        Self::with_settings(&[("ALLOW_UNSIGNED", "true")]).await
    }

    /// A function with these settings in addition to `TABLE_NAME`, `SDK_APP_IDS` and those of AWS.
    pub(crate) async fn with_settings(settings: &[(&str, &str)]) -> Self {
        let table = Table::start().await;
        let (handler, log) = handler(&table.dynamodb.url(), settings);
        Self { handler, table, log }
    }

    /// Delivers an API Gateway event, and returns the reply as API Gateway gets it.
    pub(crate) async fn send(&self, event: &Value) -> Value {
        send(&self.handler, event).await
    }
}

/// A handler with DynamoDB at an address, and its log.
pub(crate) fn handler(endpoint_url: &str, settings: &[(&str, &str)]) -> (Handler, CapturedLog) {
    let settings = settings_for(endpoint_url, settings);
    let log = CapturedLog::default();
    let store = Store::connect(&settings.destination);
    (Handler::new(settings, store, Log::new(Level::Debug, log.clone())), log)
}

/// Delivers an API Gateway event to a handler, and returns the reply as API Gateway gets it.
pub(crate) async fn send(handler: &Handler, event: &Value) -> Value {
    let event = serde_json::from_str(&event.to_string()).expect("any JSON deserializes as an event");
    let mut context = Context::default();
    context.request_id = String::from("8476a536-e9f4-11e8-9739-2dfe598c3fcd");
    // Lambda sends it with every invocation. It is not logged: each line would be 57 bytes longer.
    context.xray_trace_id = Some("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0".to_owned());
    let Ok(reply) = gateway::answer(handler, LambdaEvent::new(event, context)).await;
    serde_json::to_value(reply).expect("a reply serializes")
}

/// An embedded DynamoDB, accessed directly and without time limits.
pub(crate) struct Table {
    pub(crate) dynamodb: DynamoDb,
    pub(crate) client: Client,
}

impl Table {
    pub(crate) async fn start() -> Self {
        let dynamodb = DynamoDb::in_memory().await;
        let settings = settings_for(&dynamodb.url(), &[("ALLOW_UNSIGNED", "true")]);
        let patient = store::client::config(&settings.destination.aws);
        let client = Client::from_conf(patient.timeout_config(TimeoutConfig::disabled()).build());
        Self { dynamodb, client }
    }

    /// All items in the table.
    pub(crate) async fn items(&self) -> Vec<Item> {
        let scan = self.client.scan().table_name(TABLE).into_paginator().items().send();
        scan.collect::<Result<_, _>>().await.expect("the table can be read")
    }

    /// The items that represent callbacks.
    pub(crate) async fn heads(&self) -> Vec<Item> {
        let items = self.items().await.into_iter();
        items.filter(|item| item.contains_key("CommandDay")).collect()
    }

    /// The only item in the table, as DynamoDB's JSON.
    pub(crate) async fn item(&self) -> Value {
        let items = self.items().await;
        assert_eq!(items.len(), 1, "the table holds one item");
        as_json(&items[0])
    }

    /// The items with a partition key, in order, as a reader queries them.
    pub(crate) async fn query(&self, pk: &str) -> Vec<Item> {
        let pages = self
            .client
            .query()
            .table_name(TABLE)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()));
        let items = pages.into_paginator().items().send();
        items.collect::<Result<_, _>>().await.expect("the table can be read")
    }

    /// The body of a callback.
    pub(crate) async fn body(&self, head: &Item) -> String {
        let parts = if head.contains_key("BodyParts") {
            self.query(&record::parts_key(head).expect("a head has a key")).await
        } else {
            Vec::new()
        };
        record::body(head, &parts).expect("a head has its body")
    }

    /// The bodies of all callbacks in the table.
    pub(crate) async fn bodies(&self) -> Vec<String> {
        let mut bodies = Vec::new();
        for head in self.heads().await {
            bodies.push(self.body(&head).await);
        }
        bodies
    }

    /// Empties the table.
    pub(crate) async fn clear(&self) {
        for item in self.items().await {
            let delete = self.client.delete_item().table_name(TABLE);
            let key = ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone()));
            delete.set_key(Some(key.into())).send().await.expect("an item can be deleted");
        }
    }
}

/// The environment of a function with this DynamoDB endpoint, without the admission settings.
pub(crate) const fn variables(endpoint_url: &str) -> [(&str, &str); 6] {
    [
        ("TABLE_NAME", TABLE),
        ("SDK_APP_IDS", SDK_APPID),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "example-secret"),
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint_url),
    ]
}

/// Settings with this DynamoDB endpoint.
pub(crate) fn settings_for(endpoint_url: &str, settings: &[(&str, &str)]) -> Settings {
    let defaults = variables(endpoint_url);
    Settings::from_lookup(|name| {
        settings.iter().chain(&defaults).find(|setting| setting.0 == name).map(|setting| setting.1.to_owned())
    })
    .expect("the settings are complete")
}

/// A file in `events/`.
pub(crate) fn sample(name: &str) -> Value {
    let path = format!("{}/events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&file).expect("a sample event is JSON")
}

/// The status and the JSON that Tencent gets.
pub(crate) fn status_and_body(reply: &Value) -> (u64, Value) {
    assert_eq!(reply["headers"], json!({ "content-type": "application/json" }));
    assert_eq!(reply["isBase64Encoded"], json!(false));
    let body = reply["body"].as_str().expect("a reply has a body");
    (reply["statusCode"].as_u64().expect("a status"), serde_json::from_str(body).expect("a reply is JSON"))
}

/// The plain answer.
pub(crate) fn ok() -> Value {
    json!({ "ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0 })
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

/// The lines of a log. A line that is not JSON fails the test.
pub(crate) fn log_lines(printed: &str) -> Vec<Value> {
    let line = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line} is not a log line"));
    printed.lines().map(line).collect()
}

/// Captures the handler's log.
#[derive(Clone, Default)]
pub(crate) struct CapturedLog(Arc<Mutex<Vec<u8>>>);

impl CapturedLog {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no writer panicked").clone()).expect("a log is UTF-8")
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        log_lines(&self.text())
    }

    /// The lines since the last call.
    pub(crate) fn take_lines(&self) -> Vec<Value> {
        let lines = self.lines();
        self.0.lock().expect("no writer panicked").clear();
        lines
    }

    /// The outcomes of all callbacks.
    pub(crate) fn outcomes(&self) -> Vec<String> {
        column(&self.lines(), "outcome")
    }
}

/// The values of a field, from all lines that have it.
pub(crate) fn column(lines: &[Value], name: &str) -> Vec<String> {
    lines.iter().filter_map(|line| line[name].as_str().map(str::to_owned)).collect()
}

impl Write for CapturedLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panicked").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
