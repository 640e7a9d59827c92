//! New events, as they are recorded.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodbstreams::{
    Client,
    types::{AttributeValue as Streamed, OperationType, Record},
};
use clap::Args;
use tencent_chat_webhook::record::{RecordedEvent, attribute::Item};

use crate::{
    deployment::Deployment,
    event::time_text,
    fault::Fault,
    output::{
        Columns, Output,
        columns::{Column, Cut},
        note, time_column,
    },
    receiver::ConnectionFlags,
    selection::selects,
    sender::{Line, Sender},
    table::Table,
};

mod streams;
use streams::Shards;

const COLUMNS: [Column; 4] = [
    Column::new("COMMAND", 31, Cut::Middle),
    Column::new("STATUS", 6, Cut::End),
    Column::new("TOOK", 7, Cut::End),
    Column::new("ANSWER", 0, Cut::End),
];

/// The pause between two reads of the stream.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Args, Debug)]
pub(crate) struct Follow {
    /// Only events of this CallbackCommand; * stands for any text, and the flag can be given several times
    #[arg(long, value_name = "COMMAND")]
    command: Vec<String>,
    /// Only events of this subject: a GroupId, a UserID, …
    #[arg(long)]
    subject: Option<String>,
    /// Send each event to a receiver, as Tencent would, and print its answer: a URL, or an address such as localhost:8080
    #[arg(long, value_name = "URL")]
    pub(crate) forward_to: Option<String>,
    #[command(flatten)]
    connection: ConnectionFlags,
    /// Begin with the oldest event in the table's stream, which keeps one day
    #[arg(long)]
    from_start: bool,
}

impl Follow {
    fn selects(&self, event: &RecordedEvent) -> bool {
        selects(&self.command, event.command())
            && self.subject.as_ref().is_none_or(|of| event.subject() == of)
    }
}

/// Prints new events until it is stopped.
pub(crate) async fn run(deployment: &Deployment, follow: &Follow, output: &mut Output) -> Result<(), Fault> {
    let table = Table::of(deployment)?;
    let sender = |url| Sender::new(url, &follow.connection, false);
    let mut sender = follow.forward_to.as_deref().map(sender).transpose()?;
    let arn = stream(deployment, &table.name).await?;
    let label = deployment.label("follow", &table.name);
    let mut shards = Shards::open(Client::new(&deployment.config), arn, label, follow.from_start).await?;
    note(&format!("following {}; Ctrl-C to stop", table.name));
    loop {
        for event in shards.read().await?.into_iter().filter_map(new_event) {
            if !follow.selects(&event) {
                continue;
            }
            match &mut sender {
                Some(sender) => forward(&table, sender, event, output).await?,
                // A program gets the whole item.
                None if output.json => output.event(Columns::All, &table.with_body(event).await?)?,
                None => output.event(Columns::All, &event)?,
            }
        }
        output.flush()?;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Sends an event, and prints the answer.
async fn forward(
    table: &Table,
    sender: &mut Sender,
    event: RecordedEvent,
    output: &mut Output,
) -> Result<(), Fault> {
    let event = table.with_body(event).await?;
    let answer = sender.send(&event)?.await;
    if output.json {
        output.text(&Line::of(&event, &answer).json())?;
    } else {
        let command = event.command();
        let (status, millis) = (answer.status.to_string(), format!("{} ms", answer.millis()));
        let [name, of_status, took, text] = COLUMNS;
        let columns = [time_column(), name, of_status, took, text];
        output.row(&columns, &[&time_text(&event), command, &status, &millis, &answer.text])?;
    }
    output.flush()
}

/// The table's stream. The stack does not know it: a restored table has another one.
async fn stream(deployment: &Deployment, table: &str) -> Result<String, Fault> {
    let described = deployment.dynamodb().describe_table().table_name(table).send().await;
    let described = described.map_err(|error| deployment.label("describe", table).fault(&error))?;
    let arn = described.table.and_then(|table| table.latest_stream_arn);
    arn.ok_or_else(|| Fault::Message(format!("the table {table} has no stream")))
}

/// The new event of a record. An expired item and a part of a body are not events; a part has no command.
fn new_event(record: Record) -> Option<RecordedEvent> {
    if record.event_name != Some(OperationType::Insert) {
        return None;
    }
    let image = record.dynamodb?.new_image?;
    let item: Item = image.into_iter().filter_map(|(name, value)| Some((name, value_of(value)?))).collect();
    item.contains_key("CallbackCommand").then(|| item.into())
}

/// The same value, in the type of the table's client. An event's attributes are scalars.
fn value_of(value: Streamed) -> Option<AttributeValue> {
    match value {
        Streamed::S(text) => Some(AttributeValue::S(text)),
        Streamed::N(digits) => Some(AttributeValue::N(digits)),
        Streamed::Bool(value) => Some(AttributeValue::Bool(value)),
        _ => None,
    }
}
