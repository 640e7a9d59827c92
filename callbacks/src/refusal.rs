//! Every reason to refuse a request, under the one name that reply, log and metric share.

/// Declares the refusals: name in log and metric, HTTP status (which is `ErrorCode` too), `ErrorInfo`.
macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident: $name:literal, $status:literal, $error_info:literal;)*) => {
        /// The reason why a request is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[$doc])* $variant,)*
        }

        impl Refusal {
            /// Every refusal.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            const fn row(self) -> (&'static str, u16, &'static str) {
                match self {
                    $(Self::$variant => ($name, $status, $error_info),)*
                }
            }
        }
    };
}

// All signature refusals share one text, so that a stranger learns nothing from it.
refusals! {
    /// The event is not a readable HTTP request.
    RequestMalformed: "request_malformed", 400, "The request can't be read.";
    /// The method is not POST.
    NotPost: "not_post", 405, "Only POST is served.";
    /// The URL names no application.
    SdkAppidMissing: "sdkappid_missing", 403, "This SdkAppid is not served here.";
    /// The URL names an application that is not served here.
    SdkAppidForeign: "sdkappid_foreign", 403, "This SdkAppid is not served here.";
    /// `Sign` or `RequestTime` is missing.
    SignMissing: "sign_missing", 401, "Sign or RequestTime is not valid.";
    /// `RequestTime` is not a decimal number, or `Sign` is not 64 hex digits.
    SignMalformed: "sign_malformed", 401, "Sign or RequestTime is not valid.";
    /// `RequestTime` is more than the tolerance in the past.
    SignTooOld: "sign_too_old", 401, "Sign or RequestTime is not valid.";
    /// `RequestTime` is more than the tolerance in the future.
    SignInFuture: "sign_in_future", 401, "Sign or RequestTime is not valid.";
    /// No token of the application makes this `Sign`.
    SignWrong: "sign_wrong", 401, "Sign or RequestTime is not valid.";
    /// The body is too large to be recorded.
    BodyTooLarge: "body_too_large", 413, "The body is larger than 3.5 MB.";
    /// The body is not UTF-8.
    BodyNotText: "body_not_text", 400, "The body is not UTF-8.";
    /// The body is not JSON.
    BodyNotJson: "body_not_json", 400, "The body is not JSON.";
    /// The body is JSON, but not an object.
    BodyNotObject: "body_not_object", 400, "The body is not a JSON object.";
}

impl Refusal {
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
