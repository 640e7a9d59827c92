//! One request, from its arrival to its reply.

use std::{
    borrow::Cow,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use lambda_http::{
    Body, Request, RequestExt, Response,
    aws_lambda_events::apigw::ApiGatewayV2httpRequestContext as RequestContext, http::Method,
    request::RequestContext as AnyRequestContext,
};
use tencent_chat_callbacks::{
    Answer, Callback, Event, Query, Received, ShapeError,
    event::{is_before_callback, is_name},
};

use super::{decision::Decided, shared::Shared};
use crate::{
    deadline::Deadlines,
    forward::{Forwarded, Hop, counts},
    log::Facts,
    outcome::{Failure, Outcome, Stored},
    reactions::react,
    record::{Arrival, Record, Source},
    refused::{MAX_BODY_BYTES, Refused},
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
    /// API Gateway's id of the request.
    request_id: &'a str,
    /// The application, once the request is admitted.
    sdk_appid: Option<&'a str>,
    /// The command, as far as it is known.
    command: Option<String>,
    /// The answer to a before-callback, in JSON.
    answer: Option<Cow<'static, str>>,
    /// The attribute `Answer`.
    recorded_answer: Option<String>,
    /// For the log alone.
    facts: Facts<'a>,
}

impl<'a> Exchange<'a> {
    /// Starts with the facts that are known before any check.
    pub(super) fn new(shared: &'a Shared, request: &'a Request) -> Self {
        let context = request_context(request);
        let deadlines =
            Deadlines::new(Instant::now(), now_millis(), context.map(|context| context.time_epoch));
        let query = Query::parse(request.uri().query().unwrap_or_default());
        let command = query.callback_command().filter(|name| is_name(name)).map(str::to_owned);
        let invocation = request.lambda_context_ref().map(|context| shared.invocation_facts(context));
        let request_id = context.and_then(|context| context.request_id.as_deref()).unwrap_or_default();
        let facts = Facts {
            request_id,
            callback_command: command.clone().map(Cow::Owned),
            ..invocation.unwrap_or_default()
        };
        let (sdk_appid, answer, recorded_answer) = (None, None, None);
        Self {
            shared,
            request,
            query,
            deadlines,
            request_id,
            sdk_appid,
            command,
            answer,
            recorded_answer,
            facts,
        }
    }

    /// Admits the request and processes the callback in it.
    pub(super) async fn receive(&mut self) -> Outcome {
        match self.read() {
            Ok(Some((callback, sdk_appid))) => self.process(&callback, sdk_appid).await,
            Ok(None) => Outcome::Probe,
            Err(refused) => Outcome::Refused(refused),
        }
    }

    /// Logs the outcome and returns the reply.
    pub(super) fn reply(mut self, outcome: &Outcome) -> Response<Body> {
        // A panic while the request was read leaves no answer.
        let is_before = self.command.as_deref().is_some_and(is_before_callback);
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

    /// Admits the request and reads it: the callback and its application, or `None` for the console's URL check. The
    /// checks run in the documented order.
    fn read(&mut self) -> Result<Option<(Callback<'a>, &'a str)>, Refused> {
        if self.request.method() != Method::POST {
            return Err(Refused::NotPost);
        }
        let (admission, body) = (&self.shared.admission, self.request.body().as_ref());
        let now = self.deadlines.received_at / 1000;
        let admitted = admission.receiver.admit(self.query.clone(), body, now)?;
        self.facts.token = admitted.signed_by().and_then(|signed_by| admission.position(signed_by));
        let Some(sdk_appid) = admitted.sdk_appid() else {
            self.facts.sdkappid_absent = true;
            return Ok(None);
        };
        (self.sdk_appid, self.facts.sdk_appid) = (Some(sdk_appid), Some(sdk_appid));
        self.facts.body_bytes = Some(body.len());
        let received = if body.len() > MAX_BODY_BYTES {
            Err(Refused::BodyTooLarge)
        } else {
            admitted.read(body).map_err(Refused::from)
        };
        match received {
            Ok(Received::Callback(callback)) => Ok(Some((callback, sdk_appid))),
            Ok(Received::UrlCheck) => Ok(None),
            Err(refused) => {
                let beginning = &body[..body.len().min(LOGGED_BODY_BYTES)];
                self.facts.body = Some(String::from_utf8_lossy(beginning));
                Err(refused)
            }
        }
    }

    /// Decides on a callback, stores and forwards it, and reacts to it.
    async fn process(&mut self, callback: &Callback<'a>, sdk_appid: &str) -> Outcome {
        self.note_callback(callback);
        let event = callback.event();
        let arrival =
            Arrival { sdk_appid, received_at: self.deadlines.received_at, request_id: self.request_id };
        let decide_by = self.deadlines.decide_by;
        let (stored, forwarded) = if self.shared.receiver.is_some() {
            // Your own receiver's answer has priority over the decision. So the decision is not recorded, and runs
            // while the callback is stored and forwarded.
            let decide = self.shared.decisions.decide(callback, decide_by);
            let (decided, stored, forwarded) =
                tokio::join!(decide, self.store(callback, &event, arrival), self.forward(callback));
            self.note_decided(decided.as_ref());
            (stored, forwarded)
        } else {
            let decided = self.shared.decisions.decide(callback, decide_by).await;
            self.recorded_answer = self.note_decided(decided.as_ref());
            (self.store(callback, &event, arrival).await, None)
        };
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

    /// Writes the record of a callback.
    async fn store(
        &self,
        callback: &Callback<'_>,
        event: &Result<Event<'_>, ShapeError>,
        arrival: Arrival<'_>,
    ) -> Writing {
        let source = Source { callback, event, arrival, answer: self.recorded_answer.as_deref() };
        let mut problem = None;
        let build = |fields| {
            let record = Record::new(&source, fields, self.shared.item_settings);
            problem.clone_from(&record.problem);
            Ok(record)
        };
        let started = Instant::now();
        let result = self.shared.store.write(build, self.deadlines.write_by).await;
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
        self.command = Some(callback.command().to_owned());
        if is_before_callback(callback.command()) {
            self.answer = Some(callback.answer().json());
        }
        self.facts.callback_command = self.command.clone().map(Cow::Owned);
        self.facts.subject = Some(callback.subject().to_owned());
        self.facts.event_time = event_time;
        self.facts.lag = event_time.and_then(|time| self.deadlines.received_at.checked_signed_diff(time));
    }

    /// Takes the answer of a decision, unless Lambda could not return it. Returns the attribute `Answer`.
    fn note_decided(&mut self, decided: Option<&Decided>) -> Option<String> {
        let decided = decided?;
        self.facts.decision = decided.fault;
        let json = decided.answer.json();
        let is_sent = fits(&json);
        self.answer = Some(json);
        decided.recorded().filter(|_| is_sent)
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
        let context = self.request.lambda_context_ref();
        self.facts.function_version = context.map(|context| context.env_config.version.as_str());
        let id = context.map(|context| context.request_id.as_str());
        self.facts.function_request_id = id;
        // Without an application the request was not admitted: a stranger's body must not be redriven.
        let unrecorded = self.sdk_appid.map(|_| {
            let entry = Unrecorded::new(
                id.unwrap_or_default(),
                self.query.without_sign(),
                self.deadlines.received_at,
                self.request_id,
                String::from_utf8_lossy(self.request.body()),
            );
            entry.with_answer(self.recorded_answer.as_deref())
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
