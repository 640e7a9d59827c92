//! Messages: sent, refused, edited, recalled and read.

use tencent_chat_callbacks::{
    Event,
    event::{
        c2c,
        group::{self, GroupMsgReceipt},
        message::{Extension, MsgElem},
    },
    value::{Number, Seconds, Text},
};

use super::{TimeText, error, list, with};
use crate::content::text;

pub(super) fn what(event: &Event<'_>, time_text: TimeText) -> Option<String> {
    Some(match event {
        Event::GroupBeforeSendMsg(it) => {
            in_group(&it.from_account, it.operator_account.as_ref(), it.topic_id.as_ref(), &it.msg_body)
        }
        Event::GroupAfterSendMsg(it) => {
            in_group(&it.from_account, it.operator_account.as_ref(), it.topic_id.as_ref(), &it.msg_body)
        }
        Event::BotOnGroupMessage(it) => {
            let from = format!("{} to {}", it.from_account, list(&it.at_robots_account));
            let by = Some(&it.operator_account).filter(|by| **by != it.from_account);
            in_group(&Text::from(from), by, it.topic_id.as_ref(), &it.msg_body)
        }
        Event::GroupSendMsgException(it) => {
            let error = error(it.error_code.0, it.error_info.as_ref());
            let message = in_group(&it.from_account, Some(&it.operator_account), None, &it.msg_body);
            format!("not sent (error {error}): {message}")
        }
        Event::GroupAfterModifyMsg(it) => {
            let (by, seq) = (&it.operator_account, it.msg_seq);
            format!(
                "{by} edited message {seq}{}: {}",
                with(" in topic ", it.topic_id.as_ref()),
                text(&it.msg_body)
            )
        }
        Event::GroupAfterRecallMsg(it) => {
            let messages = list(it.msg_seq_list.iter().map(|message| message.msg_seq.to_string()));
            let topic = with(" in topic ", it.topic_id.as_ref());
            format!("{} recalled message {messages}{topic}", it.operator_account)
        }
        Event::GroupAfterReadReceipt(it) => list(it.group_msg_receipt_list.iter().map(receipt)),
        Event::GroupAfterGroupMsgExtension(it) => {
            format!("message {}: {}", it.msg_seq, extensions(it.operate_type, it.extension_list.as_deref()))
        }
        Event::C2cAfterMsgReport(it) => {
            let until = it.last_read_time.map(|time| format!(" up to {}", at(time, time_text)));
            let until = until.unwrap_or_default();
            let unread = it.unread_msg_num.map(|number| format!("; {number} unread")).unwrap_or_default();
            format!("{} read the messages of {}{until}{unread}", it.report_account, it.peer_account)
        }
        Event::C2cAfterMsgReadAll(it) => {
            let groups = it.group_read_info.iter().flatten().map(read_in_group);
            let groups = list(groups);
            let beside = if groups.is_empty() { String::new() } else { format!("; in groups: {groups}") };
            format!("{} read all messages{beside}", it.report_account)
        }
        Event::C2cAfterMsgReadReceipt(it) => {
            let messages = list(it.c2c_msg_info.iter().map(|message| &message.msg_key));
            format!("{} read from {}: message {messages}", it.operator_account, it.peer_account)
        }
        Event::C2cAfterMsgWithDraw(it) => {
            format!("{} recalled a message to {}: {}", it.from_account, it.to_account, it.msg_key)
        }
        Event::C2cAfterModifyMsg(it) => {
            let text = text(&it.msg_body);
            format!(
                "{} edited a message of {} to {}: {text}",
                it.operator_account, it.from_account, it.to_account
            )
        }
        Event::C2cAfterC2cMsgExtension(it) => {
            let what = extensions(it.operate_type, it.extension_list.as_deref());
            format!("{} to {}, message {}: {what}", it.from_account, it.to_account, it.msg_key)
        }
        _ => return one_to_one(event),
    })
}

/// Messages to a user or robot, and of a channel.
fn one_to_one(event: &Event<'_>) -> Option<String> {
    let said = |from, to, body: &[MsgElem<'_>]| format!("{from} to {to}: {}", text(body));
    Some(match event {
        Event::C2cBeforeSendMsg(it) => said(&it.from_account, &it.to_account, &it.msg_body),
        Event::C2cAfterSendMsg(it) => {
            let said = said(&it.from_account, &it.to_account, &it.msg_body);
            result(it.send_msg_result, it.error_info.as_ref(), said)
        }
        Event::BotOnC2cMessage(it) => {
            let said = said(&it.from_account, &it.to_account, &it.msg_body);
            result(it.send_msg_result, it.error_info.as_ref(), said)
        }
        Event::ChatbotOnC2cSignalMessage(it) => {
            format!("{} to {}: {}", it.from_account, it.to_account, it.data)
        }
        Event::OfficialAccountBeforeSendMsg(it) => text(&it.msg_body),
        Event::OfficialAccountAfterSendMsg(it) => text(&it.msg_body),
        Event::OfficialAccountAfterMsgWithDraw(it) => {
            let messages = list(it.withdraw_msg_list.iter().map(|message| &message.msg_key));
            format!("recalled message {messages}")
        }
        _ => return None,
    })
}

/// A message in a group. An administrator may send it in the name of another user.
fn in_group(
    from: &Text<'_>,
    operator: Option<&Text<'_>>,
    topic: Option<&Text<'_>>,
    body: &[MsgElem<'_>],
) -> String {
    let by = with(", sent by ", operator.filter(|operator| *operator != from));
    format!("{from}{by}{}: {}", with(", in topic ", topic), text(body))
}

fn result(code: Option<Number>, info: Option<&Text<'_>>, said: String) -> String {
    match code {
        Some(Number(code)) if code != 0 => format!("not sent (error {}): {said}", error(code, info)),
        _ => said,
    }
}

fn receipt(receipt: &GroupMsgReceipt<'_>) -> String {
    let members = receipt.read_receipt_members.iter().flatten();
    let members = list(members.map(|group::Member { member_account, .. }| member_account));
    let who = if members.is_empty() { "some".to_owned() } else { members };
    let count = |number: Option<Number>, what| number.map(|number| format!("{number} {what}"));
    let counts =
        list([count(receipt.read_num, "have read"), count(receipt.unread_num, "have not")].iter().flatten());
    format!("{who} read message {} ({counts})", receipt.msg_seq)
}

fn read_in_group(read: &c2c::GroupRead<'_>) -> String {
    let until = read.msg_seq.map(|seq| format!(" up to {seq}")).unwrap_or_default();
    format!("{}{until}", read.group_id)
}

fn extensions(Number(operation): Number, list_of: Option<&[Extension<'_>]>) -> String {
    let what = match operation {
        1 => "set",
        2 => "deleted",
        3 => "cleared all keys",
        _ => "changed",
    };
    let key = |each: &Extension<'_>| match each.value.as_ref().filter(|_| operation == 1) {
        Some(value) => format!("{}={value}", each.key),
        None => each.key.to_string(),
    };
    format!("{what} {}", list(list_of.unwrap_or_default().iter().map(key))).trim_end().to_owned()
}

fn at(Seconds(seconds): Seconds, time_text: TimeText) -> String {
    u64::try_from(seconds).map_or_else(|_| seconds.to_string(), |seconds| time_text(seconds * 1000))
}
