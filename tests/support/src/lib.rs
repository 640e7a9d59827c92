//! Code that tests, examples, benches and fuzzing share. Everything here panics if something is wrong.

#![allow(clippy::missing_panics_doc, reason = "that is how a test fails")]

pub mod cargo;
pub mod limits;
pub mod reception;
pub mod requests;
pub mod stand_in;

#[cfg(feature = "dynamodb")]
pub mod dynamodb;
#[cfg(feature = "dynamodb")]
pub mod endpoint;
#[cfg(feature = "servers")]
pub mod function;
#[cfg(feature = "dynamodb")]
mod guard;
#[cfg(feature = "servers")]
pub mod lambda;
#[cfg(feature = "servers")]
pub mod planted;
#[cfg(feature = "servers")]
pub mod receiver;
#[cfg(feature = "servers")]
pub mod subscription;
#[cfg(feature = "servers")]
pub mod tls;
