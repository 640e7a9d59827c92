//! The time limits of a request, and of a try of many callbacks.

use std::time::{Duration, Instant};

/// Time limits, from the invocation and from the moment the request reached API Gateway. Tencent's 2 s begin with the
/// latter; a cold start lies between the two.
#[derive(Clone, Copy)]
struct Budget {
    after_invocation: Duration,
    after_arrival: Duration,
}

/// For a write. The rest of the 2 s is for a failure's log entry, for API Gateway and for the network.
const WRITE: Budget =
    Budget { after_invocation: Duration::from_millis(1200), after_arrival: Duration::from_millis(1450) };

/// For the answer of your own receiver. It ends after the write: the function then only logs and replies.
const FORWARD: Budget =
    Budget { after_invocation: Duration::from_millis(1450), after_arrival: Duration::from_millis(1600) };

/// How long your decision may take, from the invocation.
const DECISION: Duration = Duration::from_millis(800);

/// The decision ends this long before the write's deadline, so that the write keeps its time.
const WRITE_AT_LEAST: Duration = Duration::from_millis(300);

/// A limit after the arrival leaves at least this much time, even if the request arrived late, but ends by
/// [`LAST_CHANCE`].
const AT_LEAST: Duration = Duration::from_millis(300);

/// From the arrival: what ends by then is answered in 1.7 s.
const LAST_CHANCE: Duration = Duration::from_millis(1650);

/// Less than this is not enough for a write. Then the answer is late in any case, and a limit leaves [`AT_LEAST`], so
/// that at least the record is made.
const TOO_SHORT: Duration = Duration::from_millis(100);

/// If a request seems older than this, API Gateway's time is assumed to be wrong.
const OLDEST: Duration = Duration::from_secs(10);

/// The deadlines of a request.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// The function waits for your decision until then. After a cold start no time may be left.
    pub decide_by: Instant,
    /// Until then a write is retried.
    pub write_by: Instant,
    /// Until then the function waits for your own receiver's answer.
    pub forward_by: Instant,
}

impl Deadlines {
    /// `now` and `received_at` are the same moment on two clocks. `time_epoch` is the time when the request reached API
    /// Gateway; it is ignored if it is in the future or too long ago. Both are in milliseconds since the epoch.
    #[must_use]
    pub fn new(now: Instant, received_at: u64, time_epoch: Option<i64>) -> Self {
        let time_epoch = time_epoch.and_then(|millis| u64::try_from(millis).ok());
        let waited = time_epoch.and_then(|millis| received_at.checked_sub(millis)).map(Duration::from_millis);
        let waited = waited.filter(|waited| *waited <= OLDEST);
        let write = WRITE.left(waited);
        let decide_by = now + DECISION.min(write.saturating_sub(WRITE_AT_LEAST));
        Self { decide_by, write_by: now + write, forward_by: now + FORWARD.left(waited) }
    }
}

/// The time limits of a try of many callbacks.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The end of the try.
    pub deadline: Instant,
    /// The time for one callback, so that the others get their turn.
    pub each: Duration,
}

impl Limits {
    /// The deadline of a callback whose turn begins now.
    pub(crate) fn of_one(self) -> Instant {
        self.deadline.min(Instant::now() + self.each)
    }
}

impl Budget {
    fn left(self, waited: Option<Duration>) -> Duration {
        let Self { after_invocation, after_arrival } = self;
        waited.map_or(after_invocation, |waited| {
            let chance = LAST_CHANCE.saturating_sub(waited);
            let at_least = if chance < TOO_SHORT { AT_LEAST } else { AT_LEAST.min(chance) };
            after_arrival.saturating_sub(waited).clamp(at_least, after_invocation)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_before_the_invocation_shortens_the_deadlines() {
        let (now, received_at) = (Instant::now(), 1_790_000_000_000);
        for (waited, decide, write, forward) in [
            (Some(0), 800, 1200, 1450),
            (Some(250), 800, 1200, 1350),
            (Some(251), 800, 1199, 1349),
            (Some(351), 799, 1099, 1249),
            (Some(1000), 150, 450, 600),
            (Some(1150), 0, 300, 450),
            (Some(1350), 0, 300, 300),
            (Some(1400), 0, 250, 250),
            (Some(1550), 0, 100, 100),
            (Some(1551), 0, 300, 300),
            (Some(9_999), 0, 300, 300),
            (Some(10_000), 0, 300, 300),
            (Some(10_001), 800, 1200, 1450),
            (Some(-1), 800, 1200, 1450),
            (Some(1_790_000_000_000), 800, 1200, 1450),
            (None, 800, 1200, 1450),
        ] {
            let time_epoch = waited.map(|waited| 1_790_000_000_000_i64 - waited);
            let Deadlines { decide_by, write_by, forward_by } = Deadlines::new(now, received_at, time_epoch);
            let left = [decide_by, write_by, forward_by].map(|by| (by - now).as_millis());
            assert_eq!(left, [decide, write, forward], "{waited:?}");
        }
    }
}
