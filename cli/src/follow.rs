//! New events, as they come.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodbstreams::{
    Client,
    types::{AttributeValue as Streamed, OperationType, Record},
};
use clap::Args;
use tencent_chat_webhook::record::attribute::Item;

use crate::{
    fault::Fault,
    output::{Columns, Output, note},
    place::Place,
};

mod streams;
use streams::Shards;

/// How long to wait before the stream is asked again.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Args, Debug)]
pub(crate) struct Follow {
    /// Begin with the oldest events that the table's stream has: those of a day
    #[arg(long)]
    from_start: bool,
}

/// Prints new events until it is stopped.
pub(crate) async fn run(place: &Place, follow: &Follow, output: &mut Output) -> Result<(), Fault> {
    let table = place.table()?;
    let arn = stream(place, &table).await?;
    let asked = place.asking("follow", &table);
    let mut shards = Shards::open(Client::new(&place.config), arn, asked, follow.from_start).await?;
    note(&format!("following {table}; Ctrl-C to stop"));
    loop {
        for event in shards.read().await?.into_iter().filter_map(new_event) {
            output.event(Columns::OfAll, &event)?;
        }
        output.flush()?;
        tokio::time::sleep(PAUSE).await;
    }
}

/// The table's stream.
async fn stream(place: &Place, table: &str) -> Result<String, Fault> {
    if let Some(arn) = place.stream() {
        return arn;
    }
    let described = place.dynamodb().describe_table().table_name(table).send().await;
    let described = described.map_err(|error| place.asking("describe", table).fault(&error))?;
    let arn = described.table.and_then(|table| table.latest_stream_arn);
    arn.ok_or_else(|| Fault::Told(format!("the table {table} has no stream")))
}

/// The event that a record is about. What expires is none, nor is a part of a body, which has no command.
fn new_event(record: Record) -> Option<Item> {
    if record.event_name != Some(OperationType::Insert) {
        return None;
    }
    let image = record.dynamodb?.new_image?;
    let item: Item = image.into_iter().filter_map(|(name, value)| Some((name, attribute(value)?))).collect();
    item.contains_key("CallbackCommand").then_some(item)
}

/// The same value, as the table's own client has it. An event's attributes are scalars.
fn attribute(value: Streamed) -> Option<AttributeValue> {
    match value {
        Streamed::S(text) => Some(AttributeValue::S(text)),
        Streamed::N(digits) => Some(AttributeValue::N(digits)),
        Streamed::Bool(value) => Some(AttributeValue::Bool(value)),
        _ => None,
    }
}
