//! Changes a body in parts, part by part.
//!
//! Each part keeps its place in the body: so a body of which only some parts are changed is still whole, with a pseudonym
//! here and the person there, and another run finds the rest. A change across the end of a part is one transaction.

use std::ops::Range;

use aws_sdk_dynamodb::{
    operation::transact_write_items::TransactWriteItemsError,
    types::{TransactWriteItem, Update},
};
use tencent_chat_webhook::record::{
    attribute::{Item, MAX_ITEM_BYTES, size, text},
    item_key,
};

use super::write::{Put, send};
use crate::{
    fault::{Fault, RequestLabel},
    person::{Edit, Person, apply},
    table::Table,
};

/// A part with its old and its new text.
#[derive(Debug)]
pub(super) struct Changed {
    key: Item,
    old: String,
    new: String,
}

impl Changed {
    /// Whether it is small enough for DynamoDB.
    pub(super) fn fits(&self) -> bool {
        let keys: usize = self.key.iter().map(|(name, value)| size(name, value)).sum();
        // The rest of the item is a time to live.
        keys + "Part".len() + self.new.len() + 32 <= MAX_ITEM_BYTES
    }
}

/// Whether one of the remaining parts of an incomplete body may have the person.
pub(super) fn may_have(parts: &[Item], person: &Person) -> bool {
    parts.iter().any(|part| person.may_be_in(part_text(part)))
}

/// The parts that change. Those in one list are changed together.
pub(super) fn changed(parts: &[Item], edits: &[Edit]) -> Vec<Vec<Changed>> {
    let mut ordered: Vec<&Item> = parts.iter().filter(|part| part.contains_key("Part")).collect();
    ordered.sort_by_key(|part| part.get("sk").and_then(|sk| sk.as_s().ok()));
    let (mut groups, mut group, mut begin) = (Vec::new(), Vec::new(), 0);
    for part in ordered {
        let old = part_text(part);
        let end = begin + old.len();
        let local: Vec<Edit> = edits.iter().filter_map(|edit| within(edit, begin..end)).collect();
        if !local.is_empty() {
            group.push(Changed { key: item_key(part), old: old.to_owned(), new: apply(old, &local) });
        }
        let goes_on = edits.iter().any(|edit| edit.range.start < end && end < edit.range.end);
        if !goes_on && !group.is_empty() {
            groups.push(std::mem::take(&mut group));
        }
        begin = end;
    }
    groups
}

/// The part of a change that is in this range of the body. The replacement stands where the change begins.
fn within(edit: &Edit, part: Range<usize>) -> Option<Edit> {
    let range = edit.range.start.max(part.start)..edit.range.end.min(part.end);
    if range.is_empty() {
        return None;
    }
    let replacement = if part.contains(&edit.range.start) { edit.replacement.clone() } else { String::new() };
    Some(Edit { range: range.start - part.start..range.end - part.start, replacement })
}

fn part_text(part: &Item) -> &str {
    part.get("Part").and_then(|text| text.as_s().ok()).map_or("", String::as_str)
}

/// Writes parts that change together, if nobody else changed them.
pub(super) async fn write(table: &Table, label: &RequestLabel, parts: &[Changed]) -> Result<Put, Fault> {
    let updates = parts.iter().map(|part| {
        let update = Update::builder()
            .table_name(&table.name)
            .set_key(Some(part.key.clone()))
            .update_expression("SET Part = :new")
            .condition_expression("Part = :old")
            .expression_attribute_values(":new", text(&part.new))
            .expression_attribute_values(":old", text(&part.old));
        // The builder fails only without key, expression or table.
        TransactWriteItem::builder().set_update(update.build().ok()).build()
    });
    // One part needs no transaction, which costs twice as much.
    if let [part] = parts {
        let update = table.client.update_item().table_name(&table.name).set_key(Some(part.key.clone()));
        let update = update
            .update_expression("SET Part = :new")
            .condition_expression("Part = :old")
            .expression_attribute_values(":new", text(&part.new))
            .expression_attribute_values(":old", text(&part.old));
        return send(update, label).await;
    }
    let written =
        table.client.transact_write_items().set_transact_items(Some(updates.collect())).send().await;
    match written {
        Ok(_) => Ok(Put::Done),
        Err(error) => match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(reasons))
                if reasons
                    .cancellation_reasons()
                    .iter()
                    .any(|reason| reason.code() == Some("ConditionalCheckFailed")) =>
            {
                Ok(Put::TooLate(None))
            }
            _ => Err(label.fault(&error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: usize, part: &str) -> Item {
        let attributes =
            [("pk", "p".to_owned()), ("sk", format!("part#{number:04}")), ("Part", part.to_owned())];
        attributes.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect()
    }

    #[test]
    fn parts_keep_their_places_and_share_a_change_across_their_end() {
        let edit = |range, replacement: &str| Edit { range, replacement: replacement.to_owned() };
        // abc|def|ghi|jkl
        let parts = [part(2, "def"), part(1, "abc"), part(4, "jkl"), part(3, "ghi")];
        for (edits, expected) in [
            (vec![edit(1..2, "X")], vec![vec!["aXc"]]),
            (vec![edit(1..3, "X"), edit(3..4, "Y")], vec![vec!["aX"], vec!["Yef"]]),
            (vec![edit(2..4, "XY"), edit(10..11, "")], vec![vec!["abXY", "ef"], vec!["jl"]]),
            (vec![edit(2..7, "X"), edit(8..10, "Y")], vec![vec!["abX", "", "hY", "kl"]]),
            (vec![], vec![]),
        ] {
            let changed = changed(&parts, &edits);
            let new: Vec<Vec<&str>> =
                changed.iter().map(|group| group.iter().map(|part| part.new.as_str()).collect()).collect();
            assert_eq!(new, expected, "{edits:?}");
        }
    }
}
