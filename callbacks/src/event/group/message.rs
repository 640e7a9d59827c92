//! Messages in groups. Those of a topic come the same way, with a `TopicId`.

use serde::Deserialize;

use super::Member;
use crate::{
    event::message::{Extension, MsgElem},
    value::{Flag, Millis, Number, Seconds, Text},
};

/// A message is about to be sent to a group (page 34374; 269/1619).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct BeforeSendMsg<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: Text<'a>,
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the one whose request it is: not the sender where an administrator sends in their name. Absent in
    /// traffic of 2018.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Option<Text<'a>>,
    /// The request's 32-bit random number. Absent in traffic of 2018.
    pub random: Option<Number>,
    /// Priority of the message, `Normal` for one. On no page, but in traffic of 2022.
    pub msg_priority: Option<Text<'a>>,
    /// Delivered to online users only, and not stored.
    pub online_only_flag: Option<Flag>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// The app's data that is kept with the message. Absent if the app sets none.
    pub cloud_custom_data: Option<Text<'a>>,
    /// Id of the topic, for a message to one.
    pub topic_id: Option<Text<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// A message was sent to a group (page 34375; 269/2661).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterSendMsg<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: Text<'a>,
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the one whose request it was, as in [`BeforeSendMsg::operator_account`].
    #[serde(rename = "Operator_Account")]
    pub operator_account: Option<Text<'a>>,
    /// The request's 32-bit random number. Absent in traffic of 2018.
    pub random: Option<Number>,
    /// Number of the message in its group: unique, and growing.
    pub msg_seq: Option<Number>,
    /// Priority of the message, as in [`BeforeSendMsg::msg_priority`].
    pub msg_priority: Option<Text<'a>>,
    /// When the server took it.
    pub msg_time: Option<Seconds>,
    /// Delivered to online users only, and not stored.
    pub online_only_flag: Option<Flag>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// The app's data that is kept with the message. Absent if the app sets none.
    pub cloud_custom_data: Option<Text<'a>>,
    /// Id of the topic, for a message to one.
    pub topic_id: Option<Text<'a>>,
    /// Id of the message as clients know it. Only on newer pages.
    pub msg_id: Option<Text<'a>>,
    /// Who is mentioned, up to 30. Only on newer pages.
    pub group_at_info: Option<Vec<GroupAt<'a>>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// An entry of `GroupAtInfo`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct GroupAt<'a> {
    /// Everybody is mentioned.
    pub group_at_all_flag: Option<Flag>,
    /// `UserID` of the one who is mentioned.
    #[serde(rename = "GroupAt_Account")]
    pub group_at_account: Option<Text<'a>>,
}

/// A message could not be sent to a group (page 49462; 269/78619).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct SendMsgException<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: Text<'a>,
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the one whose request it was, as in [`BeforeSendMsg::operator_account`].
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The request's 32-bit random number.
    pub random: Number,
    /// Would have been delivered to online users only.
    pub online_only_flag: Option<Flag>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// The app's data that would have been kept with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// Why not, as a code of Tencent's (80001: a word that is not allowed).
    pub error_code: Number,
    /// Why not, in words.
    pub error_info: Option<Text<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Messages of a group were recalled (page 46979; 269/73141).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterRecallMsg<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: Text<'a>,
    /// `UserID` of the one who recalled them.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The messages.
    pub msg_seq_list: Vec<RecalledMsg<'a>>,
    /// Id of the topic, for messages of one.
    pub topic_id: Option<Text<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// An entry of `MsgSeqList`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct RecalledMsg<'a> {
    /// The message, as in [`AfterSendMsg::msg_seq`].
    pub msg_seq: Number,
    /// The message, as in [`AfterSendMsg::msg_id`]. Only on newer pages.
    pub msg_id: Option<Text<'a>>,
}

/// A message of a group was edited (page 269/129193, of 2026).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterModifyMsg<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// `UserID` of the one who edited it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// Id of the topic, for a message of one; else absent or empty.
    pub topic_id: Option<Text<'a>>,
    /// The message, as in [`AfterSendMsg::msg_seq`].
    pub msg_seq: Number,
    /// What it says now.
    pub msg_body: Vec<MsgElem<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Members sent read receipts for messages of a group (page 60395). Not for communities.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterReadReceipt<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: Text<'a>,
    /// How far each message has been read.
    pub group_msg_receipt_list: Vec<GroupMsgReceipt<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// An entry of `GroupMsgReceiptList`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct GroupMsgReceipt<'a> {
    /// The message, as in [`AfterSendMsg::msg_seq`].
    pub msg_seq: Number,
    /// How many members have read it.
    pub read_num: Option<Number>,
    /// How many have not.
    pub unread_num: Option<Number>,
    /// Whose receipts these are.
    pub read_receipt_members: Option<Vec<Member<'a>>>,
}

/// Extensions of a message, the key-value pairs hung on it, changed (page 76007).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterGroupMsgExtension<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// The message, as in [`AfterSendMsg::msg_seq`].
    pub msg_seq: Number,
    /// 1: keys were set, 2: deleted, 3: all of them cleared.
    pub operate_type: Number,
    /// The keys that it is about. Empty where all were cleared.
    pub extension_list: Option<Vec<Extension<'a>>>,
    /// Version of the message's extensions as a whole, after this change.
    pub seq: Option<Number>,
    /// When it happened.
    pub event_time: Option<Millis>,
}
