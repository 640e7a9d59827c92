//! A bare `PutItem` with the SDK's defaults: no signature, no checks, no log, no metrics. On a single thread, because
//! Lambda sends one event at a time.

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::{Client, types::AttributeValue};
use lambda_http::{Body, Error, Request, Response, run, service_fn};
use serde_json::Value;

async fn record(client: &Client, table: &str, request: Request) -> Result<Response<Body>, Error> {
    let body = str::from_utf8(request.body())?;
    let event: Value = serde_json::from_str(body)?;
    let text = |name: &str| AttributeValue::S(event[name].as_str().unwrap_or_default().to_owned());
    client
        .put_item()
        .table_name(table)
        .item("pk", text("GroupId"))
        .item("sk", text("EventTime"))
        .item("Body", AttributeValue::S(body.to_owned()))
        .send()
        .await?;
    let reply = r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#;
    Ok(Response::builder().header("content-type", "application/json").body(reply.into())?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let table = std::env::var("TABLE_NAME")?;
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let client = Client::new(&config);
    let (client, table) = (&client, table.as_str());
    run(service_fn(|request| record(client, table, request))).await
}
