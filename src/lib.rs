//! Receives the webhooks ("third-party callbacks") of Tencent Cloud Chat (IM) in an AWS Lambda function
//! and records each exactly once in DynamoDB.
//!
//! # Layout
//!
//! The modules follow a callback from the socket to the table and back:
//!
//! - [`settings`]: the function's environment, checked once at its start.
//! - [`event`]: what API Gateway hands to the function.
//! - [`query`]: the URL parameters that Tencent appends.
//! - [`admission`]: is the request for one of our applications, fresh, and signed?
//! - [`callback`]: the command and the JSON object in the body.
//! - [`command`]: every documented command by name.
//! - [`group`]: the documented group events, typed. **To react to an event, start here.**
//! - [`attribute`]: what of a JSON value an attribute of DynamoDB can hold, and what it weighs.
//! - [`record`]: keys and items: what the table holds of a callback, and how a reader gets the body back.
//! - [`store`]: writes a record to DynamoDB, once, within the time there is.
//! - [`refusal`]: every reason to turn a request away, by the name that reply, log and metric share.
//! - [`reply`]: the JSON that Tencent expects.
//! - [`telemetry`]: one line a callback, which is its log entry and its metrics.
//! - [`redrive`]: from log entries of callbacks that could not be stored back to records.
//! - [`handler`]: all of the above in order.
//!
//! Everything up to [`record`] is pure: no clock, no environment, no I/O. The edges are [`store`],
//! [`telemetry`] and [`handler`].
//!
//! Doc comments name their source by the number of the documentation page: page 34377 is
//! `https://trtc.io/document/34377`, and page 269/1670 is `https://cloud.tencent.com/document/product/269/1670`.

pub mod admission;
pub mod attribute;
pub mod callback;
pub mod command;
pub mod event;
pub mod group;
pub mod handler;
pub mod query;
pub mod record;
pub mod redrive;
pub mod refusal;
pub mod reply;
pub mod settings;
pub mod store;
pub mod telemetry;
