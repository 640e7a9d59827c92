//! Verifies, parses and answers the webhooks ("third-party callbacks") of Tencent Cloud Chat (IM).
//!
//! ```
//! use tencent_chat_callbacks::{Answer, App, Ask, Receiver, Received, Refusal};
//!
//! fn receiver(token: &str) -> Result<Receiver, tencent_chat_callbacks::TokenError> {
//!     Ok(Receiver::new([App::signed("1400000001", [token])?]))
//! }
//!
//! /// `now` is the time in seconds since the epoch. A refusal has an HTTP status and the JSON to answer with.
//! fn answer(receiver: &Receiver, query: &str, body: &[u8], now: u64) -> Result<Answer, Refusal> {
//!     let received = receiver.receive(query, body, now)?;
//!     if let Received::Callback(callback) = &received {
//!         println!("{} of {} at {:?}", callback.command(), callback.subject(), callback.event().ok().and_then(|e| e.time()));
//!     }
//!     Ok(match received.ask() {
//!         Some(Ask::GroupBeforeCreateGroup(ask)) if ask.event().name.contains("casino") => ask.deny::<10101>("No casinos."),
//!         Some(Ask::GroupBeforeSendMsg(ask)) if ask.event().texts().any(|text| text.contains("buy now")) => ask.drop(),
//!         _ => received.answer(),
//!     })
//! }
//!
//! let sign = tencent_chat_callbacks::signature::sign("xxxxyyyy", "1669872112");
//! let query = format!("SdkAppid=1400000001&CallbackCommand=Group.CallbackBeforeCreateGroup&RequestTime=1669872112&Sign={sign}");
//! let body = br#"{"Operator_Account":"a","Owner_Account":"a","Type":"Public","Name":"My casino"}"#;
//! let answer = answer(&receiver("xxxxyyyy")?, &query, body, 1_669_872_112)?;
//! assert_eq!(answer.json(), r#"{"ActionStatus":"OK","ErrorInfo":"No casinos.","ErrorCode":10101}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The library knows neither HTTP nor a clock: the caller passes query string, body and time, and sends the answer.
//!
//! # Layout
//!
//! The modules follow a callback; each uses only modules below it:
//!
//! - [`receiver`]: admits requests and reads them; start here.
//! - [`ask`]: the decisions that Tencent waits for.
//! - [`answer`]: the answer to a callback.
//! - [`callback`]: command, JSON object, subject and time of a callback.
//! - [`origin`]: application, platform and address that a callback comes from.
//! - `sample`: a realistic callback of each documented command, with the feature `samples`.
//! - [`event`]: the 61 documented commands as typed events.
//! - [`value`]: the types of their fields.
//! - [`object`]: the top level of a JSON object.
//! - [`signature`]: signs, and verifies a signature.
//! - [`probe`]: the console's URL check.
//! - `surrogate`: escapes that are not valid Unicode.
//! - [`query`]: the URL parameters.
//! - [`refusal`]: the reasons to refuse a request.
//!
//! Doc comments name their source by the number of Tencent's page: 34377 is `https://trtc.io/document/34377`, and
//! 269/1670 is `https://cloud.tencent.com/document/product/269/1670`.

pub mod answer;
pub mod ask;
pub mod callback;
pub mod event;
pub mod object;
pub mod origin;
pub mod probe;
pub mod query;
pub mod receiver;
pub mod refusal;
#[cfg(any(test, feature = "samples"))]
pub mod sample;
pub mod signature;
mod surrogate;
pub mod value;

pub use answer::{Answer, AnswerError, Element};
pub use ask::{Ask, CodeError, FriendAnswer};
pub use callback::Callback;
pub use event::{Event, ShapeError};
pub use origin::{Origin, Platform};
pub use query::Query;
pub use receiver::{App, Received, Receiver, TokenError};
pub use refusal::Refusal;

/// The README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// A later version may add variants: outside the library, `_` is reachable after all of today's.
///
/// ```
/// use tencent_chat_callbacks::{Received, object::Field};
///
/// #[deny(unreachable_patterns)]
/// fn grows(received: &Received<'_>, field: &Field<'_>) -> bool {
///     let received = match received {
///         Received::UrlCheck | Received::Callback(_) => false,
///         _ => true,
///     };
///     received
///         || match field {
///             Field::String(_) | Field::NotText | Field::Number(_) | Field::Bool(_) => false,
///             Field::Null | Field::Object(_) | Field::Array(_) => false,
///             _ => true,
///         }
/// }
/// ```
#[cfg(doctest)]
struct Enums;
