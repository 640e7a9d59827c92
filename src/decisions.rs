//! **Yours to edit: your answers to before-callbacks.** How: `docs/extending.md`, and [`Ask`].

use tencent_chat_callbacks::{Answer, Ask};

/// Called with each before-callback of its documented shape, before it is recorded. It has 0.8 s, then Tencent gets the
/// default answer, which allows. Awaiting is fine; do not block the thread.
#[allow(clippy::unused_async, reason = "a decision may await")]
pub async fn decide(ask: Ask<'_>) -> Answer {
    ask.answer()
}
