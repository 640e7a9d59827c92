//! All reasons to refuse a request: the library's [`Refusal`], and this function's own.

use tencent_chat_callbacks::Refusal;

/// The largest body that is recorded, in bytes: 3.5 MB.
pub const MAX_BODY_BYTES: usize = 3_500_000;

/// The reason why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The event is not a readable HTTP request.
    RequestMalformed,
    /// The method is not POST.
    NotPost,
    /// The body is too large to be recorded.
    BodyTooLarge,
    /// It is not admitted, or its body is not a JSON object.
    Callback(Refusal),
}

impl Refused {
    /// The reasons that only this function has.
    pub const OWN: [Self; 3] = [Self::RequestMalformed, Self::NotPost, Self::BodyTooLarge];

    /// Name in log and metric, HTTP status (which is `ErrorCode` too), and `ErrorInfo`.
    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::RequestMalformed => ("request_malformed", 400, "The request can't be read."),
            Self::NotPost => ("not_post", 405, "Only POST is served."),
            Self::BodyTooLarge => ("body_too_large", 413, "The body is larger than 3.5 MB."),
            Self::Callback(refusal) => (refusal.name(), refusal.status(), refusal.error_info()),
        }
    }

    /// The name in log and metric.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status, which is `ErrorCode` too.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// `ErrorInfo`, for the person who reads Tencent's callback log.
    #[must_use]
    pub const fn error_info(self) -> &'static str {
        self.row().2
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Callback(refusal)
    }
}
