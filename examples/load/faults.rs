//! The faults of DynamoDB: 5 % of all requests, at random, and an outage in the middle.

use std::{
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use support::endpoint::{Endpoint, Step};

use crate::callbacks::random;

/// The duration of the outage, in which every request fails.
const OUTAGE: Duration = Duration::from_secs(20);

const FAULTS: [Step; 6] = [
    Step::Fail(400, "ProvisionedThroughputExceededException", "Too fast."),
    Step::Fail(400, "ThrottlingException", "Rate exceeded."),
    Step::Fail(500, "InternalServerError", "Try again."),
    Step::Reset,
    Step::Silent,
    Step::LoseReply,
];

/// Causes and counts the faults.
#[derive(Clone, Default)]
pub(crate) struct Faults {
    begun: Arc<AtomicBool>,
    outage: Arc<OnceLock<Instant>>,
    count: Arc<AtomicUsize>,
}

impl Faults {
    /// A proxy in front of the table.
    pub(crate) async fn start(&self, table: SocketAddr) -> Endpoint {
        let faults = self.clone();
        let decide = move |request| {
            if faults.begun.load(Ordering::Relaxed) && faults.hit(request) {
                faults.count.fetch_add(1, Ordering::Relaxed);
                FAULTS[random(request) / 10_000 % FAULTS.len()]
            } else {
                Step::Pass
            }
        };
        Endpoint::deciding(decide, table).await
    }

    /// Starts the faults. The function's own start is not tested here.
    pub(crate) fn begin(&self) {
        self.begun.store(true, Ordering::Relaxed);
    }

    /// Starts the outage, unless it has started already.
    pub(crate) fn begin_outage(&self) {
        self.outage.get_or_init(Instant::now);
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    fn hit(&self, request: usize) -> bool {
        self.outage.get().is_some_and(|began| began.elapsed() < OUTAGE) || fails(request)
    }
}

/// Whether a request is one of the 5 % that fail at random.
pub(crate) fn fails(request: usize) -> bool {
    random(request) % 10_000 < 500
}
