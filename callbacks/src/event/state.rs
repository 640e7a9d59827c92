//! Users coming online and going offline.

use serde::Deserialize;

use crate::value::{Millis, Text};

/// Someone came online or went offline (page 34357; 269/2570).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct StateChange<'a> {
    /// The user and the change.
    pub info: Info<'a>,
    /// Devices that this login logged out. Absent if there were none.
    pub kicked_device: Option<Vec<KickedDevice<'a>>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// `Info` of a [`StateChange`].
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct Info<'a> {
    /// `Login`, `Logout`, or `Disconnect` if the network failed.
    pub action: Text<'a>,
    /// `UserID` of the user.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// The cause: `Register` for a login or a reconnection, `Unregister` for a logout, `LinkClose` if the app or its
    /// connection ended, `TimeOut` if there was no heartbeat for 400 s.
    pub reason: Option<Text<'a>>,
}

/// An entry of `KickedDevice`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct KickedDevice<'a> {
    /// `iOS`, `Android`, `Web`, `Windows`, `iPad`, `Mac`, `Linux`; the list is open.
    pub platform: Option<Text<'a>>,
}
