//! The progress of a long read, on standard error. Without a terminal there, nothing is shown.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

/// The pause between two drawings.
const TICK: Duration = Duration::from_millis(200);

/// The progress of a scan of about this number of items. It is erased at the end.
pub(crate) fn of_scan(items: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{bar:40} {human_pos} of about {human_len} items read, {elapsed}");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(items).with_style(style).with_finish(ProgressFinish::AndClear);
    if !bar.is_hidden() {
        bar.enable_steady_tick(TICK);
    }
    bar
}
