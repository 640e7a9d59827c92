//! Columns of text, in lines of a terminal's width or of any length.

use console::{Style, style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::plain::{plain, plain_name};

/// The space between two columns.
const GAP: &str = "  ";

/// Replaces the part that is cut out.
const ELLIPSIS: char = '…';

/// The last column should have at least this width, and the others shrink for it. If it has much more, they grow.
const LAST: usize = 24;
const LARGE_LAST: usize = 80;

/// The least width of a column that shrinks, and the most of one that grows. Most commands fit into it.
const LEAST: usize = 12;
const MOST: usize = 40;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    /// In cells of a terminal. The last column takes the rest of the line.
    pub(crate) width: usize,
    pub(crate) cut: Cut,
    tone: Tone,
}

/// The place where a long text is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The end is cut off.
    End,
    /// The middle is cut out. Such a column has names. It shrinks in a narrow terminal, and grows in a wide one.
    Middle,
}

/// How a column looks in colour.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tone {
    Plain,
    Faint,
    Name,
}

impl Column {
    pub(crate) const fn new(title: &'static str, width: usize, cut: Cut) -> Self {
        Self { title, width, cut, tone: Tone::Plain }
    }

    pub(crate) const fn tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Faint => Style::new().dim(),
            Self::Name => Style::new().cyan(),
        }
    }
}

/// The head of a table.
pub(crate) fn head(columns: &[Column], width: Option<usize>) -> String {
    let titles: Vec<&str> = columns.iter().map(|column| column.title).collect();
    style(plain_line(columns, &titles, width, false)).bold().to_string()
}

/// A line of texts, one per column. Without a width, no text is cut.
pub(crate) fn line(columns: &[Column], texts: &[&str], width: Option<usize>) -> String {
    plain_line(columns, texts, width, true)
}

/// The width of the last column.
pub(crate) fn last_width(columns: &[Column], width: usize) -> usize {
    widths(columns, width).last().copied().unwrap_or(width)
}

fn plain_line(columns: &[Column], texts: &[&str], width: Option<usize>, has_tones: bool) -> String {
    let widths = width.map(|width| widths(columns, width));
    let mut line = String::new();
    // Space at the end of a line is left out.
    let mut space = 0;
    for (index, (column, text)) in columns.iter().zip(texts).enumerate() {
        let room = widths.as_ref().map(|widths| widths[index]);
        let (text, used) = fit(text, room, column.cut);
        if used > 0 {
            line.extend(std::iter::repeat_n(' ', space));
            space = 0;
        }
        let tone = if has_tones { column.tone } else { Tone::Plain };
        if !text.is_empty() {
            line.push_str(&tone.style().apply_to(text).to_string());
        }
        space += room.unwrap_or(column.width).saturating_sub(used) + GAP.len();
    }
    line
}

/// The width of each column at a terminal.
fn widths(columns: &[Column], total: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = columns.iter().map(|column| column.width).collect();
    let Some((last, others)) = widths.split_last_mut() else { return widths };
    let flexible: Vec<usize> = (0..others.len()).filter(|index| columns[*index].cut == Cut::Middle).collect();
    let rest = |others: &[usize]| total.saturating_sub(others.iter().map(|width| width + GAP.len()).sum());
    // One cell at a time, from the widest column or for the narrowest one.
    while rest(others) < LAST {
        match flexible
            .iter()
            .copied()
            .filter(|index| others[*index] > LEAST)
            .max_by_key(|index| others[*index])
        {
            Some(index) => others[index] -= 1,
            None => break,
        }
    }
    while rest(others) > LARGE_LAST {
        match flexible
            .iter()
            .copied()
            .filter(|index| others[*index] < MOST)
            .min_by_key(|index| others[*index])
        {
            Some(index) => others[index] += 1,
            None => break,
        }
    }
    *last = rest(others);
    widths
}

/// A text cut to `room` cells, if there is a limit, and its width.
fn fit(text: &str, room: Option<usize>, cut: Cut) -> (String, usize) {
    // A user may put any character into a name.
    let text = match cut {
        Cut::End => plain(text),
        Cut::Middle => plain_name(text),
    };
    let whole = text.width();
    let Some(room) = room.filter(|room| *room < whole) else { return (text, whole) };
    let shown: Vec<(char, usize)> =
        text.chars().map(|character| (character, character.width().unwrap_or(1))).collect();
    let cells = |part: &[(char, usize)]| part.iter().map(|(_, width)| width).sum::<usize>();
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

    const COLUMNS: [Column; 3] =
        [Column::new("A", 4, Cut::End), Column::new("B", 20, Cut::Middle), Column::new("C", 0, Cut::End)];

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
            assert_eq!(fit(text, Some(room), cut).0, expected, "{text} in {room}");
        }
        let long = "x".repeat(5000);
        assert_eq!(fit(&long, None, Cut::Middle), (long.clone(), 5000));
    }

    #[test]
    fn line_keeps_the_width_of_the_terminal() {
        let (long, name) = ("x".repeat(300), "n".repeat(60));
        for width in [42, 80, 200] {
            let line = line(&COLUMNS, &["群", &name, &long], Some(width));
            assert_eq!(line.width(), width, "{line}");
        }
        assert_eq!(widths(&COLUMNS, 42), [4, 12, 22]);
        assert_eq!(widths(&COLUMNS, 60), [4, 20, 32]);
        assert_eq!(widths(&COLUMNS, 200), [4, 40, 152]);
        assert_eq!(
            line(&COLUMNS, &["\u{1b}[2J", "\u{202e}x", "\n"], Some(80)),
            format!("�[2J  �x{}�", " ".repeat(20))
        );
    }

    #[test]
    fn nothing_is_cut_without_a_terminal() {
        let name = "n".repeat(60);
        assert_eq!(line(&COLUMNS, &["12345", &name, "c"], None), format!("12345  {name}  c"));
        assert_eq!(line(&COLUMNS, &["1", "b", ""], None), "1     b");
    }
}
