//! When reading began, by AWS's clock: this machine's may be wrong.

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

/// Remembers the time of the first answer.
#[derive(Clone, Debug, Default)]
pub(super) struct FirstAnswer(Arc<OnceLock<DateTime>>);

impl FirstAnswer {
    /// Records created from this time on are new.
    ///
    /// Both times, the answer's and a record's, are rounded down to the second, so a record created after the answer is
    /// never earlier. One second more is for the clocks of the different hosts of AWS that set them. It may show an
    /// event from the last two seconds before the start, but none is missed.
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
