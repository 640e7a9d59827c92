//! What goes wrong at DynamoDB: 5 % of all requests, half of them here and there, half of them in bursts that
//! are too long for the retries of a callback.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use crate::{
    callbacks::random,
    endpoint::{Endpoint, Step},
};

/// Requests between the beginnings of two bursts, and within one.
const PERIOD: usize = 2000;
const BURST: usize = 50;

/// Of 10,000 requests outside a burst, those with a fault.
const SCATTERED: usize = 250;

const FAULTS: [Step; 5] = [
    Step::Fail(400, "ProvisionedThroughputExceededException", "Too fast."),
    Step::Fail(400, "ThrottlingException", "Rate exceeded."),
    Step::Fail(500, "InternalServerError", "Try again."),
    Step::Reset,
    Step::LoseReply,
];

/// Counts the faults, which begin when they are told to.
#[derive(Clone, Default)]
pub(crate) struct Faults {
    begun: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
}

impl Faults {
    /// A proxy in front of the table.
    pub(crate) async fn start(&self, table: SocketAddr) -> Endpoint {
        let Self { begun, count } = self.clone();
        let decide = move |request| {
            if begun.load(Ordering::Relaxed) && is_faulty(request) {
                count.fetch_add(1, Ordering::Relaxed);
                FAULTS[random(request) / 10_000 % FAULTS.len()]
            } else {
                Step::Pass
            }
        };
        Endpoint::deciding(decide, table).await
    }

    pub(crate) fn begin(&self) {
        self.begun.store(true, Ordering::Relaxed);
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

fn is_faulty(request: usize) -> bool {
    request % PERIOD >= PERIOD - BURST || random(request) % 10_000 < SCATTERED
}
