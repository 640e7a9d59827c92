//! Your decision on a before-callback, within its time.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

use futures_util::{FutureExt, future::BoxFuture};
use tencent_chat_callbacks::{Answer, Ask, Callback};

use crate::{decisions::decide, record::MAX_ANSWER_BYTES};

/// A function like [`decide`](crate::decisions::decide).
pub type Decide = dyn for<'a> Fn(Ask<'a>) -> BoxFuture<'a, Answer> + Send + Sync;

/// The decisions on before-callbacks.
pub(super) struct Decisions(pub(super) Box<Decide>);

impl Default for Decisions {
    fn default() -> Self {
        Self(Box::new(|ask| Box::pin(decide(ask))))
    }
}

impl fmt::Debug for Decisions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decisions")
    }
}

/// The answer to a before-callback.
#[derive(Debug)]
pub(super) struct Decided {
    pub(super) answer: Answer,
    /// Whether the answer is not the default one.
    pub(super) is_own: bool,
    /// The reason for a missing decision, for the log: `timeout` or `panic`.
    pub(super) fault: Option<&'static str>,
}

impl Decisions {
    /// The answer to a callback, by the deadline. `None` without a default answer: then this is not a
    /// before-callback.
    pub(super) async fn decide(
        &self,
        callback: &Callback<'_>,
        default: Option<Answer>,
        deadline: Instant,
    ) -> Option<Decided> {
        let default = default?;
        let Some(ask) = callback.ask() else {
            return Some(Decided { answer: default, is_own: false, fault: None });
        };
        // A decision may also panic before its future exists.
        let mut deciding = Box::pin(AssertUnwindSafe(async { (self.0)(ask).await }).catch_unwind());
        let decided = tokio::time::timeout_at(deadline.into(), &mut deciding).await;
        // Dropping the decision's values may panic too.
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(deciding)));
        let (answer, fault) = match decided {
            _ if dropped.is_err() => (default.clone(), Some("panic")),
            Ok(Ok(answer)) => (answer, None),
            Ok(Err(_)) => (default.clone(), Some("panic")),
            Err(_) => (default.clone(), Some("timeout")),
        };
        Some(Decided { is_own: answer != default, answer, fault })
    }
}

impl Decided {
    /// The attribute `Answer`: the JSON of the answer, or if that is too long, of its first three fields.
    pub(super) fn recorded(&self) -> Option<String> {
        /// The longest `ErrorInfo` in a shortened answer, in bytes.
        const MAX_INFO_BYTES: usize = 1024;
        if !self.is_own {
            return None;
        }
        let json = self.answer.json().into_owned();
        if json.len() <= MAX_ANSWER_BYTES {
            return Some(json);
        }
        let (code, info) = (self.answer.error_code(), self.answer.error_info());
        let info = &info[..info.floor_char_boundary(MAX_INFO_BYTES)];
        let short = serde_json::json!({ "ActionStatus": "OK", "ErrorInfo": info, "ErrorCode": code });
        Some(short.to_string())
    }
}
