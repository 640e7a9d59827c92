//! The commands of a selection: names, and patterns with `*`.

use tencent_chat_callbacks::event::Command;
use wildmatch::WildMatch;

use crate::near;

/// Whether a command is selected. Without names and patterns, each is.
pub(crate) fn selects(commands: &[String], command: &str) -> bool {
    let is = |of: &String| of == command || (is_pattern(of) && WildMatch::new(of).matches(command));
    commands.is_empty() || commands.iter().any(is)
}

/// The most names in a filter of DynamoDB.
const NAMES_IN_A_FILTER: usize = 100;

/// The names, if a filter of DynamoDB can have them: there are not too many, and no patterns.
pub(super) fn names(commands: &[String]) -> Option<&[String]> {
    let is_filter = (1..=NAMES_IN_A_FILTER).contains(&commands.len());
    (is_filter && !commands.iter().any(|command| is_pattern(command))).then_some(commands)
}

/// The commands that the index is asked for: the names, and each documented command that is selected.
pub(super) fn in_index(commands: &[String]) -> Vec<String> {
    let documented = Command::ALL.iter().map(|command| command.name.to_owned());
    let mut names: Vec<_> = documented.filter(|name| selects(commands, name)).collect();
    for command in commands {
        if !is_pattern(command) && !names.contains(command) {
            names.push(command.clone());
        }
    }
    names
}

/// Whether some selected commands may be none of [`in_index`].
pub(super) fn may_be_undocumented(commands: &[String]) -> bool {
    commands.is_empty() || commands.iter().any(|command| is_pattern(command))
}

/// Advice on each name and pattern that is not documented.
pub(super) fn advice(commands: &[String]) -> Vec<String> {
    let is_known = |of: &&String| Command::ALL.iter().any(|command| selects(&[(*of).clone()], command.name));
    let unknown = commands.iter().filter(|command| !is_known(command));
    unknown.map(|name| format!("{name} is not a documented command; {}", near::advice(name))).collect()
}

pub(super) fn is_pattern(command: &str) -> bool {
    command.contains('*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(commands: &[&str]) -> Vec<String> {
        commands.iter().map(|command| (*command).to_owned()).collect()
    }

    #[test]
    fn command_is_selected_by_name_or_pattern() {
        let commands = texts(&["A.B", "State.*", "*Msg"]);
        for (command, expected) in [
            ("A.B", true),
            ("A.Bc", false),
            ("State.StateChange", true),
            ("C2C.CallbackAfterSendMsg", true),
            ("C2C.CallbackAfterMsgReport", false),
        ] {
            assert_eq!(selects(&commands, command), expected, "{command}");
        }
        assert!(selects(&[], "any"));
    }

    #[test]
    fn index_is_asked_for_documented_commands_and_names() {
        assert_eq!(in_index(&[]).len(), Command::ALL.len());
        assert_eq!(
            in_index(&texts(&["My.Own", "State.*", "State.StateChange"])),
            ["State.StateChange", "My.Own"]
        );
        assert!(in_index(&texts(&["My.*"])).is_empty());
        assert!(may_be_undocumented(&[]) && may_be_undocumented(&texts(&["A.*"])));
        assert!(!may_be_undocumented(&texts(&["A.B"])));
    }

    #[test]
    fn advice_is_only_on_undocumented_commands() {
        let given =
            advice(&texts(&["State.*", "Group.CallbackAfterGroupFull", "Group.AfterGroupFull", "My.*"]));
        let expected = [
            "Group.AfterGroupFull is not a documented command; did you mean Group.CallbackAfterGroupFull",
            "My.* is not a documented command; `chat-events commands` lists them",
        ];
        assert_eq!(given.len(), 2);
        assert!(given.iter().zip(expected).all(|(given, expected)| given.starts_with(expected)), "{given:?}");
    }
}
