//! The pause before a request is repeated.

use std::time::{Duration, Instant};

/// A pause that doubles each time, from one second up to ten. The first request needs none.
#[derive(Debug, Default)]
pub(super) struct Pause {
    count: u32,
    until: Option<Instant>,
}

impl Pause {
    pub(super) fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    pub(super) async fn wait(&self) {
        tokio::time::sleep(self.left()).await;
    }

    /// Starts the next pause. Returns the number of pauses.
    pub(super) fn lengthen(&mut self) -> u32 {
        let seconds = 1 << self.count.min(4);
        self.until = Some(Instant::now() + Duration::from_secs(seconds.min(10)));
        self.count += 1;
        self.count
    }

    fn left(&self) -> Duration {
        self.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }
}
