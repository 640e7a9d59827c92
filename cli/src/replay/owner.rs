//! The replay that the file of `--resume` belongs to.

use hex::encode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tencent_chat_webhook::time::rfc3339;

use crate::{deployment::Deployment, fault::Fault, selection::Selection};

/// The first line of the file.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Owner {
    /// Table, application and selection, but for its span.
    selection: String,
    /// The beginning of the selection, in ms since the epoch.
    pub(super) since: Option<u64>,
    /// The SHA-256 of the receiver's URL, which may contain a password.
    receiver: String,
}

impl Owner {
    pub(super) fn new(deployment: &Deployment, selection: &Selection, to: &str) -> Result<Self, Fault> {
        let (table, app) = (deployment.table()?, deployment.app().unwrap_or_default());
        let since = selection.since().map(|since| since.0);
        let selection = Selection { since: None, until: None, yes: false, ..selection.clone() };
        Ok(Self {
            selection: format!("{table} {app} {selection:?}"),
            since,
            receiver: encode(Sha256::digest(to)),
        })
    }

    /// Why another replay can't continue this one. An age such as `3h` begins later in each run, so the beginning may
    /// be later: the file's counts.
    pub(super) fn refuse(&self, other: &Self) -> Option<String> {
        if self.receiver != other.receiver {
            return Some("it belongs to another receiver".to_owned());
        }
        if self.selection != other.selection {
            return Some("it belongs to another selection".to_owned());
        }
        if other.since < self.since {
            let since = rfc3339(self.since.unwrap_or(0));
            return Some(format!(
                "its selection begins later, at {since}; use another file for what is older"
            ));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replay_continues_only_with_the_same_selection_and_receiver() {
        let owner = |selection: &str, since, receiver: &str| Owner {
            selection: selection.to_owned(),
            since,
            receiver: receiver.to_owned(),
        };
        let first = owner("g", Some(1000), "r");
        for (other, why) in [
            (owner("g", Some(1000), "r"), None),
            (owner("g", Some(2000), "r"), None),
            (owner("g", Some(999), "r"), Some("its selection begins later, at 1970-01-01T00:00:01")),
            (owner("g", None, "r"), Some("its selection begins later, at ")),
            (owner("h", Some(1000), "r"), Some("it belongs to another selection")),
            (owner("g", Some(1000), "s"), Some("it belongs to another receiver")),
        ] {
            let refused = first.refuse(&other);
            assert!(
                refused.as_deref().unwrap_or("").starts_with(why.unwrap_or(""))
                    && refused.is_some() == why.is_some(),
                "{refused:?}"
            );
        }
        assert_eq!(owner("g", None, "r").refuse(&first), None);
    }
}
