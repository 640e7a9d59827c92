//! Erases a person in an event of the table.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::ReturnValuesOnConditionCheckFailure};
use futures_util::TryStreamExt;
use tencent_chat_webhook::record::{
    self,
    attribute::{Item, text},
};

use super::person::{Fate, Person};
use crate::{
    fault::{Asked, Fault},
    table::{Table, Wanted, primary_key},
};

/// The action on an event, or with --dry-run the planned one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    Delete,
    Pseudonymise,
    Keep,
    /// No action: parts of the body are missing, so the person may be in them.
    Miss,
}

/// Changes the events of a person.
#[derive(Debug)]
pub(super) struct Changer {
    pub(super) table: Table,
    /// The words for a failed write.
    pub(super) asked: Asked,
    pub(super) person: Person,
    pub(super) is_dry_run: bool,
}

impl Changer {
    /// The action on the event of this head, if the person was in it.
    pub(super) async fn change(&self, mut head: Item) -> Result<Option<(Item, Action)>, Fault> {
        loop {
            let event = self.table.with_body(head).await?;
            let action = match self.person.fate(&event) {
                None if event.contains_key("Body") => return Ok(None),
                None => Action::Miss,
                Some(Fate::NotChanged) => Action::Keep,
                Some(Fate::Deleted) => {
                    if !self.is_dry_run {
                        self.delete(&event).await?;
                    }
                    Action::Delete
                }
                Some(Fate::Pseudonymised(changes)) => {
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
    async fn delete(&self, head: &Item) -> Result<(), Fault> {
        if head.contains_key("BodyParts") {
            let pk = record::parts_key(head).unwrap_or_default();
            let query = self.table.partition(&pk).key_condition_expression("pk = :pk");
            let mut parts = self.table.query(query, Wanted::Keys);
            while let Some(part) = parts.try_next().await? {
                self.delete_item(&part).await?;
            }
        }
        self.delete_item(head).await
    }

    async fn delete_item(&self, item: &Item) -> Result<(), Fault> {
        let delete =
            self.table.client.delete_item().table_name(&self.table.name).set_key(Some(primary_key(item)));
        let deleted = delete.send().await;
        deleted.map(drop).map_err(|error| self.asked.fault(&error))
    }

    /// Changes an event, if nobody else changed it since it was read.
    async fn put(&self, event: &Item, changes: BTreeMap<String, String>) -> Result<Put, Fault> {
        let (mut names, mut values) = (HashMap::new(), HashMap::new());
        values.extend(event.get("Body").map(|body| (":body".to_owned(), body.clone())));
        let mut assignments = Vec::new();
        for (index, (name, value)) in changes.into_iter().enumerate() {
            assignments.push(format!("#n{index} = :v{index}"));
            names.insert(format!("#n{index}"), name);
            values.insert(format!(":v{index}"), text(value));
        }
        let update = self.table.client.update_item().table_name(&self.table.name);
        let update = update
            .set_key(Some(primary_key(event)))
            .update_expression(format!("SET {}", assignments.join(", ")))
            .condition_expression("Body = :body")
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = update.send().await else {
            return Ok(Put::Done);
        };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(now)) => Ok(Put::TooLate(now.item.clone())),
            _ => Err(self.asked.fault(&error)),
        }
    }
}

/// The result of an attempt to change an event.
enum Put {
    Done,
    /// Somebody changed it since it was read. The current event, unless it is gone.
    TooLate(Option<Item>),
}
