//! When a receiver is down, and not only unable to answer one callback.

use std::time::{Duration, Instant};

use crate::{pause::Pause, receiver::Answer};

/// After this many callbacks in a row without an answer, the receiver is down, or it is given more time.
const IN_A_ROW: u32 = 5;

/// After this time without any answer, the receiver is down.
const LONGEST: Duration = Duration::from_mins(5);

/// The first and the longest pause before the next callback to a silent receiver.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The callbacks in a row without an answer.
#[derive(Debug)]
pub(super) struct Silence {
    unreached: u32,
    unanswered: u32,
    since: Option<Instant>,
    pause: Pause,
}

impl Default for Silence {
    fn default() -> Self {
        let pause = Pause::new(FIRST_PAUSE, LONGEST_PAUSE);
        Self { unreached: 0, unanswered: 0, since: None, pause }
    }
}

impl Silence {
    /// Notes an answer, or that there is none. Returns why the run should stop: the receiver is down.
    ///
    /// A receiver that can't be reached is down. One that closes the connection may only be unable to read this
    /// callback: others get their turn, after pauses that grow.
    pub(super) fn note(&mut self, answer: &Answer, now: Instant) -> Option<String> {
        if answer.status != 0 {
            *self = Self::default();
            return None;
        }
        let since = *self.since.get_or_insert(now);
        if answer.was_sent {
            (self.unreached, self.unanswered) = (0, self.unanswered + 1);
        } else {
            self.unreached += 1;
        }
        if self.unreached == IN_A_ROW {
            return Some(format!(
                "{IN_A_ROW} callbacks in a row did not reach the receiver: {}",
                answer.text
            ));
        }
        if self.unanswered >= IN_A_ROW {
            if now.saturating_duration_since(since) >= LONGEST {
                return Some(format!("no answer for five minutes: {}", answer.text));
            }
            self.pause.lengthen();
        }
        None
    }

    /// Waits before the next callback, if the receiver is silent.
    pub(super) async fn wait(&self) {
        self.pause.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent(was_sent: bool) -> Answer {
        Answer { was_sent, ..Answer::unsent("why".to_owned()) }
    }

    #[test]
    fn five_callbacks_that_did_not_reach_the_receiver_stop_the_run() {
        let (mut silence, now) = (Silence::default(), Instant::now());
        for _ in 0..4 {
            assert_eq!(silence.note(&silent(false), now), None);
        }
        assert_eq!(silence.note(&Answer { status: 503, ..silent(true) }, now), None);
        for _ in 0..4 {
            assert_eq!(silence.note(&silent(false), now), None);
        }
        let stopped = silence.note(&silent(false), now).expect("it is down");
        assert_eq!(stopped, "5 callbacks in a row did not reach the receiver: why");
        assert!(silence.pause.is_over(), "there is no pause before the end");
    }

    #[test]
    fn callbacks_without_an_answer_stop_the_run_after_five_minutes() {
        let (mut silence, start) = (Silence::default(), Instant::now());
        for number in 0..30 {
            let now = start + Duration::from_secs(10 * number);
            assert_eq!(silence.note(&silent(true), now), None, "{number}");
            assert_eq!(silence.pause.is_over(), number < 4, "{number}");
        }
        let stopped = silence.note(&silent(true), start + LONGEST).expect("it is down");
        assert_eq!(stopped, "no answer for five minutes: why");
        assert_eq!(silence.note(&Answer { status: 200, ..silent(true) }, start + LONGEST), None);
        assert_eq!(silence.note(&silent(true), start + 2 * LONGEST), None, "one answer starts anew");
    }
}
