//! Your own receiver: it fails 5 % of all requests, at random, and is away for a while.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use support::receiver::Receiver;

use crate::{
    Rows,
    callbacks::{Plan, body, is_before},
    faults::fails,
};

/// How long the receiver does not answer.
const AWAY: Duration = Duration::from_secs(20);

/// The receiver, and the callbacks that it has taken.
pub(crate) struct Receiving {
    receiver: Receiver,
    taken: Arc<Mutex<HashSet<String>>>,
    away_since: Arc<OnceLock<Instant>>,
}

impl Receiving {
    pub(crate) async fn start() -> Self {
        let (taken, away_since) =
            (Arc::<Mutex<HashSet<String>>>::default(), Arc::<OnceLock<Instant>>::default());
        let (kept, since) = (Arc::clone(&taken), Arc::clone(&away_since));
        let decide = move |number: usize, body: &[u8]| {
            if since.get().is_some_and(|since| since.elapsed() < AWAY) {
                return None;
            }
            if fails(number) {
                return Some(500);
            }
            let body = String::from_utf8_lossy(body).into_owned();
            kept.lock().unwrap_or_else(PoisonError::into_inner).insert(body);
            Some(200)
        };
        Self { receiver: Receiver::deciding(decide).await, taken, away_since }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.receiver.address)
    }

    /// Goes away, unless it was away already.
    pub(crate) fn go_away(&self) {
        self.away_since.get_or_init(Instant::now);
    }

    /// The rows on the callbacks that it has taken, and whether it has all. Before-callbacks are not sent again.
    pub(crate) fn compare(&self, plan: &Plan) -> (Rows, bool) {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let missing = |before| {
            (0..plan.unique)
                .filter(|number| is_before(*number) == before && !taken.contains(&body(*number)))
                .count()
        };
        let (before, after) = (missing(true), missing(false));
        let rows = vec![
            ("requests to the receiver", self.receiver.requests().to_string()),
            ("callbacks that it has taken", taken.len().to_string()),
            ("missed before-callbacks", before.to_string()),
            ("missed other callbacks", after.to_string()),
        ];
        (rows, after == 0)
    }
}
