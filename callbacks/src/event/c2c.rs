//! One-to-one messages and their read state.

use bounded_static::ToStatic;
use serde::Deserialize;

use super::message::{Extension, MsgElem};
use crate::value::{Flag, Millis, Number, Seconds, Text};

/// A message is about to be sent (page 34364; 269/1632).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct BeforeSendMsg<'a> {
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The message's 32-bit number; it orders messages of the same second. Absent in `AfterSendMsg` bodies of 2017.
    pub msg_seq: Option<Number>,
    /// The message's 32-bit random number. Absent in `AfterSendMsg` bodies of 2017.
    pub msg_random: Option<Number>,
    /// When it was sent.
    pub msg_time: Option<Seconds>,
    /// The message's key, made of the three fields above; needed to recall the message. Absent in traffic of 2018.
    pub msg_key: Option<Text<'a>>,
    /// Id of the message as clients know it. Only on the Chinese page (269/1632).
    pub msg_id: Option<Text<'a>>,
    /// Delivered only if the recipient is online, and not stored.
    pub online_only_flag: Option<Flag>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// Data that the app stores with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// When it happened. Not on any readable page.
    pub event_time: Option<Millis>,
}

/// A message was sent, or could not be (page 34365; 269/2716).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterSendMsg<'a> {
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The message's number, as in [`BeforeSendMsg::msg_seq`].
    pub msg_seq: Option<Number>,
    /// The message's 32-bit random number.
    pub msg_random: Option<Number>,
    /// When it was sent.
    pub msg_time: Option<Seconds>,
    /// The message's key, as in [`BeforeSendMsg::msg_key`].
    pub msg_key: Option<Text<'a>>,
    /// Id of the message as clients know it. Only on some pages.
    pub msg_id: Option<Text<'a>>,
    /// Delivered only if the recipient was online, and not stored.
    pub online_only_flag: Option<Flag>,
    /// 0: sent; otherwise Tencent's error code.
    pub send_msg_result: Option<Number>,
    /// Why it was not sent; `send msg succeed` if it was.
    pub error_info: Option<Text<'a>>,
    /// The recipient's number of unread one-to-one messages, from all senders; -1 if this message was not sent.
    pub unread_msg_num: Option<Number>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// Data that the app stores with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// When it happened. Not on any readable page.
    pub event_time: Option<Millis>,
}

/// A message was recalled (page 43466; 269/61697).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterMsgWithDraw<'a> {
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The message's key, as in [`BeforeSendMsg::msg_key`].
    pub msg_key: Text<'a>,
    /// The recipient's number of unread one-to-one messages, from all senders.
    pub unread_msg_num: Option<Number>,
    /// When it happened. Only on the Chinese page (269/61697).
    pub event_time: Option<Millis>,
}

/// A message was edited (page 269/128224, of 2026).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterModifyMsg<'a> {
    /// `UserID` of the user who edited it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The message's number, as in [`BeforeSendMsg::msg_seq`].
    pub msg_seq: Number,
    /// The message's 32-bit random number.
    pub msg_random: Number,
    /// When it was sent (not edited).
    pub msg_time: Option<Seconds>,
    /// The message's key, as in [`BeforeSendMsg::msg_key`].
    pub msg_key: Text<'a>,
    /// The edited message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// Data that the app stores with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// When it was edited.
    pub event_time: Option<Millis>,
}

/// Extensions of a message (key-value pairs attached to it) changed (page 76006).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterC2cMsgExtension<'a> {
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The message's key, as in [`BeforeSendMsg::msg_key`].
    pub msg_key: Text<'a>,
    /// 1: keys were set, 2: deleted, 3: all of them cleared.
    pub operate_type: Number,
    /// The keys that changed. Empty if all were cleared.
    pub extension_list: Option<Vec<Extension<'a>>>,
    /// Version of all extensions of the message, after this change.
    pub seq: Option<Number>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Someone has read a conversation up to a time (page 43465; 269/61696).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterMsgReport<'a> {
    /// `UserID` of the reader.
    #[serde(rename = "Report_Account")]
    pub report_account: Text<'a>,
    /// `UserID` of the other user.
    #[serde(rename = "Peer_Account")]
    pub peer_account: Text<'a>,
    /// Messages up to this time are read.
    pub last_read_time: Option<Seconds>,
    /// The reader's number of unread one-to-one messages, from all senders.
    pub unread_msg_num: Option<Number>,
    /// When it happened. Only on the Chinese page (269/61696).
    pub event_time: Option<Millis>,
}

/// Someone has marked all conversations as read (page 269/128225, of 2026).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterMsgReadAll<'a> {
    /// `UserID` of the reader.
    #[serde(rename = "Report_Account")]
    pub report_account: Text<'a>,
    /// The last message read in each group.
    pub group_read_info: Option<Vec<GroupRead<'a>>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// An entry of `GroupReadInfo`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct GroupRead<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Number of a message of the group, as in
    /// [`group::AfterSendMsg::msg_seq`](super::group::AfterSendMsg::msg_seq).
    pub msg_seq: Option<Number>,
}

/// Someone sent read receipts for single messages (page 269/128223, of 2026).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterMsgReadReceipt<'a> {
    /// `UserID` of the reader.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of the other user.
    #[serde(rename = "Peer_Account")]
    pub peer_account: Text<'a>,
    /// The messages.
    #[serde(rename = "C2CMsgInfo")]
    pub c2c_msg_info: Vec<C2cMsg<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// An entry of `C2CMsgInfo`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct C2cMsg<'a> {
    /// `UserID` of the message's sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of its recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// Its key, as in [`BeforeSendMsg::msg_key`].
    pub msg_key: Text<'a>,
    /// Its id as clients know it.
    pub msg_id: Option<Text<'a>>,
}
