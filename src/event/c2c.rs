//! One-to-one messages. Who has read them is in a file of its own.

use serde::Deserialize;

use super::{
    lenient::{Number, Text},
    message::{Extension, MsgElem},
};

mod read;

pub use read::{AfterMsgReadAll, AfterMsgReadReceipt, AfterMsgReport, C2cMsg, GroupRead};

/// A message is about to be sent (page 34364; 269/1632).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct BeforeSendMsg<'a> {
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The message's 32-bit number; it orders messages of the same second.
    pub msg_seq: Number,
    /// The message's 32-bit random number.
    pub msg_random: Number,
    /// When it was sent: seconds since the epoch.
    pub msg_time: Option<Number>,
    /// The message's key, made of the three above; it takes this to recall one.
    pub msg_key: Text<'a>,
    /// Id of the message as clients know it. Only on the mainland's page (269/1632).
    pub msg_id: Option<Text<'a>>,
    /// 1: goes to a recipient who is online, and is not kept.
    pub online_only_flag: Option<Number>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// The app's data that is kept with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// When it happened: milliseconds since the epoch. On no page that could be read.
    pub event_time: Option<Number>,
}

/// A message was sent, or could not be (page 34365; 269/2716).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterSendMsg<'a> {
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
    /// When it was sent: seconds since the epoch.
    pub msg_time: Option<Number>,
    /// The message's key, as in [`BeforeSendMsg::msg_key`].
    pub msg_key: Text<'a>,
    /// Id of the message as clients know it. Only on some pages.
    pub msg_id: Option<Text<'a>>,
    /// 1: went to a recipient who was online, and is not kept.
    pub online_only_flag: Option<Number>,
    /// 0: sent; else a code of Tencent's.
    pub send_msg_result: Option<Number>,
    /// Why it was not sent; `send msg succeed` if it was.
    pub error_info: Option<Text<'a>>,
    /// How many one-to-one messages the recipient has not read, of all senders; -1 if this one was not sent.
    pub unread_msg_num: Option<Number>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// The app's data that is kept with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// When it happened: milliseconds since the epoch. On no page that could be read.
    pub event_time: Option<Number>,
}

/// A message was recalled (page 43466; 269/61697).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterMsgWithDraw<'a> {
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The message's key, as in [`BeforeSendMsg::msg_key`].
    pub msg_key: Text<'a>,
    /// How many one-to-one messages the recipient has not read, of all senders.
    pub unread_msg_num: Option<Number>,
    /// When it happened: milliseconds since the epoch. Only on the mainland's page (269/61697).
    pub event_time: Option<Number>,
}

/// A message was edited (page 269/128224, of 2026).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterModifyMsg<'a> {
    /// `UserID` of the one who edited it.
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
    /// When it was sent, not edited: seconds since the epoch.
    pub msg_time: Option<Number>,
    /// The message's key, as in [`BeforeSendMsg::msg_key`].
    pub msg_key: Text<'a>,
    /// What it says now.
    pub msg_body: Vec<MsgElem<'a>>,
    /// The app's data that is kept with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// When it was edited: milliseconds since the epoch.
    pub event_time: Option<Number>,
}

/// Extensions of a message, the key-value pairs hung on it, changed (page 76006).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
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
    /// The keys that it is about. Empty where all were cleared.
    pub extension_list: Option<Vec<Extension<'a>>>,
    /// Version of the message's extensions as a whole, after this change.
    pub seq: Option<Number>,
    /// When it happened: milliseconds since the epoch.
    pub event_time: Option<Number>,
}
