//! Input: a query string, a line feed, and a body. Checks parsing, keys and items for any input of a stranger.

#![no_main]

use libfuzzer_sys::fuzz_target;
use support::reception::{receive, typed};

fuzz_target!(|input: &[u8]| {
    let line_feed = input.iter().position(|byte| *byte == b'\n');
    let (query, body) = input.split_at(line_feed.unwrap_or(0));
    let body = body.strip_prefix(b"\n").unwrap_or(body);
    // A refusal is as good as a record. Only a panic is a failure.
    let _ = receive(&String::from_utf8_lossy(query), body);
    typed(body);
});
