//! Every file of `events/`: the reply that it gets and the item that it leaves, attribute by attribute.

use serde_json::{Value, json};

mod support;
use support::{World, sample, status_and_body};

#[tokio::test]
async fn placeholder() {
    let world = World::start().await;
    let (status, body) = status_and_body(&world.send(&sample("group-created")).await);
    assert_eq!((status, &body["ActionStatus"]), (200, &json!("OK")));
    let item: Value = world.item().await;
    println!("{item:#}");
}
