//! One request, from its arrival to its reply.

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use lambda_http::{
    Body, Request, RequestExt, Response,
    aws_lambda_events::apigw::ApiGatewayV2httpRequestContext as RequestContext, http::Method,
    request::RequestContext as AnyRequestContext,
};
use tencent_chat_callbacks::{
    Answer, Callback, Event, Origin, Query, Refusal,
    answer::answer,
    event::{is_before_callback, is_name},
};

use super::shared::Shared;
use crate::{
    deadline::Deadlines,
    forward::{Forwarded, Hop, counts},
    log::Facts,
    outcome::{Failure, Outcome, Stored},
    reactions::react,
    record::{Receipt, Record},
    reply::{fits, reply},
    time::now_millis,
    unrecorded::Unrecorded,
};

/// How much of a refused body is logged, in bytes.
const LOGGED_BODY_BYTES: usize = 4096;

/// A request and everything known about it so far. It survives a panic, so that there is a log entry even then.
pub(super) struct Exchange<'a> {
    shared: &'a Shared,
    request: &'a Request,
    query: Query<'a>,
    deadlines: Deadlines,
    facts: Facts<'a>,
    /// The answer to a before-callback, in JSON.
    answer: Option<Cow<'static, str>>,
}

impl<'a> Exchange<'a> {
    /// Starts with the facts that are known before any check.
    pub(super) fn new(shared: &'a Shared, request: &'a Request) -> Self {
        let context = request_context(request);
        let deadlines =
            Deadlines::new(Instant::now(), now_millis(), context.map(|context| context.time_epoch));
        let query = Query::parse(request.uri().query().unwrap_or_default());
        let command = query.callback_command().filter(|name| is_name(name));
        let invocation = request.lambda_context_ref().map(|context| shared.invocation_facts(context));
        let facts = Facts {
            request_id: context.and_then(|context| context.request_id.as_deref()).unwrap_or_default(),
            callback_command: command.map(|name| Cow::Owned(name.to_owned())),
            ..invocation.unwrap_or_default()
        };
        Self { shared, request, query, deadlines, facts, answer: None }
    }

    /// Admits the request and processes the callback in it.
    pub(super) async fn receive(&mut self) -> Outcome {
        match self.read() {
            Ok(Some(callback)) => self.process(&callback).await,
            Ok(None) => Outcome::Probe,
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    /// Logs the outcome and returns the reply.
    pub(super) fn reply(mut self, outcome: &Outcome) -> Response<Body> {
        // After a panic there may be no answer yet.
        let is_before = self.facts.callback_command.as_deref().is_some_and(is_before_callback);
        let mut answer = self.answer.take().or_else(|| is_before.then_some(Cow::Borrowed(Answer::PLAIN)));
        if answer.as_deref().is_some_and(|answer| !fits(answer)) {
            self.facts.answer = Some("too_large");
            answer = Some(Cow::Borrowed(Answer::PLAIN));
        }
        if let Outcome::Failed(_) = outcome {
            self.log_unrecorded(outcome);
        } else {
            self.shared.log.request(outcome, None, &self.facts);
        }
        reply(outcome, answer)
    }

    /// The callback in the request; `None` for the console's URL check. The checks run in the documented order: the
    /// body is read after the sender is admitted. The only exception is a request without an application, which is a
    /// URL check if its body is empty.
    fn read(&mut self) -> Result<Option<Callback<'a>>, Refusal> {
        if self.request.method() != Method::POST {
            return Err(Refusal::NotPost);
        }
        let (body, now) = (self.request.body().as_ref(), self.deadlines.received_at / 1000);
        if let Some(probe) = self.shared.admission.admit_probe(&self.query, body, now) {
            self.facts.sdkappid_absent = true;
            self.facts.token = probe.token;
            return Ok(None);
        }
        let admitted = self.shared.admission.admit(&self.query, now)?;
        self.facts.sdk_appid = Some(admitted.sdk_appid);
        self.facts.token = admitted.token;
        self.facts.body_bytes = Some(body.len());
        Callback::parse(&self.query, body).inspect_err(|_| {
            let beginning = &body[..body.len().min(LOGGED_BODY_BYTES)];
            self.facts.body = Some(String::from_utf8_lossy(beginning));
        })
    }

    /// Decides on a callback, stores and forwards it, and reacts to it.
    async fn process(&mut self, callback: &Callback<'a>) -> Outcome {
        let event = callback.event();
        if is_before_callback(callback.command()) {
            self.answer = Some(self.decide(callback, event.as_ref().ok()));
        }
        self.note_callback(callback);
        let (stored, forwarded) = tokio::join!(self.store(callback, &event), self.forward(callback));
        self.facts.store_time = Some(milliseconds(stored.time));
        self.facts.problem = stored.problem;
        if let Some(forwarded) = forwarded {
            self.note_forwarded(callback, forwarded);
        }
        if let (Ok(Stored::New), Ok(event)) = (&stored.result, &event) {
            react_by(self.deadlines.write_by, event).await;
        }
        stored.result.into()
    }

    /// The answer to a before-callback. If your decision panics, the default answer.
    fn decide(&self, callback: &Callback<'_>, event: Option<&Event<'_>>) -> Cow<'static, str> {
        let origin = Origin::new(self.facts.sdk_appid.unwrap_or_default(), &self.query);
        let answer = |event| answer(&*self.shared.decide, callback, event, &origin);
        let decided = catch_unwind(AssertUnwindSafe(|| answer(event)));
        decided.unwrap_or_else(|_| answer(None)).json()
    }

