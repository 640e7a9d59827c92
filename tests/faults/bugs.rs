//! A panic on the way of a callback: one reply, one log entry, and the next event is served.

use std::{
    panic,
    sync::atomic::{AtomicUsize, Ordering},
};

use aws_sdk_dynamodb::{
    Client,
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef},
    error::BoxError,
};
use serde_json::json;
use tencent_chat_webhook::{
    handler::{Handler, keep_panics_for_the_log},
    store::{Store, Stored},
    telemetry::{Level, Log},
};

use crate::{
    stage::{Kind, TOKEN, Table, check_log},
    support::{CapturedLog, dynamodb, send, settings_for, status_and_body},
};

/// A bug that shows at the first request only.
#[derive(Debug, Default)]
struct Bug(AtomicUsize);

impl Intercept for Bug {
    fn name(&self) -> &'static str {
        "bug"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        assert!(self.0.fetch_add(1, Ordering::SeqCst) > 0, "a planted bug");
        Ok(())
    }
}

/// As the function does, but other tests' panics are still printed.
fn keep_panics_for_the_log_too() {
    let printing = panic::take_hook();
    keep_panics_for_the_log();
    let keeping = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        keeping(panic);
        printing(panic);
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_a_reply_and_a_log_entry_and_the_next_event_is_served() {
    keep_panics_for_the_log_too();
    for kind in Kind::ALL {
        let table = Table::start().await;
        let settings = settings_for(&format!("http://{}", table.address), &[("CALLBACK_TOKENS", TOKEN)]);
        let config = Store::config(&settings.destination.aws).interceptor(Bug::default());
        let log = CapturedLog::default();
        let store = Store::new(Client::from_conf(config.build()), dynamodb::TABLE);
        let handler = Handler::new(settings, store, Log::new(Level::Debug, log.clone()));

        let event = kind.event(1);
        let (status, body) = status_and_body(&send(&handler, &event).await);
        let expected = if kind.before { (200, json!("OK")) } else { (503, json!("FAIL")) };
        assert_eq!((status, body["ActionStatus"].clone()), expected, "{kind}");
        let entry = check_log(&log, &event);
        assert_eq!(entry["reason"], json!("panic"));
        assert!(entry["error"].as_str().is_some_and(|error| error.contains("a planted bug")), "{entry}");

        let (status, _) = status_and_body(&send(&handler, &Kind::SMALL.event(2)).await);
        assert_eq!(status, 200);
        assert_eq!(table.redrive(&log.text()).await, [Stored::New]);
        assert_eq!(table.bodies().await.len(), 2);
    }
}
