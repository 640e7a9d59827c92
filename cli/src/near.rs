//! The documented commands that are most like a text.

use strsim::sorensen_dice;
use tencent_chat_callbacks::event::Command;

/// The number of suggestions.
const SUGGESTIONS: usize = 3;

/// The least likeness of a suggestion to the text that was typed.
const LIKENESS: f64 = 0.5;

/// Advice on a text that is not a documented command.
pub(crate) fn advice(text: &str) -> String {
    let near = near(text);
    if near.is_empty() {
        "`chat-events commands` lists them".to_owned()
    } else {
        format!("did you mean {}?", near.join(", "))
    }
}

/// The documented names that are most like a text, best first.
fn near(text: &str) -> Vec<&'static str> {
    let wanted = text.to_lowercase();
    let likeness = |name: &str| sorensen_dice(&wanted, &name.to_lowercase());
    let mut names: Vec<(f64, &str)> =
        Command::ALL.iter().map(|command| (likeness(command.name), command.name)).collect();
    names.retain(|(likeness, _)| *likeness > LIKENESS);
    names.sort_by(|one, other| other.0.total_cmp(&one.0));
    names.into_iter().take(SUGGESTIONS).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_command_has_the_nearest_names() {
        for (typed, expected) in [
            ("group.callbackaftergroupfull", "Group.CallbackAfterGroupFull"),
            ("Group.AfterGroupFull", "Group.CallbackAfterGroupFull"),
            ("C2C.CallbackAfterSendMessage", "C2C.CallbackAfterSendMsg"),
            ("StateChange", "State.StateChange"),
        ] {
            assert_eq!(near(typed).first(), Some(&expected), "{typed}");
        }
        assert!(near("x").is_empty() && near("").is_empty() && near("Live.Gift").is_empty());
        assert_eq!(advice("x"), "`chat-events commands` lists them");
    }
}
