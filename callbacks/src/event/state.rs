//! Who is online.

use serde::Deserialize;

use crate::value::{Millis, Text};

/// Someone came online or went offline (page 34357; 269/2570).
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct StateChange<'a> {
    /// Who, and what they did.
    pub info: Info<'a>,
    /// Devices that had to make way for this login. Absent where none had to.
    pub kicked_device: Option<Vec<KickedDevice<'a>>>,
    /// When it happened. Absent before the end of 2022.
    pub event_time: Option<Millis>,
}

/// `Info` of a [`StateChange`].
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct Info<'a> {
    /// `Login`, `Logout`, or `Disconnect` where the network went away.
    pub action: Text<'a>,
    /// `UserID` of the user.
    #[serde(rename = "To_Account")]
    pub to_account: Text<'a>,
    /// Why: `Register` for a login or a reconnection, `Unregister` for a logout, `LinkClose` where the app or
    /// its connection ended, `TimeOut` where no heartbeat came for 400 s.
    pub reason: Option<Text<'a>>,
}

/// An entry of `KickedDevice`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase", bound(deserialize = "'de: 'a"))]
pub struct KickedDevice<'a> {
    /// `iOS`, `Android`, `Web`, `Windows`, `iPad`, `Mac`, `Linux`; the list is open.
    pub platform: Option<Text<'a>>,
}
