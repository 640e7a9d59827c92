//! The redrive: records callbacks that the function could not store.

mod first_try;
mod later_try;
mod planted;
pub(crate) mod stage;
