//! The selection of events that several verbs share.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use clap::{Args, builder::NonEmptyStringValueParser, value_parser};

use crate::{
    deployment::Deployment,
    fault::Fault,
    moment::Moment,
    output::Columns,
    table::Wanted,
    when::{self, When},
};

mod commands;
mod grep;
mod index;
mod plan;
mod selected;
mod sorted;
mod span;
pub(crate) use commands::selects;
use plan::ReadPlan;
pub(crate) use selected::SelectedEvents;
use span::Span;

/// The selection of events.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Selection {
    /// The subject of the events: a GroupId, a UserID, …
    pub(crate) subject: Option<String>,
    /// Only events of this CallbackCommand; * stands for any text, and the flag can be given several times
    #[arg(long, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
    /// Only events that this user is in: about the user, or with the UserID as the whole value of a field
    #[arg(long, value_name = "USER")]
    pub(crate) person: Option<String>,
    /// Only what was refused or changed: by your decision on a before-callback, or by Tencent
    #[arg(long)]
    pub(crate) refused: bool,
    /// Only events with this text in their message, or if they have no message, in their body; case does not matter
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) grep: Option<String>,
    /// Only events from this time on (2026-11-21T09:00, 2026-11-21, 2026-11, today, yesterday), or not older than this (90m, 7d)
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<When>,
    /// Only events before this time, or until the end of this day or month [default: now]
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<When>,
    /// Only the last N of these events
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    pub(crate) last: Option<u64>,
    /// Read the whole table instead of the index, to find commands that are not documented too
    #[arg(long, conflicts_with = "subject")]
    pub(crate) scan: bool,
    /// Read without asking, whatever it costs
    #[arg(long)]
    pub(crate) yes: bool,
}

/// The order in which events are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Forwards,
    Backwards,
    Any,
}

impl Selection {
    /// Finds the events. Before a read that costs much, it prints the cost and asks.
    pub(crate) async fn find(
        &self,
        deployment: &Deployment,
        wanted: Wanted,
    ) -> Result<SelectedEvents, Fault> {
        let span = self.span()?;
        let plan = ReadPlan::choose(self, deployment, span).await?;
        SelectedEvents::new(self.clone(), deployment, plan, span, wanted)
    }

    /// The start of the events, if there is one.
    pub(crate) fn since(&self) -> Option<Moment> {
        self.since.map(When::start)
    }

    /// The end of the events.
    pub(crate) fn until(&self) -> Moment {
        self.until.map_or_else(Moment::now, When::end)
    }

    /// The same selection without events before a time. It is read in the same way.
    pub(crate) fn from(mut self, time: Moment) -> Self {
        if self.subject.is_some() || self.since.is_some() {
            self.since = self.since().max(Some(time)).map(When::At);
        }
        self
    }

    /// The columns of a table of these events.
    pub(crate) fn columns(&self) -> Columns {
        match (&self.subject, &*self.command) {
            (Some(_), _) => Columns::Subject,
            (None, [command]) if !commands::is_pattern(command) => Columns::Command,
            (None, _) => Columns::All,
        }
    }

    /// The notes if there are no events.
    pub(crate) fn none(&self, deployment: &Deployment) -> Vec<String> {
        let app = deployment.app().map(|app| format!(" in application {app}")).unwrap_or_default();
        let of = self.subject.as_ref().or(self.command.first()).or(self.person.as_ref());
        let none = match of {
            Some(of) => format!("no events of {of}{app}"),
            None if deployment.local.is_some() => "no events; `make send` sends some".to_owned(),
            None => "no events".to_owned(),
        };
        std::iter::once(none).chain(commands::advice(&self.command)).collect()
    }

    fn span(&self) -> Result<Span, Fault> {
        let since = self.since().unwrap_or(Moment(0));
        Ok(Span { since, until: when::end(Some(since), self.until)? })
    }
}
