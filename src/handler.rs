//! The function: admit, parse, record, answer.

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use futures_util::{FutureExt, future::OptionFuture};
use lambda_http::{
    Body, Context, Request, RequestExt, Response,
    aws_lambda_events::apigw::ApiGatewayV2httpRequestContext as RequestContext, http::Method,
    request::RequestContext as AnyRequestContext,
};

use crate::{
    admission::Admission,
    answer::{self, Answers, Decide},
    arrival::Arrival,
    callback::{Callback, query::Query},
    event::{Event, asks, is_name},
    forward::{Forwarded, Receiver},
    log::{Facts, Level, Log},
    outcome::{Failure, Outcome},
    react::react,
    record::{Keeping, Receipt, Record},
    refusal::Refusal,
    reply::{OK, reply},
    settings::Settings,
    store::Store,
    time::now_millis,
    unrecorded::Unrecorded,
};

/// How much of a refused body is logged, in bytes.
const LOGGED_BODY_BYTES: usize = 4096;

/// Answers requests, one by one.
#[derive(Debug)]
pub struct Handler {
    admission: Admission,
    keeping: Keeping,
    decide: Box<dyn Decide>,
    receiver: Option<Receiver>,
    store: Store,
    log: Log,
    cold: AtomicBool,
}

/// What a request has come to so far: what is left of it if something panics.
#[derive(Default)]
struct Progress<'a> {
    facts: Facts<'a>,
    /// What a callback that asks is told: JSON.
    answer: Option<Cow<'static, str>>,
}

impl Handler {
    /// A handler that records into this store, and decides as [`Answers`] does.
    #[must_use]
    pub fn new(settings: Settings, store: Store, log: Log) -> Self {
        let Settings { admission, destination, forward_url } = settings;
        Self {
            admission,
            keeping: destination.keeping,
            decide: Box::new(Answers),
            receiver: forward_url.map(Receiver::new),
            store,
            log,
            cold: AtomicBool::new(true),
        }
    }

    /// The same with other decisions.
    #[must_use]
    pub fn deciding(self, decide: impl Decide + 'static) -> Self {
        Self { decide: Box::new(decide), ..self }
    }

    /// Connects to DynamoDB before the first request. A failure is logged and stops nothing.
    pub async fn warm_up(&self) {
        if let Err(failure) = self.store.warm_up().await {
            self.log.note(Level::Warn, "warm-up failed", Some(&failure.to_string()));
        }
    }

