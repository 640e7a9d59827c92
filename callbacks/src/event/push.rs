//! Delivery reports of offline pushes. A body has only `Events`; their times are in seconds.

use serde::Deserialize;

use crate::value::{Number, Seconds, Text};

/// Pushes of messages were sent, arrived or were clicked (page 67552; 269/102567).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct OfflinePush<'a> {
    /// 1 to 100 entries.
    pub events: Vec<OfflinePushEvent<'a>>,
}

/// An entry of `Events` of an [`OfflinePush`].
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct OfflinePushEvent<'a> {
    /// 1: for a one-to-one message, 2: for a group message.
    pub event_type: Option<Number>,
    /// When it happened.
    pub event_time: Option<Seconds>,
    /// `UserID` of the message's sender.
    #[serde(rename = "From_Account")]
    pub from_account: Option<Text<'a>>,
    /// `UserID` of the push's recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// 0: unknown, 1: APNs, 2: Xiaomi, 3: Huawei, 4: FCM, 5: Meizu, 6: OPPO, 7: vivo, 8: Honor.
    pub push_platform: Option<Number>,
    /// 1: sent, 2: arrived, 3: clicked.
    pub push_stage: Option<Number>,
    /// The message's key. One-to-one only.
    pub msg_key: Option<Text<'a>>,
    /// Id of the group, spelled `GroupID` here. Groups only.
    #[serde(rename = "GroupID")]
    pub group_id: Option<Text<'a>>,
    /// The message's number.
    pub msg_seq: Option<Number>,
    /// The message's 32-bit random number. One-to-one only.
    pub msg_random: Option<Number>,
    /// When the message was sent.
    pub msg_time: Option<Seconds>,
    /// Id of the push.
    #[serde(rename = "PushID")]
    pub push_id: Option<Text<'a>>,
    /// 0: success.
    pub err_code: Option<Number>,
    /// The error in words; may be empty.
    pub err_info: Option<Text<'a>>,
}

/// Pushes to all users, to users with a tag, or to a list of users were sent, arrived or were clicked (page 67551;
/// 269/102568).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AllMemberPush<'a> {
    /// 1 to 100 entries.
    pub events: Vec<AllMemberPushEvent<'a>>,
}

/// An entry of `Events` of an [`AllMemberPush`].
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AllMemberPushEvent<'a> {
    /// 1: an offline push, 2: an online push.
    pub event_type: Option<Number>,
    /// Id of the push task.
    pub task_id: Text<'a>,
    /// The id that the caller gave the task, if any.
    pub data_id: Option<Text<'a>>,
    /// When the task was created.
    pub task_time: Option<Seconds>,
    /// When it happened.
    pub event_time: Option<Seconds>,
    /// `UserID` of the push's recipient.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// As in [`OfflinePushEvent::push_platform`]; 0 for online pushes.
    pub push_platform: Option<Number>,
    /// Vendor of the device; 0 for offline pushes. Not in the sample.
    pub device_type: Option<Number>,
    /// 1: sent, 2: arrived, 3: clicked.
    pub push_stage: Option<Number>,
    /// 0: success.
    pub err_code: Option<Number>,
    /// The error in words; may be empty.
    pub err_info: Option<Text<'a>>,
}
