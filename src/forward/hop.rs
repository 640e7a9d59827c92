//! Counts how often a callback was forwarded. This ends the loop if the receiver's URL leads back to the function.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The product in the user agent of a forwarded callback.
const PRODUCT: &str = "tencent-chat-webhook/";

/// The most often that a callback is forwarded.
const MOST: u64 = 3;

/// How often a callback has been forwarded, including this time: 1 to 3. `Display` writes the user agent with this
/// number.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(try_from = "u64")]
pub struct Hop(u64);

impl TryFrom<u64> for Hop {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        if (1..=MOST).contains(&number) { Ok(Self(number)) } else { Err("a hop is a number from 1 to 3") }
    }
}

impl Hop {
    /// The next hop for a callback with this user agent, which is Tencent's or this function's. `None` if the
    /// callback was already forwarded three times.
    #[must_use]
    pub fn after(user_agent: Option<&str>) -> Option<Self> {
        let passed = user_agent.and_then(count).unwrap_or(0);
        (passed < MOST).then(|| Self(passed + 1))
    }
}

/// The user agent of a forwarded callback: `tencent-chat-webhook/0.4.0 (hop 1)`.
impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PRODUCT}{} (hop {})", env!("CARGO_PKG_VERSION"), self.0)
    }
}

/// The hop in the user agent of this function, of any version.
fn count(user_agent: &str) -> Option<u64> {
    let (_, rest) = user_agent.strip_prefix(PRODUCT)?.split_once(" (hop ")?;
    let (digits, _) = rest.split_once(')')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    // A number that does not fit into `u64` is too large anyway.
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hop_increases_up_to_the_third() {
        let next = |user_agent| Hop::after(Some(user_agent)).map(|hop| hop.0);
        assert_eq!(Hop::after(None), Some(Hop(1)));
        for (user_agent, hop) in [
            ("", Some(1)),
            ("Go-http-client/1.1", Some(1)),
            ("tencent-chat-webhook", Some(1)),
            ("tencent-chat-webhook/0.4.0", Some(1)),
            ("tencent-chat-webhook/0.4.0 (hop )", Some(1)),
            ("tencent-chat-webhook/0.4.0 (hop -3)", Some(1)),
            ("tencent-chat-webhook/0.4.0 (hop 0)", Some(1)),
            ("tencent-chat-webhook/0.4.0 (hop 1)", Some(2)),
            ("tencent-chat-webhook/9.0.0-rc.1 (hop 2)", Some(3)),
            ("tencent-chat-webhook/0.4.0 (hop 3)", None),
            ("tencent-chat-webhook/0.4.0 (hop 3) proxy/1", None),
            ("tencent-chat-webhook/0.4.0 (hop 4)", None),
            ("tencent-chat-webhook/0.4.0 (hop 99999999999999999999)", None),
        ] {
            assert_eq!(next(user_agent), hop, "{user_agent}");
        }
    }
}
