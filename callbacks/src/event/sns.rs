//! Friends and black lists.

use serde::Deserialize;

use crate::value::{Flag, Millis, Text};

/// Someone wants to add friends (page 43468; 269/61698). The answer speaks of each of them.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct PrevFriendAdd<'a> {
    /// `UserID` of the one whose request it is.
    #[serde(rename = "Requester_Account")]
    pub requester_account: Text<'a>,
    /// `UserID` of the one who is to have new friends.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// The friends to be.
    pub friend_item: Vec<FriendItem<'a>>,
    /// `Add_Type_Both`: on both lists; `Add_Type_Single`: on that of `from_account` alone.
    pub add_type: Option<Text<'a>>,
    /// An administrator adds them without asking.
    pub force_add_flags: Option<Flag>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// An entry of `FriendItem`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct FriendItem<'a> {
    /// `UserID` of the friend to be.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// What `from_account` calls them.
    pub remark: Option<Text<'a>>,
    /// The group of friends that `from_account` puts them in.
    pub group_name: Option<Text<'a>>,
    /// Where they met: `AddSource_Type_…`
    pub add_source: Option<Text<'a>>,
    /// What `from_account` writes to them.
    pub add_wording: Option<Text<'a>>,
}

/// Someone wants to answer requests to be friends (page 43467; 269/61699). The answer speaks of each of them.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct PrevFriendResponse<'a> {
    /// `UserID` of the one who, by the page, asked to be friends.
    #[serde(rename = "Requester_Account")]
    pub requester_account: Text<'a>,
    /// `UserID` of the one who answers.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// Whom they answer, and what.
    pub response_friend_item: Vec<ResponseFriendItem<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// An entry of `ResponseFriendItem`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct ResponseFriendItem<'a> {
    /// `UserID` of the one who had asked.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// What `from_account` calls them.
    pub remark: Option<Text<'a>>,
    /// The group of friends that `from_account` puts them in.
    pub tag_name: Option<Text<'a>>,
    /// `Response_Action_AgreeAndAdd` (friends on both sides), `Response_Action_Agree` (on the other's side) or
    /// `Response_Action_Reject`.
    pub response_action: Option<Text<'a>>,
}

/// Users became friends (page 34359; 269/1657).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct FriendAdd<'a> {
    /// Who is on whose list from now on.
    pub pair_list: Vec<Pair<'a>>,
    /// What led to it: `friend_add` or `FriendAdd` for a request, `friend_response` or `FriendResponse` for
    /// the answer to one.
    pub client_cmd: Option<Text<'a>>,
    /// `UserID` of the administrator behind a request of the app's backend; else empty.
    #[serde(rename = "Admin_Account")]
    pub admin_account: Option<Text<'a>>,
    /// An administrator added them without asking.
    pub force_flag: Option<Flag>,
    /// When it happened. On none of the pages.
    pub event_time: Option<Millis>,
}

/// Users are friends no more, or came onto or off a black list (pages 34360, 34361, 34362; 269/1659,
/// 269/1660, 269/1661): the command says which.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct Pairs<'a> {
    /// Who came onto or off whose list.
    pub pair_list: Vec<Pair<'a>>,
    /// When it happened. On none of the pages.
    pub event_time: Option<Millis>,
}

/// An entry of `PairList`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Pair<'a> {
    /// `UserID` of the one whose list it is.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// `UserID` of the one who came onto it or off it.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// `UserID` of the one who asked for it. New friends only.
    #[serde(rename = "Initiator_Account")]
    pub initiator_account: Option<Text<'a>>,
}
