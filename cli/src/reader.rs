//! What is in the table: by subject, by command and day, by key.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_smithy_async::future::pagination_stream::PaginationStream;
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use tencent_chat_webhook::record::{
    self,
    attribute::{Item, text},
};

use crate::{
    event::{TELLING, attribute, json},
    fault::{Asked, Fault},
    moment::Moment,
    output::{Events, Output, note},
    place::Place,
};

/// The index by command and day.
const INDEX: &str = "ByCommand";

/// The largest `INDEX_SHARDS`.
const MAX_SHARDS: u32 = 64;

/// How many shards are asked at the same time.
const SHARDS_AT_A_TIME: usize = 16;

/// How many events a beginning of an `sk` may fit, so that they are all named.
const CANDIDATES: i32 = 5;

type Items = BoxStream<'static, Result<Item, Fault>>;

/// Prints a subject's events.
pub(crate) async fn history(
    place: &Place,
    subject: &str,
    since: Option<Moment>,
    output: &mut Output,
) -> Result<(), Fault> {
    let (table, app) = (place.table()?, place.app()?);
    let Moment(since) = since.unwrap_or(Moment(0));
    let query = place
        .dynamodb()
        .query()
        .table_name(&table)
        .consistent_read(true)
        .key_condition_expression("pk = :pk AND sk >= :since")
        .expression_attribute_values(":pk", text(format!("{app}#{subject}")))
        .expression_attribute_values(":since", text(format!("{since:013}")));
    // A program gets it all; a table has no room for bodies, so they are not sent.
    let query = if output.json { query } else { without_body(query) };
    let mut events = items(query, place.asking("read", &table));
    let mut none = true;
    while let Some(event) = events.try_next().await? {
        none = false;
        output.event(Events::OfSubject, &event)?;
    }
    if none {
        note(&format!("no events of {subject} in application {app}"));
    }
    Ok(())
}

/// Asks for what a table shows alone.
fn without_body(query: QueryFluentBuilder) -> QueryFluentBuilder {
    let names = TELLING.into_iter().chain(["pk", "sk", "CallbackCommand"]).enumerate();
    let mut shown = Vec::new();
    // Some names are words of DynamoDB's own, so each has another.
    let query = names.fold(query, |query, (index, name)| {
        shown.push(format!("#n{index}"));
        query.expression_attribute_names(format!("#n{index}"), name)
    });
    query.projection_expression(shown.join(","))
}

/// Prints a command's events of a day.
///
/// Over how many shards the day is spread may have changed in its course, so all that there can be are asked: it
/// costs half a read unit for each that is empty.
pub(crate) async fn day(place: &Place, command: &str, date: &str, output: &mut Output) -> Result<(), Fault> {
    let is_day = date.len() == "YYYY-MM-DD".len() && date.parse::<Moment>().is_ok();
    if !is_day {
        return Err(Fault::Told(format!("{date} is no day; give one as 2026-11-21")));
    }
    let (table, app) = (place.table()?, place.app()?);
    let client = place.dynamodb();
    let shards = std::iter::once(String::new()).chain((0..MAX_SHARDS).map(|shard| format!("#{shard}")));
    let queries = shards.map(|shard| {
        let query = client
            .query()
            .table_name(&table)
            .index_name(INDEX)
            .key_condition_expression("CommandDay = :CommandDay")
            .expression_attribute_values(":CommandDay", text(format!("{app}#{command}#{date}{shard}")));
        items(query, place.asking("read", &table))
    });
    let mut events = merged(queries.collect()).await?;
    let mut none = true;
    while let Some(event) = events.next().await? {
        none = false;
        output.event(Events::OfCommand, &event)?;
    }
    if none {
        note(&format!("no {command} on {date} in application {app}"));
    }
    Ok(())
}

/// Several sorted streams as one: of each, its next item and the rest.
struct Merged(Vec<(Item, Items)>);

/// Begins to read all of them.
async fn merged(streams: Vec<Items>) -> Result<Merged, Fault> {
    let first = |mut rest: Items| async { Ok::<_, Fault>(rest.try_next().await?.map(|next| (next, rest))) };
    let begun = stream::iter(streams).map(first).buffer_unordered(SHARDS_AT_A_TIME);
    Ok(Merged(begun.try_filter_map(|some| async { Ok(some) }).try_collect().await?))
}

