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

use super::{HEALTH, decision::Decided, services::Services};
use crate::{
    deadline::Deadlines,
    forward::{Hop, answer_is_passed_on},
    log::LogFields,
    outcome::{Failure, Outcome, Stored},
    reactions::react,
    record::{Arrival, Record, Source},
    refused::{MAX_BODY_BYTES, Refused},
    reply::{fits, reply},
    time::{milliseconds, now_millis},
    unrecorded::Unrecorded,
};

/// How much of a refused body is logged, in bytes.
const LOGGED_BODY_BYTES: usize = 4096;

/// A request and everything known about it so far. It survives a panic, so that there is a log entry even then.
pub(super) struct Exchange<'a> {
    pub(super) services: &'a Services,
    pub(super) request: &'a Request,
    pub(super) query: Query<'a>,
    /// The arrival time, in milliseconds since the epoch.
    pub(super) received_at: u64,
    pub(super) deadlines: Deadlines,
    /// API Gateway's id of the request.
    request_id: &'a str,
    /// The application, once the request is admitted.
    pub(super) sdk_appid: Option<&'a str>,
    /// The command, as far as it is known.
    command: Option<String>,
    /// The answer to a before-callback, in JSON.
    pub(super) answer: Option<Cow<'static, str>>,
    /// The attribute `Answer`.
    recorded_answer: Option<String>,
    /// The hop of a callback that your own receiver must still get.
    pub(super) untaken: Option<Hop>,
    /// For the log alone.
    pub(super) fields: LogFields<'a>,
}

impl<'a> Exchange<'a> {
    /// Starts with the fields that are known before any check.
    pub(super) fn new(services: &'a Services, request: &'a Request) -> Self {
        let context = request_context(request);
        let received_at = now_millis();
        let deadlines =
            Deadlines::new(Instant::now(), received_at, context.map(|context| context.time_epoch));
        let query = Query::parse(request.uri().query().unwrap_or_default());
        let command = query.callback_command().filter(|name| is_name(name)).map(str::to_owned);
        let request_id = context.and_then(|context| context.request_id.as_deref()).unwrap_or_default();
        let fields = LogFields {
            request_id,
            callback_command: command.clone().map(Cow::Owned),
            cold_start: services.cold_start(),
            ..LogFields::default()
        };
        let (sdk_appid, answer, recorded_answer, untaken) = (None, None, None, None);
        Self {
            services,
            request,
            query,
            received_at,
            deadlines,
            request_id,
            sdk_appid,
            command,
            answer,
            recorded_answer,
            untaken,
            fields,
        }
    }

    /// Admits the request and processes the callback in it.
    pub(super) async fn receive(&mut self) -> Outcome {
        match self.read() {
            Ok(Some((callback, sdk_appid))) => self.process(&callback, sdk_appid).await,
            Ok(None) => Outcome::Probe,
            Err(Refused::NotPost) if self.is_health_check() => Outcome::Health,
            Err(refused) => Outcome::Refused(refused),
        }
    }

    /// Logs the outcome and returns the reply.
    pub(super) fn reply(mut self, outcome: &Outcome) -> Response<Body> {
        // A panic while the request was read leaves no answer.
        let is_before = self.command.as_deref().is_some_and(is_before_callback);
        let mut answer = self.answer.take().or_else(|| is_before.then_some(Cow::Borrowed(Answer::PLAIN)));
        if answer.as_deref().is_some_and(|answer| !fits(answer)) {
            self.fields.answer = Some("too_large");
            answer = Some(Cow::Borrowed(Answer::PLAIN));
        }
        self.fields.unforwarded = self.unforwarded();
        if let Outcome::Failed(_) = outcome {
            self.log_unrecorded(outcome);
        } else {
            self.services.log.request(outcome, None, &self.fields);
        }
        reply(outcome, answer)
    }

    fn is_health_check(&self) -> bool {
        [Method::GET, Method::HEAD].contains(self.request.method()) && self.request.uri().path() == HEALTH
    }

