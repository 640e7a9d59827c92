//! Stops the attempts of an invocation when the receiver fails.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::attempt::{Fault, Outcome};

/// After this many failures in a row no attempt begins. In the first try, one is enough: the queue tries the rest.
const IN_A_ROW: usize = 3;

/// No attempt begins for this long after a failure.
const PAUSE: Duration = Duration::from_millis(500);

/// Counts the failures of an invocation. A receiver that refuses a single callback is not away: this stops nothing.
#[derive(Debug)]
pub(super) struct Brake {
    counts: Mutex<Counts>,
    /// Whether the first failure stops the attempts.
    is_first_try: bool,
}

#[derive(Debug)]
struct Counts {
    in_a_row: usize,
    is_stopped: bool,
    is_silent: bool,
    not_before: Instant,
}

impl Brake {
    pub(super) fn new(is_first_try: bool) -> Self {
        let counts = Counts { in_a_row: 0, is_stopped: false, is_silent: false, not_before: Instant::now() };
        Self { counts: Mutex::new(counts), is_first_try }
    }

    /// Waits until the next attempt may begin. False if none may.
    pub(super) async fn release(&self, deadline: Instant) -> bool {
        loop {
            let Counts { is_stopped, not_before, .. } = *self.counts();
            let now = Instant::now();
            if is_stopped || now >= deadline {
                return false;
            }
            if now >= not_before {
                return true;
            }
            tokio::time::sleep_until(not_before.min(deadline).into()).await;
        }
    }

    /// Takes note of an attempt's outcome.
    pub(super) fn note(&self, outcome: &Outcome) {
        let counts = &mut *self.counts();
        match outcome {
            Outcome::Failed(fault) if fault.is_failure() => {
                counts.in_a_row += 1;
                counts.is_silent |= fault.is_silence();
                counts.is_stopped |= counts.in_a_row == IN_A_ROW || self.is_first_try;
                if !self.is_first_try {
                    counts.not_before = Instant::now() + PAUSE;
                }
            }
            // The receiver answered.
            Outcome::Forwarded | Outcome::Rejected | Outcome::Failed(Fault::Status(_)) => counts.in_a_row = 0,
            Outcome::Gone | Outcome::Failed(_) => {}
        }
    }

    /// Whether receiver or table did not answer.
    pub(super) fn is_silent(&self) -> bool {
        self.counts().is_silent
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::ForwardResult;

    const FAILURE: Outcome = Outcome::Failed(Fault::Status(500));
    const OVERLOAD: Outcome = Outcome::Failed(Fault::Status(429));
    const REFUSAL: Outcome = Outcome::Failed(Fault::Status(404));
    const SILENCE: Outcome = Outcome::Failed(Fault::Silence(ForwardResult::Timeout));
    const TAKEN: Outcome = Outcome::Forwarded;

    fn is_stopped(is_first_try: bool, outcomes: &[Outcome]) -> bool {
        let brake = Brake::new(is_first_try);
        for outcome in outcomes {
            brake.note(outcome);
        }
        brake.counts().is_stopped
    }

    #[test]
    fn three_failures_in_a_row_stop_the_attempts() {
        assert!(is_stopped(false, &[FAILURE, SILENCE, FAILURE]));
        assert!(!is_stopped(false, &[FAILURE, FAILURE]));
        assert!(!is_stopped(false, &[FAILURE, FAILURE, TAKEN, FAILURE, FAILURE]));
        assert!(!is_stopped(false, &[REFUSAL, REFUSAL, REFUSAL, REFUSAL]), "it answers");
        assert!(is_stopped(false, &[FAILURE, FAILURE, Outcome::Gone, FAILURE]), "it was not asked");
    }

    #[test]
    fn first_failure_stops_a_batch_from_the_log() {
        assert!(is_stopped(true, &[TAKEN, SILENCE]));
        assert!(is_stopped(true, &[TAKEN, FAILURE]));
        assert!(is_stopped(true, &[TAKEN, OVERLOAD]));
        assert!(!is_stopped(true, &[REFUSAL, REFUSAL, REFUSAL, TAKEN]), "it answers");
    }

    #[tokio::test]
    async fn failure_is_followed_by_a_pause() {
        let (brake, started) = (Brake::new(false), Instant::now());
        brake.note(&FAILURE);
        assert!(brake.release(started + Duration::from_mins(1)).await);
        assert!(started.elapsed() >= PAUSE);
        brake.note(&FAILURE);
        assert!(!brake.release(Instant::now() + PAUSE / 10).await, "the deadline comes first");
    }
}
