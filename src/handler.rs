//! Handles one request: admits it, parses and records the callback, and answers.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use lambda_http::{Body, Request, Response};

use crate::{
    log::{Level, Log, LogFields},
    outcome::{Failure, Outcome},
    refused::Refused,
    reply::reply,
    settings::Settings,
    store::Store,
};

mod decision;
mod exchange;
mod forwarding;
mod services;
pub use decision::Decide;
use decision::Decisions;
use exchange::Exchange;
use services::Services;

/// The path of a health check. All other paths are the same.
pub(crate) const HEALTH: &str = "/health";

/// Handles requests.
#[derive(Debug)]
pub struct Handler(Services);

impl Handler {
    /// A handler that records into this store and decides with [`decide`](crate::decisions::decide).
    #[must_use]
    pub fn new(settings: Settings, store: Store, log: Log) -> Self {
        Self(Services::new(settings, store, log))
    }

    /// The same handler with other decisions.
    #[must_use]
    pub fn deciding(mut self, decide: Box<Decide>) -> Self {
        self.0.decisions = Decisions(decide);
        self
    }

    /// Connects to DynamoDB before the first request. If that fails, it is logged and the function starts anyway.
    pub async fn warm_up(&self) {
        if let Err(failure) = self.0.store.warm_up().await {
            self.0.log.note(Level::Warn, "warm-up failed", Some(&failure.to_string()));
        }
    }

    /// Answers a request. Never fails and never panics: even a bug leads to a reply and a log entry.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        let mut exchange = Exchange::new(&self.0, &request);
        let receiving = AssertUnwindSafe(exchange.receive()).catch_unwind();
        let outcome = receiving.await.unwrap_or_else(|_| Outcome::Failed(Failure::panic()));
        exchange.reply(&outcome)
    }

    /// Refuses an event that is not a readable request. `error` says why, for the log.
    pub fn refuse_malformed(&self, request_id: &str, error: &str) -> Response<Body> {
        let outcome = Outcome::Refused(Refused::RequestMalformed);
        let fields = LogFields { request_id, cold_start: self.0.cold_start(), ..LogFields::default() };
        self.0.log.request(&outcome, Some(error), &fields);
        reply(&outcome, None)
    }
}
