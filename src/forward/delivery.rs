//! When a receiver has taken a callback. The function, `reforward` and `chat-events` share this rule.

/// Whether a receiver has taken a callback, by the HTTP status of its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The receiver has the callback, whatever the body of its response is.
    Taken,
    /// The receiver will never take this callback, so it is not sent again.
    Rejected,
    /// The receiver does not have the callback, but may take it later.
    Missed,
}

impl Delivery {
    /// `None` means no response.
    #[must_use]
    pub const fn of(status: Option<u16>) -> Self {
        match status {
            Some(200..=299) => Self::Taken,
            Some(400 | 405 | 410 | 413 | 414 | 415 | 422) => Self::Rejected,
            _ => Self::Missed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_follows_from_the_status_alone() {
        for (delivery, statuses) in [
            (Delivery::Taken, &[200, 201, 202, 204, 299][..]),
            (Delivery::Rejected, &[400, 405, 410, 413, 414, 415, 422]),
            (
                Delivery::Missed,
                &[0, 101, 199, 300, 301, 307, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504],
            ),
        ] {
            for status in statuses {
                assert_eq!(Delivery::of(Some(*status)), delivery, "{status}");
            }
        }
        assert_eq!(Delivery::of(None), Delivery::Missed);
    }
}
