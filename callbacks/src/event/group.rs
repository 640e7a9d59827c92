//! Groups: created, changed, full, destroyed. Submodules hold members, messages and topics.

use std::collections::BTreeMap;

use bounded_static::ToStatic;
use serde::Deserialize;

use crate::value::{Millis, Number, Text};

mod kind;
mod member;
mod message;
mod topic;

pub use kind::GroupKind;
pub use member::{
    AfterMemberExit, AfterMemberFieldChanged, AfterNewMemberJoin, BeforeApplyJoinGroup,
    BeforeInviteJoinGroup, ExitType, JoinType, OnMemberStateChange,
};
pub use message::{
    AfterGroupMsgExtension, AfterModifyMsg, AfterReadReceipt, AfterRecallMsg, AfterSendMsg, BeforeSendMsg,
    GroupAt, GroupMsgReceipt, RecalledMsg, SendMsgException,
};
pub use topic::{AfterCreateTopic, AfterTopicDestroyed, AfterTopicInfoChanged, BeforeCreateTopic};

/// Someone wants to create a group (page 34368; 269/1662). The group has no id yet.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct BeforeCreateGroup<'a> {
    /// `UserID` of the user who wants to create the group.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of its future owner.
    #[serde(rename = "Owner_Account")]
    pub owner_account: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`].
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// The requested name.
    pub name: Text<'a>,
    /// How many groups of this kind the user has created already. Absent in traffic of 2024.
    pub create_group_num: Option<Number>,
    /// How many groups the user has created already, by kind. Not on any page, but in traffic of 2024.
    pub created_group_num: Option<BTreeMap<Text<'a>, Number>>,
    /// The first members.
    pub member_list: Option<Vec<Member<'a>>>,
    /// How invitations will be handled. Not on the pages; as in [`AfterCreateGroup::invite_option`].
    pub invite_option: Option<Text<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// A group was created (page 34369; 269/1663: for a community, 3 s later).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterCreateGroup<'a> {
    /// Id of the new group. The English table spells it `groupID`; samples and traffic say `GroupId`.
    pub group_id: Text<'a>,
    /// `UserID` of the user who created the group.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of the group's owner.
    #[serde(rename = "Owner_Account")]
    pub owner_account: Text<'a>,
    /// Kind of group: `Work`, `Public`, `Meeting`, `AVChatRoom`, `Community`; older ones still occur.
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// Name of the group.
    pub name: Text<'a>,
    /// The first members. The owner is among them in traffic, but not in the samples.
    pub member_list: Option<Vec<Member<'a>>>,
    /// Custom fields of the group, if any.
    pub user_defined_data_list: Option<Vec<UserDefinedData<'a>>>,
    /// How invitations are handled, such as `NeedPermission`. Not on any page, but in traffic of 2023.
    pub invite_option: Option<Text<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// A group was destroyed (page 34377; 269/1670).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterGroupDestroyed<'a> {
    /// Id of the destroyed group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`].
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the group's owner.
    #[serde(rename = "Owner_Account")]
    pub owner_account: Text<'a>,
    /// `UserID` of the user who destroyed it. Only on the Chinese page (269/1670).
    #[serde(rename = "Operator_Account")]
    pub operator_account: Option<Text<'a>>,
    /// Name of the group. In every sample, but in no table.
    pub name: Option<Text<'a>>,
    /// The last members. Absent for communities.
    pub member_list: Option<Vec<Member<'a>>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// Name, introduction, notification or portrait of a group changed (page 34378; 269/2930). Only changed fields are
/// present; an empty text means that the field was cleared.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterGroupInfoChanged<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`].
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
    /// `On` if nobody may write any more, else `Off`. Not on any page, but public code reads it.
    pub shut_up_all_member: Option<Text<'a>>,
    /// The changed custom fields. On the pages of 2017; today Tencent sends it only on request.
    pub user_defined_data_list: Option<Vec<UserDefinedData<'a>>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// A group is full: the last place was taken, or someone could not join (page 34376; 269/1669). Sent again with each
/// attempt to join.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterGroupFull<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Id of the topic, for a private topic. Only on the Chinese page (269/1669).
    pub topic_id: Option<Text<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// A group has a new owner (page 60396).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterChangeGroupOwner<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`].
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the user who transferred the group.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of the previous owner.
    #[serde(rename = "OldOwner_Account")]
    pub old_owner_account: Text<'a>,
    /// `UserID` of the new owner.
    #[serde(rename = "NewOwner_Account")]
    pub new_owner_account: Text<'a>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Attributes of a group (key-value pairs that apps share) changed (page 60394).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterGroupAttrChanged<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`].
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the user who changed them.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `set` (replace all), `modify`, `delete` or `clear`. In the sample, but not in the table.
    pub option_type: Option<Text<'a>>,
    /// The changed attributes.
    pub group_attr: Option<Vec<GroupAttr<'a>>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// An entry of `GroupAttr`, whose names are lower-case, unlike all others.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct GroupAttr<'a> {
    /// Name of the attribute.
    pub key: Text<'a>,
    /// Its value.
    pub value: Option<Text<'a>>,
}

/// The application has used more than 70 % of the groups that it may add in a day (page 57455). This concerns the
/// application, not a group. In the console it shares its switch with [`AfterGroupInfoChanged`].
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct OnDailyGroupQuotaAlarm {
    /// Groups created today minus groups destroyed today.
    pub quota_used: Number,
    /// The limit.
    pub quota: Number,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// An entry of `MemberList` and similar lists.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct Member<'a> {
    /// `UserID` of the member, up to 32 bytes.
    #[serde(rename = "Member_Account")]
    pub member_account: Text<'a>,
}

/// An entry of `UserDefinedDataList` (page 33529).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct UserDefinedData<'a> {
    /// Name of the custom field, up to 16 bytes.
    pub key: Text<'a>,
    /// Its value, up to 512 bytes.
    pub value: Text<'a>,
}
