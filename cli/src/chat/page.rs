//! A conversation as an HTML page without scripts or external resources.

use std::io::{self, Write};

use maud::{Markup, html};
use tencent_chat_webhook::time::{day, rfc3339};

use super::{about::About, media::Media, message::Message};
use crate::{
    html::{self, Sources},
    plain::{plain_name, printable},
};

mod article;
mod element;

const STYLE: &str = include_str!("page.css");

/// The page while it is written.
pub(super) struct Page<'a> {
    to: &'a mut dyn Write,
    one: Option<String>,
    day: String,
    media: Option<&'a Media>,
}

impl<'a> Page<'a> {
    pub(super) fn begin(to: &'a mut dyn Write, about: About, media: Option<&'a Media>) -> io::Result<Self> {
        let mut page = Self { to, one: None, day: String::new(), media };
        let sources = if media.is_some() { Sources::Files } else { Sources::None };
        page.write(&html::begin(&plain_name(&about.title), STYLE, sources))?;
        page.markup(head(&about, media.is_some()))?;
        page.one = about.one;
        page.write("<main>\n")?;
        Ok(page)
    }

    pub(super) fn message(&mut self, message: &Message) -> io::Result<()> {
        let today = day(message.sent.time);
        if today != self.day {
            self.markup(html! { h2 { (today) } })?;
            self.day = today;
        }
        let side = self.one.as_ref().map(|one| if *one == message.sent.from { "one" } else { "other" });
        self.markup(article::article(message, side, self.media))
    }

    /// Ends the page with these remarks.
    pub(super) fn end(mut self, remarks: &[String]) -> io::Result<()> {
        self.write("</main>\n")?;
        if !remarks.is_empty() {
            self.markup(html! { footer.end { @for remark in remarks { p { (shown(remark)) } } } })?;
        }
        self.write(html::END)
    }

    fn markup(&mut self, markup: Markup) -> io::Result<()> {
        self.write(&markup.into_string())?;
        self.write("\n")
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.to.write_all(text.as_bytes())
    }
}

fn head(about: &About, has_files: bool) -> Markup {
    html! {
        header.about {
            h1 { bdi { (plain_name(&about.title)) } }
            dl { @for (name, value) in &about.facts { dt { (name) } dd { bdi { (plain_name(value)) } } } }
            p {
                "Tencent Cloud Chat reported each message to a recorder when it was sent. Messages, edits, recalls and "
                "read marks are missing if they were made before the recording, or if Tencent's console did not report "
                "them. The changes of a message are those that were known when this page was made. An edited message "
                "is shown with every recorded version, the first version first."
            }
            p {
                "All times are UTC. Each message has a number, by which it can be cited. In a group, messages are in the "
                "order of Tencent's numbers (MsgSeq). A missing number is noted: it may be that of a notice, such as a "
                "new member, or of a message that is not recorded. "
                "\u{fffd} stands for a character that is invisible or changes the direction of the text. An account "
                "that begins with “erased-” replaces a person whose account name was erased."
            }
            p {
                "Below each message are the key of its record in the table and the SHA-256 digest of the recorded "
                "report, computed when this page was made. The key ends with the first 16 digits of the digest. "
                code { "chat-events show PK SK | sha256sum" }
                " computes the digest again; SK is the key, and PK is the application and "
                @if about.one.is_some() { "the sender" } @else { "the group" }
                ", with # between them. An evidence file has the whole reports beside this page, in "
                code { "events.jsonl" } "."
            }
            @if has_files {
                p {
                    "Below each picture, voice, video or file is the SHA-256 digest of what its URL gave at that time. It "
                    "may be another file than the one that was sent: a URL does not prove who owns the server. The sender "
                    "chose the file. Open it with care."
                }
            }
        }
    }
}

/// A time for people and for programs.
fn time(millis: u64) -> Markup {
    time_of(&rfc3339(millis))
}

fn time_of(machine: &str) -> Markup {
    let people = machine.replace('T', " ").replace('Z', "");
    html! { time.when datetime=(machine) { (people) } }
}

/// A printable text, with one kind of line endings.
fn shown(text: &str) -> String {
    printable(&text.replace("\r\n", "\n"))
}
