//! What can be asked on the command line.

#![allow(clippy::doc_markdown, reason = "help texts are no Markdown")]

use clap::{ArgGroup, Args, Parser, Subcommand};

use crate::moment::Moment;

/// Reads what tencent-chat-webhook has recorded, and records what it could not.
///
/// Credentials and Region are found as every AWS tool finds them: environment, profile, SSO.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print one JSON object a line.
    ///
    /// An event is its item: attribute by attribute under DynamoDB's names, numbers with all their digits. Of
    /// `day` it is what the index holds, which is no body; of `show` the body is in `Body` even where it is in
    /// parts. Of `redrive` a line is {"id", "pk", "sk", "outcome", "error"}, with the outcome `recorded`,
    /// `duplicate`, `failed`, `incomplete`, `unreadable`, or with --dry-run `found`; of `commands` it is {"name",
    /// "asks", "url"}.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: PlaceFlags,
}

const EXAMPLES: &str = "\
Examples:
  chat-events --stack tencent-chat-webhook history @TGS#2J4SZEAEL
  chat-events --stack tencent-chat-webhook day Group.CallbackAfterCreateGroup 2026-11-21
  chat-events --stack tencent-chat-webhook show 1400000001#@TGS#2J4SZEAEL 2026-11-21T09:00:00.123Z
  chat-events --stack tencent-chat-webhook redrive --since 1h --dry-run
  chat-events --local follow";

/// Where the events are.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Where the events are")]
pub(crate) struct PlaceFlags {
    /// The application [else SDK_APP_ID of the environment, else the only one of the stack]
    #[arg(long, global = true, value_name = "SDKAppID")]
    pub(crate) app: Option<String>,
    /// The table, by name or ARN [else that of the stack, else TABLE_NAME of the environment]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) table: Option<String>,
    /// The CloudFormation stack that says which table, log group and application
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) stack: Option<String>,
    /// The DynamoDB of `make run`, at LOCAL_DYNAMODB_ADDRESS of the environment or 127.0.0.1:8000
    #[arg(long, global = true, conflicts_with = "stack")]
    pub(crate) local: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the events of a group, user or other subject, in order.
    History {
        /// What the events are about: a GroupId, a UserID, …
        subject: String,
        /// Only events from then on: a time, or how long ago, as in 90m, 12h, 7d
        #[arg(long, value_name = "WHEN")]
        since: Option<Moment>,
    },
    /// Print a command's events of a day, in order.
    Day {
        /// A CallbackCommand
        command: String,
        /// A day in UTC, as YYYY-MM-DD
        date: String,
    },
    /// Print the body of an event, to the byte.
    Show {
        /// The event's pk; a subject will do, where the application is known
        pk: String,
        /// The event's sk; its beginning will do, or the time that the tables show
        sk: String,
    },
    /// Print new events as they come, until you stop it.
    Follow {
        /// Begin with the oldest events that the table's stream has: those of a day
        #[arg(long)]
        from_start: bool,
    },
    /// Record what the function could not, from its log.
    ///
    /// Fails if anything is left, or if nothing could be read. It can be run again without harm: what is in the
    /// table stays as it is.
    Redrive(Redrive),
    /// Print every event of the local table.
    ///
    /// It reads the whole table, and so is for that of `make run` alone.
    List,
    /// Print the documented callbacks.
    Commands,
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("source").required(true).args(["since", "input"]))]
pub(crate) struct Redrive {
    /// Read log entries from standard input instead, in any format of the AWS CLI
    #[arg(value_name = "-", value_parser = ["-"], hide_possible_values = true)]
    #[arg(conflicts_with_all = ["until", "log_group"])]
    pub(crate) input: Option<String>,
    /// Read the log from then on: a time, or how long ago, as in 90m, 12h, 7d
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<Moment>,
    /// Read the log until then [else until now]
    #[arg(long, value_name = "WHEN", requires = "since")]
    pub(crate) until: Option<Moment>,
    /// The function's log group [else that of the stack]
    #[arg(long, value_name = "NAME", conflicts_with = "local")]
    pub(crate) log_group: Option<String>,
    /// Only tell what would be recorded
    #[arg(long)]
    pub(crate) dry_run: bool,
}
