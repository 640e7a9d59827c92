//! The events of a conversation in a group or in an official channel.

use tencent_chat_callbacks::{
    Event,
    event::{
        group::{AfterReadReceipt, AfterSendMsg},
        official_account,
    },
    value::{Flag, Number},
};
use tencent_chat_webhook::record::RecordedEvent;

use super::{
    message::{Change, Readers, Sent},
    step::Step,
    text::text,
};

/// The commands that matter.
pub(super) const COMMANDS: [&str; 8] = [
    SENT,
    "Group.CallbackSendMsgException",
    "Group.CallbackAfterModifyMsg",
    "Group.CallbackAfterRecallMsg",
    "Group.CallbackAfterReadReceipt",
    "Group.CallbackAfterGroupDestroyed",
    SENT_BY_CHANNEL,
    "OfficialAccount.CallbackAfterMsgWithDraw",
];

const SENT: &str = "Group.CallbackAfterSendMsg";
const SENT_BY_CHANNEL: &str = "OfficialAccount.CallbackAfterSendMsg";

pub(super) fn step(event: &RecordedEvent, typed: &Event<'_>) -> Option<Step> {
    Some(match typed {
        Event::GroupAfterSendMsg(message) => Step::Sent(sent(event, message)),
        Event::GroupSendMsgException(_) => Step::NotSent,
        Event::GroupAfterModifyMsg(edit) => {
            let change = Change::of(event, Some(&edit.operator_account), Some(text(&edit.msg_body)));
            Step::Edited(key(edit.msg_seq, edit.topic_id.as_deref()), change)
        }
        Event::GroupAfterRecallMsg(recall) => {
            let keys = recall.msg_seq_list.iter().map(|each| key(each.msg_seq, recall.topic_id.as_deref()));
            Step::Recalled(keys.collect(), Change::of(event, Some(&recall.operator_account), None))
        }
        Event::GroupAfterReadReceipt(receipt) => read(receipt),
        Event::GroupAfterGroupDestroyed(_) => Step::Destroyed,
        Event::OfficialAccountAfterSendMsg(message) => Step::Sent(sent_by_channel(event, message)),
        Event::OfficialAccountAfterMsgWithDraw(recall) => {
            let keys = recall.withdraw_msg_list.iter().map(|each| each.msg_key.to_string());
            Step::Recalled(keys.collect(), Change::of(event, None, None))
        }
        _ => return None,
    })
}

/// An event whose body does not have its documented shape.
pub(super) fn from_undocumented_shape(event: &RecordedEvent, command: &str) -> Step {
    let field = |name| event.attribute(name);
    let from = field("From_Account").unwrap_or_else(|| event.subject());
    match command {
        "Group.CallbackAfterGroupDestroyed" => Step::Destroyed,
        "Group.CallbackSendMsgException" => Step::NotSent,
        SENT => {
            let number = field("MsgSeq").and_then(|number| number.parse().ok()).map(Number);
            Step::from_undocumented_shape(
                event,
                from,
                None,
                number.map(|number| key(number, field("TopicId"))),
            )
        }
        SENT_BY_CHANNEL => {
            Step::from_undocumented_shape(event, from, None, field("MsgKey").map(str::to_owned))
        }
        _ => Step::Unreadable(None),
    }
}

fn sent(event: &RecordedEvent, message: &AfterSendMsg<'_>) -> Sent {
    let topic = message.topic_id.as_deref().filter(|topic| !topic.is_empty());
    let by = message.operator_account.as_ref().filter(|by| **by != message.from_account);
    Sent {
        seconds: Sent::seconds(event, message.msg_time),
        seq: message.msg_seq.map(|Number(number)| number),
        key: message.msg_seq.map(|number| key(number, topic)),
        by: by.map(Into::into),
        topic: topic.map(Into::into),
        online_only: message.online_only_flag == Some(Flag(true)),
        ..Sent::of(event, &message.from_account, text(&message.msg_body))
    }
}

fn sent_by_channel(event: &RecordedEvent, message: &official_account::AfterSendMsg<'_>) -> Sent {
    Sent {
        seconds: Sent::seconds(event, message.msg_time),
        key: Some(message.msg_key.to_string()),
        online_only: message.online_only_flag == Some(Flag(true)),
        ..Sent::of(event, &message.official_account, text(&message.msg_body))
    }
}

fn read(receipt: &AfterReadReceipt<'_>) -> Step {
    let count = |number: Option<Number>| number.map(|Number(number)| number);
    let is_read = |number: Option<Number>| number != Some(Number(0));
    let messages = receipt.group_msg_receipt_list.iter().filter(|each| is_read(each.read_num)).map(|each| {
        let readers = Readers { read: count(each.read_num), unread: count(each.unread_num) };
        (key(each.msg_seq, None), Some(readers))
    });
    Step::Read(messages.collect())
}

/// A message's number with its topic. Outside of topics, the topic is absent or empty.
fn key(Number(number): Number, topic: Option<&str>) -> String {
    format!("{number} {}", topic.unwrap_or_default())
}
