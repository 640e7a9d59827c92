//! Receives the webhooks ("third-party callbacks") of Tencent Cloud Chat (IM) in an AWS Lambda function
//! and records each exactly once in DynamoDB.
//!
//! # Layout
//!
//! The modules follow a callback from the socket to the table and back:
//!
//! - [`settings`]: reads the function's environment, once at its start.
//! - [`gateway`]: makes a request of what API Gateway hands over, whatever is in it.
//! - [`handler`]: takes a request through all of the following, and answers it.
//! - [`arrival`]: says how long may be spent on a request.
//! - [`admission`]: checks that a request is for one of our applications, fresh, and signed.
//! - [`callback`]: reads URL parameters, command, and the JSON object in the body.
//! - [`event`]: the documented callbacks, typed, and the catalogue of them.
//! - [`answer`]: what a callback that asks is told. **To decide, edit this file.**
//! - [`record`]: keys and items: what the table holds of a callback, and how a reader gets the body back.
//! - [`store`]: writes a record to DynamoDB, once, within the time there is.
//! - [`forward`]: passes a callback on to a receiver of one's own, at the same time.
//! - [`react`]: what follows from an event that is new. **To react, edit this file.**
//! - [`outcome`]: what became of a request; [`refusal`]: why one was turned away.
//! - [`reply`]: the JSON that Tencent expects.
//! - [`log`]: one line per request, which is its log entry and its metrics.
//! - [`unrecorded`]: what the log holds of a callback that could not be stored.
//! - [`redrive`]: the second function, which records those.
//! - [`time`]: the clock, and how times are written.
//!
//! [`admission`], [`callback`], [`event`], [`answer`] and [`record`] are pure: no clock, no environment, no I/O.
//!
//! Doc comments name their source by the number of the documentation page: page 34377 is
//! `https://trtc.io/document/34377`, and page 269/1670 is `https://cloud.tencent.com/document/product/269/1670`.

pub mod admission;
pub mod answer;
pub mod arrival;
pub mod callback;
pub mod event;
pub mod forward;
pub mod gateway;
pub mod handler;
mod https;
pub mod log;
pub mod outcome;
pub mod react;
pub mod record;
pub mod redrive;
pub mod refusal;
pub mod reply;
pub mod settings;
pub mod store;
pub mod time;
pub mod unrecorded;
