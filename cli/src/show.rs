//! The body of one event.

use clap::Args;
use tencent_chat_webhook::record::{RecordedEvent, attribute::text};

use crate::{
    deployment::Deployment, event::json, fault::Fault, moment::Moment, output::Output, table::Table,
    when::When,
};

/// The most events that are listed if the beginning of an `sk` fits several.
const CANDIDATES: i32 = 5;

#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The event's pk, or only its subject if the application is known
    pk: String,
    /// The event's sk, its beginning, or the time that `list` prints
    sk: String,
}

/// Prints the body of an event.
pub(crate) async fn run(
    deployment: &Deployment,
    Show { pk, sk }: &Show,
    output: &mut Output,
) -> Result<(), Fault> {
    let table = Table::of(deployment)?;
    let pk = if is_pk(pk) { pk.to_owned() } else { format!("{}#{pk}", deployment.app()?) };
    // Every `sk` begins with the time in milliseconds.
    let begin = sk.parse().ok().filter(|_| sk.contains('T')).map(When::start);
    let begin = begin.map_or_else(|| sk.to_owned(), |Moment(millis)| format!("{millis:013}#"));
    let query = table
        .partition(&pk)
        .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
        .expression_attribute_values(":sk", text(begin))
        .limit(CANDIDATES);
    let found = query.send().await.map_err(|error| table.fault(&error))?;
    let found: Vec<RecordedEvent> = found.items.unwrap_or_default().into_iter().map(Into::into).collect();
    let event = match found.as_slice() {
        [event] => table.with_body(event.clone()).await?,
        [] => return Err(Fault::Message(format!("no event has pk {pk} and an sk that begins with {sk}"))),
        several => {
            let sks: Vec<_> = several.iter().map(RecordedEvent::sk).collect();
            return Err(Fault::Message(format!(
                "several events fit; give one of these as SK: {}",
                sks.join(" ")
            )));
        }
    };
    let Some(body) = event.body() else {
        return Err(Fault::new("a part of its body is not in the table: it may have expired"));
    };
    if output.json { output.text(&json(&event)) } else { output.body(body) }
}

/// Whether the text begins with an application. A subject that looks like that must be given as `pk`.
fn is_pk(text: &str) -> bool {
    text.split_once('#')
        .is_some_and(|(app, _)| !app.is_empty() && app.bytes().all(|byte| byte.is_ascii_digit()))
}
