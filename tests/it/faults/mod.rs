//! Faults of DynamoDB and the network lose no callback: faults that last, faults that pass, rejected items, cold
//! starts, repeats, and bugs of this crate.

mod bugs;
mod cold;
mod lasting;
mod passing;
mod rejected;
mod repeats;
pub(crate) mod stage;
