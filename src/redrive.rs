//! Records callbacks that could not be stored, from their log entries.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures_util::{FutureExt, Stream, StreamExt, stream};

use crate::{
    callback::{Callback, query::Query},
    event::Event,
    outcome::Failure,
    record::{Keeping, Receipt, Record},
    store::{Store, Stored},
    unrecorded::Unrecorded,
};

mod found;
mod function;
pub use found::{Found, find};
pub use function::{Redrive, serve};

/// How long one write is tried before the others get their turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many callbacks are written at the same time.
const AT_A_TIME: usize = 8;

impl Unrecorded<'_> {
    /// The record, as the function would have written it.
    ///
    /// # Errors
    /// What keeps it from being one: nothing that another try could mend.
    pub fn record(&self, keeping: Keeping) -> Result<Record, Failure> {
        let fault = |error: &str| Failure::new(UNRECORDABLE, error);
        let query = Query::parse(&self.query);
        let sdk_appid = query.sdk_appid().ok_or_else(|| fault("its SdkAppid is missing"))?;
        let callback = match Callback::parse(&query, self.body.as_bytes()) {
            Ok(Some(callback)) => callback,
            Ok(None) => return Err(fault("it has neither command nor body")),
            Err(refusal) => return Err(fault(refusal.error_info())),
        };
        let receipt =
            Receipt { sdk_appid, received_at: self.received_at, request_id: &self.request_id, keeping };
        let event = Event::parse(&callback.command, callback.body);
        Ok(Record::new(&query, &callback, &event, &receipt))
    }
}

/// The reason of a failure that lies in the entry itself.
const UNRECORDABLE: &str = "unrecordable";

/// Whether a failure lies in the entry itself or in our own code, so that another try could not mend it.
fn is_final(failure: &Failure) -> bool {
    [UNRECORDABLE, "panic"].contains(&failure.reason.as_ref())
}

/// Records callbacks through the same code as the function, by the deadline, and tells of each what became of
/// it. One that panics is told as failed, and the others go on.
pub fn record_all(
    store: &Store,
    callbacks: Vec<Unrecorded<'static>>,
    keeping: Keeping,
    deadline: Instant,
) -> impl Stream<Item = (Unrecorded<'static>, Result<Stored, Failure>)> {
    let write = move |callback: Unrecorded<'static>| async move {
        let writing = async {
            let record = callback.record(keeping)?;
            store.write_again(record, deadline.min(Instant::now() + PATIENCE)).await
        };
        let written = AssertUnwindSafe(writing).catch_unwind().await;
        (callback, written.unwrap_or_else(|_| Err(Failure::panic())))
    };
    stream::iter(callbacks).map(write).buffer_unordered(AT_A_TIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEPING: Keeping = Keeping { retention_days: Some(1), index_shards: 1 };

    fn unrecorded(query: &'static str, body: &'static str) -> Unrecorded<'static> {
        Unrecorded {
            id: "8476a536-e9f4-11e8-9739-2dfe598c3fcd".into(),
            piece: 1,
            pieces: 1,
            query: query.into(),
            received_at: 1_670_574_414_321,
            request_id: "request-1".into(),
            body: body.into(),
        }
    }

    #[test]
    fn gives_the_record_that_the_function_would_have_written() {
        let query = "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull&RequestTime=1670574413";
        let record = unrecorded(query, r#"{"GroupId":"g"}"#).record(KEEPING).expect("it is a callback");
        let string = |name: &str| record.head[name].as_s().or_else(|_| record.head[name].as_n()).cloned();
        assert_eq!(string("pk"), Ok("1400000001#g".to_owned()));
        // No time in the body: it is RequestTime, not that of the redrive.
        assert!(string("sk").is_ok_and(|sk| sk.starts_with("1670574413000#Group.CallbackAfterGroupFull#")));
        assert_eq!(string("ReceivedAt"), Ok("1670574414321".to_owned()));
        assert_eq!(string("RequestId"), Ok("request-1".to_owned()));
        assert_eq!(string("ExpiresAt"), Ok("1670660814".to_owned()));
    }

    #[test]
    fn what_is_not_a_callback_is_a_final_failure() {
        for (query, body) in [("CallbackCommand=A.B", "{}"), ("SdkAppid=1", ""), ("SdkAppid=1", "[")] {
            let failure = unrecorded(query, body).record(KEEPING).expect_err("it is not a callback");
            assert!(is_final(&failure), "{query} {body}: {failure}");
        }
    }
}
