//! What brings in the callbacks that the function could not store.

mod function;
