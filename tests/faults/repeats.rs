//! The same callback delivered by many clients at the same time.

use futures_util::future::join_all;
use serde_json::json;

use crate::{
    endpoint::Step,
    stage::{Kind, Stage, in_time},
};

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_deliveries_at_once_are_one_item_and_all_are_ok() {
    for kind in [Kind::SMALL, Kind::LARGE] {
        in_time(async || {
            let stage = Stage::with(&[Step::Pass]).await;
            let event = kind.event(1);
            let replies = join_all((0..16).map(|_| stage.deliver(&event))).await;
            if replies.iter().any(|reply| reply.0 == 503) {
                return Err(format!("{kind}: {:.400}", stage.log.text()));
            }
            assert!(replies.iter().all(|reply| (reply.0, reply.1.as_str()) == (200, "OK")));
            let outcomes = stage.outcomes();
            let count = |outcome| outcomes.iter().filter(|logged| **logged == json!(outcome)).count();
            assert_eq!((count("recorded"), count("duplicate")), (1, 15), "{kind}");
            assert!(stage.table.bodies().await == [kind.body(1)]);
            Ok(())
        })
        .await;
    }
}
