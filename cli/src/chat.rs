//! A conversation: a table, JSON, or a page with proofs.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use tencent_chat_webhook::time::rfc3339;

use crate::{
    deployment::Deployment,
    fault::Fault,
    moment::Moment,
    output::{Output, note},
    plain::counted,
    when::When,
};

mod between;
mod changes;
mod conversation;
mod group;
mod lines;
mod message;
mod page;
mod recorded;
mod source;
mod step;
mod text;

use between::Between;
use conversation::Conversation;
use message::Message;
use page::{About, Page};
use recorded::{Counts, Recorded};

#[derive(Args, Debug)]
pub(crate) struct Chat {
    /// A group, an official channel, or one of two users
    #[arg(value_name = "GROUP|A")]
    one: String,
    /// The other user
    #[arg(value_name = "B")]
    other: Option<String>,
    /// Only messages since a time, or since so long ago (90m, 12h, 7d)
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Only messages before a time, or before so long ago [default: now]
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// Write the conversation to this file as a printable HTML page
    ///
    /// The page is one file without scripts or external resources. It shows each message with its time, its sender, its
    /// key, the SHA-256 of its body and the text before its edits. It also says what is missing.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Prints the conversation.
pub(crate) async fn run(deployment: &Deployment, chat: &Chat, output: &mut Output) -> Result<(), Fault> {
    if output.json && chat.html.is_some() {
        return Err(Fault::usage("give --html or --json, not both"));
    }
    let mut page = chat.html.as_deref().map(Page::create).transpose()?;
    let conversation = chat.conversation();
    let until = chat.until.map_or_else(Moment::now, When::end);
    let since = chat.since.map(When::start);
    if since.is_some_and(|since| until <= since) {
        return Err(Fault::usage("--until is not after --since"));
    }
    let mut recorded = Recorded::read(deployment, &conversation, since, until).await?;
    if let Some(page) = page.as_mut().filter(|_| recorded.counts.messages > 0) {
        page.begin(chat.about(deployment, &conversation, until, recorded.counts)?)?;
    }
    while let Some(message) = recorded.next()? {
        match &mut page {
            Some(page) => page.message(&message)?,
            None if output.json => output.json_line(&json(&message))?,
            None => lines::print(output, &message)?,
        }
    }
    output.flush()?;
    let remarks = remarks(&recorded);
    chat.end(page, &conversation, recorded.counts, &remarks)
}

impl Chat {
    fn conversation(&self) -> Conversation {
        match &self.other {
            Some(other) => Conversation::Between(Between(self.one.clone(), other.clone())),
            None => Conversation::In(self.one.clone()),
        }
    }

    fn about(
        &self,
        deployment: &Deployment,
        conversation: &Conversation,
        until: Moment,
        counts: Counts,
    ) -> Result<About, Fault> {
        let region = deployment.config.region().map(|region| format!(" in {region}")).unwrap_or_default();
        let since = self
            .since
            .map(When::start)
            .map_or_else(|| "the beginning of the recording".to_owned(), |Moment(since)| rfc3339(since));
        Ok(About {
            title: format!("Conversation {} {}", conversation.preposition(), conversation.name()),
            one: self.other.is_some().then(|| self.one.clone()),
            facts: vec![
                ("Table", format!("{}{region} (DynamoDB)", deployment.table()?)),
                ("Application", format!("SDKAppID {}", deployment.app()?)),
                ("Span", format!("from {since} to {}", rfc3339(until.0))),
                (
                    "Made",
                    format!("{} by chat-events {}", rfc3339(Moment::now().0), env!("CARGO_PKG_VERSION")),
                ),
                ("Messages", counts.messages.to_string()),
            ],
        })
    }

    /// Prints the notes at the end, and completes the page.
    fn end(
        &self,
        page: Option<Page>,
        conversation: &Conversation,
        counts: Counts,
        remarks: &[String],
    ) -> Result<(), Fault> {
        let name = conversation.name();
        if counts.messages == 0 {
            let hint = if self.other.is_none() { "; for two users, give both" } else { "" };
            let file = if page.is_some() { "; no page was written" } else { "" };
            note(&format!("no messages {} {name}{hint}{file}", conversation.preposition()));
        } else if let (Some(page), Some(path)) = (page, &self.html) {
            page.end(remarks)?;
            note(&format!("{} in {}", counted(counts.messages, "message"), path.display()));
        }
        for remark in remarks {
            note(remark);
        }
        Ok(())
    }
}

/// Remarks on messages that are not shown, with the reasons.
fn remarks(recorded: &Recorded) -> Vec<String> {
    let Counts { not_sent, unreadable, .. } = recorded.counts;
    let others = recorded.without_message();
    let mut remarks = Vec::new();
    if not_sent > 0 {
        remarks.push(format!("{} left out: not delivered", counted(not_sent, "message")));
    }
    if others > 0 {
        remarks.push(format!(
            "{} not shown: older, or not recorded",
            counted(others, "edited or recalled message")
        ));
    }
    if unreadable > 0 {
        remarks.push(format!(
            "{}: the body is incomplete, or not of its documented shape",
            counted(unreadable, "unreadable event")
        ));
    }
    remarks
}

fn json(message: &Message) -> serde_json::Value {
    let sent = &message.sent;
    let mut line = json!({
        "pk": sent.source.pk, "sk": sent.source.sk, "time": sent.time, "from": sent.from, "text": message.text(),
    });
    for (name, time) in [
        ("edited", message.edit.as_ref().map(|edit| edit.time)),
        ("recalled", message.recall.as_ref().map(|recall| recall.time)),
        ("read", message.read.map(|read| read.time)),
    ] {
        if let Some(time) = time {
            line[name] = time.into();
        }
    }
    line
}
