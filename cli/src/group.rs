//! The state of a group, from its recorded events.

use clap::Args;
use futures_util::TryStreamExt;
use serde_json::{Map, Value, json};
use tencent_chat_webhook::record::attribute::text;

use crate::{
    deployment::Deployment,
    fault::Fault,
    moment::{Moment, Period},
    output::{Output, note},
    plain::{counted, plain, plain_name},
    table::{Table, Wanted},
    when::When,
    zone,
};

mod state;
use state::State;

/// The state of a group.
#[derive(Args, Debug)]
pub(crate) struct Group {
    /// The group's id
    #[arg(value_name = "GROUP")]
    id: String,
    /// The state at this time (2026-11-21T09:00), at the beginning of this day or month, or this long ago (90m, 7d) [default: now]
    #[arg(long, value_name = "WHEN")]
    at: Option<When>,
    /// Also list the known members who wrote nothing in this time (12h, 30d) before --at
    #[arg(long, value_name = "SPAN")]
    inactive: Option<Period>,
}

/// Prints the state.
pub(crate) async fn run(deployment: &Deployment, args: &Group, output: &mut Output) -> Result<(), Fault> {
    let (table, app, at) =
        (Table::of(deployment)?, deployment.app()?, args.at.map_or_else(Moment::now, When::start));
    let active_since = args.inactive.map(|Period(millis)| at.0.saturating_sub(millis));
    let query = table
        .partition(&format!("{app}#{}", args.id))
        .key_condition_expression("pk = :pk AND sk < :end")
        .expression_attribute_values(":end", text(format!("{:013}", at.0 + 1)));
    let mut events = table.with_bodies(table.query(query, Wanted::Whole));
    let mut state = State::new(active_since);
    while let Some(event) = events.try_next().await? {
        state.apply(&event);
    }
    if state.known_since.is_none() {
        let until = zone::time_text(at.0);
        return Err(Fault::Message(format!(
            "no events of group {} in application {app} up to {until}",
            args.id
        )));
    }
    warn(&state, active_since);
    if output.json {
        output.json_line(&object(&args.id, &state, active_since))
    } else {
        print(&args.id, &state, active_since, output)
    }
}

/// Notes what the events lack.
fn warn(state: &State, active_since: Option<u64>) {
    if state.unread > 0 {
        note(&format!(
            "{} of the group left out: not as documented, or with missing parts",
            counted(state.unread, "event")
        ));
    }
    let known_since = state.known_since.filter(|_| state.created.is_none());
    if let Some(known_since) = known_since.filter(|known| active_since.is_some_and(|since| since < *known)) {
        note(&format!(
            "the first event of the group is from {}: members who wrote only before that count as inactive",
            zone::time_text(known_since)
        ));
    }
}

/// The state for a program, without unknown fields.
fn object(group: &str, state: &State, active_since: Option<u64>) -> Value {
    let texts = texts(state).map(|(name, text)| (name, text.map(Value::from)));
    let times = times(state).map(|(name, time)| (name, time.map(Value::from)));
    let inactive = active_since.map(|_| json!(state.inactive().collect::<Vec<_>>()));
    let fields = texts.into_iter().chain(times).chain([
        ("group", Some(group.into())),
        ("members", Some(json!(state.members))),
        ("inactive", inactive),
    ]);
    let known = fields.filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(known.collect::<Map<_, _>>())
}

fn texts(state: &State) -> [(&'static str, Option<&str>); 6] {
    [
        ("type", state.kind.as_deref()),
        ("name", state.name.as_deref()),
        ("owner", state.owner.as_deref()),
        ("introduction", state.introduction.as_deref()),
        ("notification", state.notification.as_deref()),
        ("face_url", state.face_url.as_deref()),
    ]
}

fn times(state: &State) -> [(&'static str, Option<u64>); 4] {
    [
        ("known_since", state.known_since),
        ("created", state.created),
        ("full", state.full),
        ("destroyed", state.destroyed),
    ]
}

/// The state for people.
fn print(group: &str, state: &State, active_since: Option<u64>, output: &mut Output) -> Result<(), Fault> {
    let mut line = |name: &str, text: &str| {
        // Line breaks in an introduction become U+FFFD, so that it can't imitate other lines.
        output.text(plain(&format!("{name:<14}{text}")).trim_end())
    };
    line("group", &plain_name(group))?;
    for (name, text) in texts(state) {
        if let Some(text) = text {
            line(name, text)?;
        }
    }
    for (name, time) in times(state) {
        if let Some(time) = time {
            line(&name.replace('_', " "), &zone::time_text(time))?;
        }
    }
    let count = state.members.len();
    let members = match (state.knows_all_members(), state.destroyed) {
        (false, _) => format!("at least {count}: the creation of the group is not recorded"),
        (true, Some(_)) => format!("{count} at the end"),
        (true, None) => count.to_string(),
    };
    line("members", &members)?;
    state.members.iter().try_for_each(|member| line("", &plain_name(member)))?;
    if let Some(since) = active_since {
        let count = state.inactive().count();
        line("inactive", &format!("{count} wrote nothing since {}", zone::time_text(since)))?;
        state.inactive().try_for_each(|member| line("", &plain_name(member)))?;
    }
    Ok(())
}
