//! Followers and followed users.

use bounded_static::ToStatic;
use serde::Deserialize;

use crate::value::{Millis, Text, Texts};

/// Someone follows others (page 70355).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterFollowAdd<'a> {
    /// `UserID` of the follower.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// The users that they follow from now on.
    pub follow_list: Vec<Followed<'a>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

/// Someone stopped following others (page 70356).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct AfterFollowDelete<'a> {
    /// `UserID` of the follower.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// The users that they no longer follow. The page has a plain list here, unlike that of [`AfterFollowAdd`].
    #[serde(rename = "To_Account")]
    pub to_account: Option<Texts<'a>>,
    /// The users that they no longer follow, in the form of [`AfterFollowAdd`].
    pub follow_list: Option<Vec<Followed<'a>>>,
    /// When it happened.
    pub event_time: Option<Millis>,
}

impl<'a> AfterFollowDelete<'a> {
    /// The users that they no longer follow, in either form.
    pub fn unfollowed(&self) -> impl Iterator<Item = &Text<'a>> {
        let listed = self.follow_list.iter().flatten().map(|followed| &followed.to_account);
        self.to_account.iter().flat_map(|texts| texts.iter()).chain(listed)
    }
}

/// An entry of `FollowList`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct Followed<'a> {
    /// `UserID` of the followed user.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
}
