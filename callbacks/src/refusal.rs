//! The library's reasons to refuse a request. Log and metric use the same name for each.

use std::{error::Error, fmt};

use serde_json::Value;

/// Declares the refusals: name in log and metric, HTTP status (which is `ErrorCode` too), `ErrorInfo`.
macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident: $name:literal, $status:literal, $error_info:literal;)*) => {
        /// The reason why a request is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
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

    /// The JSON to answer with: `FAIL`, the status as `ErrorCode`, and `ErrorInfo`.
    #[must_use]
    pub fn json(self) -> String {
        fail(self.status(), self.error_info())
    }
}

/// The JSON to answer with when you can't take a callback, for example because it can't be stored: `FAIL`, your HTTP
/// status as `ErrorCode`, and `ErrorInfo`.
#[must_use]
pub fn fail(status: u16, error_info: &str) -> String {
    let info = Value::from(error_info);
    format!(r#"{{"ActionStatus":"FAIL","ErrorInfo":{info},"ErrorCode":{status}}}"#)
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.error_info())
    }
}

impl Error for Refusal {}
