//! The frame of an HTML page: one file without scripts or external resources.

use maud::{PreEscaped, html};

/// The page up to its body's content.
pub(crate) fn begin(title: &str, style: &str) -> String {
    let head = html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
            title { (title) }
            style { (PreEscaped(style)) }
        }
    };
    format!("<!DOCTYPE html>\n<html lang=\"en\">\n{}\n<body>\n", head.into_string())
}

/// The page after its body's content.
pub(crate) const END: &str = "</body>\n</html>\n";
