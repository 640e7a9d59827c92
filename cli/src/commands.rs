//! The list of documented callbacks.

use serde_json::json;
use tencent_chat_callbacks::event::{Command, is_before_callback};

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

/// The column has only the end of each URL: a whole URL beside the longest name is wider than a terminal.
const LEGEND: [&str; 3] = [
    "",
    "BEFORE: a before-callback, for which Tencent waits for a decision.",
    "PAGE: https://trtc.io/document/PAGE, or with 269/ https://cloud.tencent.com/document/product/PAGE",
];

/// Prints the documented callbacks, with the page of each and whether Tencent waits for a decision.
pub(crate) fn list(output: &mut Output) -> Result<(), Fault> {
    for command in Command::ALL {
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

/// The URL of a page. A page with a slash is on the mainland site.
fn url(page: &str) -> String {
    if page.contains('/') {
        format!("https://cloud.tencent.com/document/product/{page}")
    } else {
        format!("https://trtc.io/document/{page}")
    }
}
