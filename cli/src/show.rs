//! The body of one event.

use clap::Args;
use tencent_chat_webhook::record::attribute::text;

use crate::{
    event::{attribute, json},
    fault::Fault,
    moment::Moment,
    output::Output,
    place::Place,
    table::Table,
};

/// How many events a beginning of an `sk` may fit, so that they are all named.
const CANDIDATES: i32 = 5;

#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The event's pk; a subject will do, where the application is known
    pk: String,
    /// The event's sk; its beginning will do, or the time that the tables show
    sk: String,
}

/// Prints the body of an event.
pub(crate) async fn run(place: &Place, Show { pk, sk }: &Show, output: &mut Output) -> Result<(), Fault> {
    let table = Table::of(place)?;
    let pk = if is_pk(pk) { pk.to_owned() } else { format!("{}#{pk}", place.app()?) };
    // A subject may not begin as a time does, but an `sk` does: with the time in milliseconds.
    let begin = sk.parse().ok().filter(|_| sk.contains('T'));
    let begin = begin.map_or_else(|| sk.to_owned(), |Moment(millis)| format!("{millis:013}#"));
    let query = table
        .partition(&pk)
        .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
        .expression_attribute_values(":sk", text(begin))
        .limit(CANDIDATES);
    let found = query.send().await.map_err(|error| table.fault(&error))?;
    let event = match found.items() {
        [head] => table.with_body(head.clone()).await?,
        [] => return Err(Fault::Message(format!("no event has pk {pk} and an sk that begins with {sk}"))),
        several => {
            let sks: Vec<_> = several.iter().filter_map(|item| attribute(item, "sk")).collect();
            return Err(Fault::Message(format!("which one? Give one of these as SK: {}", sks.join(" "))));
        }
    };
    let Some(body) = attribute(&event, "Body") else {
        return Err(Fault::new("a part of its body is not in the table: it may have expired"));
    };
    if output.json { output.text(&json(&event)) } else { output.body(body) }
}

/// Whether it begins with an application. A subject that does so too has to be given as `pk`.
fn is_pk(text: &str) -> bool {
    text.split_once('#')
        .is_some_and(|(app, _)| !app.is_empty() && app.bytes().all(|byte| byte.is_ascii_digit()))
}
