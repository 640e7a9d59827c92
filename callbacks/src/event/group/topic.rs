//! The topics of communities. Their pages have no `EventTime`.

use bounded_static::ToStatic;
use serde::Deserialize;

use super::{GroupKind, UserDefinedData};
use crate::value::{Millis, Text, Texts};

/// Someone wants to create a topic (page 49463; 269/78206). The body has no id, neither the topic's nor the
/// community's.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct BeforeCreateTopic<'a> {
    /// `UserID` of the user who wants to create the topic.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// Kind of its group: `Community`.
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// The requested name.
    pub name: Text<'a>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// A topic was created (page 49464; 269/78207).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterCreateTopic<'a> {
    /// Id of the community.
    pub group_id: Text<'a>,
    /// Id of the new topic, up to 96 bytes; it starts with the community's.
    pub topic_id: Text<'a>,
    /// `UserID` of the user who created the topic.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of the community's owner.
    #[serde(rename = "Owner_Account")]
    pub owner_account: Text<'a>,
    /// Kind of its group: `Community`.
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// Name of the topic.
    pub name: Text<'a>,
    /// Custom fields of the topic, if any.
    pub user_defined_data_list: Option<Vec<UserDefinedData<'a>>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Topics were deleted (page 49465; 269/78208).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterTopicDestroyed<'a> {
    /// Id of the community.
    pub group_id: Text<'a>,
    /// Kind of their group: `Community`.
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// Ids of the deleted topics. The table has one string here, the sample a list.
    pub topic_id_list: Texts<'a>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Name, introduction, notification or portrait of a topic changed (page 49466; 269/78209). Only changed fields are
/// present; an empty text means that the field was cleared.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterTopicInfoChanged<'a> {
    /// Id of the community. The page does not show the topic's id.
    pub group_id: Text<'a>,
    /// Kind of its group: `Community`.
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the user who changed it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The new name.
    pub name: Option<Text<'a>>,
    /// The new introduction.
    pub introduction: Option<Text<'a>>,
    /// The new notification.
    pub notification: Option<Text<'a>>,
    /// URL of the new portrait.
    pub face_url: Option<Text<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}
