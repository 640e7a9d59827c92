//! Times. Tencent sends some in milliseconds and some in seconds, so each unit has its own type.

use serde::{Deserialize, Deserializer};

use super::Integer;

/// A time in milliseconds since the epoch, such as `EventTime`. A fraction is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

/// A time in seconds since the epoch, such as `MsgTime`. A fraction is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub i64);

impl From<Seconds> for Millis {
    fn from(Seconds(seconds): Seconds) -> Self {
        Self(seconds.saturating_mul(1000))
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
