//! What DynamoDB and the network can do to a callback, and that it is never lost: the faults that last, those
//! that pass, cold starts, repeats, and bugs of our own.

mod bugs;
mod cold;
mod lasting;
mod passing;
pub(crate) mod stage;
