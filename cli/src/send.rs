//! A test callback, sent as Tencent sends it.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use std::{fs, io::Read, path::PathBuf};

use clap::Args;

use crate::{
    deployment::DeploymentFlags,
    fault::Fault,
    output::Output,
    plain::plain,
    receiver::{Answer, ConnectionFlags},
    sender::{Line, Parameters, Signature, token},
};

mod request;
mod sample;
mod setting;
mod target;
mod verdict;
use setting::{Body, Setting};
use target::Target;
use verdict::Sent;

/// The age of the signature of `--stale`, in seconds. A receiver accepts 60.
const STALE: u64 = 120;

/// The token of `--wrong-sign`.
const WRONG_TOKEN: &str = "not-the-token";

/// The command in the URL check, if the user names none.
const PROBED: &str = "Group.CallbackAfterGroupFull";

#[derive(Args, Debug)]
pub(crate) struct Sending {
    /// The command: one of `chat-events commands`, or with --body any other
    #[arg(required_unless_present = "probe")]
    command: Option<String>,
    /// Set a field of the sample: GroupId=test-1 or MemberList[0].Member_Account=test-2
    ///
    /// A string stays a string. For any other field, VALUE is parsed as JSON; if it is not JSON, it is a string.
    #[arg(long = "set", value_name = "PATH=VALUE", conflicts_with_all = ["body", "probe"])]
    set: Vec<Setting>,
    /// Add a field that the sample lacks, or the next element of an array. --add comes before --set
    #[arg(long = "add", value_name = "PATH=VALUE", conflicts_with_all = ["body", "probe"])]
    add: Vec<Setting>,
    /// Send this file byte for byte instead of the sample; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "probe")]
    body: Option<PathBuf>,
    /// Send to this URL, or to an address such as localhost:8080; no AWS configuration is read
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    #[command(flatten)]
    connection: ConnectionFlags,
    /// Allow another machine as the target, where the callback becomes a real event
    #[arg(long)]
    yes: bool,
    /// Only print the request, without its signature
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    form: Form,
}

#[derive(Args, Clone, Copy, Debug)]
#[group(multiple = false)]
struct Form {
    /// Sign with a wrong token; the callback should be refused
    #[arg(long)]
    wrong_sign: bool,
    /// Sign with a time 120 s ago; the callback should be refused
    #[arg(long)]
    stale: bool,
    /// Send the URL check of the console: no SDKAppID, and {} as the body
    #[arg(long)]
    probe: bool,
}

/// Sends a callback. An unexpected answer is an error.
pub(crate) async fn run(flags: DeploymentFlags, sending: &Sending, output: &mut Output) -> Result<(), Fault> {
    let command = sending.command.as_deref().unwrap_or(PROBED);
    let body = body(sending, command)?;
    let target = Target::find(flags, sending.to.as_deref(), &sending.connection).await?;
    let signature = signature(sending.form, &target.app)?;
    let parameters = Parameters {
        sdk_appid: (!sending.form.probe).then_some(&target.app),
        command: Some(command),
        client_ip: Some("127.0.0.1"),
        opt_platform: Some("RESTAPI"),
        is_replayed: false,
    };
    if sending.print {
        return request::print(
            &target,
            &parameters.query(signature.map(Signature::hidden).as_ref()),
            body,
            output,
        );
    }
    if !target.receiver.is_local() && !sending.yes {
        let Target { name, .. } = target;
        return Err(Fault::usage(format!(
            "{name} is not on this machine; add --yes to create a real event there"
        )));
    }
    let answer = target.receiver.post(&parameters.query(signature.as_ref()), body.clone()).await;
    print(sending.form, command, &answer, output)?;
    if answer.status == 0 {
        return Err(target.silence(&answer));
    }
    let unsigned = signature.is_none().then_some(target.app.as_str());
    Sent { form: sending.form, command, body: &body, unsigned }.judge(&answer)
}

fn body(sending: &Sending, command: &str) -> Result<Vec<u8>, Fault> {
    if sending.form.probe {
        return Ok(b"{}".to_vec());
    }
    let Some(file) = &sending.body else {
        let mut body = Body::from(sample::body(command)?);
        sending.add.iter().try_for_each(|setting| body.add(setting))?;
        sending.set.iter().try_for_each(|setting| body.set(setting))?;
        return Ok(body.to_string().into_bytes());
    };
    let read = if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(file)
    };
    read.map_err(|error| Fault::Message(format!("can't read {}: {error}", file.display())))
}

fn signature(form: Form, app: &str) -> Result<Option<Signature>, Fault> {
    if form.wrong_sign {
        return Ok(Some(Signature::new(WRONG_TOKEN, 0)));
    }
    let token = token(app)?;
    if form.stale && token.is_none() {
        return Err(Fault::usage(format!("--stale needs a token for {app}; set CALLBACK_TOKENS")));
    }
    Ok(token.map(|token| Signature::new(&token, if form.stale { STALE } else { 0 })))
}

/// Prints a line: the command, the status, the time it took, and the answer.
fn print(form: Form, command: &str, answer: &Answer, output: &mut Output) -> Result<(), Fault> {
    if output.json {
        output.text(&Line::new(command, answer).json())?;
    } else if answer.status != 0 {
        let sent = plain(&format!("{command}{}", form.flag()));
        let (status, millis, text) = (answer.status, answer.millis(), plain(&answer.text));
        output.text(&format!("{sent:<44}  {status}  {millis:>5} ms  {text}"))?;
    }
    output.flush()
}

impl Form {
    fn flag(self) -> &'static str {
        match self {
            Self { wrong_sign: true, .. } => " --wrong-sign",
            Self { stale: true, .. } => " --stale",
            Self { probe: true, .. } => " --probe",
            _ => "",
        }
    }
}
