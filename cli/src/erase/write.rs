//! The parts of a conditional write.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::AttributeValue,
};
use tencent_chat_webhook::record::{
    RecordedEvent,
    attribute::{MAX_ITEM_BYTES, size},
};

use crate::fault::{Fault, RequestLabel};

/// The mark of an event that is being deleted, with its parts.
pub(super) const ERASING: &str = "Erasing";

/// New values of attributes.
#[derive(Debug, Default)]
pub(super) struct Assignments(BTreeMap<String, AttributeValue>);

impl<const N: usize> From<[(String, AttributeValue); N]> for Assignments {
    fn from(values: [(String, AttributeValue); N]) -> Self {
        Self(values.into())
    }
}

impl FromIterator<(String, AttributeValue)> for Assignments {
    fn from_iter<I: IntoIterator<Item = (String, AttributeValue)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl Assignments {
    pub(super) fn insert(&mut self, name: String, value: AttributeValue) {
        self.0.insert(name, value);
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<AttributeValue> {
        self.0.remove(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &AttributeValue)> {
        self.0.iter()
    }

    /// Whether the item with these values is small enough for DynamoDB.
    pub(super) fn fit(&self, event: &RecordedEvent) -> bool {
        let mut item = event.item().clone();
        item.extend(self.iter().map(|(name, value)| (name.clone(), value.clone())));
        item.iter().map(|(name, value)| size(name, value)).sum::<usize>() <= MAX_ITEM_BYTES
    }

    pub(super) fn update(self, update: UpdateItemFluentBuilder) -> UpdateItemFluentBuilder {
        self.expressed(update, "")
    }

    /// The same, and an attribute is removed.
    pub(super) fn update_without(
        self,
        update: UpdateItemFluentBuilder,
        name: &str,
    ) -> UpdateItemFluentBuilder {
        self.expressed(update, &format!(" REMOVE {name}"))
    }

    fn expressed(self, update: UpdateItemFluentBuilder, then: &str) -> UpdateItemFluentBuilder {
        let (mut names, mut values, mut assignments) = (HashMap::new(), HashMap::new(), Vec::new());
        for (index, (name, value)) in self.0.into_iter().enumerate() {
            assignments.push(format!("#n{index} = :v{index}"));
            names.insert(format!("#n{index}"), name);
            values.insert(format!(":v{index}"), value);
        }
        update
            .update_expression(format!("SET {}{then}", assignments.join(", ")))
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
    }
}

/// Sends a conditional write.
pub(super) async fn send(update: UpdateItemFluentBuilder, label: &RequestLabel) -> Result<Put, Fault> {
    match update.send().await {
        Ok(_) => Ok(Put::Done),
        Err(error) => Put::too_late(&error).ok_or_else(|| label.fault(&error)),
    }
}

/// The result of an attempt to change an event.
pub(super) enum Put {
    Done,
    /// Somebody changed it since it was read. The current event, unless it is gone.
    TooLate(Option<RecordedEvent>),
}

impl Put {
    /// Whether the error says that the condition does not hold.
    fn too_late(error: &SdkError<UpdateItemError>) -> Option<Self> {
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(now)) => {
                Some(Self::TooLate(now.item.clone().map(Into::into)))
            }
            _ => None,
        }
    }
}
