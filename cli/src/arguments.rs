//! The arguments of the command line.

#![allow(clippy::doc_markdown, rustdoc::broken_intra_doc_links, reason = "help texts are not Markdown")]

use clap::{Parser, Subcommand};

use crate::{
    chat::Chat, completions::Completions, count::Count, doctor::Doctor, erase::Erase, follow::Follow,
    group::Group, place::PlaceFlags, redrive::Redrive, replay::Replay, selection::Selection, send::Sending,
    show::Show,
};

/// Reads what tencent-chat-webhook has recorded, and records what it could not.
///
/// Credentials and Region are found as every AWS tool finds them: environment, profile, SSO.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, after_long_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print one JSON object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) place: PlaceFlags,
}

const EXAMPLES: &str = "\
Examples:
  chat-events --stack STACK list @TGS#2J4SZEAEL
  chat-events --stack STACK list --command Group.CallbackAfterCreateGroup --since 7d --json
  chat-events --stack STACK show @TGS#2J4SZEAEL 2026-11-21T09:00:00.123Z
  chat-events --stack STACK follow --forward-to http://127.0.0.1:8080/
  chat-events --stack STACK replay @TGS#2J4SZEAEL --to https://example.com/im --resume sent.jsonl
  chat-events --local list --yes";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print events in order of time; with --json whole, as an export.
    ///
    /// A SUBJECT is read by a query, --command with --since by the index. Anything else reads the whole table, which
    /// costs half a read unit for 4 KB, so the command first says how large it is and asks.
    ///
    /// JSON: the item, attribute by attribute under DynamoDB's names, numbers with all their digits, with the whole
    /// body in `Body`.
    List(Selection),
    /// Print the body of an event, byte for byte.
    ///
    /// JSON: the item, with the whole body in `Body`.
    Show(Show),
    /// Count events.
    ///
    /// JSON: {"key", "count"}, in the order of the keys, or by subject the largest first. Without --by the key is `all`.
    Count(Count),
    /// Print a conversation as people read it, or write it to a page that can be printed.
    ///
    /// `chat A B` is the conversation of two users, `chat GROUP` that of a group. Messages are in order; edits and
    /// recalls are applied and reported, read marks are reported, and elements other than text are named, as [image].
    /// A message that was not delivered is left out. Edits, recalls and read marks count whenever they came, so the
    /// events from --since until now are read, by a query of the group or of both users. Messages wait in a temporary
    /// file meanwhile.
    ///
    /// JSON: {"pk", "sk", "time", "from", "text", "edited", "recalled", "read"}: times in ms since the epoch, the last
    /// three only where they hold; `text` after all edits, its elements joined by a space, kept where the message was
    /// recalled; `read` is when it was first reported that someone had read it.
    Chat(Chat),
    /// Print new events as they are recorded, until you stop it.
    ///
    /// With --forward-to each goes to a receiver, say on your laptop, as Tencent would send it: signed if
    /// CALLBACK_TOKENS has a token of the application.
    ///
    /// JSON: the item; with --forward-to as of `replay`.
    Follow(Follow),
    /// Send recorded callbacks again, in order of time, to a receiver.
    ///
    /// A callback goes out as Tencent sent it, the body byte for byte; the URL has Replayed=1, and a new signature if
    /// CALLBACK_TOKENS has a token of the application. One callback is sent after the other. Fails if one was not
    /// answered 200, and stops after five in a row that were not answered at all.
    ///
    /// JSON: {"pk", "sk", "CallbackCommand", "status", "answer", "ms"}, with the status 0 where no answer came. With
    /// --dry-run the first three.
    Replay(Replay),
    /// Send a test callback to the function or another receiver.
    ///
    /// The body is a sample of the command, whose ids begin with `test-` and whose times are set to now. So each one
    /// is a new event; where Tencent gives the time in seconds, one a second. It is signed if CALLBACK_TOKENS has a
    /// token of the application. The application is --app, $SDK_APP_ID, the stack's only one, or without a stack
    /// 1400000001.
    ///
    /// The exit code is 0 if the answer is as expected: status 200 with ActionStatus OK, with --wrong-sign and --stale
    /// status 401. Else it is 1.
    ///
    /// JSON: {"CallbackCommand", "status", "answer", "ms"}, with the status 0 where no answer came.
    Send(Sending),
    /// Print the state of a group, as its recorded events tell it.
    ///
    /// Its members are the users whom the events show in it. If its creation is not recorded, it may have more.
    ///
    /// JSON: {"group", "type", "name", "introduction", "notification", "face_url", "owner", "members", "known_since",
    /// "created", "full", "destroyed", "inactive"}, without what is not known. "known_since" is the time of the first
    /// event, "full" the time since which nobody left the full group; "inactive" comes with --inactive.
    Group(Group),
    /// Delete a person's events, and replace the person's id by a pseudonym in all others.
    ///
    /// An event whose subject, From_Account or Report_Account is the person is deleted. In all others the id is
    /// replaced where it is the whole text of a field or of a list's entry; a text that mentions it stays. The
    /// pseudonym is random for each run. If a run is interrupted, another one finishes the rest. It fails if an event
    /// could not be changed because its body is too large. What is left elsewhere: docs/security.md.
    ///
    /// JSON: {"pk", "sk", "action"}, with the action `deleted`, `pseudonymised` or `not changed`; with --dry-run `would
    /// be deleted`, `would be pseudonymised` or `would not be changed`.
    Erase(Erase),
    /// Record what the function could not, from its log.
    ///
    /// Fails if anything is left, or if nothing could be read. It can be run again without harm: what is in the
    /// table stays as it is.
    ///
    /// JSON: {"id", "pk", "sk", "outcome", "error"}, with the outcome `recorded`, `duplicate`, `failed`, `incomplete`,
    /// `unreadable`, or with --dry-run `found`.
    Redrive(Redrive),
    /// Look at a stack: what is wrong, why, and what to do.
    ///
    /// It looks at the URL, the alarms, the queues, and the logs of the last hour, and only reads. Set CALLBACK_TOKENS to
    /// have it try the token too. The exit code is 1 if something is wrong.
    ///
    /// JSON: {"check", "ok", "finding", "fix"}.
    Doctor(Doctor),
    /// Print the documented callbacks.
    ///
    /// JSON: {"name", "before", "url"}.
    Commands,
    /// Print completions for a shell.
    ///
    /// For bash: chat-events completions bash > ~/.local/share/bash-completion/completions/chat-events
    Completions(Completions),
}
