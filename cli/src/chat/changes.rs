//! What happened to messages after they were sent.

use std::collections::HashMap;

use serde_json::Value;
use tencent_chat_webhook::record::attribute::Item;

use super::message::{Kind, Message, elements, id, seq, text};
use crate::event::{attribute, millis};

/// Edits, recalls and read marks, by the message's id.
#[derive(Debug, Default)]
pub(super) struct Changes {
    messages: HashMap<String, Change>,
    /// Of each reader, when which time was read up to: both only grow.
    reports: HashMap<String, Vec<Report>>,
}

#[derive(Debug, Default)]
struct Change {
    edited: Option<(u64, String)>,
    recalled: Option<u64>,
    read: Option<u64>,
}

#[derive(Debug)]
struct Report {
    at: u64,
    /// Whom the reader read.
    peer: String,
    /// `LastReadTime`, in seconds.
    up_to: u64,
}

impl Changes {
    /// Takes what an event tells. Events come in order of time.
    pub(super) fn take(&mut self, event: &Item, kind: Kind) {
        let body = attribute(event, "Body").and_then(|body| serde_json::from_str::<Value>(body).ok());
        let (Some(command), Some(body), Some(at)) =
            (attribute(event, "CallbackCommand"), body, millis(event))
        else {
            return;
        };
        match (kind, command) {
            (Kind::C2c, "C2C.CallbackAfterModifyMsg") | (Kind::Group, "Group.CallbackAfterModifyMsg") => {
                self.change(id(&body, kind)).edited = Some((at, elements(&body["MsgBody"])));
            }
            (Kind::C2c, "C2C.CallbackAfterMsgWithDraw") => {
                self.change(id(&body, kind)).recalled.get_or_insert(at);
            }
            (Kind::Group, "Group.CallbackAfterRecallMsg") => {
                for recalled in list(&body["MsgSeqList"]) {
                    self.change(seq(&body, &recalled["MsgSeq"])).recalled.get_or_insert(at);
                }
            }
            (Kind::C2c, "C2C.CallbackAfterMsgReadReceipt") => {
                for read in list(&body["C2CMsgInfo"]) {
                    self.change(id(read, kind)).read.get_or_insert(at);
                }
            }
            (Kind::Group, "Group.CallbackAfterReadReceipt") => {
                for receipt in list(&body["GroupMsgReceiptList"]) {
                    if text(&receipt["ReadNum"]).is_none_or(|number| number != "0") {
                        self.change(seq(&body, &receipt["MsgSeq"])).read.get_or_insert(at);
                    }
                }
            }
            (Kind::C2c, "C2C.CallbackAfterMsgReport") => self.report(&body, at),
            _ => {}
        }
    }

    fn change(&mut self, id: String) -> &mut Change {
        self.messages.entry(id).or_default()
    }

    fn report(&mut self, body: &Value, at: u64) {
        let up_to = text(&body["LastReadTime"]).and_then(|seconds| seconds.parse().ok());
        let (Some(reader), Some(peer), Some(up_to)) =
            (text(&body["Report_Account"]), text(&body["Peer_Account"]), up_to)
        else {
            return;
        };
        let reports = self.reports.entry(reader).or_default();
        if reports.iter().rev().find(|report| report.peer == peer).is_none_or(|last| last.up_to < up_to) {
            reports.push(Report { at, peer, up_to });
        }
    }

    /// Applies what is known to a message.
    pub(super) fn apply(&self, message: &mut Message) {
        if let Some(change) = self.messages.get(&message.id) {
            if let Some((at, text)) = &change.edited {
                message.edited = Some(*at);
                message.text.clone_from(text);
            }
            message.recalled = change.recalled;
            message.read = change.read;
        }
        let reports = message.to.as_ref().and_then(|to| self.reports.get(to));
        let has_read = |report: &&Report| report.peer == message.from && report.up_to >= message.time / 1000;
        let reported = reports.into_iter().flatten().find(has_read).map(|report| report.at);
        message.read = [message.read, reported].into_iter().flatten().min();
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
