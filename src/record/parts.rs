//! Splits a body that is too large for an item into parts, and joins it again.

use aws_sdk_dynamodb::types::AttributeValue;

use super::attribute::{Item, MAX_ITEM_BYTES, number, size, text};

/// The largest part of a body, in bytes. A part's keys fit into the item too.
const PART_BYTES: usize = 380_000;

/// Puts the body into the head, or into parts if the head would exceed DynamoDB's limit. Returns the parts.
pub fn put_body(head: &mut Item, body: &str) -> Vec<Item> {
    let head_size: usize = head.iter().map(|(name, value)| size(name, value)).sum();
    if head_size + "Body".len() + body.len() <= MAX_ITEM_BYTES {
        head.insert("Body".to_owned(), text(body));
        return Vec::new();
    }
    let pk = parts_key(head).unwrap_or_default();
    let expires_at = head.get("ExpiresAt");
    let part = |(index, piece): (usize, &str)| {
        let mut part = Item::from([
            ("pk".to_owned(), text(&pk)),
            ("sk".to_owned(), text(part_sk(index))),
            ("Part".to_owned(), text(piece)),
        ]);
        part.extend(expires_at.map(|value| ("ExpiresAt".to_owned(), value.clone())));
        part
    };
    let parts: Vec<Item> = (1..).zip(pieces(body)).map(part).collect();
    head.insert("BodyParts".to_owned(), number(parts.len()));
    parts
}

/// The body in parts of up to [`PART_BYTES`], cut between characters.
fn pieces(mut body: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (piece, rest) = body.split_at(body.floor_char_boundary(PART_BYTES));
        body = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The `pk` of a head's parts, which sort by `sk`. `None` if the head has no key.
///
/// The parts have their own partition, so that a subject's history contains only heads.
#[must_use]
pub fn parts_key(head: &Item) -> Option<String> {
    Some(format!("{}#{}", string(head, "pk")?, string(head, "sk")?))
}

/// The sort key of a part, counted from 1.
fn part_sk(index: usize) -> String {
    format!("part#{index:04}")
}

/// The recorded body, byte for byte, from its head and its parts in any order. If the head has `BodyParts`, `Query`
/// for the parts with [`parts_key`]. `None` if a part is missing.
#[must_use]
pub fn body(head: &Item, parts: &[Item]) -> Option<String> {
    if let Some(body) = string(head, "Body") {
        return Some(body.to_owned());
    }
    let count: usize = head.get("BodyParts")?.as_n().ok()?.parse().ok()?;
    let piece = |index| {
        let sk = part_sk(index);
        string(parts.iter().find(|part| string(part, "sk") == Some(&sk))?, "Part")
    };
    (1..=count).map(piece).collect()
}

fn string<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value: &AttributeValue| value.as_s().ok()).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item_size(item: &Item) -> usize {
        item.iter().map(|(name, value)| size(name, value)).sum()
    }

    /// A head with the longest possible keys.
    fn head() -> Item {
        let pk = format!("{}#{}", "1".repeat(20), "g".repeat(1024));
        let sk = format!("{:013}#{}#{:016x}", 1, "c".repeat(128), 2);
        [("pk", text(pk)), ("sk", text(sk)), ("ExpiresAt", number(1_670_574_414_u64))]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }

    /// Head and parts of a body.
    fn split(body: &str) -> (Item, Vec<Item>) {
        let mut head = head();
        let parts = put_body(&mut head, body);
        assert!(parts.iter().chain([&head]).all(|item| item_size(item) <= MAX_ITEM_BYTES));
        (head, parts)
    }

    #[test]
    fn body_stays_in_the_head_up_to_the_item_limit() {
        let room = MAX_ITEM_BYTES - item_size(&head()) - "Body".len();
        for (bytes, count) in [(0, 0), (room - 1, 0), (room, 0), (room + 1, 2)] {
            let whole = "x".repeat(bytes);
            let (head, parts) = split(&whole);
            assert_eq!(parts.len(), count, "{bytes} bytes");
            assert!(body(&head, &parts).as_ref() == Some(&whole));
        }
    }

    #[test]
    fn parts_end_between_characters_and_none_is_empty() {
        for character in ["x", "é", "群", "😀"] {
            for before in 0..4 {
                for bytes in [2 * PART_BYTES, 2 * PART_BYTES + 1, 3 * PART_BYTES - 1] {
                    let whole = "x".repeat(before) + &character.repeat(bytes / character.len());
                    let (head, parts) = split(&whole);
                    assert!(body(&head, &parts).as_ref() == Some(&whole), "{character} after {before}");
                    assert!((2..=4).contains(&parts.len()), "{} parts", parts.len());
                    let mut bytes = parts.iter().map(|part| string(part, "Part").map_or(0, str::len));
                    assert!(bytes.all(|bytes| (1..=PART_BYTES).contains(&bytes)));
                }
            }
        }
    }

    #[test]
    fn parts_have_own_partition_head_s_expiry_and_no_index_key() {
        let (head, parts) = split(&"x".repeat(MAX_ITEM_BYTES));
        let pk = format!("{}#{}", string(&head, "pk").expect("a key"), string(&head, "sk").expect("a key"));
        for (part, sk) in parts.iter().zip(["part#0001", "part#0002"]) {
            assert_eq!((string(part, "pk"), string(part, "sk")), (Some(pk.as_str()), Some(sk)));
            assert_eq!(part["ExpiresAt"], head["ExpiresAt"]);
            assert_eq!(part.len(), 4);
        }
    }

    #[test]
    fn body_is_joined_from_parts_in_any_order_if_none_is_missing() {
        let whole = "x".repeat(3 * PART_BYTES);
        let (head, mut parts) = split(&whole);
        parts.reverse();
        assert!(body(&head, &parts).as_ref() == Some(&whole));
        for missing in 0..parts.len() {
            let mut rest = parts.clone();
            rest.remove(missing);
            assert_eq!(body(&head, &rest), None, "without part {missing}");
        }
    }
}
