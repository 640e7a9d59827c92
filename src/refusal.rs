//! Every reason to turn a request away, under the one name that reply, log and metric share.

/// Why a request is not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The method is not POST.
    NotPost,
    /// The URL names no application.
    SdkAppidMissing,
    /// The URL names an application that is not served here.
    SdkAppidForeign,
    /// `Sign` or `RequestTime` is not there.
    SignMissing,
    /// `RequestTime` is no decimal number, or `Sign` is not 64 hex digits.
    SignMalformed,
    /// `RequestTime` is more than the tolerance in the past.
    SignTooOld,
    /// `RequestTime` is more than the tolerance in the future.
    SignInFuture,
    /// No token of the application makes this `Sign`.
    SignWrong,
    /// The body is larger than what can be recorded.
    BodyTooLarge,
    /// The body is not base64 where API Gateway says so, or not UTF-8.
    BodyNotText,
    /// The body is not JSON.
    BodyNotJson,
    /// The body is JSON, but no object.
    BodyNotObject,
    /// The command is no name.
    CommandMalformed,
    /// URL and body name different commands.
    CommandsDiffer,
}

impl Refusal {
    /// Every refusal, for tables of all of them.
    pub const ALL: [Self; 14] = [
        Self::NotPost,
        Self::SdkAppidMissing,
        Self::SdkAppidForeign,
        Self::SignMissing,
        Self::SignMalformed,
        Self::SignTooOld,
        Self::SignInFuture,
        Self::SignWrong,
        Self::BodyTooLarge,
        Self::BodyNotText,
        Self::BodyNotJson,
        Self::BodyNotObject,
        Self::CommandMalformed,
        Self::CommandsDiffer,
    ];

    /// The name in log and metric.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotPost => "not_post",
            Self::SdkAppidMissing => "sdkappid_missing",
            Self::SdkAppidForeign => "sdkappid_foreign",
            Self::SignMissing => "sign_missing",
            Self::SignMalformed => "sign_malformed",
            Self::SignTooOld => "sign_too_old",
            Self::SignInFuture => "sign_in_future",
            Self::SignWrong => "sign_wrong",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyNotText => "body_not_text",
            Self::BodyNotJson => "body_not_json",
            Self::BodyNotObject => "body_not_object",
            Self::CommandMalformed => "command_malformed",
            Self::CommandsDiffer => "commands_differ",
        }
    }

    /// The HTTP status, which is `ErrorCode` too.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::NotPost => 405,
            Self::SdkAppidMissing | Self::SdkAppidForeign => 403,
            Self::SignMissing
            | Self::SignMalformed
            | Self::SignTooOld
            | Self::SignInFuture
            | Self::SignWrong => 401,
            Self::BodyTooLarge => 413,
            Self::BodyNotText
            | Self::BodyNotJson
            | Self::BodyNotObject
            | Self::CommandMalformed
            | Self::CommandsDiffer => 400,
        }
    }

    /// `ErrorInfo`, for the person who reads Tencent's callback log. The five failures of the signature
    /// share one text, so that a stranger learns nothing from it.
    #[must_use]
    pub const fn error_info(self) -> &'static str {
        match self {
            Self::NotPost => "Only POST is served.",
            Self::SdkAppidMissing | Self::SdkAppidForeign => "This SdkAppid is not served here.",
            Self::SignMissing
            | Self::SignMalformed
            | Self::SignTooOld
            | Self::SignInFuture
            | Self::SignWrong => "Sign or RequestTime is not valid.",
            Self::BodyTooLarge => "The body is larger than 3.5 MB.",
            Self::BodyNotText => "The body is not UTF-8.",
            Self::BodyNotJson => "The body is not JSON.",
            Self::BodyNotObject => "The body is not a JSON object.",
            Self::CommandMalformed => "CallbackCommand is not a name.",
            Self::CommandsDiffer => "CallbackCommand of URL and body differ.",
        }
    }
}
