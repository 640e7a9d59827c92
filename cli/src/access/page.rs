//! All that is recorded of a person as an HTML page without scripts or external resources.

use std::io::Write;

use maud::{Markup, html};
use tencent_chat_webhook::{
    record::RecordedEvent,
    time::{day, rfc3339},
};

use super::partners::Partners;
use crate::{
    evidence::{
        events::next,
        manifest::{Origin, PersonSelection},
    },
    fault::Fault,
    html::{self, Sources},
    plain::{plain_name, printable},
    spool::Spooled,
    what::what_in_utc,
};

const STYLE: &str = include_str!("page.css");

/// The page while it is written.
struct Page<'a> {
    to: &'a mut dyn Write,
    day: String,
}

/// Writes the page of a person's events.
pub(super) fn write(
    to: &mut dyn Write,
    (origin, selection): (&Origin, &PersonSelection),
    events: &mut Spooled,
) -> Result<(), Fault> {
    let PersonSelection { user, since, until } = selection;
    let (mut page, mut partners, mut count) = (Page { to, day: String::new() }, Partners::new(user), 0);
    page.begin(user, &origin.facts(since.as_deref(), until.as_deref()))?;
    while let Some(event) = next(events)? {
        partners.add(&event);
        page.event(&event)?;
        count += 1;
    }
    page.end(count, &partners)
}

impl Page<'_> {
    fn begin(&mut self, user: &str, facts: &[(&'static str, String)]) -> Result<(), Fault> {
        let title = format!("Recorded events of {user}");
        self.write(&html::begin(&plain_name(&title), STYLE, Sources::None))?;
        self.markup(html! {
            header {
                h1 { bdi { (plain_name(&title)) } }
                dl { @for (name, value) in facts { dt { (name) } dd { bdi { (plain_name(value)) } } } }
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

    fn event(&mut self, event: &RecordedEvent) -> Result<(), Fault> {
        let today = event.time().map(day).unwrap_or_default();
        if today != self.day {
            self.markup(html! { h2 { (today) } })?;
            self.day = today;
        }
        self.markup(html! {
            article {
                div { time { (event.time().map_or_else(|| event.sk().to_owned(), rfc3339)) } " " b { (plain_name(event.command())) } " "
                    bdi { (plain_name(event.subject())) } }
                div dir="auto" { (printable(&what_in_utc(event))) }
                details open {
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

    /// Ends the page with the partners.
    fn end(mut self, events: u64, partners: &Partners) -> Result<(), Fault> {
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
                                td { bdi { (plain_name(with)) } } td { (wrote.messages) }
                                td { (rfc3339(wrote.first)) } td { (rfc3339(wrote.last)) }
                            }
                        }
                    }
                }
                p { "Events on this page: " (events) }
            }
        })?;
        self.write(html::END)
    }

    fn markup(&mut self, markup: Markup) -> Result<(), Fault> {
        self.write(&markup.into_string())?;
        self.write("\n")
    }

    fn write(&mut self, text: &str) -> Result<(), Fault> {
        Ok(self.to.write_all(text.as_bytes())?)
    }
}
