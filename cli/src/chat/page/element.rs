//! The text of a message, and its other elements.

use maud::{Markup, html};

use super::{shown, time};
use crate::content::{Attachment, Content, Forwarded};

pub(super) fn content(content: &Content) -> Markup {
    let Content { text, attachments } = content;
    html! {
        div.text dir="auto" { (shown(text)) }
        @if !attachments.is_empty() {
            ul.attachments { @for attachment in attachments { li { (self::attachment(attachment)) } } }
        }
    }
}

fn attachment(attachment: &Attachment) -> Markup {
    html! {
        span.kind { (shown(&attachment.title())) }
        @if let Some(url) = &attachment.url { " " code.url { (shown(url)) } }
        @if let Some(data) = &attachment.data { (self::data("Data", data)) }
        @if let Some(ext) = &attachment.ext { (self::data("Ext", ext)) }
        @if attachment.messages.is_empty() {
            @if !attachment.lines.is_empty() {
                ul.forwarded { @for line in &attachment.lines { li { bdi { (shown(line)) } } } }
            }
        } @else {
            ol.forwarded { @for message in &attachment.messages { li { (forwarded(message)) } } }
        }
    }
}

fn forwarded(message: &Forwarded) -> Markup {
    html! {
        @if let Some(from) = &message.from { bdi.who { (shown(from)) } " " }
        @if let Some(at) = message.time { (time(at)) }
        (content(&message.content))
    }
}

/// Data of the app, as it is.
pub(super) fn data(name: &str, data: &str) -> Markup {
    html! { div.data { (name) ": " code { (shown(data)) } } }
}
