//! Reads an event back, for `reforward`. The roles of the other two functions allow no reading.

use std::time::Instant;

use super::{Store, failure::of_request};
use crate::{
    outcome::Failure,
    record::{RecordedEvent, attribute::text},
};

impl Store {
    /// The event with this key, with its body if no part of that is missing. `None` if no item has the key.
    ///
    /// # Errors
    /// If DynamoDB does not answer by the deadline.
    pub async fn read(
        &self,
        pk: &str,
        sk: &str,
        deadline: Instant,
    ) -> Result<Option<RecordedEvent>, Failure> {
        let reading = tokio::time::timeout_at(deadline.into(), self.read_items(pk, sk)).await;
        reading.unwrap_or_else(|_| Err(Failure::late()))
    }

    async fn read_items(&self, pk: &str, sk: &str) -> Result<Option<RecordedEvent>, Failure> {
        let get = self.client.get_item().table_name(&self.table).consistent_read(true);
        let got =
            get.key("pk", text(pk)).key("sk", text(sk)).send().await.map_err(|error| of_request(&error))?;
        let Some(mut event) = got.item.map(RecordedEvent::from) else { return Ok(None) };
        if event.has_parts() {
            let query = self.client.query().table_name(&self.table).consistent_read(true);
            let query = query.key_condition_expression("pk = :pk");
            let query = query.expression_attribute_values(":pk", text(event.parts_pk()));
            let parts: Result<Vec<_>, _> = query.into_paginator().items().send().collect().await;
            event.join(&parts.map_err(|error| of_request(&error))?);
        }
        Ok(Some(event))
    }
}