    /// Writes the record of a callback.
    async fn store(&self, callback: &Callback<'_>, event: &Result<Event<'_>, String>) -> Writing {
        let receipt = Receipt {
            sdk_appid: self.facts.sdk_appid.unwrap_or_default(),
            received_at: self.deadlines.received_at,
            request_id: self.facts.request_id,
            keeping: self.shared.keeping,
        };
        let record = Record::new(&self.query, callback, event, &receipt);
        let without_fields = || Ok(Record::without_fields(&self.query, callback, event, &receipt));
        let problem = record.problem.clone();
        let started = Instant::now();
        let result = self.shared.store.write(record, without_fields, self.deadlines.write_by).await;
        Writing { result, problem, time: started.elapsed() }
    }

    /// Forwards a callback to your own receiver, if there is one, unless the callback was forwarded too often.
    async fn forward(&self, callback: &Callback<'_>) -> Option<Forwarded> {
        let receiver = self.shared.receiver.as_ref()?;
        let user_agent = request_context(self.request).and_then(|context| context.http.user_agent.as_deref());
        let hop = Hop::after(user_agent)?;
        let raw_query = self.request.uri().query().unwrap_or_default();
        Some(receiver.forward(raw_query, callback.body(), hop, self.deadlines.forward_by).await)
    }

    fn note_callback(&mut self, callback: &Callback<'_>) {
        let event_time = callback.event_time().map(|time| time.0.unsigned_abs());
        self.facts.callback_command = Some(Cow::Owned(callback.command().to_owned()));
        self.facts.subject = Some(callback.subject().to_owned());
        self.facts.event_time = event_time;
        self.facts.lag = event_time.and_then(|time| self.deadlines.received_at.checked_signed_diff(time));
    }

    fn note_forwarded(&mut self, callback: &Callback<'_>, Forwarded { result, answer, time }: Forwarded) {
        self.facts.forward = Some(result);
        self.facts.forward_time = Some(milliseconds(time));
        if let Some(answer) = answer.filter(|_| counts(callback.command())) {
            self.answer = Some(Cow::Owned(answer));
        }
    }

    /// Logs everything that a redrive needs.
    fn log_unrecorded(&mut self, outcome: &Outcome) {
        if let Some(context) = self.request.lambda_context_ref() {
            self.facts.function_version = Some(&context.env_config.version);
            self.facts.function_request_id = Some(&context.request_id);
        }
        // Without an application the request was not admitted: a stranger's body must not be redriven.
        let unrecorded = self.facts.sdk_appid.map(|_| {
            Unrecorded::new(
                self.facts.function_request_id.unwrap_or_default(),
                self.query.without_sign(),
                self.deadlines.received_at,
                self.facts.request_id,
                String::from_utf8_lossy(self.request.body()),
            )
        });
        let pieces = unrecorded.as_ref().map(Unrecorded::pieces).unwrap_or_default();
        self.shared.log.unrecorded(outcome, &self.facts, &pieces);
    }
}

/// The result of writing a record.
struct Writing {
    result: Result<Stored, Failure>,
    /// The record's `Problem`.
    problem: Option<String>,
    time: Duration,
}

/// Runs your reaction to an event until the deadline. The event is recorded, whether or not the reaction succeeds.
async fn react_by(deadline: Instant, event: &Event<'_>) {
    let reaction = AssertUnwindSafe(react(event)).catch_unwind();
    let _ = tokio::time::timeout_at(deadline.into(), reaction).await;
}

/// API Gateway's context of a request.
fn request_context(request: &Request) -> Option<&RequestContext> {
    match request.request_context_ref() {
        Some(AnyRequestContext::ApiGatewayV2(context)) => Some(context),
        _ => None,
    }
}

fn milliseconds(duration: Duration) -> f64 {
    f64::from(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)) / 1000.0
}
