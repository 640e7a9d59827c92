//! Faults of DynamoDB and the network lose no callback: lasting faults, transient faults, rejected items, cold
//! starts, repeats, and bugs in this crate.

mod bugs;
mod cold;
mod lasting;
mod passing;
mod rejected;
mod repeats;
pub(crate) mod stage;
