//! `reforward`: forwards callbacks that the receiver did not take, until it takes them.

mod first_try;
mod later_try;
mod stage;
