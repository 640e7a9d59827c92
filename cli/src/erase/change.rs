//! Erases a person in an event of the table.
//!
//! The program may be killed before or after any write. So each write leaves an event from which another run can finish:
//! an event that is being deleted is marked first, and a body in parts is changed part by part.

use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder, types::ReturnValuesOnConditionCheckFailure,
};
use futures_util::TryStreamExt;
use tencent_chat_webhook::{
    record::{
        RecordedEvent,
        attribute::{Item, number, text},
        item_key, put_body,
    },
    time::{day, now_millis},
};

use super::{
    decision::{Decision, Pseudonymisation},
    parts::{self, Changed},
    pseudonym::Pseudonym,
    write::{Assignments, ERASING, Put, send},
};
use crate::{
    fault::{Fault, RequestLabel},
    person::{Person, apply},
    table::{Table, Wanted},
};

/// The action on an event, or with --dry-run the planned one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    Delete,
    Pseudonymise,
    Keep,
    /// No action: parts of the body are missing, and the person is not in the remaining ones.
    Incomplete,
}

/// Changes the events of a person.
#[derive(Debug)]
pub(super) struct Changer {
    pub(super) table: Table,
    /// The words for a failed write.
    pub(super) label: RequestLabel,
    pub(super) person: Person,
    pub(super) pseudonym: Pseudonym,
    pub(super) is_dry_run: bool,
}

impl Changer {
    /// The action on the event of this head, if the person was in it.
    pub(super) async fn change(
        &self,
        mut head: RecordedEvent,
    ) -> Result<Option<(RecordedEvent, Action)>, Fault> {
        loop {
            let parts: Vec<Item> = if head.has_parts() {
                self.table.parts(&head, Wanted::Whole).try_collect().await?
            } else {
                Vec::new()
            };
            head.join(&parts);
            let action = match Decision::on(&head, &parts, &self.person, &self.pseudonym) {
                Decision::None => return Ok(None),
                Decision::Incomplete => Action::Incomplete,
                Decision::Keep => Action::Keep,
                Decision::Delete => {
                    if !self.is_dry_run {
                        self.delete(&head).await?;
                    }
                    Action::Delete
                }
                Decision::Pseudonymise(changes) => {
                    if !self.is_dry_run
                        && let Put::TooLate(now) = self.pseudonymise(&head, changes).await?
                    {
                        let Some(now) = now else { return Ok(None) };
                        head = now;
                        continue;
                    }
                    Action::Pseudonymise
                }
            };
            return Ok(Some((head, action)));
        }
    }

    /// Marks an event with parts, then deletes the parts, and the head at the end: without all parts nobody could tell
    /// whose event it was.
    async fn delete(&self, event: &RecordedEvent) -> Result<(), Fault> {
        if event.has_parts() {
            let mark = Assignments::from([(ERASING.to_owned(), text(day(now_millis())))]);
            let update = mark.update(self.update(event.key())).condition_expression("attribute_exists(pk)");
            if let Put::TooLate(_) = self.send(update).await? {
                return Ok(());
            }
            let mut parts = self.table.parts(event, Wanted::Keys);
            while let Some(part) = parts.try_next().await? {
                self.delete_item(item_key(&part)).await?;
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
    async fn pseudonymise(&self, event: &RecordedEvent, changes: Pseudonymisation) -> Result<Put, Fault> {
        let Pseudonymisation { attributes, edits, parts } = changes;
        let mut set: Assignments = attributes.into_iter().map(|(name, value)| (name, text(value))).collect();
        set.insert("Erased".to_owned(), text(day(now_millis())));
        if let Some(parts) = parts {
            return self.in_parts(event, &parts, set).await;
        }
        let body = event.body().unwrap_or_default();
        let new = apply(body, &edits);
        if !edits.is_empty() {
            set.insert("Body".to_owned(), text(&new));
        }
        if !set.fit(event) {
            return self.put_in_parts(event, set, &new).await;
        }
        let update = set.update(self.update(event.key())).condition_expression("Body = :body");
        self.send(update.expression_attribute_values(":body", text(body))).await
    }

    /// The head first: `Erased` says why the body differs from the digest in the key. Then each part.
    async fn in_parts(
        &self,
        event: &RecordedEvent,
        parts: &[Vec<Changed>],
        set: Assignments,
    ) -> Result<Put, Fault> {
        let is_there = format!("attribute_exists(pk) AND attribute_not_exists({ERASING})");
        let update = set.update(self.update(event.key())).condition_expression(is_there);
        if let Put::TooLate(now) = self.send(update).await? {
            return Ok(Put::TooLate(now));
        }
        for together in parts {
            if let Put::TooLate(_) = parts::write(&self.table, &self.label, together).await? {
                // Somebody else changed a part. The head tells what is there now.
                let get = self.table.client.get_item().table_name(&self.table.name);
                let now = get.set_key(Some(event.key())).consistent_read(true).send().await;
                let now = now.map_err(|error| self.label.fault(&error))?;
                return Ok(Put::TooLate(now.item.map(Into::into)));
            }
        }
        Ok(Put::Done)
    }

    /// Moves a body that no longer fits into its head into parts. Until the head is changed, nobody sees them.
    async fn put_in_parts(
        &self,
        event: &RecordedEvent,
        mut set: Assignments,
        body: &str,
    ) -> Result<Put, Fault> {
        set.remove("Body");
        let mut head = event.item().clone();
        head.remove("Body");
        head.extend(set.iter().map(|(name, value)| (name.clone(), value.clone())));
        let parts = put_body(&mut head, body);
        set.insert("BodyParts".to_owned(), number(parts.len()));
        for part in parts {
            let put = self.table.client.put_item().table_name(&self.table.name).set_item(Some(part));
            put.send().await.map_err(|error| self.label.fault(&error))?;
        }
        let before = event.body().unwrap_or_default();
        let update = set.update_without(self.update(event.key()), "Body");
        let update = update.condition_expression("Body = :body");
        self.send(update.expression_attribute_values(":body", text(before))).await
    }

    fn update(&self, key: Item) -> UpdateItemFluentBuilder {
        let update = self.table.client.update_item().table_name(&self.table.name).set_key(Some(key));
        update.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    async fn send(&self, update: UpdateItemFluentBuilder) -> Result<Put, Fault> {
        send(update, &self.label).await
    }
}
