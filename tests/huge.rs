//! Bodies beyond DynamoDB's 400 KB an item: split, stored in one transaction, and read back to the byte.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::StreamExt;
use tencent_chat_webhook::{attribute::Item, callback::MAX_BODY_BYTES, record, redrive, store::Store};

mod support;
use support::{SDK_APPID, World, dynamodb::TABLE, post, status_and_body};

const COMMAND: &str = "Group.CallbackAfterGroupDestroyed";
const GROUP: &str = "@TGS#2J4SZEAEL";

/// A destroyed group with accounts of 32 bytes, each byte of them written as `letter`.
fn destroyed(members: usize, letter: &str) -> String {
    let account = letter.repeat(32);
    let members = vec![format!(r#"{{"Member_Account":"{account}"}}"#); members].join(",");
    format!(
        r#"{{"CallbackCommand":"{COMMAND}","EventTime":1670574514123,"GroupId":"{GROUP}","MemberList":[{members}]}}"#
    )
}

/// A body of exactly this size, which ends in characters of four bytes.
fn of_size(bytes: usize) -> String {
    let body = |name: &str| {
        format!(
            r#"{{"CallbackCommand":"{COMMAND}","EventTime":1670574514123,"GroupId":"{GROUP}","Name":"{name}"}}"#
        )
    };
    let room = bytes - body("").len();
    body(&format!("{}{}", "x".repeat(room % 4), "😀".repeat(room / 4)))
}

/// Delivers a body: the HTTP status.
async fn deliver(world: &World, body: &str) -> u64 {
    let query = format!("SdkAppid={SDK_APPID}&CallbackCommand={COMMAND}");
    status_and_body(&world.send(&post(&query, body)).await).0
}

/// Records a body. On a busy machine megabytes may take longer than Tencent waits, which is not what these
/// tests are about: then the redrive does it, as it is meant to.
async fn record(world: &World, body: &str) {
    match deliver(world, body).await {
        200 => {}
        503 => {
            let store = Store::new(world.client.clone(), TABLE);
            let whole = redrive::find(&world.log.text()).whole;
            let results: Vec<_> = redrive::record_all(&store, whole, None).collect().await;
            assert!(results.iter().all(|result| result.1.is_ok()), "{results:?}");
        }
        status => panic!("status {status}"),
    }
}

/// The items of a callback, as the README tells a reader to ask for them.
async fn query(world: &World, head: &Item) -> Vec<Item> {
    let pages = world
        .client
        .query()
        .table_name(TABLE)
        .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
        .expression_attribute_values(":pk", head["pk"].clone())
        .expression_attribute_values(":sk", head["sk"].clone());
    let items = pages.into_paginator().items().send();
    items.collect::<Result<_, _>>().await.expect("the table can be read")
}

/// What a command's readers find in the index.
async fn by_command(world: &World, head: &Item) -> Vec<Item> {
    let pages = world
        .client
        .query()
        .table_name(TABLE)
        .index_name("ByCommand")
        .key_condition_expression("CommandDay = :day")
        .expression_attribute_values(":day", head["CommandDay"].clone());
    let items = pages.into_paginator().items().send();
    items.collect::<Result<_, _>>().await.expect("the index can be read")
}

fn heads(items: &[Item]) -> Vec<&Item> {
    items.iter().filter(|item| item.contains_key("CommandDay")).collect()
}

/// Records a body, reads it back, and gives the number of its parts.
async fn records_losslessly(body: &str) -> usize {
    let world = World::start().await;
    record(&world, body).await;
    record(&world, body).await;

    let items = world.items().await;
    let [head] = heads(&items)[..] else {
        panic!("{} heads", heads(&items).len());
    };
    let mut own = query(&world, head).await;
    assert_eq!(own.len(), items.len());
    own.reverse();
    assert!(record::body(&own).as_deref() == Some(body), "the body reads back to the byte");
    assert_eq!(by_command(&world, head).await, std::slice::from_ref(head));
    assert_eq!(head["pk"], AttributeValue::S(format!("{SDK_APPID}#{GROUP}")));
    items.len() - 1
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_documented_group_is_recorded_plain_and_escaped() {
    let plain = destroyed(6000, "a");
    assert_eq!(plain.len() / 1000, 324);
    assert_eq!(records_losslessly(&plain).await, 0, "it fits into one item");

    let escaped = destroyed(6000, r"\u0061");
    assert_eq!(escaped.len() / 1000, 1284);
    assert_eq!(records_losslessly(&escaped).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_3_5_mb_is_recorded_and_a_larger_one_is_refused() {
    assert_eq!(records_losslessly(&of_size(MAX_BODY_BYTES)).await, 10);

    let world = World::start().await;
    assert_eq!(deliver(&world, &of_size(MAX_BODY_BYTES + 1)).await, 413);
    assert_eq!(world.items().await.len(), 0);
}

/// The head repeats the body's scalars: together they must stay below the 4 MB of a transaction.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_3_5_mb_that_is_all_scalars_is_recorded() {
    let fields: Vec<_> = (0..3380).map(|index| format!(r#""F{index:04}":"{}""#, "x".repeat(1024))).collect();
    let body = format!(
        r#"{{"CallbackCommand":"{COMMAND}","EventTime":1670574514123,"GroupId":"{GROUP}",{}}}"#,
        fields.join(",")
    );
    assert!((3_490_000..MAX_BODY_BYTES).contains(&body.len()), "{}", body.len());
    assert_eq!(records_losslessly(&body).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_large_callbacks_of_a_group_keep_apart() {
    let world = World::start().await;
    let bodies = [destroyed(9000, "a"), destroyed(9000, "b")];
    for body in &bodies {
        record(&world, body).await;
    }
    let items = world.items().await;
    let mut read = Vec::new();
    for head in heads(&items) {
        read.push(record::body(&query(&world, head).await).expect("all parts are there"));
    }
    read.sort_unstable();
    assert!(read == bodies);
}
