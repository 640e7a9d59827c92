//! The documented group events, typed.
//!
//! Each struct has every field that any language's page or any sample shows, whether or not that page's table
//! lists it. What Tencent adds tomorrow is ignored here and kept in the recorded body.
//!
//! To react to an event (a destroyed group, say), match on [`GroupEvent`] where
//! [`Handler`](crate::handler::Handler) has recorded it, or, without keeping Tencent waiting, follow the
//! table's stream.

use std::borrow::Cow;

use serde::{
    Deserialize,
    de::{Deserializer, Error, Unexpected, Visitor},
};

/// A documented group event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupEvent<'a> {
    /// `Group.CallbackAfterCreateGroup`
    Created(Box<Created<'a>>),
    /// `Group.CallbackAfterGroupDestroyed`
    Destroyed(Box<Destroyed<'a>>),
    /// `Group.CallbackAfterGroupInfoChanged`
    InfoChanged(Box<InfoChanged<'a>>),
    /// `Group.CallbackAfterGroupFull`
    Full(Full<'a>),
}

/// A group was created (page 34369; 269/1663: for a community, 3 s later).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Created<'a> {
    /// Id of the new group. The English table spells it `groupID`; samples and traffic say `GroupId`.
    #[serde(rename = "GroupId", borrow)]
    pub group_id: Cow<'a, str>,
    /// `UserID` of the one who asked for the group.
    #[serde(rename = "Operator_Account", borrow)]
    pub operator_account: Cow<'a, str>,
    /// `UserID` of the group's owner.
    #[serde(rename = "Owner_Account", borrow)]
    pub owner_account: Cow<'a, str>,
    /// Kind of group: `Work`, `Public`, `Meeting`, `AVChatRoom`, `Community`; older ones still occur.
    #[serde(rename = "Type", borrow)]
    pub kind: Cow<'a, str>,
    /// Name of the group.
    #[serde(rename = "Name", borrow)]
    pub name: Cow<'a, str>,
    /// The first members. The owner is among them in traffic, but not in the samples.
    #[serde(rename = "MemberList", borrow, default)]
    pub member_list: Option<Vec<Member<'a>>>,
    /// Custom fields of the group, where they are in use.
    #[serde(rename = "UserDefinedDataList", borrow, default)]
    pub user_defined_data_list: Option<Vec<UserDefinedData<'a>>>,
    /// When it happened: milliseconds since the epoch. Absent before the end of 2022.
    #[serde(rename = "EventTime", deserialize_with = "event_time", default)]
    pub event_time: Option<u64>,
}

/// A group was destroyed (page 34377; 269/1670).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Destroyed<'a> {
    /// Id of the group that is gone.
    #[serde(rename = "GroupId", borrow)]
    pub group_id: Cow<'a, str>,
    /// Kind of group, as in [`Created::kind`].
    #[serde(rename = "Type", borrow)]
    pub kind: Cow<'a, str>,
    /// `UserID` of the group's owner.
    #[serde(rename = "Owner_Account", borrow)]
    pub owner_account: Cow<'a, str>,
    /// `UserID` of the one who destroyed it. Only on the mainland's page (269/1670).
    #[serde(rename = "Operator_Account", default)]
    pub operator_account: Option<Cow<'a, str>>,
    /// Name of the group. In every sample and in no table.
    #[serde(rename = "Name", default)]
    pub name: Option<Cow<'a, str>>,
    /// The members at the end. Communities have none.
    #[serde(rename = "MemberList", borrow, default)]
    pub member_list: Option<Vec<Member<'a>>>,
    /// When it happened: milliseconds since the epoch. Absent before the end of 2022.
    #[serde(rename = "EventTime", deserialize_with = "event_time", default)]
    pub event_time: Option<u64>,
}

/// Name, introduction, notification or portrait of a group changed (page 34378). Only what changed is there;
/// an empty text is a cleared one.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct InfoChanged<'a> {
    /// Id of the group.
    #[serde(rename = "GroupId", borrow)]
    pub group_id: Cow<'a, str>,
    /// Kind of group, as in [`Created::kind`].
    #[serde(rename = "Type", borrow)]
    pub kind: Cow<'a, str>,
    /// `UserID` of the one who changed it.
    #[serde(rename = "Operator_Account", borrow)]
    pub operator_account: Cow<'a, str>,
    /// The new name.
    #[serde(rename = "Name", default)]
    pub name: Option<Cow<'a, str>>,
    /// The new introduction.
    #[serde(rename = "Introduction", default)]
    pub introduction: Option<Cow<'a, str>>,
    /// The new notification.
    #[serde(rename = "Notification", default)]
    pub notification: Option<Cow<'a, str>>,
    /// URL of the new portrait.
    #[serde(rename = "FaceUrl", default)]
    pub face_url: Option<Cow<'a, str>>,
    /// The custom fields that changed. On the pages of 2017; today only on request.
    #[serde(rename = "UserDefinedDataList", borrow, default)]
    pub user_defined_data_list: Option<Vec<UserDefinedData<'a>>>,
    /// When it happened: milliseconds since the epoch. Absent before the end of 2022.
    #[serde(rename = "EventTime", deserialize_with = "event_time", default)]
    pub event_time: Option<u64>,
}

