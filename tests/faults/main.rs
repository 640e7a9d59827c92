//! What DynamoDB and the network can do to a callback, and that it is never lost: the faults that last, those
//! that pass, repeats, and bugs of our own.

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/endpoint.rs"]
mod endpoint;

mod bugs;
mod lasting;
mod passing;
mod repeats;
mod stage;
