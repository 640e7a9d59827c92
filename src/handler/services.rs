//! Everything that requests share.

use std::sync::atomic::{AtomicBool, Ordering};

use super::decision::Decisions;
use crate::{
    forward::Receiver,
    log::Log,
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

    /// Whether this is the instance's first request. Only the first call returns `true`.
    pub(super) fn cold_start(&self) -> bool {
        self.cold.swap(false, Ordering::Relaxed)
    }
}
