//! Errors that end the program, in one clear line.

use std::{error::Error, io};

use aws_sdk_dynamodb::{
    config::Region,
    error::{ProvideErrorMetadata, SdkError},
};

/// Why the program ends early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The output pipe was closed.
    Closed,
    /// Something that a person has to mend, and how.
    Message(String),
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }

    /// The answer of a build that has no client of AWS but DynamoDB's.
    #[cfg(not(feature = "aws"))]
    pub(crate) fn local_only() -> Self {
        Self::new("this build knows --local alone; for AWS, `cargo install --locked --path cli` or a release")
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

/// Words for the failure of a request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// As in "can't …".
    pub(crate) doing: String,
    /// The thing that AWS can't find: "table x".
    pub(crate) what: String,
    /// Where that should be said rather.
    pub(crate) flags: &'static str,
    pub(crate) region: Option<Region>,
    /// The endpoint of `make run`.
    pub(crate) local: Option<String>,
}

impl Asked {
    /// The line for the person at the keyboard.
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
                format!("the {what} has no index by command; deploy with CommandIndex=true, or use history")
            }
            "AccessDeniedException" | "AccessDenied" => format!("{said}; ask for this permission"),
            code if code.contains("ExpiredToken")
                || code.contains("SignatureException")
                || code.contains("UnrecognizedClient")
                || code == "InvalidClientTokenId" =>
            {
                format!("AWS refuses the credentials ({code}); sign in again, or check AWS_PROFILE")
            }
            _ => said,
        })
    }

    /// Why there is no answer.
    fn unanswered(&self, error: &(dyn Error + 'static)) -> String {
        let causes = causes(error);
        if causes.contains("credentials") || causes.contains("identity") {
            return format!(
                "no AWS credentials; set AWS_PROFILE, or sign in as with `aws sso login` ({causes})"
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

/// An error and what it comes from, in a line and each only once.
pub(crate) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    for error in std::iter::successors(Some(error), |&error| error.source()) {
        let text = line(&error.to_string());
        if texts.last() != Some(&text) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

/// The first line: what DynamoDB says of a wrong signature goes on with the session token.
fn line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}
