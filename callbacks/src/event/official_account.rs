//! Official accounts: channels with one sender and many subscribers.

use bounded_static::ToStatic;
use serde::Deserialize;

use super::message::MsgElem;
use crate::value::{Flag, Millis, Seconds, Text};

/// Someone wants to create a channel (page 60795). The channel has no id yet.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct BeforeCreateOfficialAccount<'a> {
    /// `UserID` of the user who wants to create the channel.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of its future owner.
    #[serde(rename = "Owner_Account")]
    pub owner_account: Text<'a>,
    /// The requested name.
    pub name: Text<'a>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// A channel was created (page 60796).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterCreateOfficialAccount<'a> {
    /// Id of the new channel, `@TOA#…`
    #[serde(rename = "Official_Account")]
    pub official_account: Text<'a>,
    /// `UserID` of the user who created the channel.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of the channel's owner.
    #[serde(rename = "Owner_Account")]
    pub owner_account: Text<'a>,
    /// Name of the channel.
    pub name: Text<'a>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Name, introduction, organization or portrait of a channel changed (page 60797). Presumably only changed fields are
/// present, as for groups.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterOfficialAccountInfoChanged<'a> {
    /// Id of the channel.
    #[serde(rename = "Official_Account")]
    pub official_account: Text<'a>,
    /// `UserID` of the user who changed it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The new name.
    pub name: Option<Text<'a>>,
    /// The new introduction.
    pub introduction: Option<Text<'a>>,
    /// The new organization that runs the channel.
    pub organization: Option<Text<'a>>,
    /// URL of the new portrait.
    pub face_url: Option<Text<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// A channel was destroyed (page 60798).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterOfficialAccountDestroyed<'a> {
    /// Id of the destroyed channel.
    #[serde(rename = "Official_Account")]
    pub official_account: Text<'a>,
    /// `UserID` of its owner.
    #[serde(rename = "Owner_Account")]
    pub owner_account: Text<'a>,
    /// Its name.
    pub name: Option<Text<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Users are about to subscribe to a channel (page 60799).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct BeforeAddSubscriber<'a> {
    /// Id of the channel.
    #[serde(rename = "Official_Account")]
    pub official_account: Text<'a>,
    /// `UserID` of the user who made the request.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The users who want to subscribe.
    pub subscribe_account_list: Vec<Subscriber<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Users subscribed to a channel (page 60800).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterAddSubscriber<'a> {
    /// Id of the channel.
    #[serde(rename = "Official_Account")]
    pub official_account: Text<'a>,
    /// `UserID` of the user who made the request.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The new subscribers.
    pub subscribe_account_list: Vec<Subscriber<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Users unsubscribed from a channel or were unsubscribed (page 60802).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterDeleteSubscriber<'a> {
    /// Id of the channel.
    #[serde(rename = "Official_Account")]
    pub official_account: Text<'a>,
    /// `UserID` of the user who made the request.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The former subscribers.
    pub subscribe_account_list: Vec<Subscriber<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// An entry of `SubscribeAccountList`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct Subscriber<'a> {
    /// `UserID` of the subscriber.
    #[serde(rename = "Subscriber_Account")]
    pub subscriber_account: Text<'a>,
}

/// A channel is full (page 60801).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterOfficialAccountFull<'a> {
    /// Id of the channel.
    #[serde(rename = "Official_Account")]
    pub official_account: Text<'a>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// A channel is about to send a message (page 60803).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct BeforeSendMsg<'a> {
    /// Id of the channel.
    #[serde(rename = "Official_Account")]
    pub official_account: Text<'a>,
    /// Delivered to online users only, and not stored.
    pub online_only_flag: Option<Flag>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// Data that the app stores with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// A channel sent a message (page 60804; 269/102324).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterSendMsg<'a> {
    /// Id of the channel.
    #[serde(rename = "Official_Account")]
    pub official_account: Text<'a>,
    /// The message's key.
    pub msg_key: Text<'a>,
    /// When the server received it.
    pub msg_time: Option<Seconds>,
    /// Delivered to online users only, and not stored.
    pub online_only_flag: Option<Flag>,
    /// The message.
    pub msg_body: Vec<MsgElem<'a>>,
    /// Data that the app stores with the message.
    pub cloud_custom_data: Option<Text<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Messages of a channel were recalled (page 60805).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterMsgWithDraw<'a> {
    /// Id of the channel.
    #[serde(rename = "Official_Account")]
    pub official_account: Text<'a>,
    /// The messages.
    pub withdraw_msg_list: Vec<WithdrawnMsg<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// An entry of `WithdrawMsgList`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct WithdrawnMsg<'a> {
    /// The message, as in [`AfterSendMsg::msg_key`].
    pub msg_key: Text<'a>,
}
