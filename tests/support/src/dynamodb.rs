//! An embedded DynamoDB with the table of `template.yaml`, so that tests and local use always match the deployed
//! table.

use std::{error::Error, net::SocketAddr};

use dynoxide::Database;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};

use crate::guard;

/// The table's name here. A deployment generates its own.
pub const TABLE: &str = "tencent-chat-events";

/// A DynamoDB that serves until it is dropped.
#[derive(Debug)]
pub struct DynamoDb {
    /// Where it listens.
    pub address: SocketAddr,
    task: AbortHandle,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Template {
    resources: Resources,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resources {
    events_table: Table,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Table {
    properties: TableProperties,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TableProperties {
    billing_mode: Value,
    attribute_definitions: Value,
    key_schema: Value,
    global_secondary_indexes: Value,
    stream_specification: Value,
    time_to_live_specification: Value,
}

impl DynamoDb {
    /// A DynamoDB in memory, on a free loopback port.
    pub async fn in_memory() -> Self {
        let database = Database::memory().expect("SQLite opens");
        create_table(&database);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let task = tokio::spawn(dynoxide::server::serve_on(listener, database)).abort_handle();
        Self { address, task }
    }

    /// A DynamoDB that keeps everything in a file, and answers no web page.
    ///
    /// # Errors
    /// If the file can't be opened, or the address is not free.
    pub async fn in_file(path: &str, address: SocketAddr) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let database = Database::new(path)?;
        create_table(&database);
        let listener = TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(guard::serve(listener, database)).abort_handle();
        Ok(Self { address, task })
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for DynamoDb {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Creates the table, unless an earlier start has created it.
fn create_table(database: &Database) {
    if database.describe_table(request(json!({ "TableName": TABLE }))).is_ok() {
        return;
    }
    let template: Template =
        serde_saphyr::from_str(include_str!("../../../template.yaml")).expect("template.yaml has the table");
    let table = template.resources.events_table.properties;
    let mut stream = table.stream_specification;
    stream["StreamEnabled"] = Value::Bool(true);
    database
        .create_table(request(json!({
            "TableName": TABLE,
            "BillingMode": table.billing_mode,
            "AttributeDefinitions": with_index(&table.attribute_definitions),
            "KeySchema": table.key_schema,
            "GlobalSecondaryIndexes": with_index(&table.global_secondary_indexes),
            "StreamSpecification": stream,
        })))
        .expect("the template's table can be made");
    database
        .update_time_to_live(request(json!({
            "TableName": TABLE,
            "TimeToLiveSpecification": table.time_to_live_specification,
        })))
        .expect("the template's time to live can be set");
}

/// Replaces the template's `!If [HasCommandIndex, …, …]` by the branch with the index.
fn with_index(either: &Value) -> &Value {
    &either[1]
}

fn request<T: DeserializeOwned>(request: Value) -> T {
    serde_json::from_value(request).expect("the request is DynamoDB's")
}
