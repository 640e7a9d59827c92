//! What brings in the callbacks that the function could not store: a function of its own, and a program by hand.

mod by_hand;
mod function;
