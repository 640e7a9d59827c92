//! A conversation as an HTML page: one file, for people who never saw a terminal.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use maud::{DOCTYPE, Markup, PreEscaped, html};
use tempfile::NamedTempFile;
use tencent_chat_webhook::time::{day, rfc3339};

use super::message::Message;
use crate::{fault::Fault, moment::Moment, plain::printable};

/// What the page says of itself.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) title: String,
    pub(super) table: String,
    pub(super) app: String,
    pub(super) since: Option<Moment>,
    pub(super) until: Moment,
}

/// A page while it is written, beside its file: half a page is never there.
pub(super) struct Page {
    to: BufWriter<NamedTempFile>,
    file: PathBuf,
    /// Of the last message.
    day: String,
}

/// What comes after the last message.
const END: &str = "</main></body></html>";

const STYLE: &str = include_str!("page.css");

impl Page {
    pub(super) fn begin(file: &Path, heading: &Heading) -> Result<Self, Fault> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let to = NamedTempFile::new_in(folder).map_err(|error| cant_write(file, &error))?;
        let mut page = Self { to: BufWriter::new(to), file: file.to_owned(), day: String::new() };
        page.write(&head(heading))?;
        Ok(page)
    }

    pub(super) fn message(&mut self, message: &Message) -> Result<(), Fault> {
        let day = day(message.time);
        if day != self.day {
            self.write(&html! { h2 { (day) } }.into_string())?;
            self.day = day;
        }
        self.write(&article(message).into_string())
    }

    /// Ends the page, and puts it where it belongs.
    pub(super) fn end(mut self, count: u64) -> Result<(), Fault> {
        let foot = html! { footer { p { (count) " messages. End of the page." } } };
        self.write(&format!("{}{END}\n", foot.into_string()))?;
        let written = self.to.into_inner().map_err(io::IntoInnerError::into_error);
        let written = written.map_err(|error| cant_write(&self.file, &error))?;
        written.persist(&self.file).map_err(|error| cant_write(&self.file, &error.error))?;
        Ok(())
    }

    fn write(&mut self, html: &str) -> Result<(), Fault> {
        self.to.write_all(html.as_bytes()).map_err(|error| cant_write(&self.file, &error))
    }
}

fn cant_write(file: &Path, error: &io::Error) -> Fault {
    Fault::Told(format!("can't write {}: {error}", file.display()))
}

/// The page up to the first message.
fn head(heading: &Heading) -> String {
    let title = printable(&heading.title);
    let since =
        heading.since.map_or_else(|| "the beginning of the recording".to_owned(), |since| rfc3339(since.0));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { "Conversation: " (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Conversation: " bdi { (title) } }
                    dl {
                        dt { "Span" } dd { "from " (since) " to " (rfc3339(heading.until.0)) ". All times are UTC." }
                        dt { "Source" } dd { "DynamoDB table " code { (printable(&heading.table)) } ", application " code { (printable(&heading.app)) } }
                        dt { "Made" } dd { (rfc3339(Moment::now().0)) " by chat-events " (env!("CARGO_PKG_VERSION")) }
                    }
                    p {
                        "The messages are those that Tencent Chat reported and that were recorded. Missing are messages from before "
                        "the recording began, from times when their callback was switched off in the console, and those that "
                        "were deleted from the table. A text is shown after all its edits; a recalled message keeps its text."
                    }
                    p {
                        "Each message has its key in the table and the SHA-256 of the callback's body as it is in the table. The last "
                        "16 characters of a key are the beginning of the SHA-256 of the body as it was recorded."
                    }
                }
                main {}
            }
        }
    };
    page.into_string().trim_end_matches(END).to_owned()
}

fn article(message: &Message) -> Markup {
    let is_recalled = message.recalled.is_some();
    html! {
        article class=[is_recalled.then_some("recalled")] {
            header { time { (&rfc3339(message.time)[11..19]) } " " strong { bdi { (printable(&message.from)) } } }
            p dir="auto" { (printable(&message.text)) }
            @for mark in message.marks() { span.mark { (printable(&mark)) } " " }
            @if !message.is_as_recorded() { span.mark { "the body has changed since it was recorded" } }
            footer { code { (printable(&message.sk)) } " " code { "sha256:" (message.digest) } }
        }
    }
}
