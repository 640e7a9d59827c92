//! Messages in groups. Messages in a topic have the same form and a `TopicId`.

use bounded_static::ToStatic;
use serde::Deserialize;

use super::{GroupKind, Member};
use crate::{
    event::message::{Extension, MsgElem},
    value::{Flag, Millis, Number, Seconds, Text},
};

/// A message is about to be sent to a group (page 34374; 269/1619).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct BeforeSendMsg<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the user who made the request. Differs from the sender if an administrator sends in the sender's
    /// name. Absent in traffic of 2018.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Option<Text<'a>>,
    /// The request's 32-bit random number. Absent in traffic of 2018.
    pub random: Option<Number>,
    /// Priority of the message, such as `Normal`. Not on any page, but in traffic of 2022.
    pub msg_priority: Option<Text<'a>>,
    /// Delivered to online users only, and not stored.
    pub online_only_flag: Option<Flag>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// Data that the app stores with the message. Absent if the app sets none.
    pub cloud_custom_data: Option<Text<'a>>,
    /// Id of the topic, if the message was sent to one.
    pub topic_id: Option<Text<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// A message was sent to a group (page 34375; 269/2661).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterSendMsg<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the user who made the request, as in [`BeforeSendMsg::operator_account`].
    #[serde(rename = "Operator_Account")]
    pub operator_account: Option<Text<'a>>,
    /// The request's 32-bit random number. Absent in traffic of 2018.
    pub random: Option<Number>,
    /// Number of the message in its group: unique and increasing.
    pub msg_seq: Option<Number>,
    /// Priority of the message, as in [`BeforeSendMsg::msg_priority`].
    pub msg_priority: Option<Text<'a>>,
    /// When the server received it.
    pub msg_time: Option<Seconds>,
    /// Delivered to online users only, and not stored.
    pub online_only_flag: Option<Flag>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// Data that the app stores with the message. Absent if the app sets none.
    pub cloud_custom_data: Option<Text<'a>>,
    /// Id of the topic, if the message was sent to one.
    pub topic_id: Option<Text<'a>>,
    /// Id of the message as clients know it. Only on newer pages.
    pub msg_id: Option<Text<'a>>,
    /// The mentioned users, up to 30. Only on newer pages.
    pub group_at_info: Option<Vec<GroupAt<'a>>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// An entry of `GroupAtInfo`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct GroupAt<'a> {
    /// Everybody is mentioned.
    pub group_at_all_flag: Option<Flag>,
    /// `UserID` of the user who is mentioned.
    #[serde(rename = "GroupAt_Account")]
    pub group_at_account: Option<Text<'a>>,
}

/// A message could not be sent to a group (page 49462; 269/78619).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct SendMsgException<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the user who made the request, as in [`BeforeSendMsg::operator_account`].
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The request's 32-bit random number.
    pub random: Number,
    /// Would have been delivered to online users only.
    pub online_only_flag: Option<Flag>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// Data that the app would have stored with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// Tencent's error code (80001: a forbidden word).
    pub error_code: Number,
    /// The error in words.
    pub error_info: Option<Text<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Messages of a group were recalled (page 46979; 269/73141).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterRecallMsg<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the user who recalled them.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The messages.
    pub msg_seq_list: Vec<RecalledMsg<'a>>,
    /// Id of the topic, if the messages were sent to one.
    pub topic_id: Option<Text<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// An entry of `MsgSeqList`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct RecalledMsg<'a> {
    /// The message, as in [`AfterSendMsg::msg_seq`].
    pub msg_seq: Number,
    /// The message, as in [`AfterSendMsg::msg_id`]. Only on newer pages.
    pub msg_id: Option<Text<'a>>,
}

/// A message of a group was edited (page 269/129193, of 2026).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterModifyMsg<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// `UserID` of the user who edited it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// Id of the topic, if the message was sent to one; otherwise absent or empty.
    pub topic_id: Option<Text<'a>>,
    /// The message, as in [`AfterSendMsg::msg_seq`].
    pub msg_seq: Number,
    /// The edited message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Members sent read receipts for messages of a group (page 60395). Not for communities.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterReadReceipt<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// The read state of each message.
    pub group_msg_receipt_list: Vec<GroupMsgReceipt<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// An entry of `GroupMsgReceiptList`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct GroupMsgReceipt<'a> {
    /// The message, as in [`AfterSendMsg::msg_seq`].
    pub msg_seq: Number,
    /// How many members have read it.
    pub read_num: Option<Number>,
    /// How many members have not read it.
    pub unread_num: Option<Number>,
    /// The members who sent these receipts.
    pub read_receipt_members: Option<Vec<Member<'a>>>,
}

/// Extensions of a message (key-value pairs attached to it) changed (page 76007).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterGroupMsgExtension<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// The message, as in [`AfterSendMsg::msg_seq`].
    pub msg_seq: Number,
    /// 1: keys were set, 2: deleted, 3: all of them cleared.
    pub operate_type: Number,
    /// The keys that changed. Empty if all were cleared.
    pub extension_list: Option<Vec<Extension<'a>>>,
    /// Version of all extensions of the message, after this change.
    pub seq: Option<Number>,
    /// When it happened.
    pub event_time: Option<Millis>,
}
