//! The members of groups.

use serde::Deserialize;

use super::Member;
use crate::value::{Millis, Text};

/// Someone applies to join a group (page 34370; 269/1665). To allow it is not yet to let them in: where the
/// group wants an administrator's approval, that is still asked for.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct BeforeApplyJoinGroup<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: Text<'a>,
    /// `UserID` of the one who applies.
    #[serde(rename = "Requestor_Account")]
    pub requestor_account: Text<'a>,
    /// What they write with it. Only on the mainland's page (269/1665).
    pub apply_msg: Option<Text<'a>>,
    /// Id of the topic, for a private topic. Only on the mainland's page (269/1665).
    pub topic_id: Option<Text<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// Someone wants to bring others into a group (page 34371; 269/1666).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct BeforeInviteJoinGroup<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: Text<'a>,
    /// `UserID` of the one who invites.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// Who is invited.
    pub destination_members: Vec<Member<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// Users joined a group (page 34372; 269/1667).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterNewMemberJoin<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: Text<'a>,
    /// `Apply` if they asked to, `Invited` if another member brought them in.
    pub join_type: Text<'a>,
    /// `UserID` of the one whose request it was.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// Who is new.
    pub new_member_list: Vec<Member<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// Members left a group, or had to (page 34373; 269/1668).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterMemberExit<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: Text<'a>,
    /// `Quit` if they went, `Kicked` if they were removed.
    pub exit_type: Text<'a>,
    /// `UserID` of the one whose request it was.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// Who is gone.
    pub exit_member_list: Vec<Member<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// Members of an audio-video group went offline or came back (page 48734; 269/76156).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct OnMemberStateChange<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// `Online` or `Offline`.
    pub event_type: Text<'a>,
    /// Whom it is about.
    pub member_list: Option<Vec<Member<'a>>>,
    /// `HeartbeatInterrupt`, `HeartbeatRecover`, `Join` or `Quit`. Only on newer pages.
    pub event_cause: Option<Text<'a>>,
    /// When it happened. Only in the newer sample.
    pub event_time: Option<Millis>,
}

/// Role or name card of a member changed (page 60393). Only what changed is there.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct AfterMemberFieldChanged<'a> {
    /// Id of the group.
    pub group_id: Text<'a>,
    /// Kind of group, as in [`AfterCreateGroup::kind`](super::AfterCreateGroup::kind).
    #[serde(rename = "Type")]
    pub kind: Text<'a>,
    /// `UserID` of the one who changed it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of the member. Public code has it as `Modified_Account`, which is read as well.
    #[serde(rename = "Member_Account", alias = "Modified_Account")]
    pub member_account: Text<'a>,
    /// The new role: `Admin` or `Member`.
    pub role: Option<Text<'a>>,
    /// The new name card.
    pub name_card: Option<Text<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}
