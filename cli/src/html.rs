//! The frame of an HTML page: one file without scripts or external resources.

use maud::{PreEscaped, html};

/// The sources from which a page may load files.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sources {
    None,
    /// Pictures, voices and videos from where the page is: beside it, or on its server.
    Files,
}

/// The page up to its body's content.
pub(crate) fn begin(title: &str, style: &str, sources: Sources) -> String {
    let policy = match sources {
        Sources::None => "default-src 'none'; style-src 'unsafe-inline'",
        Sources::Files => {
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:; media-src 'self' file:"
        }
    };
    let head = html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta http-equiv="Content-Security-Policy" content=(policy);
            title { (title) }
            style { (PreEscaped(style)) }
        }
    };
    format!("<!DOCTYPE html>\n<html lang=\"en\">\n{}\n<body>\n", head.into_string())
}

/// The page after its body's content.
pub(crate) const END: &str = "</body>\n</html>\n";
