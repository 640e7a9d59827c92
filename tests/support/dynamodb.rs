//! An embedded DynamoDB with the table of `template.yaml`, so that neither tests nor local use can drift from
//! what is deployed.

use std::net::SocketAddr;

use dynoxide::Database;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};

/// The table's name here; a deployment makes its own.
pub(crate) const TABLE: &str = "tencent-chat-events";

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

/// Serves a database at an address, with the table in it, until the runtime ends.
pub(crate) async fn serve(database: Database, address: SocketAddr) -> SocketAddr {
    start(database, address).await.0
}

/// The same, until the task is aborted.
pub(crate) async fn start(database: Database, address: SocketAddr) -> (SocketAddr, AbortHandle) {
    create_table(&database);
    let listener = TcpListener::bind(address).await.expect("the address of DynamoDB is free");
    let address = listener.local_addr().expect("a listener has an address");
    (address, tokio::spawn(dynoxide::server::serve_on(listener, database)).abort_handle())
}

/// Makes the table, if it isn't there from an earlier start.
fn create_table(database: &Database) {
    if database.describe_table(request(json!({ "TableName": TABLE }))).is_ok() {
        return;
    }
    let template: Template =
        serde_saphyr::from_str(include_str!("../../template.yaml")).expect("template.yaml has the table");
    let table = template.resources.events_table.properties;
    let mut stream = table.stream_specification;
    stream["StreamEnabled"] = Value::Bool(true);
    database
        .create_table(request(json!({
            "TableName": TABLE,
            "BillingMode": table.billing_mode,
            "AttributeDefinitions": table.attribute_definitions,
            "KeySchema": table.key_schema,
            "GlobalSecondaryIndexes": table.global_secondary_indexes,
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

fn request<T: DeserializeOwned>(request: Value) -> T {
    serde_json::from_value(request).expect("the request is DynamoDB's")
}
