//! A body larger than an item: its way into parts, and back.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::attribute::{self, Item, MAX_ITEM_BYTES, number, text};

/// How much of a body goes into one part, in bytes: a part's keys fit beside it.
const PART_BYTES: usize = 380_000;

/// Puts the body into the head, or where the head would pass DynamoDB's limit, into parts.
pub(super) fn put_body(head: &mut Item, body: &str) -> Vec<Item> {
    let weight: usize = head.iter().map(|(name, value)| attribute::weight(name, value)).sum();
    if weight + "Body".len() + body.len() <= MAX_ITEM_BYTES {
        head.insert("Body".to_owned(), text(body));
        return Vec::new();
    }
    let parts: Vec<Item> = pieces(body).zip(1..).map(|(piece, index)| part(head, index, piece)).collect();
    head.insert("BodyParts".to_owned(), number(parts.len()));
    parts
}

/// The body in pieces of up to [`PART_BYTES`], cut between characters.
fn pieces(mut body: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (piece, rest) = body.split_at(body.floor_char_boundary(PART_BYTES));
        body = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// An item that holds a piece of the head's body. Without `CommandDay` it isn't in the index.
fn part(head: &Item, index: usize, piece: &str) -> Item {
    let mut part = Item::from([("Part".to_owned(), text(piece))]);
    for name in ["pk", "ExpiresAt"] {
        if let Some(value) = head.get(name) {
            part.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(AttributeValue::S(sk)) = head.get("sk") {
        part.insert("sk".to_owned(), text(part_sk(sk, index)));
    }
    part
}

/// The sort key of a head's part, counted from 1.
fn part_sk(sk: &str, index: usize) -> String {
    format!("{sk}#part#{index:04}")
}

/// The body of a recorded callback, to the byte, from its head and parts in any order.
///
/// `items` are what a `Query` with the head's `pk` and `begins_with(sk, {the head's sk})` gives. `None` if
/// the head or a part is missing.
#[must_use]
pub fn body(items: &[Item]) -> Option<String> {
    let string = |item: &Item, name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    if let Some(body) = items.iter().find_map(|item| string(item, "Body")) {
        return Some(body);
    }
    let head = items.iter().find(|item| item.contains_key("BodyParts"))?;
    let count: usize = head.get("BodyParts")?.as_n().ok()?.parse().ok()?;
    let sk = string(head, "sk")?;
    (1..=count)
        .map(|index| {
            let part_sk = part_sk(&sk, index);
            let part = items.iter().find(|item| string(item, "sk").as_deref() == Some(&part_sk))?;
            string(part, "Part")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item_weight(item: &Item) -> usize {
        item.iter().map(|(name, value)| attribute::weight(name, value)).sum()
    }

    /// A head with the longest keys there can be.
    fn head() -> Item {
        let pk = format!("{}#{}", "1".repeat(20), "g".repeat(1024));
        let sk = format!("{:013}#{}#{:016x}", 1, "c".repeat(128), 2);
        [("pk", text(pk)), ("sk", text(sk)), ("ExpiresAt", number(1_670_574_414_u64))]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }

    /// Head and parts, and how many parts there are.
    fn split(body: &str) -> (Vec<Item>, usize) {
        let mut head = head();
        let mut items = put_body(&mut head, body);
        let parts = items.len();
        items.push(head);
        assert!(items.iter().all(|item| item_weight(item) <= MAX_ITEM_BYTES));
        (items, parts)
    }

    #[test]
    fn the_body_stays_in_the_head_up_to_the_last_byte_that_fits() {
        let room = MAX_ITEM_BYTES - item_weight(&head()) - "Body".len();
        for (bytes, parts) in [(0, 0), (room - 1, 0), (room, 0), (room + 1, 2)] {
            let whole = "x".repeat(bytes);
            let (items, count) = split(&whole);
            assert_eq!(count, parts, "{bytes} bytes");
            assert!(body(&items).as_ref() == Some(&whole));
        }
    }

    #[test]
    fn a_piece_ends_between_characters_and_none_is_empty() {
        for character in ["x", "é", "群", "😀"] {
            for before in 0..4 {
                for bytes in [2 * PART_BYTES, 2 * PART_BYTES + 1, 3 * PART_BYTES - 1] {
                    let whole = "x".repeat(before) + &character.repeat(bytes / character.len());
                    let (items, count) = split(&whole);
                    assert!(body(&items).as_ref() == Some(&whole), "{character} after {before}");
                    assert!((2..=4).contains(&count), "{count} parts");
                    let part = |item: &Item| item.get("Part").map(|part| part.as_s().map_or(0, String::len));
                    assert!(items.iter().filter_map(part).all(|bytes| (1..=PART_BYTES).contains(&bytes)));
                }
            }
        }
    }

    #[test]
    fn parts_have_the_head_s_partition_and_lifetime_and_are_not_in_the_index() {
        let (items, count) = split(&"x".repeat(MAX_ITEM_BYTES));
        let (parts, head) = items.split_at(count);
        for (index, part) in parts.iter().enumerate() {
            assert_eq!((&part["pk"], &part["ExpiresAt"]), (&head[0]["pk"], &head[0]["ExpiresAt"]));
            let sk = format!("{}#part#{:04}", head[0]["sk"].as_s().expect("a string"), index + 1);
            assert_eq!(part["sk"], text(sk));
            assert!(!part.contains_key("CommandDay"));
        }
    }

    #[test]
    fn order_does_not_matter_and_a_missing_item_is_noticed() {
        let whole = "x".repeat(3 * PART_BYTES);
        let (mut items, count) = split(&whole);
        items.reverse();
        assert!(body(&items).as_ref() == Some(&whole));
        for missing in 0..=count {
            let mut rest = items.clone();
            rest.remove(missing);
            assert_eq!(body(&rest), None, "without item {missing}");
        }
        assert_eq!(body(&[]), None);
    }
}
