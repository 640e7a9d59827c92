//! What all requests share.

use std::sync::atomic::{AtomicBool, Ordering};

use lambda_http::Context;
use tencent_chat_callbacks::{answer::Decide, signature::Admission};

use crate::{
    decisions::Decisions,
    forward::Receiver,
    log::{Facts, Log},
    record::Keeping,
    settings::Settings,
    store::Store,
};

/// The parts of the function, made once at its start.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) admission: Admission,
    pub(super) keeping: Keeping,
    pub(super) decide: Box<dyn Decide>,
    pub(super) receiver: Option<Receiver>,
    pub(super) store: Store,
    pub(super) log: Log,
    cold: AtomicBool,
}

impl Shared {
    pub(super) fn new(settings: Settings, store: Store, log: Log) -> Self {
        let Settings { admission, destination, forward_url } = settings;
        Self {
            admission,
            keeping: destination.keeping,
            decide: Box::new(Decisions),
            receiver: forward_url.map(Receiver::new),
            store,
            log,
            cold: AtomicBool::new(true),
        }
    }

    /// The facts that Lambda gives.
    pub(super) fn invocation_facts<'a>(&self, context: &'a Context) -> Facts<'a> {
        Facts {
            cold_start: self.cold.swap(false, Ordering::Relaxed),
            xray_trace_id: context.xray_trace_id.as_deref().map(trace_root),
            ..Facts::default()
        }
    }
}

/// The id within a trace header: `Root=1-…;Parent=…;Sampled=1`.
fn trace_root(header: &str) -> &str {
    let root = header.split(';').find_map(|part| part.strip_prefix("Root="));
    root.unwrap_or(header)
}
