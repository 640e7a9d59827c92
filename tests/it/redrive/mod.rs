//! The redrive: records callbacks that the function could not store.

mod function;
