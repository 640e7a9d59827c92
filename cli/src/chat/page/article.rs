//! A message on the page.

use maud::{Markup, html};

use super::{element, shown, time};
use crate::{
    chat::{
        media::Media,
        message::{Change, Message, Read, Sent},
        source::Source,
    },
    content::Content,
    plain::plain_name,
};

pub(super) fn article(message: &Message, side: Option<&str>, media: Option<&Media>) -> Markup {
    let Message { n, missing, sent, edits, recall, .. } = message;
    html! {
        @if let Some(missing) = missing {
            p.missing {
                @if missing.from == missing.to { "No message has the number " (missing.from) }
                @else { "No message has the numbers " (missing.from) " to " (missing.to) }
                @if let Some(topic) = &sent.topic { " in the topic " bdi { (plain_name(topic)) } }
                "."
            }
        }
        article.message.(side.unwrap_or("any")).recalled[recall.is_some()] id=(format!("m{n}")) {
            div.by {
                a.n href=(format!("#m{n}")) { (n) }
                bdi.who { (plain_name(&sent.from)) }
                (time(sent.time))
                (origin(sent))
            }
            @if edits.is_empty() {
                (element::content(&sent.content, media))
            } @else {
                ol.versions {
                    (version("Sent", (sent.time, None), &sent.content, media))
                    @for edit in edits {
                        @if let Some(content) = &edit.content {
                            (version("Edited", (edit.time, edit.by.as_deref()), content, media))
                        }
                    }
                }
            }
            @if let Some(data) = &sent.custom_data { (element::data("CloudCustomData", data)) }
            (marks(message))
            (proofs(message))
        }
    }
}

fn version(what: &str, (at, by): (u64, Option<&str>), version: &Content, media: Option<&Media>) -> Markup {
    html! {
        li {
            span.version { (what) " " (time(at)) @if let Some(by) = by { " by " bdi { (plain_name(by)) } } }
            (element::content(version, media))
        }
    }
}

/// Tencent's number, where the message came from, and when the function received its report.
fn origin(sent: &Sent) -> Markup {
    let source = &sent.source;
    html! {
        span.origin {
            @if let Some(seq) = sent.seq { "MsgSeq " (seq) " " }
            @if let Some(platform) = &source.platform { bdi { (shown(platform)) } " " }
            @if let Some(address) = &source.client_ip { bdi { (shown(address)) } " " }
            @if let Some(received) = source.received { "received " (time(received)) }
        }
    }
}

fn marks(message: &Message) -> Markup {
    let Sent { topic, by, online_only, undelivered, .. } = &message.sent;
    let marks = html! {
        @if let Some(why) = undelivered { li.strong { "Not delivered: " (shown(why)) } }
        @if let Some(topic) = topic { li { "Topic: " bdi { (plain_name(topic)) } } }
        @if let Some(by) = by { li { "Sent in the name of this account by " bdi { (plain_name(by)) } } }
        @if *online_only { li { "Delivered only to users who were online" } }
        @if let Some(recall) = &message.recall { li.strong { "Recalled " (at(recall)) } }
        @if let Some(read) = message.read { li { (self::read(read)) } }
        @if let Some(day) = message.erased() { li { "A person was erased from this record on " (shown(day)) } }
    };
    html! { @if !marks.0.is_empty() { ul.marks { (marks) } } }
}

fn at(change: &Change) -> Markup {
    html! { (time(change.time)) @if let Some(by) = &change.by { " by " bdi { (plain_name(by)) } } }
}

fn read(read: Read) -> Markup {
    html! {
        @match read.readers {
            None => { "Read " (time(read.time)) }
            Some(readers) => {
                @if let Some(count) = readers.read { "Read by " (count) } @else { "Read" }
                @if let Some(unread) = readers.unread { ", not yet by " (unread) }
                ", first reported " (time(read.time))
            }
        }
    }
}

/// Key and digest of each event behind the message.
fn proofs(message: &Message) -> Markup {
    let Message { sent, edits, recall, .. } = message;
    html! {
        dl.proof {
            (proof("Message", &sent.source))
            @for (number, edit) in (1..).zip(edits) { (proof(&format!("Edit {number}"), &edit.source)) }
            @if let Some(recall) = recall { (proof("Recall", &recall.source)) }
        }
    }
}

fn proof(what: &str, source: &Source) -> Markup {
    html! {
        dt { (what) }
        dd {
            code { (shown(&source.sk)) } " "
            @if let Some(digest) = &source.digest { code { (digest) } }
            @else { span.warn { "The recorded report is no longer complete." } }
            @if source.is_altered() {
                " " span.warn { "Differs from the key: the record was changed after it was made." }
            } @else if source.erased.is_some() {
                " " span.warn { "Differs from the key, because the record was changed to erase a person." }
            }
        }
    }
}
