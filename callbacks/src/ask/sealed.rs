//! Keeps others from implementing the traits of this module.

/// Only the payloads of before-callbacks have it.
pub trait Sealed {}
