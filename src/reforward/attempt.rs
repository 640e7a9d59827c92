//! One attempt to forward a callback: reads its item, signs and sends it.

use std::{borrow::Cow, fmt::Write, time::Duration};

use tencent_chat_callbacks::signature::sign;

use super::entries::{Entry, State};
use crate::{
    deadline::Limits,
    forward::{Delivery, ForwardResult, Forwarded, Receiver},
    outcome::Failure,
    record::RecordedEvent,
    settings::SigningTokens,
    store::Store,
    time::now_millis,
    unforwarded::Unforwarded,
    unrecorded::MASKED,
};

/// Where callbacks come from and go to.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) receiver: Receiver,
    pub(super) tokens: SigningTokens,
}

/// The result of an attempt.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) outcome: Outcome,
    /// The receiver's response, and its time. `None` if nothing was sent.
    pub(super) forward: Option<(ForwardResult, Duration)>,
}

/// The result for the callback.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The receiver has taken it.
    Forwarded,
    /// The receiver will never take it.
    Rejected,
    /// It was erased from the table, or has expired.
    Gone,
    /// It is tried again.
    Failed(Fault),
}

/// Why a callback is tried again.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The entry can't be read. The reason says more.
    Unreadable(&'static str),
    /// The callback is not in the table yet.
    Unrecorded,
    /// The table could not be read.
    Table(Failure),
    /// The receiver did not answer.
    Silence(ForwardResult),
    /// The receiver answered with this status.
    Status(u16),
    /// A bug in this crate.
    Panic,
}

impl Fault {
    /// The reason in the log.
    pub(super) fn reason(&self) -> Cow<'static, str> {
        match self {
            Self::Unreadable(reason) => (*reason).into(),
            Self::Unrecorded => "unrecorded".into(),
            Self::Table(failure) => failure.reason.clone(),
            Self::Silence(result) => result.name(),
            Self::Status(status) => ForwardResult::Status(*status).name(),
            Self::Panic => crate::outcome::PANIC.into(),
        }
    }

    /// Whether receiver or table fail every callback, not just this one.
    pub(super) fn is_silence(&self) -> bool {
        matches!(self, Self::Table(_) | Self::Silence(_))
    }

    /// Whether the receiver may be overloaded or broken, so that it should be left alone.
    pub(super) fn is_failure(&self) -> bool {
        self.is_silence() || matches!(self, Self::Status(429 | 500..))
    }
}

impl Outcome {
    pub(super) fn state(&self) -> State {
        match self {
            Self::Forwarded | Self::Rejected | Self::Gone => State::Done,
            Self::Failed(Fault::Unreadable(_) | Fault::Status(_) | Fault::Panic) => State::Suspect,
            Self::Failed(_) => State::Open,
        }
    }
}

impl Attempt {
    /// The attempt at a callback that was not sent.
    fn without_request(outcome: Outcome) -> Self {
        Self { outcome, forward: None }
    }

    pub(super) fn panicked() -> Self {
        Self::without_request(Outcome::Failed(Fault::Panic))
    }
}

impl Route {
    /// Tries a callback once.
    pub(super) async fn attempt(&self, entry: &Entry, store: &Store, limits: Limits) -> Attempt {
        let unforwarded = match &entry.read {
            Ok(unforwarded) if unforwarded.is_intact() => unforwarded,
            Ok(_) => return Attempt::without_request(Outcome::Failed(Fault::Unreadable(MASKED))),
            Err(_) => return Attempt::without_request(Outcome::Failed(Fault::Unreadable("unreadable"))),
        };
        let event = match store.read(&unforwarded.pk, &unforwarded.sk, limits.of_one()).await {
            Ok(Some(event)) => event,
            Ok(None) if entry.is_unrecorded => {
                return Attempt::without_request(Outcome::Failed(Fault::Unrecorded));
            }
            Ok(None) => return Attempt::without_request(Outcome::Gone),
            Err(failure) => return Attempt::without_request(Outcome::Failed(Fault::Table(failure))),
        };
        // DynamoDB deletes an expired item within days.
        let Some(body) = event.body().filter(|_| !has_expired(&event)) else {
            return Attempt::without_request(Outcome::Gone);
        };
        self.send(unforwarded, event.sdk_appid(), body, limits).await
    }

    async fn send(
        &self,
        unforwarded: &Unforwarded<'_>,
        sdk_appid: &str,
        body: &str,
        limits: Limits,
    ) -> Attempt {
        let query = query(&unforwarded.query, self.tokens.of(sdk_appid), now_millis() / 1000);
        let forwarded = self.receiver.forward(&query, body, unforwarded.hop, limits.of_one()).await;
        let Forwarded { result, delivery, time, .. } = forwarded.without_answer();
        let outcome = match (delivery, result) {
            (Delivery::Taken, _) => Outcome::Forwarded,
            (Delivery::Rejected, _) => Outcome::Rejected,
            (Delivery::Missed, ForwardResult::Status(status)) => Outcome::Failed(Fault::Status(status)),
            (Delivery::Missed, result) => Outcome::Failed(Fault::Silence(result)),
        };
        Attempt { outcome, forward: Some((result, time)) }
    }
}

fn has_expired(event: &RecordedEvent) -> bool {
    let expires_at: Option<u64> = event.attribute("ExpiresAt").and_then(|at| at.parse().ok());
    expires_at.is_some_and(|at| at <= now_millis() / 1000)
}

/// The query string of a callback that is sent again, signed now if there is a token.
fn query(entry: &str, token: Option<&str>, now: u64) -> String {
    let mut query = String::new();
    for parameter in entry.split('&').filter(|parameter| !parameter.is_empty()) {
        if token.is_none() || !parameter.starts_with("RequestTime=") {
            query.push_str(parameter);
            query.push('&');
        }
    }
    query.push_str("contenttype=json&");
    if let Some(token) = token {
        let time = now.to_string();
        // Writing to a string can't fail.
        let _ = write!(query, "RequestTime={time}&Sign={}&", sign(token, &time));
    }
    query.push_str("Replayed=1");
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_is_signed_anew_and_says_that_it_is_a_repeat() {
        let entry = "SdkAppid=1&CallbackCommand=A.B%26c&RequestTime=1670574413&RequestID=r";
        let signed = format!(
            "SdkAppid=1&CallbackCommand=A.B%26c&RequestID=r&contenttype=json&RequestTime=1700000000&Sign={}&Replayed=1",
            sign("token", "1700000000")
        );
        assert_eq!(query(entry, Some("token"), 1_700_000_000), signed);
        assert_eq!(query(entry, None, 1_700_000_000), format!("{entry}&contenttype=json&Replayed=1"));
    }

    #[test]
    fn only_silence_and_overload_are_failures_of_the_receiver() {
        for (fault, is_silence, is_failure, state) in [
            (Fault::Unreadable(MASKED), false, false, State::Suspect),
            (Fault::Unrecorded, false, false, State::Open),
            (Fault::Table(Failure::late()), true, true, State::Open),
            (Fault::Silence(ForwardResult::Timeout), true, true, State::Open),
            (Fault::Silence(ForwardResult::Connection), true, true, State::Open),
            (Fault::Status(307), false, false, State::Suspect),
            (Fault::Status(401), false, false, State::Suspect),
            (Fault::Status(429), false, true, State::Suspect),
            (Fault::Status(500), false, true, State::Suspect),
            (Fault::Status(503), false, true, State::Suspect),
        ] {
            assert_eq!((fault.is_silence(), fault.is_failure()), (is_silence, is_failure), "{fault:?}");
            assert_eq!(Outcome::Failed(fault).state(), state);
        }
    }
}
