//! A second write changes nothing: a repeat, and a redrive with another retention.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use support::{dynamodb::TABLE, endpoint::Step};
use tencent_chat_webhook::{
    outcome::Stored,
    record::{Keeping, attribute::Item},
    redrive,
    store::Store,
};

use super::stage::{Kind, Stage, TOKEN};
use crate::world::{Table, handler, send, status_and_body};

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
            let keeping = Keeping { retention_days, index_shards: 1 };
            let whole = redrive::find(&stage.log.text()).whole;
            let deadline = Instant::now() + Duration::from_mins(1);
            let results = redrive::record_all(&store, whole, keeping, deadline);
            results.map(|(_, result)| result).collect::<Vec<_>>().await
        };
        assert_eq!(redrive(None).await, [Ok(Stored::New)], "{kind}");
        let before = sorted(&stage.table).await;
        assert_eq!(redrive(Some(1)).await, [Ok(Stored::Duplicate)], "{kind}");
        assert_eq!(sorted(&stage.table).await, before, "{kind}");
    }
}
