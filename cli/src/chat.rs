//! A conversation: a table, JSON, a page, or an evidence file.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use tencent_chat_webhook::time::rfc3339;

use crate::{
    deployment::Deployment,
    evidence::manifest::ConversationSelection,
    export::{self, Target},
    fault::Fault,
    media::MediaFlags,
    merged::merged,
    moment::Moment,
    output::{Output, note},
    plain::counted,
    selection::Selection as Events,
    table::{Items, Wanted},
    when::{self, When},
};

mod about;
mod between;
mod changes;
mod conversation;
mod evidence;
mod group;
mod json;
mod kept;
mod lines;
mod media;
mod message;
mod order;
mod page;
mod read;
mod reading;
mod recorded;
mod render;
mod source;
mod step;

use about::remarks;
use conversation::Conversation;
use media::{Media, MediaFolder};
use reading::ReadOptions;
use recorded::Recorded;
pub(crate) use render::again;

#[derive(Args, Debug)]
#[command(mut_arg("media_host", |flag| flag.requires("media")))]
#[command(mut_arg("media_max", |flag| flag.requires("media")))]
pub(crate) struct Chat {
    /// A group, an official channel, or one of two users
    #[arg(value_name = "GROUP|A")]
    one: String,
    /// The other user
    #[arg(value_name = "B")]
    other: Option<String>,
    /// Only messages from this time on (2026-11-21T09:00), or not older than this (90m, 12h, 7d)
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Only messages before this time, or until the end of this day or month [default: now]
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// Show messages that were not delivered too
    ///
    /// These are the messages that Tencent refused, and those that a before-callback saw and no after-callback reports.
    #[arg(long)]
    undelivered: bool,
    /// Write the conversation to this file as a printable HTML page, or to standard output (-)
    ///
    /// The page is one file without scripts or external resources. It shows each message with its number, time, sender
    /// and origin, all its versions, what it carries, its key and the SHA-256 of its body. It also says what is missing.
    #[arg(long, value_name = "FILE", conflicts_with = "evidence")]
    html: Option<PathBuf>,
    /// Write the page, the whole events and a manifest with all digests to this zip file
    ///
    /// At the end, the command prints the SHA-256 of the file. Note it, or have it time-stamped: `verify` checks the
    /// file on any machine, and only this digest shows that the whole file was not made anew.
    #[arg(long, value_name = "FILE.zip")]
    evidence: Option<PathBuf>,
    /// Also save the pictures, voices, videos and files of the messages
    ///
    /// With --html, they go into the folder FILE.media beside the page, and the page shows them. With --evidence, they go
    /// into the zip, and their digests into the manifest. A file that can't be saved is reported, also on the page, and
    /// the exit code is 1 at the end. What may be downloaded is the same as for `media`.
    #[arg(long)]
    media: bool,
    /// Take the files that `media` saved into this folder, and download only the others
    #[arg(long, value_name = "DIR", requires = "media")]
    media_from: Option<PathBuf>,
    #[command(flatten)]
    limits: MediaFlags,
}

/// Prints or writes the conversation. The exit code is 1 if a message was changed in the table.
pub(crate) async fn run(
    deployment: &Deployment,
    chat: &Chat,
    output: &mut Output,
) -> Result<ExitCode, Fault> {
    let since = chat.since.map(When::start);
    let until = when::end(since, chat.until)?;
    let to = Target::create(output.json, chat.html.as_deref(), chat.evidence.as_deref())?;
    let folder = chat.media.then(|| MediaFolder::of(&to, chat.media_from.as_deref())).transpose()?;
    let conversation = Conversation::of(&chat.names());
    let options = ReadOptions { until, undelivered: chat.undelivered, keep: chat.evidence.is_some() };
    let events = events(deployment, &conversation, since, until).await?;
    let mut recorded = Recorded::read(&conversation, options, events).await?;
    if recorded.counts.messages == 0 {
        return Ok(nothing(chat, &conversation, &recorded));
    }
    let (origin, selection) = (export::origin(deployment, Some(deployment.app()?))?, chat.selection(until));
    let media = match folder {
        Some(folder) => Some(Media::fetch(&mut recorded, folder, &chat.limits).await?),
        None => None,
    };
    let is_complete = media.as_ref().is_none_or(Media::is_complete);
    match to {
        Target::Output => print(&mut recorded, output)?,
        Target::Page(file) => {
            file.write(output, |to| render::page(&mut recorded, (&origin, &selection), media.as_ref(), to))?;
        }
        Target::Evidence(package, path) => {
            let digest = evidence::write(*package, &mut recorded, (origin, selection), media)?;
            export::print_digest(output, &digest, &path)?;
        }
    }
    output.flush()?;
    let written = counted(recorded.counts.messages, "message");
    export::note_file(&written, chat.file());
    for remark in remarks(&recorded) {
        note(&remark);
    }
    Ok(ExitCode::from(u8::from(recorded.counts.altered > 0 || !is_complete)))
}

/// Prints the messages.
fn print(recorded: &mut Recorded, output: &mut Output) -> Result<(), Fault> {
    while let Some(message) = recorded.next()? {
        if output.json {
            output.json_line(&json::json(&message))?;
        } else {
            lines::print(output, &message)?;
        }
    }
    Ok(())
}

/// Says that there are no messages. It is a failure if a file was wanted.
fn nothing(chat: &Chat, conversation: &Conversation, recorded: &Recorded) -> ExitCode {
    let hint = if chat.other.is_none() { "; for two users, give both" } else { "" };
    let none = format!("no messages {} {}{hint}", conversation.preposition(), conversation.name());
    let no_file = chat.html.is_some() || chat.evidence.is_some();
    note(&if no_file { format!("{none}; no file was written") } else { none });
    for remark in remarks(recorded) {
        note(&remark);
    }
    ExitCode::from(u8::from(no_file))
}

impl Chat {
    /// The file that it writes, if there is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        export::file(self.html.as_deref(), self.evidence.as_deref())
    }

    fn names(&self) -> Vec<String> {
        std::iter::once(self.one.clone()).chain(self.other.clone()).collect()
    }

    fn selection(&self, until: Moment) -> ConversationSelection {
        ConversationSelection {
            of: self.names(),
            since: self.since.map(|since| rfc3339(since.start().0)),
            until: rfc3339(until.0),
            undelivered: self.undelivered,
        }
    }
}

/// All events of the conversation's subjects, in order of time. Events after `until` count too: they may change the
/// messages.
async fn events(
    deployment: &Deployment,
    conversation: &Conversation,
    since: Option<Moment>,
    until: Moment,
) -> Result<Items, Fault> {
    let mut all = Vec::new();
    for subject in conversation.subjects() {
        let events = Events {
            subject: Some(subject.to_owned()),
            since: since.map(When::At),
            until: Some(When::At(until.max(Moment::now()))),
            ..Events::default()
        };
        all.push(events.find(deployment, Wanted::Whole).await?.sorted().await?);
    }
    merged(all).await
}
