//! The replay that the file of `--resume` belongs to.

use hex::encode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    deployment::Deployment, fault::Fault, moment::Moment, selection::Selection, when::When, zone::time_text,
};

/// The first line of the file.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Owner {
    /// Table, application and selection, but for its span.
    selection: String,
    since: Option<Edge>,
    until: Option<Edge>,
    before_callbacks: bool,
    /// The SHA-256 of the receiver's URL, which may contain a password.
    receiver: String,
}

/// One end of the span.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Edge {
    /// In ms since the epoch.
    time: u64,
    /// An age such as `3h`, or `today`. In a later run it stands for another time, but `time` counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    relative: Option<String>,
}

impl Owner {
    pub(super) fn new(
        deployment: &Deployment,
        selection: &Selection,
        before_callbacks: bool,
        to: &str,
    ) -> Result<Self, Fault> {
        let (table, app) = (deployment.table()?, deployment.app().unwrap_or_default());
        let edge = |when: When, time: Moment| Edge { time: time.0, relative: when.relative() };
        let (since, until) = (selection.since, selection.until);
        let selection = Selection { since: None, until: None, yes: false, ..selection.clone() };
        Ok(Self {
            selection: format!("{table} {app} {selection:?}"),
            since: since.map(|since| edge(since, since.start())),
            until: until.map(|until| edge(until, until.end())),
            before_callbacks,
            receiver: encode(Sha256::digest(to)),
        })
    }

    /// Gives a selection the span of the first run.
    pub(super) fn span(&self, selection: &mut Selection) {
        let time = |edge: &Edge| Moment(edge.time).into();
        selection.since = self.since.as_ref().map(time);
        selection.until = self.until.as_ref().map(time);
    }

    /// Why another replay can't continue this one.
    pub(super) fn refuse(&self, other: &Self) -> Option<String> {
        if self.receiver != other.receiver {
            return Some("it belongs to another receiver".to_owned());
        }
        if self.selection != other.selection {
            return Some("it belongs to another selection".to_owned());
        }
        if self.before_callbacks != other.before_callbacks {
            let with = if self.before_callbacks { "with" } else { "without" };
            return Some(format!("it belongs to a replay {with} --before-callbacks"));
        }
        let edges = [("--since", &self.since, &other.since), ("--until", &self.until, &other.until)];
        let (flag, first, _) =
            edges.into_iter().find(|(_, first, other)| !are_same(first.as_ref(), other.as_ref()))?;
        Some(match first {
            Some(edge) => format!("it belongs to a replay with {flag} {}", edge.text()),
            None => format!("it belongs to a replay without {flag}"),
        })
    }
}

impl Edge {
    /// A WHEN that gives this edge.
    fn text(&self) -> String {
        self.relative.as_ref().map_or_else(|| time_text(self.time), |relative| format!("'{relative}'"))
    }
}

/// Whether two command lines have the same WHEN.
fn are_same(one: Option<&Edge>, other: Option<&Edge>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            one.relative == other.relative && (one.relative.is_some() || one.time == other.time)
        }
        _ => one.is_none() && other.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times of `--since` and `--until`, with the text if it is relative.
    type Span = [Option<(u64, &'static str)>; 2];

    fn owner(span: Span) -> Owner {
        let edge =
            |(time, text): (u64, &str)| Edge { time, relative: (!text.is_empty()).then(|| text.to_owned()) };
        let [since, until] = span.map(|each| each.map(edge));
        let (selection, receiver) = ("g".to_owned(), "r".to_owned());
        Owner { selection, since, until, before_callbacks: false, receiver }
    }

    #[test]
    fn replay_continues_only_with_the_same_selection_and_receiver() {
        let first = owner([Some((1000, "")), None]);
        assert_eq!(first.refuse(&first), None);
        for (other, why) in [
            (Owner { receiver: "s".to_owned(), ..first.clone() }, "another receiver"),
            (Owner { selection: "h".to_owned(), ..first.clone() }, "another selection"),
            (Owner { before_callbacks: true, ..first.clone() }, "a replay without --before-callbacks"),
        ] {
            assert_eq!(first.refuse(&other), Some(format!("it belongs to {why}")));
        }
        let with = Owner { before_callbacks: true, ..first.clone() };
        assert_eq!(with.refuse(&first).as_deref(), Some("it belongs to a replay with --before-callbacks"));
    }

    #[test]
    fn replay_continues_only_with_the_same_span() {
        let since = "a replay with --since 1970-01-01T00:00:01.000Z";
        let cases: [(Span, Span, &str); 8] = [
            ([Some((1000, "")), None], [Some((999, "")), None], since),
            ([Some((1000, "")), None], [Some((2000, "")), None], since),
            ([Some((1000, "")), None], [None, None], since),
            ([Some((1000, "")), None], [Some((1000, "3h")), None], since),
            ([None, None], [Some((1000, "30s")), None], "a replay without --since"),
            ([Some((1000, "3h")), None], [Some((2000, "2h")), None], "a replay with --since '3h'"),
            (
                [None, Some((1000, ""))],
                [None, Some((2000, ""))],
                "a replay with --until 1970-01-01T00:00:01.000Z",
            ),
            ([None, None], [None, Some((2000, ""))], "a replay without --until"),
        ];
        for (first, other, why) in cases {
            let refused = owner(first).refuse(&owner(other));
            assert_eq!(refused, Some(format!("it belongs to {why}")));
        }
    }

    #[test]
    fn age_keeps_the_time_of_the_first_run() {
        let first = owner([Some((1000, "3h")), Some((3000, "1h"))]);
        assert_eq!(first.refuse(&owner([Some((5000, "3h")), Some((7000, "1h"))])), None);
        let mut selection = Selection::default();
        first.span(&mut selection);
        assert_eq!((selection.since(), selection.until()), (Some(Moment(1000)), Moment(3000)));
    }
}
