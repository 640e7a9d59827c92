//! The function: admit, parse, record, reply.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

use futures_util::FutureExt;
use lambda_runtime::LambdaEvent;

use crate::{
    admission::Admission,
    callback::Message,
    command,
    event::HttpEvent,
    query::Query,
    record::{Receipt, Record},
    redrive::Unrecorded,
    refusal::Refusal,
    reply::Reply,
    settings::Settings,
    store::{Store, StoreError, Stored, WRITE_TIMEOUT},
    telemetry::{Facts, Level, Log, Outcome, Reason, now_millis},
};

/// Answers requests, one by one.
#[derive(Debug)]
pub struct Handler {
    admission: Admission,
    retention_days: Option<u32>,
    store: Store,
    log: Log,
    cold: AtomicBool,
}

/// What became of a request, short of a refusal.
enum Verdict {
    Probe,
    Stored(Stored),
    Failed(StoreError),
}

impl Handler {
    /// A handler that records into this store.
    #[must_use]
    pub fn new(settings: Settings, store: Store, log: Log) -> Self {
        let Settings { admission, destination } = settings;
        let retention_days = destination.retention_days;
        Self { admission, retention_days, store, log, cold: AtomicBool::new(true) }
    }

    /// Connects to DynamoDB before the first request. A failure is logged and stops nothing.
    pub async fn warm_up(&self) {
        if let Err(error) = self.store.warm_up().await {
            self.log.note(now_millis(), Level::Warn, &format!("warm-up failed: {error}"));
        }
    }

    /// Answers a request. Never fails and never panics: even a bug is a reply and a log entry.
    pub async fn handle(&self, event: LambdaEvent<HttpEvent>) -> Reply {
        let LambdaEvent { payload: event, context } = event;
        let (received, received_at) = (Instant::now(), now_millis());
        let query = Query::parse(event.raw_query_string.as_deref().unwrap_or_default());
        let mut facts = Facts {
            cold_start: self.cold.swap(false, Ordering::Relaxed),
            function_name: &context.env_config.function_name,
            function_request_id: &context.request_id,
            xray_trace_id: context.xray_trace_id.as_deref().map(trace_root),
            request_id: event.request_context.request_id.as_deref().unwrap_or_default(),
            callback_command: query
                .callback_command
                .as_deref()
                .filter(|name| command::is_name(name))
                .map(Into::into),
            ..Facts::default()
        };
        // Boxed: the SDK's futures nest so deeply that a compiler gives up on a main around them.
        let receiving = Box::pin(self.receive(&event, &query, (received, received_at), &mut facts));
        let receiving = AssertUnwindSafe(receiving);
        IN_REQUEST.set(true);
        let verdict = receiving.catch_unwind().await;
        IN_REQUEST.set(false);
        let (outcome, reason, reply) = match verdict {
            Ok(Ok(Verdict::Stored(Stored::New))) => (Outcome::Recorded, None, Reply::ok()),
            Ok(Ok(Verdict::Stored(Stored::Duplicate))) => (Outcome::Duplicate, None, Reply::ok()),
            Ok(Ok(Verdict::Probe)) => (Outcome::Probe, None, Reply::ok()),
            Ok(Err(refusal)) => (Outcome::Refused, Some(refusal.into()), Reply::refused(refusal)),
            Ok(Ok(Verdict::Failed(error))) => {
                let reason = Reason { reason: error.reason, error: Some(error.detail) };
                return self.not_stored(&event, &query, received_at, &facts, &reason);
            }
            Err(_) => {
                let reason = Reason { reason: "panic".to_owned(), error: LAST_PANIC.take() };
                return self.not_stored(&event, &query, received_at, &facts, &reason);
            }
        };
        self.log.callback(now_millis(), outcome, reason.as_ref(), &facts);
        reply
    }

    /// The way of a request. Checks come in the documented order, and nothing of the body is read before the
    /// sender is admitted.
    async fn receive<'a>(
        &'a self,
        event: &HttpEvent,
        query: &Query<'_>,
        (received, received_at): (Instant, u64),
        facts: &mut Facts<'a>,
    ) -> Result<Verdict, Refusal> {
        if event.request_context.http.method != "POST" {
            return Err(Refusal::NotPost);
        }
        let admitted = self.admission.admit(query, received_at / 1000)?;
        facts.sdk_appid = Some(admitted.sdk_appid);
        facts.token = admitted.token;

        let body = event.body_bytes().ok_or(Refusal::BodyNotText)?;
        facts.body_bytes = Some(body.len());
        let Message::Callback(callback) = Message::parse(query, &body)? else {
            return Ok(Verdict::Probe);
        };
        let receipt = Receipt {
            sdk_appid: admitted.sdk_appid,
            received_at,
            request_id: facts.request_id,
            retention_days: self.retention_days,
        };
        let mut record = Record::new(query, &callback, &receipt);
        facts.callback_command = Some(callback.command.to_string());
        facts.subject = Some(std::mem::take(&mut record.subject));
        facts.event_time = record.event_time;
        facts.lag = record.event_time.and_then(|time| received_at.checked_signed_diff(time));
        facts.problem = record.problem.take();

        let started = Instant::now();
        let stored = self.store.write(record, received + WRITE_TIMEOUT).await;
        facts.store_time =
            Some(f64::from(u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX)) / 1000.0);
        // To react to an event, do it here for `Stored::New`: match `GroupEvent::parse(&callback.command,
        // callback.body)`. It is in the table, and Tencent still waits for the rest of its 2 s.
        Ok(stored.map_or_else(Verdict::Failed, Verdict::Stored))
    }

    /// Logs what a redrive needs, and answers: a before-callback lets the chat go on all the same.
    fn not_stored(
        &self,
        event: &HttpEvent,
        query: &Query<'_>,
        received_at: u64,
        facts: &Facts<'_>,
        reason: &Reason,
    ) -> Reply {
        let body = event.body_bytes().unwrap_or_default();
        // Without an application it was not admitted: a stranger's body has no business in a redrive.
        let unrecorded = facts.sdk_appid.map(|_| Unrecorded {
            id: Cow::Borrowed(facts.function_request_id),
            piece: 1,
            pieces: 1,
            query: query.without_sign().into(),
            received_at,
            request_id: Cow::Borrowed(facts.request_id),
            body: String::from_utf8_lossy(&body),
        });
        let pieces = unrecorded.as_ref().map(Unrecorded::pieces).unwrap_or_default();
        self.log.unrecorded(now_millis(), reason, facts, &pieces);
        let before = facts.callback_command.as_deref().is_some_and(command::is_before);
        if before { Reply::ok() } else { Reply::not_stored() }
    }
}

/// The id within a trace header: `Root=1-…;Parent=…;Sampled=1`.
fn trace_root(header: &str) -> &str {
    let root = header.split(';').find_map(|part| part.strip_prefix("Root="));
    root.unwrap_or(header)
}

thread_local! {
    static IN_REQUEST: Cell<bool> = const { Cell::new(false) };
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the message and place of a panic for the log entry of the request that it ends, instead of printing
/// them beside the log. A panic outside a request is printed as ever.
pub fn keep_panics_for_the_log() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if IN_REQUEST.get() {
            LAST_PANIC.set(Some(panic.to_string()));
        } else {
            print(panic);
        }
    }));
}
