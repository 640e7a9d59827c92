//! The days or hours without events, between those with events.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::DateTime};

use crate::zone;

/// A longer gap is one line.
const LONGEST: usize = 100;

/// The same counts, with a zero for each day or hour between them. The keys are `YYYY-MM-DD` or `YYYY-MM-DDThh`.
pub(super) fn with_gaps(counts: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut all: Vec<(String, u64)> = Vec::new();
    for (key, count) in counts {
        let gap = all.last().map(|(before, _)| between(before, &key)).unwrap_or_default();
        match gap.as_slice() {
            [first, .., last] if gap.len() > LONGEST => all.push((format!("{first} to {last}"), 0)),
            gap => all.extend(gap.iter().map(|key| (key.clone(), 0))),
        }
        all.push((key, count));
    }
    all
}

/// The keys between two keys.
fn between(before: &str, after: &str) -> Vec<String> {
    let has_hours = after.contains('T');
    let (step, format) = if has_hours { (1.hour(), "%Y-%m-%dT%H") } else { (1.day(), "%Y-%m-%d") };
    let Some(first) = civil(before) else { return Vec::new() };
    let next = |time: &DateTime| time.checked_add(step).ok();
    let keys = std::iter::successors(next(&first), next)
        // In spring, a clock skips an hour.
        .filter(|time| !has_hours || zone::exists(*time))
        .map(|time| time.strftime(format).to_string());
    keys.take_while(|key| key.as_str() < after).collect()
}

fn civil(key: &str) -> Option<DateTime> {
    if key.contains('T') { format!("{key}:00").parse().ok() } else { key.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(keys: &[&str]) -> Vec<(String, u64)> {
        with_gaps(keys.iter().map(|key| ((*key).to_owned(), 1)).collect())
    }

    fn texts(counts: &[(String, u64)]) -> Vec<(&str, u64)> {
        counts.iter().map(|(key, count)| (key.as_str(), *count)).collect()
    }

    #[test]
    fn gap_has_each_day_or_hour() {
        let days = counts(&["2026-02-27", "2026-03-02"]);
        assert_eq!(
            texts(&days),
            [("2026-02-27", 1), ("2026-02-28", 0), ("2026-03-01", 0), ("2026-03-02", 1)]
        );
        let hours = counts(&["2026-02-28T22", "2026-03-01T01"]);
        let expected =
            [("2026-02-28T22", 1), ("2026-02-28T23", 0), ("2026-03-01T00", 0), ("2026-03-01T01", 1)];
        assert_eq!(texts(&hours), expected);
        assert!(counts(&[]).is_empty());
    }

    #[test]
    fn long_gap_is_one_line() {
        let days = counts(&["2022-01-01", "2026-01-01"]);
        assert_eq!(texts(&days), [("2022-01-01", 1), ("2022-01-02 to 2025-12-31", 0), ("2026-01-01", 1)]);
    }
}
