//! A conversation as an HTML page without scripts or external resources.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use maud::{Markup, PreEscaped, html};
use tempfile::NamedTempFile;
use tencent_chat_webhook::time::{day, rfc3339};

use super::{
    message::{Change, Message, Read, Sent},
    source::Source,
};
use crate::{fault::Fault, plain::printable};

const STYLE: &str = include_str!("page.css");

/// Title and facts in the head of the page.
#[derive(Debug)]
pub(super) struct About {
    pub(super) title: String,
    /// The user on one side, in a conversation of two.
    pub(super) one: Option<String>,
    pub(super) facts: Vec<(&'static str, String)>,
}

/// The page while it is written. The file gets its name when it is complete.
#[derive(Debug)]
pub(super) struct Page {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
    one: Option<String>,
    day: String,
}

impl Page {
    /// Begins a page in the folder of the file, so that a folder without write access is reported at once.
    pub(super) fn create(path: &Path) -> Result<Self, Fault> {
        if path.exists() && !path.is_file() {
            // The page would replace a folder or a device.
            return Err(Fault::Message(format!("can't write {}: it is not a file", path.display())));
        }
        // A link stays a link: the page is written to its target.
        let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder =
            target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = BufWriter::new(NamedTempFile::new_in(folder).map_err(|error| fault(path, &error))?);
        Ok(Self { file, path: target, one: None, day: String::new() })
    }

    pub(super) fn begin(&mut self, about: About) -> Result<(), Fault> {
        self.write("<!DOCTYPE html>\n<html lang=\"en\">\n")?;
        self.markup(html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (shown(&about.title)) }
                style { (PreEscaped(STYLE)) }
            }
        })?;
        self.write("<body>\n")?;
        self.markup(head(&about))?;
        self.one = about.one;
        self.write("<main>\n")
    }

    pub(super) fn message(&mut self, message: &Message) -> Result<(), Fault> {
        let today = day(message.sent.time);
        if today != self.day {
            self.markup(html! { h2 { (today) } })?;
            self.day = today;
        }
        let side = self.one.as_ref().map(|one| if *one == message.sent.from { "one" } else { "other" });
        self.markup(article(message, side))
    }

    /// Ends the page with these remarks, and gives the file its name.
    pub(super) fn end(mut self, remarks: &[String]) -> Result<(), Fault> {
        self.write("</main>\n")?;
        if !remarks.is_empty() {
            self.markup(html! { footer.end { @for remark in remarks { p { (shown(remark)) } } } })?;
        }
        self.write("</body>\n</html>\n")?;
        let Self { file, path, .. } = self;
        let file = file.into_inner().map_err(|error| fault(&path, error.error()))?;
        file.persist(&path).map_err(|error| fault(&path, &error.error))?;
        Ok(())
    }

    fn markup(&mut self, markup: Markup) -> Result<(), Fault> {
        self.write(&markup.into_string())?;
        self.write("\n")
    }

    fn write(&mut self, text: &str) -> Result<(), Fault> {
        self.file.write_all(text.as_bytes()).map_err(|error| fault(&self.path, &error))
    }
}

fn head(about: &About) -> Markup {
    html! {
        header.about {
            h1 { bdi { (shown(&about.title)) } }
            dl { @for (name, value) in &about.facts { dt { (name) } dd { bdi { (shown(value)) } } } }
            p {
                "Tencent Cloud Chat reported each message to a recorder when it was sent. Messages, edits, recalls and "
                "read marks are missing if they were made before the recording, or if Tencent's console did not report "
                "them. The changes of a message are those that were known when this page was made."
            }
            p {
                "All times are UTC. Parts of a message other than text are named in brackets, such as [image]. "
                "\u{fffd} stands for a character that is invisible or changes the direction of the text. An account "
                "that begins with “erased-” replaces a person whose account name was erased."
            }
            p {
                "Below each message are the key of its record in the table and the SHA-256 digest of the recorded "
                "report, computed when this page was made. The key ends with the first 16 digits of the digest. "
                code { "chat-events show PK SK | sha256sum" }
                " computes the digest again; SK is the key, and PK is the application and "
                @if about.one.is_some() { "the sender" } @else { "the group" }
                ", with # between them."
            }
        }
    }
}

fn article(message: &Message, side: Option<&str>) -> Markup {
    let Message { sent, edit, recall, .. } = message;
    html! {
        article.message.(side.unwrap_or("any")).recalled[recall.is_some()] {
            div.by {
                bdi.who { (shown(&sent.from)) }
                (time(sent.time))
            }
            div.text dir="auto" { (shown(message.text())) }
            @if edit.is_some() {
                div.before { "Before it was edited:" div.text dir="auto" { (shown(&sent.text)) } }
            }
            ul.marks { (marks(message)) }
            dl.proof { @for (what, source) in message.sources() { (proof(what, source)) } }
        }
    }
}

fn marks(message: &Message) -> Markup {
    let Sent { topic, by, online_only, .. } = &message.sent;
    html! {
        @if let Some(topic) = topic { li { "Topic: " bdi { (shown(topic)) } } }
        @if let Some(by) = by { li { "Sent in the name of this account by " bdi { (shown(by)) } } }
        @if *online_only { li { "Delivered only to users who were online" } }
        @if let Some(edit) = &message.edit {
            li.strong {
                @if message.edits > 1 { "Edited " (message.edits) " times, last " } @else { "Edited " }
                (at(edit))
            }
        }
        @if let Some(recall) = &message.recall { li.strong { "Recalled " (at(recall)) } }
        @if let Some(read) = message.read { li { (self::read(read)) } }
        @if let Some(day) = message.erased() { li { "A person was erased from this record on " (day) } }
    }
}

fn at(change: &Change) -> Markup {
    html! { (time(change.time)) @if let Some(by) = &change.by { " by " bdi { (shown(by)) } } }
}

fn read(read: Read) -> Markup {
    html! {
        @match read.readers {
            None => { "Read " (time(read.time)) }
            Some(readers) => {
                @if let Some(count) = readers.read { "Read by " (count) } @else { "Read" }
                @if let Some(unread) = readers.unread { ", not yet by " (unread) }
                ", first reported " (time(read.time))
            }
        }
    }
}

fn time(millis: u64) -> Markup {
    let machine = rfc3339(millis);
    let people = machine.replace('T', " ").replace('Z', "");
    html! { time.when datetime=(machine) { (people) } }
}

fn proof(what: &str, source: &Source) -> Markup {
    html! {
        dt { (what) }
        dd { code { (shown(&source.sk)) } }
        dt { "SHA-256" }
        dd {
            @if let Some(digest) = &source.digest { code { (digest) } }
            @if !source.is_original() {
                " "
                span.warn {
                    @match (&source.digest, &source.erased) {
                        (None, _) => "The recorded report is no longer complete.",
                        (_, Some(_)) => "Differs from the key, because the record was changed to erase a person.",
                        _ => "Differs from the key: the record was changed after it was made.",
                    }
                }
            }
        }
    }
}

/// A printable text, with one kind of line endings.
fn shown(text: &str) -> String {
    printable(&text.replace("\r\n", "\n"))
}

fn fault(path: &Path, error: &io::Error) -> Fault {
    Fault::Message(format!("can't write {}: {error}", path.display()))
}
