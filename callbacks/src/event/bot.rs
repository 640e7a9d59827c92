//! Messages to robots.

use bounded_static::ToStatic;
use serde::Deserialize;

use super::{group::GroupKind, message::MsgElem};
use crate::value::{Flag, Millis, Number, Seconds, Text, Texts};

/// Someone wrote to a robot (page 68952; 269/90407).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct OnC2cMessage<'a> {
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the robot, `@RBT#…`
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The message's 32-bit number.
    pub msg_seq: Number,
    /// The message's 32-bit random number.
    pub msg_random: Number,
    /// When it was sent.
    pub msg_time: Option<Seconds>,
    /// The message's key, as in [`c2c::BeforeSendMsg::msg_key`](super::c2c::BeforeSendMsg::msg_key).
    pub msg_key: Text<'a>,
    /// Id of the message as clients know it. Only on the Chinese page (269/90407).
    pub msg_id: Option<Text<'a>>,
    /// Delivered to online users only, and not stored.
    pub online_only_flag: Option<Flag>,
    /// 0: delivered.
    pub send_msg_result: Option<Number>,
    /// Why it was not delivered; `send msg succeed` if it was.
    pub error_info: Option<Text<'a>>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// Data that the app stores with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Someone mentioned robots in a group (page 68953; 269/89994).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct OnGroupMessage<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`group::AfterCreateGroup::kind`](super::group::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the user who made the request.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The request's 32-bit random number.
    pub random: Number,
    /// Number of the message in its group: unique and increasing.
    pub msg_seq: Number,
    /// When the server received it.
    pub msg_time: Option<Seconds>,
    /// Delivered to online users only, and not stored.
    pub online_only_flag: Option<Flag>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// `UserID`s of the mentioned robots.
    #[serde(rename = "AtRobots_Account")]
    pub at_robots_account: Texts<'a>,
    /// Data that the app stores with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// Id of the topic, if the message was sent to one.
    pub topic_id: Option<Text<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// A client sends data to a robot, and the answer may contain data for it (page 59057; 269/103730).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct OnC2cSignalMessage<'a> {
    /// `UserID` of the sender.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the robot, `@RBT#…`
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The message's 32-bit number.
    pub msg_seq: Number,
    /// The message's 32-bit random number.
    pub msg_random: Number,
    /// The message's key, as in [`c2c::BeforeSendMsg::msg_key`](super::c2c::BeforeSendMsg::msg_key).
    pub msg_key: Text<'a>,
    /// The client's data.
    pub data: Text<'a>,
    /// When it happened.
    pub event_time: Option<Millis>,
}
