//! Profiles of users.

use bounded_static::ToStatic;
use serde::Deserialize;

use crate::value::{Millis, Text};

/// A user's profile changed (page 48733; 269/76489).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct PortraitSet<'a> {
    /// `UserID` of the user who changed it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: Text<'a>,
    /// `UserID` of the profile's owner.
    #[serde(rename = "From_Account")]
    pub from_account: Text<'a>,
    /// The changed fields.
    pub profile_item: Vec<ProfileItem<'a>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// An entry of `ProfileItem`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct ProfileItem<'a> {
    /// Name of the field: `Tag_Profile_IM_Nick`, `Tag_Profile_Custom_…`
    pub tag: Text<'a>,
    /// Its new value: a string or a 32-bit number, depending on the field. A number is read as its digits.
    pub value: Option<Text<'a>>,
}
