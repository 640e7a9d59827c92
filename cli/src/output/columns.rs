//! Columns of text, in lines of a given width.

use unicode_width::UnicodeWidthChar;

use crate::plain::plain;

/// The space between two columns.
const GAP: &str = "  ";

/// Replaces the part that is cut out.
const ELLIPSIS: char = '…';

/// A column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    /// In cells of a terminal. The last column takes the rest of the line.
    pub(crate) width: usize,
    pub(crate) cut: Cut,
}

/// The place where a long text is cut.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// The end is cut off.
    End,
    /// The middle is cut out.
    Middle,
}

impl Column {
    pub(crate) const fn new(title: &'static str, width: usize, cut: Cut) -> Self {
        Self { title, width, cut }
    }
}

/// A line of texts, one per column.
pub(crate) fn line(columns: &[Column], texts: &[&str], width: usize) -> String {
    let (mut line, mut left) = (String::new(), width);
    for (index, (column, text)) in columns.iter().zip(texts).enumerate() {
        let last = index + 1 == columns.len();
        let room = if last { left } else { column.width };
        let (text, used) = fit(text, room, column.cut);
        line.push_str(&text);
        if !last {
            line.extend(std::iter::repeat_n(' ', room - used));
            line.push_str(GAP);
        }
        left = left.saturating_sub(room + GAP.len());
    }
    line.truncate(line.trim_end().len());
    line
}

/// A text cut to `room` cells, and its width.
fn fit(text: &str, room: usize, cut: Cut) -> (String, usize) {
    // A user may put any character into a name.
    let shown: Vec<(char, usize)> =
        plain(text).chars().map(|character| (character, character.width().unwrap_or(1))).collect();
    let cells = |part: &[(char, usize)]| part.iter().map(|(_, width)| width).sum::<usize>();
    let whole = cells(&shown);
    if whole <= room {
        return (shown.iter().map(|(character, _)| character).collect(), whole);
    }
    let room = room.saturating_sub(1);
    let (mut head, mut tail) = (0, shown.len());
    let tail_room = match cut {
        Cut::End => 0,
        Cut::Middle => room / 2,
    };
    while tail > 0 && cells(&shown[tail - 1..]) <= tail_room {
        tail -= 1;
    }
    let tail_cells = cells(&shown[tail..]);
    while head < tail && cells(&shown[..=head]) + tail_cells <= room {
        head += 1;
    }
    let characters =
        |part: &[(char, usize)]| part.iter().map(|(character, _)| *character).collect::<String>();
    let text = format!("{}{ELLIPSIS}{}", characters(&shown[..head]), characters(&shown[tail..]));
    (text, cells(&shown[..head]) + 1 + tail_cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_at_its_end_or_middle() {
        for (text, room, cut, expected) in [
            ("short", 8, Cut::End, "short"),
            ("12345678", 8, Cut::End, "12345678"),
            ("123456789", 8, Cut::End, "1234567…"),
            ("123456789", 8, Cut::Middle, "1234…789"),
            ("群群群群群", 8, Cut::End, "群群群…"),
            ("群群群群群", 8, Cut::Middle, "群群…群"),
            ("anything", 0, Cut::End, "…"),
        ] {
            assert_eq!(fit(text, room, cut).0, expected, "{text} in {room}");
        }
    }

    #[test]
    fn line_keeps_its_width_with_any_characters() {
        let columns =
            [Column::new("A", 4, Cut::End), Column::new("B", 6, Cut::Middle), Column::new("C", 0, Cut::End)];
        assert_eq!(line(&columns, &["群", "b", ""], 20), "群    b");
        assert_eq!(line(&columns, &["a", "12345678", "123456789"], 20), "a     123…78  12345…");
        assert_eq!(line(&columns, &["\u{1b}[2J", "\u{202e}x", "\n"], 20), "�[2J  �x      �");
    }
}
