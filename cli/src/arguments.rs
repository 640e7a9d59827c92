//! The arguments of the command line.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use clap::{ColorChoice, Parser, Subcommand};

use crate::{
    access::Access, chat::Chat, completions::Completions, count::Count, deployment::DeploymentFlags,
    doctor::Doctor, erase::Erase, follow::Follow, group::Group, media::Media, reconcile::Reconcile,
    redrive::Redrive, replay::Replay, selection::Selection, send::Sending, show::Show, verify::Verify,
    zone::Zone,
};

/// Reads the events that tencent-chat-webhook recorded, and records callbacks that it could not store.
///
/// Credentials and Region come from the places where every AWS tool looks: environment, profile, SSO.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print one JSON object per line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The time zone of printed times, of the days of --by day, and of a WHEN without a zone: Asia/Shanghai, local, …
    #[arg(long, global = true, value_name = "ZONE", default_value = "UTC")]
    pub(crate) tz: Zone,
    /// Whether the output has colours; by default only at a terminal, and not if NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    #[command(flatten)]
    pub(crate) deployment: DeploymentFlags,
}

const EXAMPLES: &str = "\
Examples:
  chat-events --stack STACK list @TGS#2J4SZEAEL
  chat-events --stack STACK list --since 1h
  chat-events --stack STACK list --command 'Group.CallbackAfter*' --since 7d --json
  chat-events --stack STACK show @TGS#2J4SZEAEL 2026-11-21T09:00:00.123Z
  chat-events --stack STACK follow --forward-to http://127.0.0.1:8080/
  chat-events --stack STACK replay @TGS#2J4SZEAEL --to https://example.com/im --resume sent.jsonl
  chat-events --local list --yes";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print events in order of time; with --json, export whole items.
    ///
    /// A SUBJECT is read with a query, for one read unit per 4 KB. --since is read from the index, with a query for each
    /// command, day and shard; without --command, for all documented commands. Any other selection, or --scan, reads the
    /// whole table, for half a read unit per 4 KB. Before that, and before more than 1,000 queries, the command prints
    /// what it will read, and asks you.
    ///
    /// JSON: the item, with the attribute names of DynamoDB, all digits of numbers, and the whole body in `Body`; beside
    /// it `time` (RFC 3339, UTC) and `subject`.
    List(Selection),
    /// Print the body of an event, byte for byte.
    ///
    /// JSON: the item as in `list`.
    Show(Show),
    /// Count events.
    ///
    /// Days and hours without events are printed too, and a total.
    ///
    /// JSON: {"key", "count"}, sorted by key, without empty days and hours; with --by subject, the largest count first. Without --by, the key is `all`.
    Count(Count),
    /// Print a conversation, or write it to a printable page or an evidence file.
    ///
    /// `chat A B` prints the conversation of two users, `chat GROUP` that of a group. Messages are in order, each with
    /// a number, all its versions, its recall and read marks, and what it carries besides text. In a group, the order is
    /// that of Tencent's numbers (MsgSeq), and missing numbers are noted. Edits, recalls and read marks after --until
    /// count too: the command queries all events of the group or of both users from --since until now. It keeps the
    /// messages in a temporary file while it reads. The exit code is 1 if a message was changed in the table after it was
    /// recorded.
    ///
    /// JSON: {"n", "pk", "sk", "time", "from", "text", "attachments", "versions", "edited", "recalled", "read",
    /// "received", "ClientIP", "OptPlatform", "MsgSeq", "TopicId", "Operator_Account", "CloudCustomData", "missing",
    /// "undelivered", "erased", "altered"}. Times are in ms since the epoch. `text` is the text after all edits, with a
    /// space between its elements and other elements in brackets; the text of a recalled message stays. What does not
    /// apply is left out. An attachment has a "kind", and what is known of "name", "size", "url", "seconds", "latitude",
    /// "longitude", "index", "data", "ext", "lines" and "messages". `read` is the time of the first report that someone
    /// read it, `missing` the first and last number that no message before it has.
    Chat(Chat),
    /// Check an evidence file of `chat` or `person`, on any machine: it needs no AWS and no network.
    ///
    /// The command compares each file and each body with the manifest, each body with the digest in its key, and the
    /// gaps in the numbers and the URLs of files with the events. It makes the page again. It prints one line for each
    /// difference, and the exit code is 1 if there is one. A whole new file has new digests too: only --sha256, with the
    /// SHA-256 that was noted or time-stamped, finds that.
    ///
    /// JSON: {"place", "finding"}.
    Verify(Verify),
    /// Print new events as they are recorded, until you stop it.
    ///
    /// With --forward-to, each event goes to a receiver, for example on your laptop, as Tencent would send it. It is
    /// signed if CALLBACK_TOKENS has a token for the application.
    ///
    /// JSON: the item as in `list`; with --forward-to, the same object as `replay`.
    Follow(Follow),
    /// Send recorded callbacks again to a receiver, in order of time.
    ///
    /// Each callback is sent as Tencent sent it, the body byte for byte. The URL also has Replayed=1, and a new signature
    /// if CALLBACK_TOKENS has a token for the application. The receiver takes a callback by answering 2xx. The command
    /// fails if the receiver does not take one. It stops after five in a row that do not reach the receiver, and after
    /// five minutes without any answer.
    ///
    /// JSON: {"pk", "sk", "CallbackCommand", "status", "answer", "ms"}. The status is 0 if there is no answer. With
    /// --dry-run, only the first three.
    Replay(Replay),
    /// Send a test callback to the function or another receiver.
    ///
    /// The body is a sample of the command. Its ids begin with `test-`, and its times are set to now, so each callback
    /// is a new event; if Tencent gives the time in seconds, there is one event per second. The callback is signed if
    /// CALLBACK_TOKENS has a token for the application. The application is --app, $SDK_APP_ID, or the stack's only
    /// application; without a stack, it is 1400000001 by default.
    ///
    /// The exit code is 0 if Tencent would accept the answer: status 200, and a JSON object that this command can have. With
    /// --wrong-sign or --stale, it is 0 if the status is 401. Otherwise it is 1. An answer after 2 s gives a warning,
    /// because Tencent does not wait longer.
    ///
    /// JSON: {"CallbackCommand", "status", "answer", "ms"}. The status is 0 if there is no answer.
    Send(Sending),
    /// Print the state of a group, from its recorded events.
    ///
    /// The members are the users that the events show in the group. If its creation is not recorded, it may have more.
    ///
    /// JSON: {"group", "type", "name", "introduction", "notification", "face_url", "owner", "members", "known_since",
    /// "created", "full", "destroyed", "inactive"}. Unknown fields are left out. "known_since" is the time of the first
    /// event. "full" is the time since which the group is full and nobody left. "inactive" needs --inactive.
    Group(Group),
    /// Delete a person's events, and replace the person's id with a pseudonym in all others.
    ///
    /// An event is deleted if its subject, From_Account or Report_Account is the person, and so is an edit of a group
    /// message by the person. In all other events, the id is replaced if it is the whole text of a field or of an entry of
    /// a list, a number in an …_Account field, or the same within JSON in a string. A longer text that mentions it stays.
    /// Each run uses a new random pseudonym. If a run is interrupted, run the command again: it finishes the rest. The
    /// command fails if an event can't be changed. docs/security.md says what is found, and lists the copies elsewhere.
    ///
    /// JSON: {"pk", "sk", "action"}. The action is `deleted`, `pseudonymised` or `not changed`; with --dry-run, it is
    /// `would be deleted`, `would be pseudonymised` or `would not be changed`.
    Erase(Erase),
    /// Save the pictures, voices, videos and files of messages, before Tencent deletes them.
    ///
    /// Tencent deletes these files when their messages expire: after 7, 30 or 90 days, depending on your edition. The
    /// command downloads the files of the selected events into a folder. Each file has its SHA-256 as its name; the
    /// list index.jsonl there has the URL, the message and the sender's name of each file. Run the command again to go
    /// on where it stopped, or with newer events. Only https URLs of Tencent's storage are downloaded, and nothing is
    /// opened. A file that can't be downloaded is reported, and the exit code is 1 at the end.
    ///
    /// JSON: {"pk", "sk", "kind", "name", "url", "outcome", "file", "sha256", "bytes", "error"}. The outcome is `saved`,
    /// `there` or `failed`.
    Media(Media),
    /// Print all that is recorded of a person, as the answer to a request for access, or write it to a page or an evidence
    /// file.
    ///
    /// These are the events about the person, or with the person in an …_Account field or a member list, in order of
    /// time. The command reads the whole table. With --partners, it prints with whom the person wrote: the delivered
    /// messages with each user, in both directions, and the person's messages in each group.
    ///
    /// JSON: the item; with --partners, {"with", "messages", "first", "last"}, with times in ms since the epoch.
    Person(Access),
    /// Compare the recorded messages with Tencent's own record of each hour.
    ///
    /// Tencent keeps a file of the messages of each hour for seven days. It is ready an hour or two after its hour. The
    /// command downloads the files with Tencent's REST API, checks their digests, and looks up each message in the
    /// table. It signs in as --admin with the SecretKey in TENCENT_SECRET_KEY. The exit code is 1 if a message is
    /// missing, or if an hour could not be compared. RECORDED leaves out messages that Tencent does not keep.
    ///
    /// JSON: each missing message, as Tencent's file has it.
    Reconcile(Reconcile),
    /// Record callbacks that the function could not store, from its log.
    ///
    /// The command fails if a callback is left unrecorded, or if standard input has none. It is safe to run it again:
    /// events in the table stay as they are.
    ///
    /// JSON: {"id", "pk", "sk", "outcome", "error"}. The outcome is `recorded`, `duplicate`, `failed`, `incomplete` or
    /// `unreadable`; with --dry-run, it can be `found`.
    Redrive(Redrive),
    /// Check a stack, and print each problem with its cause and its fix.
    ///
    /// The command checks the URL, the alarms, the queues, and the logs of the last hour. It changes nothing. Set
    /// CALLBACK_TOKENS to check the token too. The exit code is 1 if something is wrong.
    ///
    /// With --explain, the command only prints a section of the runbook: on an alarm, by its name in the template or in
    /// CloudWatch, or on a check.
    ///
    /// JSON: {"check", "ok", "finding", "fix"}; with --explain, {"name", "text"}.
    Doctor(Doctor),
    /// List the documented callbacks.
    ///
    /// JSON: {"name", "before", "url"}.
    Commands,
    /// Print the completions for a shell.
    ///
    /// For bash: chat-events completions bash > ~/.local/share/bash-completion/completions/chat-events
    Completions(Completions),
}

impl Command {
    /// Whether it changes and saves nothing, and sends no event. Then a reader that closes the output has seen enough.
    pub(crate) fn only_reads(&self) -> bool {
        match self {
            Self::Send(_) | Self::Media(_) => false,
            Self::Chat(chat) => chat.file().is_none(),
            Self::Person(person) => person.file().is_none(),
            Self::Erase(erase) => erase.dry_run,
            Self::Redrive(redrive) => redrive.dry_run,
            Self::Replay(replay) => replay.dry_run,
            Self::Follow(follow) => follow.forward_to.is_none(),
            Self::List(_)
            | Self::Show(_)
            | Self::Count(_)
            | Self::Verify(_)
            | Self::Group(_)
            | Self::Reconcile(_)
            | Self::Doctor(_)
            | Self::Commands
            | Self::Completions(_) => true,
        }
    }
}
