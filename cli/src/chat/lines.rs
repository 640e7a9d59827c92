//! A conversation on a terminal.

use super::message::{Change, Message, Read, Sent};
use crate::{
    fault::Fault,
    output::{
        Output,
        columns::{Column, Cut, Tone},
        time_column,
    },
    zone::time_text,
};

const FROM: Column = Column::new("FROM", 18, Cut::Middle).tone(Tone::Name);
const MESSAGE: Column = Column::new("MESSAGE", 0, Cut::End);

/// Marks are in the column FROM, where the text of a message can't imitate them.
const MARK: Column = Column::new("", 0, Cut::End).tone(Tone::Faint);

/// Prints a message: time, sender, text, and its changes.
pub(super) fn print(output: &mut Output, message: &Message) -> Result<(), Fault> {
    let sent = &message.sent;
    let columns = [time_column(), FROM, MESSAGE];
    let mut lines = output.wrapped(&columns, message.text()).into_iter();
    let first = lines.next().unwrap_or_default();
    output.row(&columns, &[&time_text(sent.time), &sent.from, &first])?;
    for line in lines {
        output.row(&columns, &["", "", &line])?;
    }
    for mark in marks(message) {
        output.row(&[time_column(), MARK], &["", &mark])?;
    }
    Ok(())
}

fn marks(message: &Message) -> Vec<String> {
    let mut marks = Vec::new();
    let sent = &message.sent;
    if let Some(topic) = &sent.topic {
        marks.push(format!("[in {topic}]"));
    }
    if let Some(by) = &sent.by {
        marks.push(format!("[sent by {by}]"));
    }
    if sent.online_only {
        marks.push("[only for users online]".to_owned());
    }
    marks.extend(message.edit.as_ref().map(|edit| changed("edited", edit, sent)));
    marks.extend(message.recall.as_ref().map(|recall| changed("recalled", recall, sent)));
    marks.extend(message.read.map(read));
    marks.extend(message.erased().map(|day| format!("[erased {day}]")));
    marks
}

fn changed(what: &str, change: &Change, sent: &Sent) -> String {
    let by =
        change.by.as_ref().filter(|by| **by != sent.from).map(|by| format!(" by {by}")).unwrap_or_default();
    format!("[{what} {}{by}]", time_text(change.time))
}

fn read(read: Read) -> String {
    let time = time_text(read.time);
    match read.readers.and_then(|readers| Some((readers.read?, readers.unread))) {
        Some((count, Some(unread))) => format!("[read by {count}, not by {unread}, first {time}]"),
        Some((count, None)) => format!("[read by {count}, first {time}]"),
        None => format!("[read {time}]"),
    }
}
