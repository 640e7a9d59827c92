//! Receives the webhooks ("third-party callbacks") of Tencent Cloud Chat (IM) in an AWS Lambda function and records
//! each exactly once in DynamoDB. The protocol itself is the library [`tencent_chat_callbacks`].
//!
//! # Layout
//!
//! The modules follow a callback from API Gateway to the table and back; each uses only modules below it:
//!
//! - [`gateway`]: converts API Gateway's event into a request, whatever it contains.
//! - [`redrive`]: the second function: records callbacks that the first one could not store.
//! - [`reforward`]: the third function: forwards callbacks that your own receiver did not take.
//! - [`batch`]: batches of log entries, for the two.
//! - [`handler`]: admits a request, parses and records the callback, and answers.
//! - [`decisions`]: **yours to edit**: your answers to before-callbacks.
//! - [`reactions`]: **yours to edit**: your reactions to new events.
//! - [`deadline`]: the time limits of a request, and of a try of many callbacks.
//! - [`reply`]: the HTTP response to Tencent.
//! - [`log`]: one line per request, which is also the source of its metrics.
//! - [`unrecorded`]: the log entry of a callback that could not be stored.
//! - [`unforwarded`]: the log entry of a callback that your own receiver did not take.
//! - [`store`]: writes a record to DynamoDB, once, before the deadline.
//! - [`outcome`]: the outcome of a request.
//! - [`refused`]: the reasons to refuse a request.
//! - [`settings`]: reads the function's environment, once at its start.
//! - [`record`]: the items of a callback, and its body read back from them.
//! - [`forward`]: forwards a callback to your own receiver.
//! - [`https`]: the HTTPS client of `store` and `forward`.
//! - [`time`]: the clock, and the formats of times.
//!
//! Doc comments name their source by the number of Tencent's page: 34377 is `https://trtc.io/document/34377`, and
//! 269/1670 is `https://cloud.tencent.com/document/product/269/1670`.

#[cfg(feature = "redrive")]
pub mod batch;
pub mod deadline;
pub mod decisions;
mod digest;
pub mod forward;
pub mod gateway;
pub mod handler;
pub mod https;
pub mod log;
pub mod outcome;
pub mod reactions;
pub mod record;
pub mod redrive;
#[cfg(feature = "redrive")]
pub mod reforward;
pub mod refused;
pub mod reply;
pub mod settings;
pub mod store;
pub mod time;
pub mod unforwarded;
pub mod unrecorded;
