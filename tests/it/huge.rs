//! Bodies larger than DynamoDB's 400 KB per item: split, stored, and read back byte for byte as a reader would.

use futures_util::StreamExt;
use support::{
    dynamodb::TABLE,
    requests::{SDK_APPID, post},
};
use tencent_chat_webhook::{
    record::{ItemSettings, attribute::Item},
    redrive,
    refused::MAX_BODY_BYTES,
    store::Store,
    unrecorded::LogEntries,
};

use crate::{
    faults::stage::within_a_minute,
    world::{World, status_and_body},
};

const COMMAND: &str = "Group.CallbackAfterGroupDestroyed";
const GROUP: &str = "@TGS#2J4SZEAEL";

/// A destroyed group with accounts of 32 bytes, each byte written as `letter`.
fn destroyed(members: usize, letter: &str) -> String {
    let account = letter.repeat(32);
    let members = vec![format!(r#"{{"Member_Account":"{account}"}}"#); members].join(",");
    format!(
        r#"{{"CallbackCommand":"{COMMAND}","EventTime":1670574514123,"GroupId":"{GROUP}","MemberList":[{members}]}}"#
    )
}

/// A body of exactly this size, which ends with characters of four bytes.
fn of_size(bytes: usize) -> String {
    let body = |name: &str| {
        format!(
            r#"{{"CallbackCommand":"{COMMAND}","EventTime":1670574514123,"GroupId":"{GROUP}","Name":"{name}"}}"#
        )
    };
    let room = bytes - body("").len();
    body(&format!("{}{}", "x".repeat(room % 4), "😀".repeat(room / 4)))
}

/// Records a body. On a busy machine, megabytes may take longer than Tencent waits. These tests don't check that, so
/// the redrive then records the body.
async fn record(world: &World, body: &str) {
    let query = format!("SdkAppid={SDK_APPID}&CallbackCommand={COMMAND}");
    match status_and_body(&world.send(&post(&query, body)).await).0 {
        200 => {}
        503 => {
            let store = Store::new(world.table.client.clone(), TABLE);
            let whole = LogEntries::of_lines(world.log.text().lines()).whole;
            let item_settings = ItemSettings { retention_days: None, index_shards: 1 };
            let results: Vec<_> =
                redrive::record_all(&store, whole, item_settings, within_a_minute()).collect().await;
            assert!(results.iter().all(|result| result.1.is_ok()), "{results:?}");
        }
        status => panic!("status {status}"),
    }
}

/// The items that a reader finds in the index for a command.
async fn by_command(world: &World, head: &Item) -> Vec<Item> {
    let pages = world
        .table
        .client
        .query()
        .table_name(TABLE)
        .index_name("ByCommand")
        .key_condition_expression("CommandDay = :day")
        .expression_attribute_values(":day", head["CommandDay"].clone());
    let items = pages.into_paginator().items().send();
    items.collect::<Result<_, _>>().await.expect("the index can be read")
}

/// Records a body twice, reads it back, and returns the number of its parts.
async fn records_losslessly(body: &str) -> usize {
    let world = World::start().await;
    record(&world, body).await;
    record(&world, body).await;

    let heads = world.table.query(&format!("{SDK_APPID}#{GROUP}")).await;
    let [head] = &heads[..] else {
        panic!("a subject's history has heads alone: {}", heads.len());
    };
    assert!(world.table.body(head).await == body, "the body reads back to the byte");
    let in_index = by_command(&world, head).await;
    assert_eq!(in_index.len(), 1, "the index has heads alone");
    assert_eq!((&in_index[0]["pk"], &in_index[0]["sk"]), (&head["pk"], &head["sk"]));
    world.table.items().await.len() - 1
}

#[tokio::test(flavor = "multi_thread")]
async fn largest_documented_group_is_recorded_plain_and_escaped() {
    let plain = destroyed(6000, "a");
    assert_eq!(plain.len() / 1000, 324);
    assert_eq!(records_losslessly(&plain).await, 0, "it fits into one item");

    let escaped = destroyed(6000, r"\u0061");
    assert_eq!(escaped.len() / 1000, 1284);
    assert_eq!(records_losslessly(&escaped).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_3_5_mb_is_recorded() {
    assert_eq!(records_losslessly(&of_size(MAX_BODY_BYTES)).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_large_callbacks_of_a_group_are_kept_apart() {
    let world = World::start().await;
    let bodies = [destroyed(9000, "a"), destroyed(9000, "b")];
    for body in &bodies {
        record(&world, body).await;
    }
    let mut read = world.table.bodies().await;
    read.sort_unstable();
    assert!(read == bodies);
}
