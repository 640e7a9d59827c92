//! The events of a selection.

use std::future::ready;

use futures_util::{StreamExt, TryStreamExt};
use tencent_chat_webhook::record::{RecordedEvent, attribute::text};

use super::{
    Order, ReadPlan, Selection,
    commands::{names, selects},
    grep, index, person, sorted,
    span::Span,
};
use crate::{
    deployment::Deployment,
    fault::Fault,
    progress,
    table::{Items, Table, Wanted},
};

/// Selected events, before they are read.
#[derive(Debug)]
pub(crate) struct SelectedEvents {
    selection: Selection,
    /// Only its events, if the user chose one.
    app: Option<String>,
    table: Table,
    plan: ReadPlan,
    span: Span,
    wanted: Wanted,
}

impl SelectedEvents {
    pub(super) fn new(
        selection: Selection,
        deployment: &Deployment,
        plan: ReadPlan,
        span: Span,
        wanted: Wanted,
    ) -> Result<Self, Fault> {
        let (app, table) = (deployment.chosen_app(), Table::of(deployment)?);
        Ok(Self { selection, app, table, plan, span, wanted })
    }

    /// The events in any order.
    pub(crate) async fn unsorted(self) -> Result<Items, Fault> {
        if self.selection.last.is_some() {
            return self.sorted().await;
        }
        Ok(self.whole(self.matching(self.read(Order::Any))))
    }

    /// The events in order of time.
    pub(crate) async fn sorted(self) -> Result<Items, Fault> {
        let last = self.selection.last;
        let order = match (self.plan.is_in_order(), last) {
            (true, None) => Order::Forwards,
            (true, Some(_)) => Order::Backwards,
            (false, _) => Order::Any,
        };
        let mut items = self.matching(self.read(order));
        if let Some(last) = last.filter(|_| order == Order::Backwards) {
            items = items.take(usize::try_from(last).unwrap_or(usize::MAX)).boxed();
        }
        if order != Order::Forwards {
            items = sorted::sorted(items, last).await?;
        }
        Ok(self.whole(items))
    }

    /// Whether only the body shows if an event is selected.
    fn needs_body(&self) -> bool {
        self.selection.person.is_some() || self.selection.grep.is_some()
    }

    /// Reads the events, with the attributes that are there.
    fn read(&self, order: Order) -> Items {
        let Self { table, span, .. } = self;
        let whole_or = |wanted| if self.needs_body() { Wanted::Whole } else { wanted };
        match &self.plan {
            ReadPlan::Subject(pk) => self.of_subject(pk, order, whole_or(self.wanted)),
            ReadPlan::Index(keys) => keys.clone().events(table, *span, Wanted::Keys, order),
            ReadPlan::WholeIndex { app, items } => {
                let of = (app.as_str(), self.selection.command.clone());
                index::scanned(table, of, *span, Wanted::Keys, progress::of_scan(*items))
            }
            ReadPlan::Scan { items } => self.of_table(*items, whole_or(self.wanted)),
        }
    }

    /// The selected ones of these events.
    fn matching(&self, items: Items) -> Items {
        if !self.needs_body() {
            return items;
        }
        let items = if self.plan.is_of_index() { self.table.by_keys(items) } else { items };
        let Selection { person, grep, .. } = self.selection.clone();
        let grep = grep.map(|text| text.to_lowercase());
        let is_selected = move |event: &RecordedEvent| {
            person.as_ref().is_none_or(|person| person::mentions(event, person))
                && grep.as_ref().is_none_or(|text| grep::has_text(event, text))
        };
        let items = self.table.with_bodies(items);
        items.try_filter(move |event| ready(is_selected(event))).boxed()
    }

    /// The same events with the attributes that are wanted.
    fn whole(&self, items: Items) -> Items {
        if self.wanted == Wanted::Keys || self.needs_body() {
            return items;
        }
        let items = if self.plan.is_of_index() { self.table.by_keys(items) } else { items };
        if self.wanted == Wanted::Whole { self.table.with_bodies(items) } else { items }
    }

    fn of_subject(&self, pk: &str, order: Order, wanted: Wanted) -> Items {
        let (since, until) = self.span.bounds();
        let mut query = self
            .table
            .partition(pk)
            .key_condition_expression("pk = :pk AND sk BETWEEN :since AND :until")
            .expression_attribute_values(":since", text(since))
            .expression_attribute_values(":until", text(until))
            .scan_index_forward(order != Order::Backwards);
        if let Some(last) = self.selection.last.filter(|_| order == Order::Backwards) {
            query = query.limit(i32::try_from(last.clamp(10, 1000)).unwrap_or(i32::MAX));
        }
        let (names, filter) = self.command_filter();
        for (name, command) in names {
            query = query.expression_attribute_values(name, text(command));
        }
        self.of_commands(self.table.query(query.set_filter_expression(filter), wanted))
    }

    /// The `sk` of a part is not a time, so parts of bodies are in no span.
    fn of_table(&self, items: u64, wanted: Wanted) -> Items {
        let (since, until) = self.span.bounds();
        let mut filter = "sk BETWEEN :since AND :until".to_owned();
        let mut request = self
            .table
            .client
            .scan()
            .expression_attribute_values(":since", text(since))
            .expression_attribute_values(":until", text(until));
        if let Some(app) = &self.app {
            filter.push_str(" AND begins_with(pk, :app)");
            request = request.expression_attribute_values(":app", text(format!("{app}#")));
        }
        let (names, of_commands) = self.command_filter();
        for (name, command) in names {
            request = request.expression_attribute_values(name, text(command));
        }
        if let Some(of_commands) = of_commands {
            filter.push_str(" AND ");
            filter.push_str(&of_commands);
        }
        let request = request.filter_expression(filter);
        self.of_commands(self.table.scan(request, wanted, progress::of_scan(items)))
    }

    /// A filter of the commands by their names, and its values. DynamoDB has no patterns.
    fn command_filter(&self) -> (Vec<(String, String)>, Option<String>) {
        let names = names(&self.selection.command).unwrap_or_default().iter().enumerate();
        let values: Vec<_> = names.map(|(index, name)| (format!(":c{index}"), name.clone())).collect();
        let list: Vec<_> = values.iter().map(|(name, _)| name.as_str()).collect();
        let filter = (!list.is_empty()).then(|| format!("CallbackCommand IN ({})", list.join(", ")));
        (values, filter)
    }

    fn of_commands(&self, items: Items) -> Items {
        if self.selection.command.is_empty() || names(&self.selection.command).is_some() {
            return items;
        }
        let commands = self.selection.command.clone();
        items.try_filter(move |event| ready(selects(&commands, event.command()))).boxed()
    }
}
