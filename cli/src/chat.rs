//! A conversation, as people read it.

use std::path::PathBuf;

use clap::Args;
use futures_util::{StreamExt, TryStreamExt};
use serde_json::json;
use tencent_chat_webhook::time::rfc3339;

use crate::{
    fault::Fault,
    merged::merged,
    moment::Moment,
    output::{
        Output,
        columns::{Column, Cut},
        note,
    },
    place::Place,
    selection::Selection,
    table::{Items, Wanted},
};

mod changes;
mod message;
mod page;
use changes::Changes;
use message::{Kind, Message};
use page::Page;

const COLUMNS: [Column; 3] = [
    Column::new("TIME", 24, Cut::End),
    Column::new("FROM", 18, Cut::Middle),
    Column::new("MESSAGE", 0, Cut::End),
];

#[derive(Args, Debug)]
pub(crate) struct Chat {
    /// A group, or one of two users
    #[arg(value_name = "GROUP|USER")]
    first: String,
    /// The other user
    #[arg(value_name = "USER")]
    second: Option<String>,
    /// Only messages since a time, or since so long ago (90m, 12h, 7d)
    #[arg(long, value_name = "WHEN")]
    since: Option<Moment>,
    /// Only messages before a time, or before so long ago [default: now]
    #[arg(long, value_name = "WHEN")]
    until: Option<Moment>,
    /// Write the conversation to this file as an HTML page
    ///
    /// One file without scripts or outside resources, which prints well. Each message is there with its time, sender,
    /// key and the SHA-256 of its body.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Prints the conversation, or writes it to a page.
pub(crate) async fn run(place: &Place, chat: &Chat, output: &mut Output) -> Result<(), Fault> {
    let changes = chat.changes(place).await?;
    let mut messages = chat.events(place, chat.until).await?;
    let mut page = chat.html.as_deref().map(|file| Page::begin(file, &chat.heading(place)?)).transpose()?;
    let (mut count, mut undelivered) = (0_u64, 0_u64);
    while let Some(event) = messages.try_next().await? {
        let Some(mut message) = Message::of(&event, chat.kind()).filter(|message| chat.has(message)) else {
            continue;
        };
        if !message.is_delivered {
            undelivered += 1;
            continue;
        }
        changes.apply(&mut message);
        count += 1;
        match &mut page {
            Some(page) => page.message(&message)?,
            None => print(&message, output)?,
        }
    }
    if undelivered > 0 {
        note(&format!("{undelivered} messages that were not delivered are left out"));
    }
    match (page, &chat.html) {
        (Some(page), Some(file)) => {
            page.end(count)?;
            note(&format!("{count} messages in {}", file.display()));
        }
        _ if count == 0 => note(&format!("no messages in application {}", place.app()?)),
        _ => {}
    }
    Ok(())
}

impl Chat {
    fn kind(&self) -> Kind {
        if self.second.is_some() { Kind::C2c } else { Kind::Group }
    }

    /// Edits, recalls and read marks. They come after their message, and count even after `--until`.
    async fn changes(&self, place: &Place) -> Result<Changes, Fault> {
        let mut events = self.events(place, None).await?;
        let mut changes = Changes::default();
        while let Some(event) = events.try_next().await? {
            changes.take(&event, self.kind());
        }
        Ok(changes)
    }

    /// The events of the group, or of both users.
    async fn events(&self, place: &Place, until: Option<Moment>) -> Result<Items, Fault> {
        let mut subjects = vec![&self.first];
        subjects.extend(self.second.as_ref().filter(|second| **second != self.first));
        let mut streams = Vec::new();
        for subject in subjects {
            let of = Selection {
                subject: Some(subject.clone()),
                since: self.since,
                until,
                ..Selection::default()
            };
            streams.push(of.find(place, Wanted::Whole).await?.sorted().await?);
        }
        Ok(merged(streams).await?.boxed())
    }

    /// Whether a message belongs to the conversation: a user has others too.
    fn has(&self, message: &Message) -> bool {
        let Some(second) = &self.second else {
            return true;
        };
        let is = |from: &str, to: &str| message.from == from && message.to.as_deref() == Some(to);
        is(&self.first, second) || is(second, &self.first)
    }

    fn heading(&self, place: &Place) -> Result<page::Heading, Fault> {
        let title = match &self.second {
            Some(second) => format!("{} and {second}", self.first),
            None => self.first.clone(),
        };
        Ok(page::Heading {
            title,
            table: place.table()?,
            app: place.app()?,
            since: self.since,
            until: self.until.unwrap_or_else(Moment::now),
        })
    }
}

fn print(message: &Message, output: &mut Output) -> Result<(), Fault> {
    if !output.json {
        let mut text = String::new();
        for mark in message.marks() {
            text.push_str(&format!("[{mark}] "));
        }
        text.push_str(&message.text);
        return output.row(&COLUMNS, &[&rfc3339(message.time), &message.from, &text]);
    }
    let mut line = json!({
        "pk": message.pk, "sk": message.sk, "time": message.time, "from": message.from, "text": message.text,
    });
    for (name, time) in [("edited", message.edited), ("recalled", message.recalled), ("read", message.read)] {
        if let Some(time) = time {
            line[name] = time.into();
        }
    }
    output.json_line(&line)
}
