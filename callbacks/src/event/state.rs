//! Users coming online and going offline.

use bounded_static::ToStatic;
use serde::Deserialize;

use crate::value::{Millis, Text, words::words};

/// Someone came online or went offline (page 34357; 269/2570).
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct StateChange<'a> {
    /// The user and the change.
    pub info: Info<'a>,
    /// Devices that this login logged out. Absent if there were none.
    pub kicked_device: Option<Vec<KickedDevice<'a>>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// `Info` of a [`StateChange`].
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct Info<'a> {
    /// The change.
    pub action: Action<'a>,
    /// `UserID` of the user.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The cause: `Register` for a login or a reconnection, `Unregister` for a logout, `LinkClose` if the app or its
    /// connection ended, `TimeOut` if there was no heartbeat for 400 s.
    pub reason: Option<Text<'a>>,
}

words! {
    /// A change of a user's state.
    Action {
        /// `Login`: the user came online.
        Login = "Login",
        /// `Logout`: the user logged out.
        Logout = "Logout",
        /// `Disconnect`: the connection was lost.
        Disconnect = "Disconnect",
    }
}

/// An entry of `KickedDevice`.
#[derive(Clone, Debug, Deserialize, PartialEq, ToStatic)]
#[cfg_attr(feature = "serialize", serde_with::skip_serializing_none, derive(serde::Serialize))]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
#[non_exhaustive]
pub struct KickedDevice<'a> {
    /// `iOS`, `Android`, `Web`, `Windows`, `iPad`, `Mac`, `Linux`; the list is open.
    pub platform: Option<Text<'a>>,
}
