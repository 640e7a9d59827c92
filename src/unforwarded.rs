//! The log entry of a callback that your own receiver did not take. It has the callback's key, not its body, so a
//! callback that was erased from the table in the meantime is not sent.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{digest::sha256, forward::Hop};

/// A callback that your own receiver must still get.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Unforwarded<'a> {
    /// The item's partition key.
    pub pk: Cow<'a, str>,
    /// The item's sort key.
    pub sk: Cow<'a, str>,
    /// Tencent's URL parameters without `Sign`.
    pub query: Cow<'a, str>,
    /// The hop that the callback was forwarded with.
    pub hop: Hop,
    /// SHA-256 of `pk`, `sk` and `query`, in hex. A data protection policy of CloudWatch masks a user id that is an
    /// e-mail address: without the digest, the item would seem to be erased.
    pub sha256: Cow<'a, str>,
}

impl Unforwarded<'_> {
    /// The entry of a callback, with its digest.
    #[must_use]
    pub fn new(pk: String, sk: String, query: String, hop: Hop) -> Self {
        let sha256 = sha256([&*pk, &*sk, &*query]).into();
        Self { pk: pk.into(), sk: sk.into(), query: query.into(), hop, sha256 }
    }

    /// Whether key and query are what the function wrote.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.sha256 == sha256([&*self.pk, &*self.sk, &*self.query])
    }
}
