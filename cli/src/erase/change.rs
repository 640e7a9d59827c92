//! Erases a person in an event of the table.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::ReturnValuesOnConditionCheckFailure};
use futures_util::TryStreamExt;
use tencent_chat_webhook::record::{
    RecordedEvent,
    attribute::{Item, text},
};

use super::person::{Erasure, Person};
use crate::{
    fault::{Fault, RequestLabel},
    table::{Table, Wanted},
};

/// The action on an event, or with --dry-run the planned one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    Delete,
    Pseudonymise,
    Keep,
    /// No action: parts of the body are missing, so the person may be in them.
    Incomplete,
}

/// Changes the events of a person.
#[derive(Debug)]
pub(super) struct Changer {
    pub(super) table: Table,
    /// The words for a failed write.
    pub(super) label: RequestLabel,
    pub(super) person: Person,
    pub(super) is_dry_run: bool,
}

impl Changer {
    /// The action on the event of this head, if the person was in it.
    pub(super) async fn change(
        &self,
        mut head: RecordedEvent,
    ) -> Result<Option<(RecordedEvent, Action)>, Fault> {
        loop {
            let event = self.table.with_body(head).await?;
            let action = match self.person.erasure(&event) {
                None if event.body().is_some() => return Ok(None),
                None => Action::Incomplete,
                Some(Erasure::NotChanged) => Action::Keep,
                Some(Erasure::Deleted) => {
                    if !self.is_dry_run {
                        self.delete(&event).await?;
                    }
                    Action::Delete
                }
                Some(Erasure::Pseudonymised(changes)) => {
                    if !self.is_dry_run
                        && let Put::TooLate(now) = self.put(&event, changes).await?
                    {
                        let Some(now) = now else { return Ok(None) };
                        head = now;
                        continue;
                    }
                    Action::Pseudonymise
                }
            };
            return Ok(Some((event, action)));
        }
    }

    /// Deletes the parts first. If the run is interrupted, the head is still there, and another run finds the rest.
    async fn delete(&self, event: &RecordedEvent) -> Result<(), Fault> {
        if event.has_parts() {
            let mut parts = self.table.parts(event, Wanted::Keys);
            while let Some(part) = parts.try_next().await? {
                self.delete_item(RecordedEvent::from(part).key()).await?;
            }
        }
        self.delete_item(event.key()).await
    }

    async fn delete_item(&self, key: Item) -> Result<(), Fault> {
        let delete = self.table.client.delete_item().table_name(&self.table.name).set_key(Some(key));
        let deleted = delete.send().await;
        deleted.map(drop).map_err(|error| self.label.fault(&error))
    }

    /// Changes an event, if nobody else changed it since it was read.
    async fn put(&self, event: &RecordedEvent, changes: BTreeMap<String, String>) -> Result<Put, Fault> {
        let (mut names, mut values) = (HashMap::new(), HashMap::new());
        values.extend(event.body().map(|body| (":body".to_owned(), text(body))));
        let mut assignments = Vec::new();
        for (index, (name, value)) in changes.into_iter().enumerate() {
            assignments.push(format!("#n{index} = :v{index}"));
            names.insert(format!("#n{index}"), name);
            values.insert(format!(":v{index}"), text(value));
        }
        let update = self.table.client.update_item().table_name(&self.table.name);
        let update = update
            .set_key(Some(event.key()))
            .update_expression(format!("SET {}", assignments.join(", ")))
            .condition_expression("Body = :body")
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = update.send().await else {
            return Ok(Put::Done);
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(now)) => {
                Ok(Put::TooLate(now.item.clone().map(Into::into)))
            }
            _ => Err(self.label.fault(&error)),
        }
    }
}

/// The result of an attempt to change an event.
enum Put {
    Done,
    /// Somebody changed it since it was read. The current event, unless it is gone.
    TooLate(Option<RecordedEvent>),
}
