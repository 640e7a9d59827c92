//! The members of groups.

use bounded_static::ToStatic;
use serde::Deserialize;

use super::{GroupKind, Member};
use crate::value::{Millis, Text, words::words};

/// Someone applies to join a group (page 34370; 269/1665). Allowing this does not let them in yet: if the group
/// requires an administrator's approval, that still follows.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct BeforeApplyJoinGroup<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the applicant.
    #[serde(rename = "Requestor_Account")]
    pub requestor_account: Text<'a>,
    /// The text of the application. Only on the Chinese page (269/1665).
    pub apply_msg: Option<Text<'a>>,
    /// Id of the topic, for a private topic. Only on the Chinese page (269/1665).
    pub topic_id: Option<Text<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// Someone wants to add users to a group (page 34371; 269/1666).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct BeforeInviteJoinGroup<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the user who invites.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The invited users.
    pub destination_members: Vec<Member<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// Users joined a group (page 34372; 269/1667).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterNewMemberJoin<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// How they joined.
    pub join_type: JoinType<'a>,
    /// `UserID` of the user who made the request.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The new members.
    pub new_member_list: Vec<Member<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// Members left a group or were removed (page 34373; 269/1668).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterMemberExit<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// The reason why the members left.
    pub exit_type: ExitType<'a>,
    /// `UserID` of the user who made the request.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// The former members.
    pub exit_member_list: Vec<Member<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// Members of an audio-video group went offline or came back (page 48734; 269/76156).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct OnMemberStateChange<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// `Online` or `Offline`.
    pub event_type: Text<'a>,
    /// The members.
    pub member_list: Option<Vec<Member<'a>>>,
    /// `HeartbeatInterrupt`, `HeartbeatRecover`, `Join` or `Quit`. Only on newer pages.
    pub event_cause: Option<Text<'a>>,
    /// When it happened. Only in the newer sample.
    pub event_time: Option<Millis>,
}

/// Role or name card of a member changed (page 60393). Only changed fields are present.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterMemberFieldChanged<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: GroupKind<'a>,
    /// `UserID` of the user who changed it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of the member. Public code calls the field `Modified_Account`; both names are read.
    #[serde(rename = "Member_Account", alias = "Modified_Account")]
    pub member_account: Text<'a>,
    /// The new role: `Admin` or `Member`.
    pub role: Option<Text<'a>>,
    /// The new name card.
    pub name_card: Option<Text<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

words! {
    /// How users joined a group.
    JoinType {
        /// `Apply`: they applied.
        Apply = "Apply",
        /// `Invited`: a member invited them.
        Invited = "Invited",
    }
}

words! {
    /// The reason why users left a group.
    ExitType {
        /// `Kicked`: they were removed.
        Kicked = "Kicked",
        /// `Quit`: they left.
        Quit = "Quit",
    }
}