/// A group is full: its last place was taken, or someone could not join (page 34376; 269/1669). It comes again
/// with each attempt.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Full<'a> {
    /// Id of the group.
    #[serde(rename = "GroupId", borrow)]
    pub group_id: Cow<'a, str>,
    /// Id of the topic, for a private topic. Only on the mainland's page (269/1669).
    #[serde(rename = "TopicId", default)]
    pub topic_id: Option<Cow<'a, str>>,
    /// When it happened: milliseconds since the epoch. Absent before the end of 2022.
    #[serde(rename = "EventTime", deserialize_with = "event_time", default)]
    pub event_time: Option<u64>,
}

/// An entry of `MemberList`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Member<'a> {
    /// `UserID` of the member, up to 32 bytes.
    #[serde(rename = "Member_Account", borrow)]
    pub member_account: Cow<'a, str>,
}

/// An entry of `UserDefinedDataList` (page 33529).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct UserDefinedData<'a> {
    /// Name of the custom field, up to 16 bytes.
    #[serde(rename = "Key", borrow)]
    pub key: Cow<'a, str>,
    /// Its value, up to 512 bytes.
    #[serde(rename = "Value", borrow)]
    pub value: Cow<'a, str>,
}

impl<'a> GroupEvent<'a> {
    /// Reads the body of a documented group event; `None` for any other command.
    ///
    /// # Errors
    /// What in the body is not as documented, with its path.
    pub fn parse(command: &str, body: &'a str) -> Option<Result<Self, String>> {
        Some(match command {
            "Group.CallbackAfterCreateGroup" => typed(body).map(|event| Self::Created(Box::new(event))),
            "Group.CallbackAfterGroupDestroyed" => typed(body).map(|event| Self::Destroyed(Box::new(event))),
            "Group.CallbackAfterGroupInfoChanged" => {
                typed(body).map(|event| Self::InfoChanged(Box::new(event)))
            }
            "Group.CallbackAfterGroupFull" => typed(body).map(Self::Full),
            _ => return None,
        })
    }

    /// How many members `MemberList` has; `None` without one.
    #[must_use]
    pub fn member_count(&self) -> Option<usize> {
        let members = match self {
            Self::Created(event) => event.member_list.as_ref(),
            Self::Destroyed(event) => event.member_list.as_ref(),
            Self::InfoChanged(_) | Self::Full(_) => None,
        };
        members.map(Vec::len)
    }
}

fn typed<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, String> {
    // The path costs time, so it is looked for only once there is something to tell.
    serde_json::from_str(body).or_else(|_| {
        let mut deserializer = serde_json::Deserializer::from_str(body);
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| error.to_string())
    })
}

/// `EventTime` is an integer in every table and a string in most samples: both are read.
fn event_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    struct Millis;

    impl Visitor<'_> for Millis {
        type Value = Option<u64>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("milliseconds since the epoch, as a number or a string")
        }

        fn visit_u64<E: Error>(self, millis: u64) -> Result<Self::Value, E> {
            Ok(Some(millis))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            text.parse().map(Some).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }

    deserializer.deserialize_any(Millis)
}

#[cfg(test)]
mod tests;
