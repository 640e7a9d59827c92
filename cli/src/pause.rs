//! The pause before a request is repeated.

use std::time::{Duration, Instant};

/// A pause that doubles each time, up to the longest. The first request needs none.
#[derive(Debug)]
pub(crate) struct Pause {
    next: Duration,
    longest: Duration,
    count: u32,
    until: Option<Instant>,
}

impl Pause {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self { next: first, longest, count: 0, until: None }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    pub(crate) async fn wait(&self) {
        tokio::time::sleep(self.left()).await;
    }

    /// Starts the next pause. Returns the number of pauses.
    pub(crate) fn lengthen(&mut self) -> u32 {
        self.until = Some(Instant::now() + self.next);
        self.next = (2 * self.next).min(self.longest);
        self.count += 1;
        self.count
    }

    fn left(&self) -> Duration {
        self.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }
}

/// From one second up to ten.
impl Default for Pause {
    fn default() -> Self {
        Self::new(Duration::from_secs(1), Duration::from_secs(10))
    }
}
