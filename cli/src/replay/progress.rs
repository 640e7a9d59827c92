//! The progress bar.

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use tencent_chat_webhook::record::RecordedEvent;

use crate::{event::time_text, selection::Selection};

/// A progress bar over the time span of the events. Their number is not known.
pub(super) struct Progress {
    bar: ProgressBar,
    since: Option<u64>,
    until: u64,
}

impl Progress {
    pub(super) fn new(selection: &Selection) -> Self {
        let until = selection.until().0;
        let style = ProgressStyle::with_template("{bar:40} {msg}, {elapsed} elapsed");
        let bar = ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, since: selection.since().map(|since| since.0), until }
    }

    pub(super) fn at(&mut self, event: &RecordedEvent, sent: u64) {
        if self.bar.is_hidden() {
            return;
        }
        let at = event.time().unwrap_or(0);
        let since = *self.since.get_or_insert(at);
        self.bar.set_length(self.until.saturating_sub(since));
        self.bar.set_position(at.saturating_sub(since));
        self.bar.set_message(format!("{} sent, at {}", HumanCount(sent), time_text(event)));
    }

    pub(super) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
