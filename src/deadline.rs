//! How long may be spent on a request.

use std::time::{Duration, Instant};

/// How long after its invocation, and after the request reached API Gateway, where Tencent's 2 s begin: a cold
/// start lies between.
#[derive(Clone, Copy)]
struct Budget {
    after_invocation: Duration,
    after_arrival: Duration,
}

/// For a write. The rest of the 2 s is for the log entry of a failure, for API Gateway and for the network.
const WRITE: Budget =
    Budget { after_invocation: Duration::from_millis(1200), after_arrival: Duration::from_millis(1450) };

/// For the answer of your own receiver, after which nothing is left to do.
const FORWARD: Budget =
    Budget { after_invocation: Duration::from_millis(1450), after_arrival: Duration::from_millis(1600) };

/// The least time for each, even if the request is late already.
const AT_LEAST: Duration = Duration::from_millis(300);

/// Above this age of a request, API Gateway's time is taken for wrong.
const OLDEST: Duration = Duration::from_secs(10);

/// When a request was received, and its deadlines.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// When it was received: milliseconds since the epoch.
    pub received_at: u64,
    /// The end of a write's attempts.
    pub write_by: Instant,
    /// The end of the wait for your own receiver's answer.
    pub forward_by: Instant,
}

impl Deadlines {
    /// `now` and `received_at` are the same moment, by both clocks. `time_epoch` is when the request reached API
    /// Gateway, in milliseconds since the epoch; it counts unless it is in the future or too long ago.
    #[must_use]
    pub fn new(now: Instant, received_at: u64, time_epoch: Option<i64>) -> Self {
        let time_epoch = time_epoch.and_then(|millis| u64::try_from(millis).ok());
        let waited = time_epoch.and_then(|millis| received_at.checked_sub(millis)).map(Duration::from_millis);
        let waited = waited.filter(|waited| *waited <= OLDEST);
        Self { received_at, write_by: now + WRITE.left(waited), forward_by: now + FORWARD.left(waited) }
    }
}

impl Budget {
    fn left(self, waited: Option<Duration>) -> Duration {
        let Self { after_invocation, after_arrival } = self;
        waited.map_or(after_invocation, |waited| {
            after_arrival.saturating_sub(waited).clamp(AT_LEAST, after_invocation)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_before_the_invocation_counts() {
        let (now, received_at) = (Instant::now(), 1_790_000_000_000);
        for (waited, write, forward) in [
            (Some(0), 1200, 1450),
            (Some(250), 1200, 1350),
            (Some(251), 1199, 1349),
            (Some(1000), 450, 600),
            (Some(1150), 300, 450),
            (Some(9_999), 300, 300),
            (Some(10_000), 300, 300),
            (Some(10_001), 1200, 1450),
            (Some(-1), 1200, 1450),
            (Some(1_790_000_000_000), 1200, 1450),
            (None, 1200, 1450),
        ] {
            let time_epoch = waited.map(|waited| 1_790_000_000_000_i64 - waited);
            let Deadlines { write_by, forward_by, .. } = Deadlines::new(now, received_at, time_epoch);
            let left = ((write_by - now).as_millis(), (forward_by - now).as_millis());
            assert_eq!(left, (write, forward), "{waited:?}");
        }
    }
}
