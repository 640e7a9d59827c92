//! The selection of events that several verbs share, and the cheapest way to read it.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use clap::Args;
use futures_util::TryStreamExt;
use tencent_chat_webhook::record::attribute::text;

use crate::{
    confirm::confirm_scan,
    deployment::Deployment,
    fault::Fault,
    moment::Moment,
    output::Columns,
    table::{Items, Table, Wanted},
};

mod index;
mod person;
mod sorted;
mod span;
use span::Span;

/// The selection of events.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Selection {
    /// The subject of the events: a GroupId, a UserID, …
    pub(crate) subject: Option<String>,
    /// Only events of this CallbackCommand
    #[arg(long, value_name = "COMMAND")]
    pub(crate) command: Option<String>,
    /// Only events about this user, or with the user in an …_Account field or a member list
    #[arg(long, value_name = "USER")]
    pub(crate) person: Option<String>,
    /// Only events since a time, or since so long ago (90m, 12h, 7d)
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<Moment>,
    /// Only events before a time, or before so long ago [default: now]
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<Moment>,
    /// Read the whole table without asking, if the selection needs that
    #[arg(long)]
    pub(crate) yes: bool,
}

/// The way to read the events.
enum ReadPlan {
    /// A query of one partition.
    Subject(String),
    /// The index, by day and shard.
    Index(index::Keys),
    /// All of the table, in no order.
    Scan,
}

/// Selected events.
pub(crate) struct SelectedEvents {
    items: Items,
    is_sorted: bool,
    table: Table,
    wanted: Wanted,
}

impl Selection {
    /// Finds the events. Before a scan, it prints the table's size and asks.
    pub(crate) async fn find(
        &self,
        deployment: &Deployment,
        wanted: Wanted,
    ) -> Result<SelectedEvents, Fault> {
        let (table, span) = (Table::of(deployment)?, self.span()?);
        // Only the body names all persons in the event.
        let read = if self.person.is_some() { Wanted::Whole } else { wanted };
        let plan = self.read_plan(deployment)?;
        let (items, is_sorted) = match plan {
            ReadPlan::Subject(pk) => (self.of_subject(&table, &pk, span, read), true),
            ReadPlan::Index(keys) => match read {
                // The index has no bodies.
                Wanted::Whole => {
                    let (items, is_sorted) = index::events(&table, keys, span, Wanted::Keys).await;
                    (table.by_keys(items), is_sorted)
                }
                _ => index::events(&table, keys, span, read).await,
            },
            ReadPlan::Scan => {
                let otherwise = "add --yes, or give a SUBJECT, or --command with --since";
                confirm_scan(&table, self.yes, otherwise).await?;
                (self.of_table(&table, deployment.chosen_app(), span, read), false)
            }
        };
        let items = match self.person.clone() {
            Some(person) => {
                let mentions = move |item: &_| std::future::ready(person::mentions(item, &person));
                Box::pin(table.with_bodies(items).try_filter(mentions))
            }
            None => items,
        };
        Ok(SelectedEvents { items, is_sorted, table, wanted })
    }

    /// The same selection without events before a time. It is read in the same way.
    pub(crate) fn from(mut self, time: Moment) -> Self {
        if self.subject.is_some() || self.since.is_some() {
            self.since = self.since.max(Some(time));
        }
        self
    }

    /// The columns of a table of these events.
    pub(crate) fn columns(&self) -> Columns {
        match (&self.subject, &self.command) {
            (Some(_), _) => Columns::Subject,
            (None, Some(_)) => Columns::Command,
            (None, None) => Columns::All,
        }
    }

    /// The note if there are no events.
    pub(crate) fn none(&self, deployment: &Deployment) -> String {
        let app = deployment.app().map(|app| format!(" in application {app}")).unwrap_or_default();
        match self.subject.as_ref().or(self.command.as_ref()).or(self.person.as_ref()) {
            Some(of) => format!("no events of {of}{app}"),
            None if deployment.local.is_some() => "no events; `make send` sends some".to_owned(),
            None => "no events".to_owned(),
        }
    }

    fn span(&self) -> Result<Span, Fault> {
        let span =
            Span { since: self.since.unwrap_or(Moment(0)), until: self.until.unwrap_or_else(Moment::now) };
        if span.until <= span.since {
            return Err(Fault::new("--until is not after --since"));
        }
        Ok(span)
    }

    fn read_plan(&self, deployment: &Deployment) -> Result<ReadPlan, Fault> {
        Ok(match (&self.subject, &self.command, self.since) {
            (Some(subject), _, _) => ReadPlan::Subject(format!("{}#{subject}", deployment.app()?)),
            (None, Some(command), Some(_)) if deployment.has_index() => {
                let shards = deployment.index_shards()?;
                ReadPlan::Index(index::Keys { app: deployment.app()?, command: command.clone(), shards })
            }
            _ => ReadPlan::Scan,
        })
    }

    fn of_subject(&self, table: &Table, pk: &str, span: Span, wanted: Wanted) -> Items {
        let (since, until) = span.bounds();
        let mut query = table
            .partition(pk)
            .key_condition_expression("pk = :pk AND sk BETWEEN :since AND :until")
            .expression_attribute_values(":since", text(since))
            .expression_attribute_values(":until", text(until));
        if let Some(command) = &self.command {
            query = query
                .filter_expression("CallbackCommand = :command")
                .expression_attribute_values(":command", text(command));
        }
        table.query(query, wanted)
    }

    /// The `sk` of a part is not a time, so parts of bodies are in no span.
    fn of_table(&self, table: &Table, app: Option<String>, span: Span, wanted: Wanted) -> Items {
        let (since, until) = span.bounds();
        let mut filter = "sk BETWEEN :since AND :until".to_owned();
        let mut request = table
            .client
            .scan()
            .expression_attribute_values(":since", text(since))
            .expression_attribute_values(":until", text(until));
        if let Some(app) = app {
            filter.push_str(" AND begins_with(pk, :app)");
            request = request.expression_attribute_values(":app", text(format!("{app}#")));
        }
        if let Some(command) = &self.command {
            filter.push_str(" AND CallbackCommand = :command");
            request = request.expression_attribute_values(":command", text(command));
        }
        table.scan(request.filter_expression(filter), wanted)
    }
}

impl SelectedEvents {
    /// The events in the order of reading. A scan has no order.
    pub(crate) fn unsorted(self) -> Items {
        match self.wanted {
            Wanted::Whole => self.table.with_bodies(self.items),
            _ => self.items,
        }
    }

    /// The events in order of time.
    pub(crate) async fn sorted(mut self) -> Result<Items, Fault> {
        if !self.is_sorted {
            self.items = sorted::sorted(self.items).await?;
        }
        Ok(self.unsorted())
    }
}
