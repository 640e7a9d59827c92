//! The settings of `reforward`.

use super::{
    AWS_ENDPOINT_URL, Destination, FORWARD_URL,
    applications::SigningTokens,
    endpoint_url, forward_url,
    setting::{Lookup, Setting, SettingsError},
};
use crate::forward::ForwardUrl;

const QUEUE_URL: Setting = Setting::new("QUEUE_URL", "the URL of the queue that invokes reforward");
const AWS_ENDPOINT_URL_SQS: Setting = Setting::new("AWS_ENDPOINT_URL_SQS", AWS_ENDPOINT_URL.expected);

/// The settings of `reforward`.
#[derive(Clone, Debug)]
pub struct Reforwarding {
    /// Where callbacks are recorded. `reforward` only reads there.
    pub destination: Destination,
    /// `FORWARD_URL`: your own receiver.
    pub forward_url: ForwardUrl,
    /// `CALLBACK_TOKENS`: the tokens that sign callbacks that are sent again.
    pub tokens: SigningTokens,
    /// The queue that invokes `reforward`.
    pub queue: Queue,
}

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// `QUEUE_URL`
    pub url: String,
    /// `AWS_ENDPOINT_URL_SQS`, else `AWS_ENDPOINT_URL`: replaces the endpoint of SQS.
    pub endpoint_url: Option<String>,
}

impl Reforwarding {
    /// Reads the process environment.
    ///
    /// # Errors
    /// The first setting that is missing or malformed.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads settings from any function that maps names to values.
    ///
    /// # Errors
    /// The first setting that is missing or malformed.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let lookup = Lookup(&lookup);
        Ok(Self {
            destination: Destination::read(lookup)?,
            forward_url: forward_url(lookup)?.ok_or(FORWARD_URL.error("is missing"))?,
            tokens: SigningTokens::read(lookup)?,
            queue: Queue {
                url: QUEUE_URL.required(lookup)?,
                endpoint_url: endpoint_url(lookup, AWS_ENDPOINT_URL_SQS)?,
            },
        })
    }
}
