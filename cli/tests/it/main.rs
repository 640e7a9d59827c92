//! The real program, with an embedded DynamoDB.

mod answers;
mod chatting;
mod connecting;
mod counted;
mod doctoring;
mod erasing;
mod explaining;
mod following;
mod grouping;
mod listing;
mod log_group;
mod ordering;
mod reading;
mod receiver;
mod recipes;
mod redriving;
mod replaying;
mod resuming;
mod sending;
mod streams;
mod throttling;
mod words;
mod world;