    /// Admits the request and reads it: the callback and its application, or `None` for the console's URL check. The
    /// checks run in the documented order.
    fn read(&mut self) -> Result<Option<(Callback<'a>, &'a str)>, Refused> {
        if self.request.method() != Method::POST {
            return Err(Refused::NotPost);
        }
        let (admission, body) = (&self.services.admission, self.request.body().as_ref());
        let now = self.received_at / 1000;
        let admitted = admission.receiver.admit(self.query.clone(), body, now)?;
        self.fields.token = admitted.signed_by().and_then(|signed_by| admission.position(signed_by));
        let Some(sdk_appid) = admitted.sdk_appid() else {
            self.fields.sdkappid_absent = true;
            return Ok(None);
        };
        (self.sdk_appid, self.fields.sdk_appid) = (Some(sdk_appid), Some(sdk_appid));
        self.fields.body_bytes = Some(body.len());
        let received = if body.len() > MAX_BODY_BYTES {
            Err(Refused::BodyTooLarge)
        } else {
            admitted.read(body).map_err(Refused::from)
        };
        match received {
            Ok(Received::Callback(callback)) => Ok(Some((callback, sdk_appid))),
            // The console's check of the URL.
            Ok(_) => Ok(None),
            Err(refused) => {
                let beginning = &body[..body.len().min(LOGGED_BODY_BYTES)];
                self.fields.body = Some(String::from_utf8_lossy(beginning));
                Err(refused)
            }
        }
    }

    /// Decides on a callback, stores and forwards it, and reacts to it.
    async fn process(&mut self, callback: &Callback<'a>, sdk_appid: &str) -> Outcome {
        let default = self.note_callback(callback);
        let event = callback.event();
        let arrival = Arrival { sdk_appid, received_at: self.received_at, request_id: self.request_id };
        let decide_by = self.deadlines.decide_by;
        let (stored, forwarded) = if self.services.receiver.is_some() {
            // Your own receiver's answer has priority over the decision. So the decision is not recorded, and runs
            // while the callback is stored and forwarded.
            let decide = self.services.decisions.decide(callback, default, decide_by);
            let (decided, stored, forwarded) =
                tokio::join!(decide, self.store(callback, &event, arrival), self.forward(callback));
            self.note_decided(decided.as_ref());
            (stored, forwarded)
        } else {
            let decided = self.services.decisions.decide(callback, default, decide_by).await;
            self.recorded_answer = self.note_decided(decided.as_ref());
            (self.store(callback, &event, arrival).await, None)
        };
        self.fields.store_time = Some(milliseconds(stored.time));
        self.fields.problem = stored.problem;
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
            let record = Record::new(&source, fields, self.services.item_settings);
            problem.clone_from(&record.problem);
            Ok(record)
        };
        let started = Instant::now();
        let result = self.services.store.write(build, self.deadlines.write_by).await;
        Writing { result, problem, time: started.elapsed() }
    }

    /// Returns the default answer to a before-callback, which is sent if nothing better follows. What counts after a
    /// panic comes first.
    fn note_callback(&mut self, callback: &Callback<'_>) -> Option<Answer> {
        self.command = Some(callback.command().to_owned());
        self.untaken = self.hop().filter(|_| !answer_is_passed_on(callback.command()));
        let default = is_before_callback(callback.command()).then(|| callback.answer());
        self.answer = default.as_ref().map(Answer::json);
        let event_time = callback.event_time().map(|time| time.0.unsigned_abs());
        self.fields.callback_command = self.command.clone().map(Cow::Owned);
        self.fields.subject = Some(callback.subject().to_owned());
        self.fields.event_time = event_time;
        self.fields.lag = event_time.and_then(|time| self.received_at.checked_signed_diff(time));
        default
    }

    /// Takes the answer of a decision, unless Lambda could not return it. Returns the attribute `Answer`.
    fn note_decided(&mut self, decided: Option<&Decided>) -> Option<String> {
        let decided = decided?;
        self.fields.decision = decided.fault;
        let json = decided.answer.json();
        let is_sent = fits(&json);
        self.answer = Some(json);
        decided.recorded().filter(|_| is_sent)
    }

    /// Logs everything that a redrive needs.
    fn log_unrecorded(&mut self, outcome: &Outcome) {
        let context = self.request.lambda_context_ref();
        self.fields.function_version = context.map(|context| context.env_config.version.as_str());
        let id = context.map(|context| context.request_id.as_str());
        self.fields.function_request_id = id;
        // Without an application the request was not admitted: a stranger's body must not be redriven.
        let unrecorded = self.sdk_appid.map(|_| {
            let entry = Unrecorded::new(
                id.unwrap_or_default(),
                self.query.without_sign(),
                self.received_at,
                self.request_id,
                String::from_utf8_lossy(self.request.body()),
            );
            entry.with_answer(self.recorded_answer.as_deref())
        });
        let pieces = unrecorded.as_ref().map(Unrecorded::pieces).unwrap_or_default();
        self.services.log.unrecorded(outcome, &self.fields, &pieces);
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
pub(super) fn request_context(request: &Request) -> Option<&RequestContext> {
    match request.request_context_ref() {
        Some(AnyRequestContext::ApiGatewayV2(context)) => Some(context),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
