//! The events of a conversation in a group or in an official channel.

use tencent_chat_callbacks::{
    Event,
    event::{
        group::{AfterReadReceipt, AfterSendMsg, BeforeSendMsg, SendMsgException},
        official_account,
    },
    value::{Flag, Number},
};
use tencent_chat_webhook::record::RecordedEvent;

use super::{
    between::undelivered,
    message::{Change, Readers, Sent, filled},
    step::Step,
};
use crate::{content::Content, refusal};

/// The commands that matter.
pub(super) const COMMANDS: [&str; 9] = [
    SENT,
    "Group.CallbackBeforeSendMsg",
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
        Event::GroupAfterSendMsg(message) => {
            let ask = message.random.map(|random| ask(random, &message.from_account));
            Step::Sent(Box::new(sent(event, message)), ask)
        }
        Event::GroupBeforeSendMsg(message) => {
            let ask = message.random.map(|random| ask(random, &message.from_account));
            Step::Asked(Box::new(asked(event, message)), ask)
        }
        Event::GroupSendMsgException(message) => {
            let ask = ask(message.random, &message.from_account);
            Step::NotSent(Box::new(refused(event, message)), Some(ask))
        }
        Event::GroupAfterModifyMsg(edit) => {
            let change = Change::of(event, Some(&edit.operator_account), Some(Content::of(&edit.msg_body)));
            Step::Edited(key(edit.msg_seq, edit.topic_id.as_deref()), change)
        }
        Event::GroupAfterRecallMsg(recall) => {
            let keys = recall.msg_seq_list.iter().map(|each| key(each.msg_seq, recall.topic_id.as_deref()));
            Step::Recalled(keys.collect(), Change::of(event, Some(&recall.operator_account), None))
        }
        Event::GroupAfterReadReceipt(receipt) => read(receipt),
        Event::GroupAfterGroupDestroyed(_) => Step::Destroyed,
        Event::OfficialAccountAfterSendMsg(message) => {
            Step::Sent(Box::new(sent_by_channel(event, message)), None)
        }
        Event::OfficialAccountAfterMsgWithDraw(recall) => {
            let keys = recall.withdraw_msg_list.iter().map(|each| each.msg_key.to_string());
            Step::Recalled(keys.collect(), Change::of(event, None, None))
        }
        _ => return None,
    })
}

/// An event whose body does not have its documented shape.
pub(super) fn step_of_undocumented_shape(event: &RecordedEvent, command: &str) -> Step {
    let field = |name| event.attribute(name);
    let from = field("From_Account").unwrap_or_else(|| event.subject());
    match command {
        "Group.CallbackAfterGroupDestroyed" => Step::Destroyed,
        "Group.CallbackSendMsgException" => {
            let content = Content::of_event(event).unwrap_or_default();
            let undelivered = refusal::reason(event);
            Step::NotSent(Box::new(Sent { undelivered, ..Sent::of(event, from, content) }), None)
        }
        SENT => {
            let seq = field("MsgSeq").and_then(|number| number.parse().ok());
            let topic = filled(field("TopicId"));
            let key = seq.map(|seq| key(Number(seq), topic.as_deref()));
            let message = Sent { seq, key, topic, ..Sent::of(event, from, Content::default()) };
            Step::from_undocumented_shape(event, message)
        }
        SENT_BY_CHANNEL => {
            let key = field("MsgKey").map(str::to_owned);
            Step::from_undocumented_shape(event, Sent { key, ..Sent::of(event, from, Content::default()) })
        }
        _ => Step::Unreadable(None),
    }
}

fn sent(event: &RecordedEvent, message: &AfterSendMsg<'_>) -> Sent {
    let topic = filled(message.topic_id.as_deref());
    Sent {
        seconds: Sent::seconds(event, message.msg_time),
        seq: message.msg_seq.map(|Number(number)| number),
        key: message.msg_seq.map(|number| key(number, topic.as_deref())),
        by: other_operator(message.operator_account.as_deref(), &message.from_account),
        topic,
        online_only: message.online_only_flag == Some(Flag(true)),
        custom_data: filled(message.cloud_custom_data.as_deref()),
        ..Sent::of(event, &message.from_account, Content::of(&message.msg_body))
    }
}

fn asked(event: &RecordedEvent, message: &BeforeSendMsg<'_>) -> Sent {
    Sent {
        by: other_operator(message.operator_account.as_deref(), &message.from_account),
        topic: filled(message.topic_id.as_deref()),
        online_only: message.online_only_flag == Some(Flag(true)),
        undelivered: Some(undelivered(event)),
        custom_data: filled(message.cloud_custom_data.as_deref()),
        ..Sent::of(event, &message.from_account, Content::of(&message.msg_body))
    }
}

fn refused(event: &RecordedEvent, message: &SendMsgException<'_>) -> Sent {
    Sent {
        by: other_operator(Some(&message.operator_account), &message.from_account),
        online_only: message.online_only_flag == Some(Flag(true)),
        undelivered: refusal::reason(event),
        custom_data: filled(message.cloud_custom_data.as_deref()),
        ..Sent::of(event, &message.from_account, Content::of(&message.msg_body))
    }
}

/// The user who made the request, if it is not the sender.
fn other_operator(operator: Option<&str>, from: &str) -> Option<String> {
    operator.filter(|by| *by != from).map(str::to_owned)
}

/// The name of a message that its before-callback has too.
fn ask(Number(random): Number, from: &str) -> String {
    format!("{random} {from}")
}

fn sent_by_channel(event: &RecordedEvent, message: &official_account::AfterSendMsg<'_>) -> Sent {
    Sent {
        seconds: Sent::seconds(event, message.msg_time),
        key: Some(message.msg_key.to_string()),
        online_only: message.online_only_flag == Some(Flag(true)),
        custom_data: filled(message.cloud_custom_data.as_deref()),
        ..Sent::of(event, &message.official_account, Content::of(&message.msg_body))
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
