//! A conversation on a terminal.

use super::message::{Change, Message, Read, Sent};
use crate::{
    content::Attachment,
    fault::Fault,
    output::{
        Output,
        columns::{Column, Cut, Tone},
        time_column,
    },
    plain::plain_name,
    zone::time_text,
};

const N: Column = Column::new("N", 5, Cut::End);
const FROM: Column = Column::new("FROM", 18, Cut::Middle).tone(Tone::Name);
const MESSAGE: Column = Column::new("MESSAGE", 0, Cut::End);

/// Marks are in the column FROM, where the text of a message can't imitate them.
const MARK: Column = Column::new("", 0, Cut::End).tone(Tone::Faint);

/// Prints a message: number, time, sender, text, its versions, what it carries, and its changes.
pub(super) fn print(output: &mut Output, message: &Message) -> Result<(), Fault> {
    let sent = &message.sent;
    if let Some(missing) = message.missing {
        let numbers = if missing.from == missing.to {
            format!("[no message has the number {}]", missing.from)
        } else {
            format!("[no message has the numbers {} to {}]", missing.from, missing.to)
        };
        mark(output, &numbers)?;
    }
    text(output, &[&message.n.to_string(), &time_text(sent.time), &sent.from], &message.content().text)?;
    for attachment in &message.content().attachments {
        carried(output, "+", attachment)?;
    }
    let versions: Vec<_> = message.versions().collect();
    for (time, version) in &versions[..versions.len() - 1] {
        text(output, &["", &time_text(*time), "[before]"], &version.text)?;
    }
    for text in marks(message) {
        mark(output, &text)?;
    }
    Ok(())
}

fn mark(output: &mut Output, text: &str) -> Result<(), Fault> {
    output.row(&[N, time_column(), MARK], &["", "", text])
}

fn text(output: &mut Output, of: &[&str; 3], text: &str) -> Result<(), Fault> {
    let columns = [N, time_column(), FROM, MESSAGE];
    let mut lines = output.wrapped(&columns, text).into_iter();
    output.row(&columns, &[of[0], of[1], of[2], &lines.next().unwrap_or_default()])?;
    for line in lines {
        output.row(&columns, &["", "", "", &line])?;
    }
    Ok(())
}

/// What a message carries beside its text, and the messages of a merged forward.
fn carried(output: &mut Output, mark: &str, attachment: &Attachment) -> Result<(), Fault> {
    let parts =
        [Some(attachment.title()), attachment.url.clone(), attachment.data.clone(), attachment.ext.clone()];
    let title = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    text(output, &["", "", mark], &title)?;
    for forwarded in &attachment.messages {
        let from = format!("{mark} {}", forwarded.from.as_deref().unwrap_or_default());
        let time = forwarded.time.map(time_text).unwrap_or_default();
        text(output, &["", &time, &from], &forwarded.content.text)?;
        for inner in &forwarded.content.attachments {
            carried(output, &format!("{mark}+"), inner)?;
        }
    }
    if attachment.messages.is_empty() {
        for line in &attachment.lines {
            text(output, &["", "", mark], line)?;
        }
    }
    Ok(())
}

fn marks(message: &Message) -> Vec<String> {
    let mut marks = Vec::new();
    let sent = &message.sent;
    marks.extend(sent.undelivered.as_ref().map(|why| format!("[not delivered: {why}]")));
    marks.extend(sent.topic.as_ref().map(|topic| format!("[in {}]", plain_name(topic))));
    marks.extend(sent.by.as_ref().map(|by| format!("[sent by {}]", plain_name(by))));
    if sent.online_only {
        marks.push("[only for users online]".to_owned());
    }
    marks.extend(message.edits.iter().map(|edit| changed("edited", edit, sent)));
    marks.extend(message.recall.as_ref().map(|recall| changed("recalled", recall, sent)));
    marks.extend(message.read.map(read));
    marks.extend(message.erased().map(|day| format!("[erased {day}]")));
    if message.is_altered() {
        marks.push("[changed in the table after the recording]".to_owned());
    }
    marks
}

fn changed(what: &str, change: &Change, sent: &Sent) -> String {
    let by = change
        .by
        .as_ref()
        .filter(|by| **by != sent.from)
        .map(|by| format!(" by {}", plain_name(by)))
        .unwrap_or_default();
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
