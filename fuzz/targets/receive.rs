//! A query string, a line feed, and a body: parsing, keys and items of whatever a stranger sends.

#![no_main]

use libfuzzer_sys::fuzz_target;
use support::reception::{receive, typed};

fuzz_target!(|input: &[u8]| {
    let line_feed = input.iter().position(|byte| *byte == b'\n');
    let (query, body) = input.split_at(line_feed.unwrap_or(0));
    let body = body.strip_prefix(b"\n").unwrap_or(body);
    // A refusal is as good as a record: what must not happen is a panic.
    let _ = receive(&String::from_utf8_lossy(query), body);
    typed(body);
});
