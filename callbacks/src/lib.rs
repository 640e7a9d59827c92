//! Verifies, parses and answers the webhooks ("third-party callbacks") of Tencent Cloud Chat (IM).
//!
//! ```
//! use tencent_chat_callbacks::{
//!     Answer, Callback, Event, Origin, Query, Refusal, answer::answer, signature::{Admission, App, Token, sign},
//! };
//!
//! fn receive(admission: &Admission, query: &str, body: &[u8], now: u64) -> Result<Answer, Refusal> {
//!     let query = Query::parse(query);
//!     if admission.admit_probe(&query, body, now).is_some() { return Ok(Answer::plain()) }
//!     let admitted = admission.admit(&query, now)?;
//!     let Some(callback) = Callback::parse(&query, body)? else { return Ok(Answer::plain()) };
//!     let event = callback.event();
//!     if let Ok(Event::GroupAfterGroupFull(full)) = &event { println!("{} is full", full.group_id) }
//!     Ok(answer(&(), &callback, event.as_ref().ok(), &Origin::new(admitted.sdk_appid, &query)))
//! }
//!
//! let token = Token { position: 1, secret: "xxxxyyyy".into() };
//! let admission = Admission::new(vec![App { sdk_appid: "1400000001".into(), tokens: vec![token] }]);
//! let query = format!("SdkAppid=1400000001&RequestTime=1669872112&Sign={}", sign("xxxxyyyy", "1669872112"));
//! assert!(receive(&admission, &query, br#"{"GroupId":"@TGS#2J4SZEAEL"}"#, 1_669_872_112).is_ok());
//! ```
//!
//! The library knows neither HTTP nor a clock: the caller passes query string, body and time, and sends the answer.
//!
//! # Layout
//!
//! The modules follow a callback; each uses only modules below it:
//!
//! - [`answer`]: the answer to a callback, and the decisions on before-callbacks.
//! - [`origin`]: application, platform and address that a callback comes from.
//! - [`callback`]: command, JSON object, subject and time of a callback.
//! - `sample`: a realistic callback of each documented command, with the feature `samples`.
//! - [`event`]: the 61 documented commands as typed events.
//! - [`value`]: the types of their fields.
//! - [`object`]: the top level of a JSON object.
//! - [`signature`]: decides which requests are admitted.
//! - [`probe`]: the console's URL check.
//! - `surrogate`: escapes that are not valid Unicode.
//! - [`query`]: the URL parameters.
//! - [`refusal`]: the reasons to refuse a request.
//!
//! Doc comments name their source by the number of Tencent's page: 34377 is `https://trtc.io/document/34377`, and
//! 269/1670 is `https://cloud.tencent.com/document/product/269/1670`.

pub mod answer;
pub mod callback;
pub mod event;
pub mod object;
pub mod origin;
pub mod probe;
pub mod query;
pub mod refusal;
#[cfg(any(test, feature = "samples"))]
pub mod sample;
pub mod signature;
mod surrogate;
pub mod value;

pub use answer::Answer;
pub use callback::Callback;
pub use event::Event;
pub use origin::{Origin, Platform};
pub use query::Query;
pub use refusal::Refusal;

/// The README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
