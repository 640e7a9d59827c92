//! The real program, with an embedded DynamoDB.

mod chatting;
mod doctoring;
mod erasing;
mod explaining;
mod following;
mod grouping;
mod listing;
mod log_group;
mod receiver;
mod recipes;
mod redriving;
mod replaying;
mod sending;
mod streams;
mod throttling;
mod words;
mod world;
