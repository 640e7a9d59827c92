//! Everything that requests share.

use std::sync::atomic::{AtomicBool, Ordering};

use lambda_http::Context;

use super::decision::Decisions;
use crate::{
    forward::Receiver,
    log::{Log, LogFields},
    record::ItemSettings,
    settings::{Admission, Settings},
    store::Store,
};

/// The parts of the function, created once at its start.
#[derive(Debug)]
pub(super) struct Services {
    pub(super) admission: Admission,
    pub(super) item_settings: ItemSettings,
    pub(super) decisions: Decisions,
    pub(super) receiver: Option<Receiver>,
    pub(super) store: Store,
    pub(super) log: Log,
    cold: AtomicBool,
}

impl Services {
    pub(super) fn new(settings: Settings, store: Store, log: Log) -> Self {
        let Settings { admission, destination, forward_url } = settings;
        Self {
            admission,
            item_settings: destination.item_settings,
            decisions: Decisions::default(),
            receiver: forward_url.map(Receiver::new),
            store,
            log,
            cold: AtomicBool::new(true),
        }
    }

    /// The facts that Lambda provides.
    pub(super) fn invocation_fields<'a>(&self, context: &'a Context) -> LogFields<'a> {
        LogFields {
            cold_start: self.cold.swap(false, Ordering::Relaxed),
            xray_trace_id: context.xray_trace_id.as_deref().map(trace_root),
            ..LogFields::default()
        }
    }
}

/// The longest trace id that is logged, in bytes. X-Ray's ids have 35; a client may send any length.
const MAX_TRACE_BYTES: usize = 64;

/// The id in a trace header: `Root=1-…;Parent=…;Sampled=1`.
fn trace_root(header: &str) -> &str {
    let root = header.split(';').find_map(|part| part.strip_prefix("Root="));
    let root = root.unwrap_or(header);
    &root[..root.floor_char_boundary(MAX_TRACE_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_id_longer_than_64_bytes_is_ignored() {
        let root = "1-5759e988-bd862e3fe1be46a994272793";
        for (header, expected) in [
            (format!("Root={root};Parent=53995c3f42cd8ad8;Sampled=1"), root.to_owned()),
            (format!("Self=1;Root={root}"), root.to_owned()),
            (format!("Root={};Sampled=1", "x".repeat(100_000)), "x".repeat(64)),
            ("群".repeat(30), "群".repeat(21)),
            (String::new(), String::new()),
        ] {
            assert_eq!(trace_root(&header), expected);
        }
    }
}
