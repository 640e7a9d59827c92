//! Friends and black lists.

use bounded_static::ToStatic;
use serde::Deserialize;

use crate::value::{Flag, Millis, Text};

/// Someone wants to add friends (page 43468; 269/61698). The answer has a decision on each of them.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct PrevFriendAdd<'a> {
    /// `UserID` of the user who made the request.
    #[serde(rename = "Requester_Account")]
    pub requester_account: Text<'a>,
    /// `UserID` of the user who gets new friends.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// The requested friends.
    pub friend_item: Vec<FriendItem<'a>>,
    /// `Add_Type_Both`: on both users' lists; `Add_Type_Single`: only on the list of `from_account`.
    pub add_type: Option<Text<'a>>,
    /// An administrator adds them without their consent.
    pub force_add_flags: Option<Flag>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// An entry of `FriendItem`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct FriendItem<'a> {
    /// `UserID` of the requested friend.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The name that `from_account` gives them.
    pub remark: Option<Text<'a>>,
    /// The group of friends that `from_account` puts them in.
    pub group_name: Option<Text<'a>>,
    /// The source of the request: `AddSource_Type_…`
    pub add_source: Option<Text<'a>>,
    /// The text that `from_account` sends them.
    pub add_wording: Option<Text<'a>>,
}

/// Someone wants to respond to friend requests (page 43467; 269/61699). The answer has a decision on each of them.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct PrevFriendResponse<'a> {
    /// `UserID` of the user who, by the page, requested the friendship.
    #[serde(rename = "Requester_Account")]
    pub requester_account: Text<'a>,
    /// `UserID` of the user who responds.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// The friend requests and the responses to them.
    pub response_friend_item: Vec<ResponseFriendItem<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// An entry of `ResponseFriendItem`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct ResponseFriendItem<'a> {
    /// `UserID` of the user who requested the friendship.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The name that `from_account` gives them.
    pub remark: Option<Text<'a>>,
    /// The group of friends that `from_account` puts them in.
    pub tag_name: Option<Text<'a>>,
    /// `Response_Action_AgreeAndAdd` (friends on both lists), `Response_Action_Agree` (only on the other user's list)
    /// or `Response_Action_Reject`.
    pub response_action: Option<Text<'a>>,
}

/// Users became friends (page 34359; 269/1657).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct FriendAdd<'a> {
    /// The new entries: which user is now on whose list.
    pub pair_list: Vec<Pair<'a>>,
    /// The cause: `friend_add` or `FriendAdd` for a request, `friend_response` or `FriendResponse` for a response.
    pub client_cmd: Option<Text<'a>>,
    /// `UserID` of the administrator, if the app's backend made the request; otherwise empty.
    #[serde(rename = "Admin_Account")]
    pub admin_account: Option<Text<'a>>,
    /// An administrator added them without their consent.
    pub force_flag: Option<Flag>,
    /// When it happened. Not on any page.
    pub event_time: Option<Millis>,
}

/// Friendships ended, or a block list changed; the command says which (pages 34360, 34361, 34362; 269/1659, 269/1660,
/// 269/1661).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct PairListChange<'a> {
    /// The entries that were added or removed.
    pub pair_list: Vec<Pair<'a>>,
    /// When it happened. Not on any page.
    pub event_time: Option<Millis>,
}

/// An entry of `PairList`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct Pair<'a> {
    /// `UserID` of the list's owner.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the user who was added or removed.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// `UserID` of the user who made the request. New friends only.
    #[serde(rename = "Initiator_Account")]
    pub initiator_account: Option<Text<'a>>,
}
