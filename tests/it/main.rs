//! The function's behaviour from outside: in this process through the real gateway code, or as the real binary behind
//! a Runtime API. In both cases with an embedded DynamoDB.

/// The examples name it as `src/decisions.rs` does.
use tencent_chat_webhook::https;

mod world;

mod commands;
mod deciding;
mod extending;
mod faults;
mod forward;
mod health;
mod hostile;
mod huge;
mod identity;
mod large_answers;
mod log;
mod memory;
mod odd_requests;
mod problems;
mod properties;
mod redrive;
mod reforward;
mod refusals;
mod samples;
mod secrets;
mod tls;
