//! The real program, with an embedded DynamoDB.

mod accessing;
mod answers;
mod chatting;
mod connecting;
mod doctoring;
mod erasing;
mod explaining;
mod following;
mod grouping;
mod listing;
mod log_group;
mod ordering;
mod receiver;
mod recipes;
mod reconciling;
mod redriving;
mod replaying;
mod resuming;
mod saving;
mod sending;
mod streams;
mod tencent;
mod throttling;
mod words;
mod world;
