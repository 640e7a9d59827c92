//! The examples of docs/extending.md: each file is `src/decisions.rs` after a diff of that page, which the
//! repository's rules check.

#[allow(dead_code, unreachable_pub, reason = "the function uses it")]
mod server_only;
#[allow(dead_code, unreachable_pub, reason = "the function uses it")]
mod service;
#[allow(dead_code, unreachable_pub, reason = "the function uses it")]
mod word_list;
