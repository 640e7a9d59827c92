//! All that is recorded of a person as an HTML page without scripts or external resources.

use std::{
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use maud::{Markup, html};
use tempfile::NamedTempFile;
use tencent_chat_webhook::{
    record::RecordedEvent,
    time::{day, rfc3339},
};

use super::partners::Partners;
use crate::{event::time_text, fault::Fault, html, plain::printable, target, what::what};

const STYLE: &str = include_str!("page.css");

/// The page while it is written. The file gets its name when it is complete.
#[derive(Debug)]
pub(super) struct Page {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
    day: String,
}

impl Page {
    pub(super) fn create(path: &Path) -> Result<Self, Fault> {
        let (file, path) = target::create(path)?;
        Ok(Self { file: BufWriter::new(file), path, day: String::new() })
    }

    pub(super) fn begin(&mut self, user: &str, facts: &[(&'static str, String)]) -> Result<(), Fault> {
        let title = format!("Recorded events of {user}");
        self.write(&html::begin(&printable(&title), STYLE))?;
        self.markup(html! {
            header {
                h1 { bdi { (printable(&title)) } }
                dl { @for (name, value) in facts { dt { (name) } dd { bdi { (printable(value)) } } } }
                p {
                    "Tencent Cloud Chat reported each event to a recorder. This page has every recorded event that is "
                    "about the person, or that names the person in a field for accounts: messages that the person sent "
                    "or received, groups, friends, profile and logins. It ends with whom the person wrote."
                }
                p {
                    "Events in a group name other persons too. All times are UTC. \u{fffd} stands for a character that "
                    "is invisible or changes the direction of the text."
                }
            }
        })?;
        self.write("<main>\n")
    }

    pub(super) fn event(&mut self, event: &RecordedEvent) -> Result<(), Fault> {
        let today = event.time().map(day).unwrap_or_default();
        if today != self.day {
            self.markup(html! { h2 { (today) } })?;
            self.day = today;
        }
        self.markup(html! {
            article {
                div { time { (time_text(event)) } " " b { (printable(event.command())) } " "
                    bdi { (printable(event.subject())) } }
                div dir="auto" { (printable(&what(event))) }
                details {
                    summary { "As recorded: " code { (printable(event.sk())) } }
                    pre dir="auto" {
                        @match event.body() {
                            Some(body) => { (printable(body)) }
                            None => { "The recorded event is no longer complete." }
                        }
                    }
                }
            }
        })
    }

    /// Ends the page with the partners, and gives the file its name.
    pub(super) fn end(mut self, events: u64, partners: &Partners) -> Result<(), Fault> {
        self.write("</main>\n")?;
        let partners = partners.most_first();
        self.markup(html! {
            footer {
                h2 { "With whom the person wrote" }
                @if partners.is_empty() { p { "No delivered message is recorded." } }
                @else {
                    p { "Delivered messages with a user, in both directions, and the person's messages in a group." }
                    table {
                        tr { th { "With" } th { "Messages" } th { "First" } th { "Last" } }
                        @for (with, wrote) in &partners {
                            tr {
                                td { bdi { (printable(with)) } } td { (wrote.messages) }
                                td { (rfc3339(wrote.first)) } td { (rfc3339(wrote.last)) }
                            }
                        }
                    }
                }
                p { "Events on this page: " (events) }
            }
        })?;
        self.write(html::END)?;
        let Self { file, path, .. } = self;
        let file = file.into_inner().map_err(|error| target::fault(&path, error.error()))?;
        target::persist(file, &path)
    }

    fn markup(&mut self, markup: Markup) -> Result<(), Fault> {
        self.write(&markup.into_string())?;
        self.write("\n")
    }

    fn write(&mut self, text: &str) -> Result<(), Fault> {
        self.file.write_all(text.as_bytes()).map_err(|error| target::fault(&self.path, &error))
    }
}
