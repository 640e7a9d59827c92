//! Your own receiver's part in a request.

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use tencent_chat_callbacks::{Callback, event::is_before_callback};

use super::exchange::{Exchange, request_context};
use crate::{
    forward::{Delivery, Forwarded, Hop, answer_is_passed_on},
    record,
    time::milliseconds,
    unforwarded::Unforwarded,
};

impl<'a> Exchange<'a> {
    /// The hop for your own receiver. `None` without a receiver, or if the callback was forwarded too often.
    pub(super) fn hop(&self) -> Option<Hop> {
        self.services.receiver.as_ref()?;
        let user_agent = request_context(self.request).and_then(|context| context.http.user_agent.as_deref());
        Hop::after(user_agent)
    }

    /// Forwards a callback to your own receiver, if there is one.
    pub(super) async fn forward(&self, callback: &Callback<'_>) -> Option<Forwarded> {
        let receiver = self.services.receiver.as_ref()?;
        let raw_query = self.request.uri().query().unwrap_or_default();
        Some(receiver.forward(raw_query, callback.body(), self.hop()?, self.deadlines.forward_by).await)
    }

    pub(super) fn note_forwarded(&mut self, callback: &Callback<'_>, forwarded: Forwarded) {
        let is_before = is_before_callback(callback.command());
        // An undocumented command needs no answer, but gets it if there is one.
        let is_passed_on = forwarded.answer.is_some() && answer_is_passed_on(callback.command());
        let forwarded = if is_before || is_passed_on { forwarded } else { forwarded.without_answer() };
        let Forwarded { result, delivery, answer, time } = forwarded;
        self.fields.forward = Some(result);
        self.fields.forward_time = Some(milliseconds(time));
        if delivery != Delivery::Missed {
            self.untaken = None;
        }
        if delivery == Delivery::Taken && answer.is_none() && is_before {
            self.fields.answer = Some("unusable");
        }
        if let Some(answer) = answer {
            self.answer = Some(Cow::Owned(answer));
        }
    }

    /// The entry of a callback that your own receiver did not take, or if something panicked, may not have taken. The
    /// body is parsed again, because after a panic nothing else is left.
    pub(super) fn unforwarded(&self) -> Option<Unforwarded<'a>> {
        let (hop, sdk_appid) = (self.untaken?, self.sdk_appid?);
        let raw_query = self.request.uri().query().unwrap_or_default();
        let keys = || {
            let callback = Callback::admitted_before(raw_query, self.request.body().as_ref()).ok()??;
            Some(record::keys(&callback, sdk_appid, self.received_at))
        };
        let (pk, sk) = catch_unwind(AssertUnwindSafe(keys)).ok()??;
        Some(Unforwarded::new(pk, sk, self.query.without_sign(), hop))
    }
}
