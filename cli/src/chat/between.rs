//! The events of a conversation of two users.

use tencent_chat_callbacks::{
    Event,
    event::c2c::{AfterSendMsg, BeforeSendMsg},
    value::{Flag, Number, Seconds, Text},
};
use tencent_chat_webhook::record::RecordedEvent;

use super::{
    message::{Change, Sent, filled},
    step::Step,
};
use crate::{content::Content, refusal};

/// The commands that matter.
pub(super) const COMMANDS: [&str; 7] = [
    SENT,
    "C2C.CallbackBeforeSendMsg",
    "C2C.CallbackAfterModifyMsg",
    "C2C.CallbackAfterMsgWithDraw",
    "C2C.CallbackAfterMsgReport",
    "C2C.CallbackAfterMsgReadReceipt",
    "C2C.CallbackAfterMsgReadAll",
];

const SENT: &str = "C2C.CallbackAfterSendMsg";

/// The two users.
#[derive(Debug)]
pub(super) struct Between(pub(super) String, pub(super) String);

impl Between {
    pub(super) fn step(&self, event: &RecordedEvent, typed: &Event<'_>) -> Option<Step> {
        match typed {
            Event::C2cAfterSendMsg(message) if self.are(&message.from_account, &message.to_account) => {
                Some(message_step(event, message))
            }
            Event::C2cBeforeSendMsg(message) if self.are(&message.from_account, &message.to_account) => {
                Some(asked(event, message))
            }
            Event::C2cAfterModifyMsg(edit) if self.are(&edit.from_account, &edit.to_account) => {
                let change =
                    Change::of(event, Some(&edit.operator_account), Some(Content::of(&edit.msg_body)));
                Some(Step::Edited(key(&edit.from_account, &edit.msg_key), change))
            }
            Event::C2cAfterMsgWithDraw(recall) if self.are(&recall.from_account, &recall.to_account) => {
                let key = key(&recall.from_account, &recall.msg_key);
                Some(Step::Recalled(vec![key], Change::of(event, None, None)))
            }
            Event::C2cAfterMsgReport(report) if self.are(&report.report_account, &report.peer_account) => {
                let seconds = Sent::seconds(event, report.last_read_time);
                Some(Step::ReadUpTo(report.report_account.to_string(), seconds))
            }
            Event::C2cAfterMsgReadAll(report) => {
                let reader = report.report_account.to_string();
                Some(Step::ReadUpTo(reader, Sent::seconds(event, None)))
            }
            Event::C2cAfterMsgReadReceipt(receipt)
                if self.are(&receipt.operator_account, &receipt.peer_account) =>
            {
                let keys = receipt.c2c_msg_info.iter().map(|read| key(&read.from_account, &read.msg_key));
                Some(Step::Read(keys.map(|key| (key, None)).collect()))
            }
            _ => None,
        }
    }

    /// An event whose body does not have its documented shape, if its attributes name both users.
    pub(super) fn step_of_undocumented_shape(&self, event: &RecordedEvent, command: &str) -> Option<Step> {
        let (from, field) = (event.subject(), |name| event.attribute(name));
        let other = field("To_Account").or_else(|| field("Peer_Account"))?;
        let key = || field("MsgKey").map(|msg_key| key(from, msg_key));
        let is_sent = field("SendMsgResult").is_none_or(|code| code == "0");
        self.are(from, other).then(|| match (command, is_sent) {
            (SENT, true) => {
                let (key, to) = (key(), Some(other.to_owned()));
                let message = Sent { key, to, ..Sent::of(event, from, Content::default()) };
                Step::from_undocumented_shape(event, message)
            }
            (SENT, false) => {
                let content = Content::of_event(event).unwrap_or_default();
                let undelivered = refusal::reason(event);
                Step::NotSent(Box::new(Sent { undelivered, ..Sent::of(event, from, content) }), key())
            }
            _ => Step::Unreadable(None),
        })
    }

    fn are(&self, one: &str, other: &str) -> bool {
        let Self(a, b) = self;
        (one == a && other == b) || (one == b && other == a)
    }
}

fn message_step(event: &RecordedEvent, message: &AfterSendMsg<'_>) -> Step {
    let key = msg_key(message.msg_key.as_ref(), message.msg_seq, message.msg_random, message.msg_time)
        .map(|id| key(&message.from_account, &id));
    let is_refused = message.send_msg_result.is_some_and(|code| code != 0);
    let sent = Box::new(Sent {
        seconds: Sent::seconds(event, message.msg_time),
        seq: message.msg_seq.map(|Number(number)| number),
        key: key.clone(),
        to: Some(message.to_account.to_string()),
        online_only: message.online_only_flag == Some(Flag(true)),
        undelivered: is_refused.then(|| refusal::reason(event)).flatten(),
        custom_data: filled(message.cloud_custom_data.as_deref()),
        ..Sent::of(event, &message.from_account, Content::of(&message.msg_body))
    });
    if is_refused { Step::NotSent(sent, key) } else { Step::Sent(sent, key) }
}

fn asked(event: &RecordedEvent, message: &BeforeSendMsg<'_>) -> Step {
    let key = msg_key(message.msg_key.as_ref(), message.msg_seq, message.msg_random, message.msg_time)
        .map(|id| key(&message.from_account, &id));
    let sent = Sent {
        seconds: Sent::seconds(event, message.msg_time),
        seq: message.msg_seq.map(|Number(number)| number),
        to: Some(message.to_account.to_string()),
        online_only: message.online_only_flag == Some(Flag(true)),
        undelivered: Some(undelivered(event)),
        custom_data: filled(message.cloud_custom_data.as_deref()),
        ..Sent::of(event, &message.from_account, Content::of(&message.msg_body))
    };
    Step::Asked(Box::new(sent), key)
}

/// Why a message that a before-callback saw was not delivered, as far as the record says.
pub(super) fn undelivered(event: &RecordedEvent) -> String {
    refusal::reason(event).unwrap_or_else(|| "no callback reports that it was sent".to_owned())
}

/// `MsgKey`. Some captures lack it, but have the three numbers that it is made of.
fn msg_key(
    msg_key: Option<&Text<'_>>,
    seq: Option<Number>,
    random: Option<Number>,
    time: Option<Seconds>,
) -> Option<String> {
    msg_key.map(Into::into).or_else(|| {
        let (Number(seq), Number(random), Seconds(time)) = (seq?, random?, time?);
        Some(format!("{seq}_{random}_{time}"))
    })
}

/// A message's key with its sender. Two senders can have the same key by chance.
fn key(from: &str, msg_key: &str) -> String {
    format!("{msg_key} {from}")
}
