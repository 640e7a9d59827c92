//! A conversation on a terminal.

use tencent_chat_webhook::time::rfc3339;
use unicode_width::UnicodeWidthChar;

use super::message::{Change, Message, Read, Sent};
use crate::{
    fault::Fault,
    output::{
        Output,
        columns::{Column, Cut},
    },
    plain::plain,
};

const COLUMNS: [Column; 3] = [
    Column::new("TIME", 24, Cut::End),
    Column::new("FROM", 18, Cut::Middle),
    Column::new("MESSAGE", 0, Cut::End),
];

/// Marks are in the column FROM, where the text of a message can't imitate them.
const MARKS: [Column; 2] = [Column::new("", 24, Cut::End), Column::new("", 0, Cut::End)];

/// The width of the text, in cells.
const ROOM: usize = 50;

/// Prints a message: time, sender, text, and its changes.
pub(super) fn print(output: &mut Output, message: &Message) -> Result<(), Fault> {
    let sent = &message.sent;
    let mut lines = message.text().lines().flat_map(|line| wrapped(&plain(line)));
    output.row(&COLUMNS, &[&rfc3339(sent.time), &sent.from, &lines.next().unwrap_or_default()])?;
    for line in lines {
        output.row(&COLUMNS, &["", "", &line])?;
    }
    for mark in marks(message) {
        output.row(&MARKS, &["", &mark])?;
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
    format!("[{what} {}{by}]", rfc3339(change.time))
}

fn read(read: Read) -> String {
    let time = rfc3339(read.time);
    match read.readers.and_then(|readers| Some((readers.read?, readers.unread))) {
        Some((count, Some(unread))) => format!("[read by {count}, not by {unread}, first {time}]"),
        Some((count, None)) => format!("[read by {count}, first {time}]"),
        None => format!("[read {time}]"),
    }
}

/// A line, wrapped to the width of the text.
fn wrapped(line: &str) -> Vec<String> {
    let (mut lines, mut cells) = (vec![String::new()], 0);
    for character in line.chars() {
        let width = character.width().unwrap_or(1);
        if cells + width > ROOM {
            lines.push(String::new());
            cells = 0;
        }
        if let Some(last) = lines.last_mut() {
            last.push(character);
        }
        cells += width;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_line_is_wrapped_by_its_width() {
        assert_eq!(wrapped(""), [""]);
        assert_eq!(wrapped(&"x".repeat(50)), ["x".repeat(50)]);
        assert_eq!(wrapped(&"群".repeat(51)), ["群".repeat(25), "群".repeat(25), "群".to_owned()]);
    }
}
