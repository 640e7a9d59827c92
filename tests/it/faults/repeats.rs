//! A second write changes nothing: a repeat, and a redrive with another retention.

use futures_util::StreamExt;
use support::{
    dynamodb::TABLE,
    endpoint::{Endpoint, Step},
};
use tencent_chat_webhook::{
    outcome::Stored,
    record::{ItemSettings, attribute::Item},
    redrive,
    store::Store,
    unrecorded::{LogEntries, Unrecorded},
};

use super::stage::{Kind, Stage, TOKEN, within_a_minute};
use crate::world::{Table, handler, send, settings_for, status_and_body};

/// All items, in the order of their keys.
async fn sorted(table: &Table) -> Vec<Item> {
    let mut items = table.items().await;
    items.sort_by_key(|item| (item["pk"].as_s().cloned().ok(), item["sk"].as_s().cloned().ok()));
    items
}

#[tokio::test(flavor = "multi_thread")]
async fn repeat_with_another_retention_writes_nothing() {
    for kind in Kind::ALL {
        let stage = Stage::scripted(&[Step::Pass]).await;
        assert_eq!(stage.deliver(&kind.event(1)).await.0, 200);
        let (before, requests) = (sorted(&stage.table).await, stage.endpoint.requests());

        let settings = [("CALLBACK_TOKENS", TOKEN), ("RETENTION_DAYS", "1")];
        let (other, log) = handler(&format!("http://{}", stage.endpoint.address), &settings);
        let mut repeat = kind.event(1);
        repeat["requestContext"]["requestId"] = "request-2".into();
        assert_eq!(status_and_body(&send(&other, &repeat).await).0, 200);
        assert_eq!(log.outcomes(), ["duplicate"], "{kind}");
        assert_eq!(sorted(&stage.table).await, before, "{kind}");
        assert_eq!(stage.endpoint.requests() - requests, 1, "{kind}: one put, which fails");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redrive_of_a_recorded_callback_is_a_duplicate_without_write() {
    for kind in Kind::ALL {
        let stage = Stage::scripted(&[Step::Fail(400, "AccessDeniedException", "No.")]).await;
        stage.deliver(&kind.event(1)).await;
        let store = Store::new(stage.table.client.clone(), TABLE);
        let redrive = async |retention_days| {
            let item_settings = ItemSettings { retention_days, index_shards: 1 };
            let whole = LogEntries::of_lines(stage.log.text().lines()).whole;
            let results = redrive::record_all(&store, whole, item_settings, within_a_minute());
            results.map(|(_, result)| result).collect::<Vec<_>>().await
        };
        assert_eq!(redrive(None).await, [Ok(Stored::New)], "{kind}");
        let before = sorted(&stage.table).await;
        assert_eq!(redrive(Some(1)).await, [Ok(Stored::Duplicate)], "{kind}");
        assert_eq!(sorted(&stage.table).await, before, "{kind}");
    }
}

/// Two writers of a large body may both see no head. Whichever is second, the parts live as long as the head.
#[tokio::test(flavor = "multi_thread")]
async fn parts_live_as_long_as_their_head() {
    /// DynamoDB's answer to a look for the head, if there is none.
    const NO_HEAD: Step =
        Step::Fail(400, "ConditionalCheckFailedException", "The conditional request failed");
    let day = |days: u64| 1_670_574_414 + days * 86_400;
    for (first, second, parts) in [
        (None, Some(1), None),
        (Some(1), None, None),
        (Some(30), Some(1), Some(day(30))),
        (Some(1), Some(30), Some(day(30))),
        (Some(1), Some(1), Some(day(1))),
        (None, None, None),
    ] {
        let table = Table::start().await;
        for (retention_days, script, stored) in
            [(first, vec![Step::Pass], Stored::New), (second, vec![NO_HEAD, Step::Pass], Stored::Duplicate)]
        {
            let endpoint = Endpoint::scripted(&script, table.dynamodb.address).await;
            let settings =
                settings_for(&format!("http://{}", endpoint.address), &[("ALLOW_UNSIGNED", "true")]);
            let store = Store::connect(&settings.destination);
            let item_settings = ItemSettings { retention_days, index_shards: 1 };
            let query = "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupDestroyed";
            let callback = Unrecorded::new("id", query, 1_670_574_414_321, "request-1", Kind::LARGE.body(1));
            let results = redrive::record_all(&store, vec![callback], item_settings, within_a_minute());
            let results: Vec<_> = results.map(|(_, result)| result).collect().await;
            assert_eq!(results, [Ok(stored)], "{first:?}, then {second:?}");
        }
        let items = table.items().await;
        let expiry = |item: &Item| {
            item.get("ExpiresAt").map(|at| at.as_n().expect("a number").parse().expect("seconds"))
        };
        let of_parts: Vec<_> = items.iter().filter(|item| item.contains_key("Part")).map(expiry).collect();
        assert_eq!(of_parts, [parts; 2], "{first:?}, then {second:?}");
    }
}
