//! Times. Tencent sends some in milliseconds and some in seconds, so each unit has its own type.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use bounded_static::ToStatic;
use serde::{Deserialize, Deserializer};

use super::number::Integer;

/// A time in milliseconds since the epoch, such as `EventTime`. A fraction is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToStatic)]
pub struct Millis(pub i64);

/// A time in seconds since the epoch, such as `MsgTime`. A fraction is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ToStatic)]
pub struct Seconds(pub i64);

impl From<Seconds> for Millis {
    fn from(Seconds(seconds): Seconds) -> Self {
        Self(seconds.saturating_mul(1000))
    }
}

impl From<Millis> for i64 {
    fn from(Millis(millis): Millis) -> Self {
        millis
    }
}

impl From<Seconds> for i64 {
    fn from(Seconds(seconds): Seconds) -> Self {
        seconds
    }
}

/// A time that the system can't hold becomes the epoch; Linux holds all of them.
impl From<Millis> for SystemTime {
    fn from(Millis(millis): Millis) -> Self {
        since_epoch(millis, Duration::from_millis(millis.unsigned_abs()))
    }
}

/// A time that the system can't hold becomes the epoch; Linux holds all of them.
impl From<Seconds> for SystemTime {
    fn from(Seconds(seconds): Seconds) -> Self {
        since_epoch(seconds, Duration::from_secs(seconds.unsigned_abs()))
    }
}

/// The time that is this long before the epoch, if the number is negative, or else after it.
fn since_epoch(number: i64, span: Duration) -> SystemTime {
    let epoch = SystemTime::UNIX_EPOCH;
    let time = if number < 0 { epoch.checked_sub(span) } else { epoch.checked_add(span) };
    time.unwrap_or(epoch)
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Millis {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Integer::DropsFraction).map(Self)
    }
}

impl<'de> Deserialize<'de> for Seconds {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Integer::DropsFraction).map(Self)
    }
}
