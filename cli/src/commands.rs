//! The catalogue.

use serde_json::json;
use tencent_chat_callbacks::event::{DOCUMENTED, is_before_callback};

use crate::{
    fault::Fault,
    output::{
        Output,
        columns::{Column, Cut},
    },
};

const COLUMNS: [Column; 3] = [
    Column::new("COMMAND", 55, Cut::End),
    Column::new("BEFORE", 6, Cut::End),
    Column::new("PAGE", 0, Cut::End),
];

/// A whole URL beside the longest name would be wider than a terminal.
const LEGEND: [&str; 3] = [
    "",
    "BEFORE: a before-callback, for which Tencent waits for a decision.",
    "PAGE: https://trtc.io/document/PAGE, or with 269/ https://cloud.tencent.com/document/product/PAGE",
];

/// Prints the documented callbacks: whether Tencent waits for a decision, and where each is documented.
pub(crate) fn list(output: &mut Output) -> Result<(), Fault> {
    for command in DOCUMENTED {
        let (name, page, before) = (command.name, command.page, is_before_callback(command.name));
        if output.json {
            output.text(&json!({ "name": name, "before": before, "url": url(page) }).to_string())?;
        } else {
            output.row(&COLUMNS, &[name, if before { "yes" } else { "" }, page])?;
        }
    }
    if output.json {
        return Ok(());
    }
    LEGEND.iter().try_for_each(|line| output.text(line))
}

/// Where a page is: one with a slash is the mainland's.
fn url(page: &str) -> String {
    if page.contains('/') {
        format!("https://cloud.tencent.com/document/product/{page}")
    } else {
        format!("https://trtc.io/document/{page}")
    }
}
