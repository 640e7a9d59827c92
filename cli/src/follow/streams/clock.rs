//! The time when reading began, by AWS's clock: this machine's clock may be wrong.

use std::{
    sync::{Arc, OnceLock},
    time::SystemTime,
};

use aws_sdk_dynamodbstreams::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextRef,
    },
    error::BoxError,
    primitives::{DateTime, DateTimeFormat},
};

/// Remembers the time of the first response.
#[derive(Clone, Debug, Default)]
pub(super) struct FirstAnswer(Arc<OnceLock<DateTime>>);

impl FirstAnswer {
    /// Records created from this time on are new.
    ///
    /// Both times, the response's and a record's, are rounded down to the second, so a record created after the response
    /// never has an earlier time. Different hosts of AWS set the two times, so one more second allows for the difference
    /// of their clocks. An event from the last two seconds before the start may be shown, but none is missed.
    pub(super) fn start(&self) -> DateTime {
        let time = self.0.get().copied().unwrap_or_else(|| SystemTime::now().into());
        DateTime::from_secs(time.secs() - 1)
    }
}

impl Intercept for FirstAnswer {
    fn name(&self) -> &'static str {
        "FirstAnswer"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date) = context.response().headers().get("date")
            && let Ok(time) = DateTime::from_str(date, DateTimeFormat::HttpDate)
        {
            self.0.get_or_init(|| time);
        }
        Ok(())
    }
}
