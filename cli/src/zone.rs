//! The time zone of printed times, and of times that the user gives without a zone.

use std::{str::FromStr, sync::OnceLock};

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};
use tencent_chat_webhook::time::rfc3339;

/// The zone of this run. It is set once, before anything is printed.
static ZONE: OnceLock<TimeZone> = OnceLock::new();

/// The zone if the user chose none.
static UTC: TimeZone = TimeZone::UTC;

/// A zone that the user chose.
#[derive(Clone, Debug)]
pub(crate) struct Zone(TimeZone);

impl FromStr for Zone {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let zone = if name == "local" { TimeZone::try_system() } else { TimeZone::get(name) };
        zone.map(Self).map_err(|_| "expected a time zone such as Asia/Shanghai, or UTC, or local")
    }
}

impl Zone {
    /// Makes it the zone of this run.
    pub(crate) fn choose(self) {
        let _ = ZONE.set(self.0);
    }
}

/// The zone of this run.
pub(crate) fn zone() -> &'static TimeZone {
    ZONE.get().unwrap_or(&UTC)
}

/// The width of a printed time, in cells.
pub(crate) fn time_width() -> usize {
    time_text(0).len()
}

/// A time in milliseconds since the epoch, in RFC 3339.
pub(crate) fn time_text(millis: u64) -> String {
    let local = |time: Timestamp| {
        time.to_zoned_datetime(zone().clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    };
    match timestamp(millis) {
        Some(time) if *zone() != UTC => local(time),
        _ => rfc3339(millis),
    }
}

/// The date and time of day.
pub(crate) fn civil(millis: u64) -> Option<DateTime> {
    Some(zone().to_datetime(timestamp(millis)?))
}

/// The first moment at which a clock shows a date and a time of day, or the end of the gap if it is skipped.
pub(crate) fn moment(civil: DateTime) -> Option<u64> {
    let time = zone().to_ambiguous_timestamp(civil).compatible().ok()?;
    // Before the epoch, there are no events.
    Some(u64::try_from(time.as_millisecond()).unwrap_or(0))
}

/// Whether a clock ever shows the date and time of day.
pub(crate) fn exists(civil: DateTime) -> bool {
    !matches!(zone().to_ambiguous_timestamp(civil).offset(), AmbiguousOffset::Gap { .. })
}

fn timestamp(millis: u64) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(millis).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zone_is_a_name_or_local() {
        for name in ["UTC", "Asia/Shanghai", "america/new_york", "local"] {
            assert!(name.parse::<Zone>().is_ok(), "{name}");
        }
        for name in ["", "Moon", "+25:00"] {
            assert!(name.parse::<Zone>().is_err(), "{name}");
        }
    }
}
