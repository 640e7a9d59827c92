//! Errors that end the program, in one clear line.

use std::{error::Error, fmt, io};

use aws_sdk_dynamodb::{
    config::Region,
    error::{ProvideErrorMetadata, SdkError},
};
use tencent_chat_webhook::https::chain;

/// Why the program ends early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The output pipe was closed.
    Closed,
    /// A problem that the user can fix, and how.
    Message(String),
    /// Arguments that are missing or don't fit together, and what to give.
    Usage(String),
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// The error of a build whose only AWS client is DynamoDB's.
    #[cfg(not(feature = "aws"))]
    pub(crate) fn local_only() -> Self {
        Self::new(
            "this build supports only --local; for AWS, use `cargo install --locked --path cli` or a release",
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the output was closed"),
            Self::Message(message) | Self::Usage(message) => f.write_str(message),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Message(format!("can't write the output: {error}")),
        }
    }
}

/// The words for the failure of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestLabel {
    /// The activity, as in "can't …".
    pub(crate) doing: String,
    /// The thing that AWS can't find: "table x".
    pub(crate) what: String,
    /// The flags that name it.
    pub(crate) flags: &'static str,
    pub(crate) region: Option<Region>,
    /// The endpoint of `make run`.
    pub(crate) local: Option<String>,
}

impl RequestLabel {
    /// The error message for the user.
    pub(crate) fn fault<E>(&self, error: &SdkError<E>) -> Fault
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let doing = &self.doing;
        let Some(service) = error.as_service_error() else {
            return Fault::Message(format!("can't {doing}: {}", self.unanswered(error)));
        };
        let (code, message) =
            (service.code().unwrap_or("unknown error"), line(service.message().unwrap_or("")));
        let Self { what, flags, .. } = self;
        let said = format!("can't {doing}: {code}: {message}");
        Fault::Message(match code {
            "ResourceNotFoundException" => {
                format!("there is no {what}{}; check {flags}, Region and account", self.there())
            }
            "ValidationError" if message.contains("does not exist") => {
                format!("there is no {what}{}; check {flags}, Region and account", self.there())
            }
            "ValidationException" if message.contains("specified index") => {
                format!(
                    "the {what} has no index by command; deploy with CommandIndex=true, or leave out --since"
                )
            }
            "AccessDeniedException" | "AccessDenied" => format!("{said}; ask for this permission"),
            code if code.contains("ExpiredToken")
                || code.contains("SignatureException")
                || code.contains("UnrecognizedClient")
                || code == "InvalidClientTokenId" =>
            {
                format!("AWS rejected the credentials ({code}); sign in again, or check AWS_PROFILE")
            }
            _ => said,
        })
    }

    /// The reason why there is no response.
    fn unanswered(&self, error: &(dyn Error + 'static)) -> String {
        let causes = causes(error);
        if causes.contains("credentials") || causes.contains("identity") {
            return format!(
                "no AWS credentials; set AWS_PROFILE, or sign in, for example with `aws sso login`{}",
                cause(&causes)
            );
        }
        match &self.local {
            Some(url) => format!("nothing answers at {url}; start `make run` first"),
            None => causes,
        }
    }

    fn there(&self) -> String {
        match (&self.local, &self.region) {
            (Some(url), _) => format!(" at {url}"),
            (None, Some(region)) => format!(" in {region}"),
            (None, None) => String::new(),
        }
    }
}

/// Why there are no credentials, unless it is that no place has any.
fn cause(causes: &str) -> String {
    let found_none = causes.contains("no credentials found in chain");
    if found_none { String::new() } else { format!(" ({causes})") }
}

/// An error and its causes in one line, without repetitions.
pub(crate) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<_> = chain(error).map(|error| line(&error.to_string())).collect();
    texts.dedup();
    texts.join(": ")
}

/// The first line. In DynamoDB's message about a wrong signature, later lines contain the session token.
fn line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}
