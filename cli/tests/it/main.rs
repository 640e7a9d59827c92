//! The command line as its users run it: the program itself, in front of an embedded DynamoDB.

mod following;
mod log_group;
mod reading;
mod redriving;
mod streams;
mod words;
mod world;
