//! The text of a message, and its other elements.

use maud::{Markup, html};

use super::{shown, time, time_of};
use crate::{
    chat::media::Media,
    content::{Attachment, Content, Forwarded},
    evidence::manifest::{Gave, Linked},
    plain::plain_name,
};

pub(super) fn content(content: &Content, media: Option<&Media>) -> Markup {
    let Content { text, attachments } = content;
    html! {
        div.text dir="auto" { (shown(text)) }
        @if !attachments.is_empty() {
            ul.attachments { @for attachment in attachments { li { (self::attachment(attachment, media)) } } }
        }
    }
}

fn attachment(attachment: &Attachment, media: Option<&Media>) -> Markup {
    html! {
        span.kind { (shown(&attachment.title())) }
        @if let Some(url) = &attachment.url {
            " " code.url { (shown(url)) }
            @if let Some((media, linked)) = media.and_then(|media| Some((media, media.get(url)?))) {
                (file(&attachment.kind, media, linked))
            }
        }
        @if let Some(data) = &attachment.data { (self::data("Data", data)) }
        @if let Some(ext) = &attachment.ext { (self::data("Ext", ext)) }
        @if attachment.messages.is_empty() {
            @if !attachment.lines.is_empty() {
                ul.forwarded { @for line in &attachment.lines { li { bdi { (shown(line)) } } } }
            }
        } @else {
            ol.forwarded { @for message in &attachment.messages { li { (forwarded(message, media)) } } }
        }
    }
}

/// The saved file. Its sender chose the content, so the page gives it only to elements that never run a script, and links
/// to a name that no program opens.
fn file(kind: &str, media: &Media, linked: &Linked) -> Markup {
    html! {
        div.file {
            @match &linked.gave {
                Gave::File { sha256, bytes } => {
                    @let link = media.link(sha256);
                    @match kind {
                        "image" => { img src=(link) alt="" loading="lazy"; }
                        "sound" => { audio src=(link) controls preload="none" {} }
                        "video" => { video src=(link) controls preload="none" {} }
                        _ => {}
                    }
                    div { a href=(link) { code { (shown(sha256)) } } " " (bytes) " bytes " (time_of(&linked.time)) }
                }
                Gave::Nothing { error } => {
                    span.warn { "Not saved: " (shown(error)) } " " (time_of(&linked.time))
                }
            }
        }
    }
}

fn forwarded(message: &Forwarded, media: Option<&Media>) -> Markup {
    html! {
        @if let Some(from) = &message.from { bdi.who { (plain_name(from)) } " " }
        @if let Some(at) = message.time { (time(at)) }
        (content(&message.content, media))
    }
}

/// Data of the app, as it is.
pub(super) fn data(name: &str, data: &str) -> Markup {
    html! { div.data { (name) ": " code { (shown(data)) } } }
}