impl Merged {
    async fn next(&mut self) -> Result<Option<Item>, Fault> {
        let key = |item: &Item| {
            (attribute(item, "sk").map(str::to_owned), attribute(item, "pk").map(str::to_owned))
        };
        let Some(first) = (0..self.0.len()).min_by_key(|index| key(&self.0[*index].0)) else {
            return Ok(None);
        };
        let next = self.0[first].1.try_next().await?;
        Ok(Some(match next {
            Some(next) => std::mem::replace(&mut self.0[first].0, next),
            None => self.0.swap_remove(first).0,
        }))
    }
}

/// Prints the body of an event.
pub(crate) async fn show(place: &Place, pk: &str, sk: &str, output: &mut Output) -> Result<(), Fault> {
    let table = place.table()?;
    let pk = if is_pk(pk) { pk.to_owned() } else { format!("{}#{pk}", place.app()?) };
    // A subject may not begin as a time does, but an `sk` does: with the time in milliseconds.
    let begin = sk.parse().ok().filter(|_| sk.contains('T'));
    let begin = begin.map_or_else(|| sk.to_owned(), |Moment(millis)| format!("{millis:013}#"));
    let query = partition(place, &table, &pk)
        .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
        .expression_attribute_values(":sk", text(begin))
        .limit(CANDIDATES);
    let found = query.send().await.map_err(|error| place.asking("read", &table).fault(&error))?;
    let mut head = match found.items() {
        [head] => head.clone(),
        [] => return Err(Fault::Told(format!("no event has pk {pk} and an sk that begins with {sk}"))),
        several => {
            let sks: Vec<_> = several.iter().filter_map(|item| attribute(item, "sk")).collect();
            return Err(Fault::Told(format!("which one? Give one of these as SK: {}", sks.join(" "))));
        }
    };
    let body = body(place, &table, &head).await?;
    if output.json {
        head.insert("Body".to_owned(), text(body));
        output.text(&json(&head))
    } else {
        output.bytes(body.as_bytes())
    }
}

/// Whether it begins with an application. A subject that does so too has to be given as `pk`.
fn is_pk(text: &str) -> bool {
    text.split_once('#')
        .is_some_and(|(app, _)| !app.is_empty() && app.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The body of an event, whole.
async fn body(place: &Place, table: &str, head: &Item) -> Result<String, Fault> {
    let mut parts = Vec::new();
    if let (Some(_), Some(key)) = (head.get("BodyParts"), record::parts_key(head)) {
        let query = partition(place, table, &key).key_condition_expression("pk = :pk");
        parts = items(query, place.asking("read", table)).try_collect().await?;
    }
    record::body(head, &parts)
        .ok_or_else(|| Fault::told("a part of its body is not in the table: it may have expired"))
}

/// A query of a partition, which sees what was just written.
fn partition(place: &Place, table: &str, pk: &str) -> QueryFluentBuilder {
    let query = place.dynamodb().query().table_name(table).consistent_read(true);
    query.expression_attribute_values(":pk", text(pk))
}

/// Prints all that is in the local table, in the order of receipt.
pub(crate) async fn list(place: &Place, output: &mut Output) -> Result<(), Fault> {
    let table = place.table()?;
    let asked = place.asking("read", &table);
    let mut pages = place.dynamodb().scan().table_name(&table).into_paginator().items().send();
    let mut events = Vec::new();
    while let Some(item) = pages.next().await {
        let item = item.map_err(|error| asked.fault(&error))?;
        // Parts have no command.
        if item.contains_key("CallbackCommand") {
            events.push(item);
        }
    }
    events.sort_by_key(|event| attribute(event, "ReceivedAt").and_then(|millis| millis.parse::<u64>().ok()));
    if events.is_empty() {
        note("no events yet; `make send` sends some");
    }
    events.iter().try_for_each(|event| output.event(Events::All, event))
}

/// What a query finds, page after page.
fn items(query: QueryFluentBuilder, asked: Asked) -> Items {
    let pages = query.into_paginator().items().send();
    let next = |(mut pages, asked): (_, Asked)| async move {
        let item = PaginationStream::<Result<Item, _>>::next(&mut pages).await?;
        Some((item.map_err(|error| asked.fault(&error)), (pages, asked)))
    };
    stream::unfold((pages, asked), next).boxed()
}