    /// Answers a request. Never fails and never panics: even a bug is a reply and a log entry.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        let context = request_context(&request);
        let arrival = Arrival::new(Instant::now(), now_millis(), context.map(|context| context.time_epoch));
        let query = Query::parse(request.uri().query().unwrap_or_default());
        let mut progress = Progress { facts: self.facts(&request, &query), answer: None };
        let receiving = AssertUnwindSafe(self.receive(&request, &query, arrival, &mut progress));
        let outcome = receiving.catch_unwind().await.unwrap_or_else(|_| Outcome::Failed(Failure::panic()));
        let Progress { facts, answer } = progress;
        // After a panic there may be no answer yet.
        let asks = facts.callback_command.as_deref().is_some_and(asks);
        let answer = answer.or_else(|| asks.then_some(Cow::Borrowed(OK)));
        if let Outcome::Failed(_) = &outcome {
            self.log_unrecorded(&request, &query, arrival, facts, &outcome);
        } else {
            self.log.request(&outcome, outcome.error(), &facts);
        }
        reply(&outcome, answer)
    }

    /// Answers what could not be made a request of, for the reason given.
    pub fn refuse_malformed(&self, context: &Context, request_id: &str, fault: &str) -> Response<Body> {
        let outcome = Outcome::Refused(Refusal::RequestMalformed);
        let facts = Facts { request_id, ..self.invocation_facts(context) };
        self.log.request(&outcome, Some(fault), &facts);
        reply(&outcome, None)
    }

    /// What is known of a request before anything of it is checked.
    fn facts<'a>(&self, request: &'a Request, query: &Query<'_>) -> Facts<'a> {
        let invocation = request.lambda_context_ref().map(|context| self.invocation_facts(context));
        let request_id = request_context(request).and_then(|context| context.request_id.as_deref());
        let command = query.callback_command().filter(|name| is_name(name));
        Facts {
            request_id: request_id.unwrap_or_default(),
            callback_command: command.map(|name| Cow::Owned(name.to_owned())),
            ..invocation.unwrap_or_default()
        }
    }

    /// What Lambda says.
    fn invocation_facts<'a>(&self, context: &'a Context) -> Facts<'a> {
        Facts {
            cold_start: self.cold.swap(false, Ordering::Relaxed),
            xray_trace_id: context.xray_trace_id.as_deref().map(trace_root),
            ..Facts::default()
        }
    }

    /// The way of a request.
    async fn receive<'a>(
        &'a self,
        request: &'a Request,
        query: &Query<'_>,
        arrival: Arrival,
        progress: &mut Progress<'a>,
    ) -> Outcome {
        match self.read(request, query, arrival, &mut progress.facts) {
            Ok(Some(callback)) => self.record(&callback, request, query, arrival, progress).await,
            Ok(None) => Outcome::Probe,
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    /// The callback in a request. Checks come in the documented order, and nothing of the body is read before the
    /// sender is admitted.
    fn read<'a>(
        &'a self,
        request: &'a Request,
        query: &Query<'_>,
        arrival: Arrival,
        facts: &mut Facts<'a>,
    ) -> Result<Option<Callback<'a>>, Refusal> {
        if request.method() != Method::POST {
            return Err(Refusal::NotPost);
        }
        let admitted = self.admission.admit(query, arrival.received_at / 1000)?;
        facts.sdk_appid = Some(admitted.sdk_appid);
        facts.token = admitted.token;
        let body = request.body().as_ref();
        facts.body_bytes = Some(body.len());
        Callback::parse(query, body).inspect_err(|_| {
            let beginning = &body[..body.len().min(LOGGED_BODY_BYTES)];
            facts.body = Some(String::from_utf8_lossy(beginning));
        })
    }

    /// Decides on a callback, records it and passes it on, and reacts to it.
    async fn record<'a>(
        &self,
        callback: &Callback<'a>,
        request: &Request,
        query: &Query<'_>,
        arrival: Arrival,
        Progress { facts, answer }: &mut Progress<'a>,
    ) -> Outcome {
        let event = Event::parse(&callback.command, callback.body);
        let asks = asks(&callback.command);
        *answer = asks.then(|| self.decide(callback, event.as_ref().ok()));
        let receipt = Receipt {
            sdk_appid: facts.sdk_appid.unwrap_or_default(),
            received_at: arrival.received_at,
            request_id: facts.request_id,
            keeping: self.keeping,
        };
        let make = || Record::new(query, callback, &event, &receipt);
        let record = make();
        note(&record, callback, arrival.received_at, facts);

        let write = async {
            let started = Instant::now();
            let stored = self.store.write(record, make, arrival.write_by).await;
            (Outcome::from(stored), milliseconds(started.elapsed()))
        };
        let raw_query = request.uri().query().unwrap_or_default();
        let forward = self
            .receiver
            .as_ref()
            .map(|receiver| receiver.forward(raw_query, callback.body, arrival.forward_by));
        let ((outcome, store_time), forwarded) = tokio::join!(write, OptionFuture::from(forward));
        facts.store_time = Some(store_time);
        if let Some(Forwarded { result, answer: theirs, time }) = forwarded {
            facts.forward = Some(result);
            facts.forward_time = Some(milliseconds(time));
            *answer = theirs.filter(|_| asks).map(Cow::Owned).or(answer.take());
        }
        if let (Outcome::Recorded, Ok(event)) = (&outcome, &event) {
            react_by(arrival.write_by, event).await;
        }
        outcome
    }

    /// What a callback that asks is told. Where the user's code panics, nobody has decided.
    fn decide(&self, callback: &Callback<'_>, event: Option<&Event<'_>>) -> Cow<'static, str> {
        let Callback { command, body, .. } = callback;
        let answer = |event| answer::reply(&*self.decide, command, event, body);
        let decided = catch_unwind(AssertUnwindSafe(|| answer(event)));
        decided.unwrap_or_else(|_| answer(None)).json()
    }

    /// Logs what a redrive needs.
    fn log_unrecorded<'a>(
        &self,
        request: &'a Request,
        query: &Query<'_>,
        arrival: Arrival,
        mut facts: Facts<'a>,
        outcome: &Outcome,
    ) {
        if let Some(context) = request.lambda_context_ref() {
            facts.function_version = Some(&context.env_config.version);
            facts.function_request_id = Some(&context.request_id);
        }
        // Without an application it was not admitted: a stranger's body has no business in a redrive.
        let unrecorded = facts.sdk_appid.map(|_| Unrecorded {
            id: Cow::Borrowed(facts.function_request_id.unwrap_or_default()),
            piece: 1,
            pieces: 1,
            query: query.without_sign().into(),
            received_at: arrival.received_at,
            request_id: Cow::Borrowed(facts.request_id),
            body: String::from_utf8_lossy(request.body()),
        });
        let pieces = unrecorded.as_ref().map(Unrecorded::pieces).unwrap_or_default();
        self.log.unrecorded(outcome, &facts, &pieces);
    }
}

/// Notes what the log has of a record.
fn note(record: &Record, callback: &Callback<'_>, received_at: u64, facts: &mut Facts<'_>) {
    facts.callback_command = Some(Cow::Owned(callback.command.clone()));
    facts.subject = Some(record.subject.clone());
    facts.event_time = record.event_time;
    facts.lag = record.event_time.and_then(|time| received_at.checked_signed_diff(time));
    facts.problem.clone_from(&record.problem);
}

/// Reacts to an event within the time there is. It is recorded, whatever becomes of the reaction.
async fn react_by(deadline: Instant, event: &Event<'_>) {
    let reaction = AssertUnwindSafe(react(event)).catch_unwind();
    let _ = tokio::time::timeout_at(deadline.into(), reaction).await;
}

/// What API Gateway knows of a request.
fn request_context(request: &Request) -> Option<&RequestContext> {
    match request.request_context_ref() {
        Some(AnyRequestContext::ApiGatewayV2(context)) => Some(context),
        _ => None,
    }
}

/// The id within a trace header: `Root=1-…;Parent=…;Sampled=1`.
fn trace_root(header: &str) -> &str {
    let root = header.split(';').find_map(|part| part.strip_prefix("Root="));
    root.unwrap_or(header)
}

fn milliseconds(duration: Duration) -> f64 {
    f64::from(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)) / 1000.0
}
