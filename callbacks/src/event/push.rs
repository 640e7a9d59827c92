//! Delivery reports of offline pushes. A body has only `Events`; their times are in seconds.

use std::fmt;

use bounded_static::ToStatic;
use serde::{Deserialize, Deserializer};

use crate::value::{Number, Seconds, Text};

/// Pushes of messages were sent, arrived or were clicked (page 67552; 269/102567).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct OfflinePush<'a> {
    /// 1 to 100 entries.
    pub events: Vec<OfflinePushEvent<'a>>,
}

/// An entry of `Events` of an [`OfflinePush`].
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
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
    /// The push's progress.
    pub push_stage: Option<PushStage>,
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
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AllMemberPush<'a> {
    /// 1 to 100 entries.
    pub events: Vec<AllMemberPushEvent<'a>>,
}

/// An entry of `Events` of an [`AllMemberPush`].
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
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
    /// The push's progress.
    pub push_stage: Option<PushStage>,
    /// 0: success.
    pub err_code: Option<Number>,
    /// The error in words; may be empty.
    pub err_info: Option<Text<'a>>,
}

/// The progress of a push, which Tencent sends as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ToStatic)]
#[non_exhaustive]
pub enum PushStage {
    /// 1: it was sent.
    Sent,
    /// 2: it arrived at the device.
    Arrived,
    /// 3: the user clicked it.
    Clicked,
    /// Any other number, unchanged.
    Other(Number),
}

impl PushStage {
    /// The number as Tencent writes it.
    #[must_use]
    pub fn number(self) -> Number {
        match self {
            Self::Sent => Number(1),
            Self::Arrived => Number(2),
            Self::Clicked => Number(3),
            Self::Other(number) => number,
        }
    }
}

impl From<Number> for PushStage {
    fn from(number: Number) -> Self {
        let known = [Self::Sent, Self::Arrived, Self::Clicked];
        known.into_iter().find(|stage| stage.number() == number).unwrap_or(Self::Other(number))
    }
}

impl PartialEq<i64> for PushStage {
    fn eq(&self, other: &i64) -> bool {
        self.number() == *other
    }
}

impl fmt::Display for PushStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

impl<'de> Deserialize<'de> for PushStage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Number::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(feature = "serialize")]
impl serde::Serialize for PushStage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.number().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn push_stage_is_read_and_displayed_as_its_number() {
        for (json, stage, number) in [
            ("1", PushStage::Sent, 1),
            (r#""2""#, PushStage::Arrived, 2),
            ("3.0", PushStage::Clicked, 3),
            ("0", PushStage::Other(Number(0)), 0),
            ("-4", PushStage::Other(Number(-4)), -4),
        ] {
            let read: PushStage = serde_json::from_str(json).expect(json);
            assert!(read == stage && read == number, "{json}");
            assert_eq!(stage.to_string(), number.to_string());
            #[cfg(feature = "serialize")]
            assert_eq!(serde_json::to_value(stage).expect("a number"), number);
        }
        assert!(serde_json::from_str::<PushStage>("true").is_err());
    }
}
