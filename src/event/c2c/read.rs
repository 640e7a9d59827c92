//! Who has read what.

use serde::Deserialize;

use crate::event::lenient::{Number, Text};

/// Someone has read a conversation up to a time (page 43465; 269/61696).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterMsgReport<'a> {
    /// `UserID` of the one who has read.
    #[serde(rename = "Report_Account")]
    pub report_account: Text<'a>,
    /// `UserID` of the other one.
    #[serde(rename = "Peer_Account")]
    pub peer_account: Text<'a>,
    /// Everything up to then is read: seconds since the epoch.
    pub last_read_time: Option<Number>,
    /// How many one-to-one messages the reader has not read, of all senders.
    pub unread_msg_num: Option<Number>,
    /// When it happened: milliseconds since the epoch. Only on the mainland's page (269/61696).
    pub event_time: Option<Number>,
}

/// Someone has marked all conversations as read (page 269/128225, of 2026).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterMsgReadAll<'a> {
    /// `UserID` of the one who has.
    #[serde(rename = "Report_Account")]
    pub report_account: Text<'a>,
    /// How far that is in each group.
    pub group_read_info: Option<Vec<GroupRead<'a>>>,
    /// When it happened: milliseconds since the epoch.
    pub event_time: Option<Number>,
}

/// An entry of `GroupReadInfo`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct GroupRead<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Number of a message of the group, as in
    /// [`group::AfterSendMsg::msg_seq`](crate::event::group::AfterSendMsg::msg_seq).
    pub msg_seq: Option<Number>,
}

/// Someone sent read receipts for single messages (page 269/128223, of 2026).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterMsgReadReceipt<'a> {
    /// `UserID` of the one who has read them.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of the other one.
    #[serde(rename = "Peer_Account")]
    pub peer_account: Text<'a>,
    /// The messages.
    #[serde(rename = "C2CMsgInfo")]
    pub c2c_msg_info: Vec<C2cMsg<'a>>,
    /// When it happened: milliseconds since the epoch.
    pub event_time: Option<Number>,
}

/// An entry of `C2CMsgInfo`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct C2cMsg<'a> {
    /// `UserID` of the message's sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of its recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// Its key, as in [`BeforeSendMsg::msg_key`](super::BeforeSendMsg::msg_key).
    pub msg_key: Text<'a>,
    /// Its id as clients know it.
    pub msg_id: Option<Text<'a>>,
}
