//! The sections of the runbook, which are in the program: alarms and checks name them.

use serde_json::json;

use crate::{fault::Fault, output::Output};

/// The runbook, and the pages to which its fixes refer.
const PAGES: [&str; 4] = [
    include_str!("../../../docs/operate.md"),
    include_str!("../../../docs/deploy.md"),
    include_str!("../../../docs/troubleshooting.md"),
    include_str!("../../../docs/security.md"),
];

/// How the links to their sections begin.
const LINKS: [&str; 4] = ["](#", "](deploy.md#", "](troubleshooting.md#", "](security.md#"];

/// Each check, with its section.
const CHECKS: [(&str, &str); 22] = [
    ("url unsigned", "ApiErrorsAlarm"),
    ("url signed", "SignatureRefusalsAlarm"),
    ("alarms", "Which alarm went off"),
    ("redrive queue", "RedriveQueueAgeAlarm"),
    ("dead letters", "RedriveDeadLettersAlarm"),
    ("bus dead letters", "EventPipeAlarm"),
    ("subscription", "LogDeliveryAlarm"),
    ("archive", "ArchiveAlarm"),
    ("log", "Permissions for operators"),
    ("redrive log", "Permissions for operators"),
    ("newest event", "QuietAlarm"),
    ("refusals", "SignatureRefusalsAlarm"),
    ("failures", "NotStoredAlarm"),
    ("receiver", "ForwardFailuresAlarm"),
    ("receiver queue", "ReforwardQueueAgeAlarm"),
    ("receiver dead letters", "ReforwardDeadLettersAlarm"),
    ("reforward log", "Permissions for operators"),
    ("reforwarded", "ReforwardQueueAgeAlarm"),
    ("tokens", "Rotate the token"),
    ("versions", "Update"),
    ("redriven", "Manual redrive"),
    ("ledger", "FunctionErrorsAlarm"),
];

/// The alarms whose names the template chooses, each by a part of its name.
const NAMED: [(&str, &str); 3] = [
    ("errors-of-version", "VersionErrorsAlarm"),
    ("not-stored-by-version", "VersionNotStoredAlarm"),
    ("callbacks-lost", "CallbacksLostAlarm"),
];

/// A section of a page.
struct Section {
    title: &'static str,
    text: String,
}

/// The command that prints a section, without its name.
const COMMAND: &str = "chat-events doctor --explain ";

/// The command that prints a section.
pub(super) fn command(section: &str) -> String {
    [COMMAND, section].concat()
}

/// The command that prints the section on a check.
pub(super) fn command_on(check: &str) -> Option<String> {
    let (_, section) = CHECKS.iter().find(|(name, _)| *name == check)?;
    Some(if section.contains(' ') { command(&slug(section)) } else { command(section) })
}

/// Whether a fix names a section.
pub(super) fn is_named(fix: &str) -> bool {
    fix.contains(COMMAND)
}

/// Whether there is a section on a name.
#[cfg(test)]
pub(super) fn has(name: &str) -> bool {
    find(name).is_some()
}

/// Prints the section on an alarm or a check, or the section with this heading.
pub(super) fn explain(name: &str, output: &mut Output) -> Result<(), Fault> {
    let Some(Section { title, text }) = find(name) else {
        let checks = CHECKS.map(|(check, _)| check).join(", ");
        return Err(Fault::usage(format!(
            "the runbook has no section {name}; give the name of an alarm, or one of {checks}"
        )));
    };
    if output.json {
        return output.json_line(&json!({ "name": title, "text": text }));
    }
    output.text(text.trim_end())
}

/// The section on a name. The functions of the shell that its commands use are at its end.
fn find(name: &str) -> Option<Section> {
    let name = name.to_lowercase();
    let known = CHECKS.iter().find(|(check, _)| *check == name);
    let known = known.or_else(|| NAMED.iter().find(|(part, _)| name.contains(part)));
    let wanted = known.map_or(name.clone(), |(_, title)| title.to_lowercase());
    let all = || PAGES.into_iter().flat_map(sections);
    let found = all().find(|section| slug(section.title) == slug(&wanted));
    // CloudFormation names an alarm `chat-NotStoredAlarm-1ABC` after its name in the template.
    let alarm = |section: &Section| {
        section.title.ends_with("Alarm") && wanted.split('-').any(|word| word == slug(section.title))
    };
    let mut section = found.or_else(|| all().find(alarm))?;
    let uses_functions =
        ["(#first-aid)", "$(output ", "$(id ", "$STACK"].iter().any(|part| section.text.contains(part));
    if uses_functions && !section.text.contains("STACK=") {
        let functions = PAGES[0].split("```").nth(1)?.trim_start_matches("sh\n");
        section.text.push_str("The commands above need these lines first:\n\n```sh\n");
        section.text.push_str(functions);
        section.text.push_str("```\n");
    }
    if LINKS.iter().any(|link| section.text.contains(link)) {
        section.text += &["\nA link to #NAME is a section too: ", &command("NAME"), "\n"].concat();
    }
    Some(section)
}

/// The heading as in a link.
fn slug(title: &str) -> String {
    title.to_lowercase().replace(' ', "-").replace('\'', "")
}

/// The sections of a page. Each ends before the next heading of its level, or of a higher one.
fn sections(page: &'static str) -> Vec<Section> {
    let (mut sections, mut open, mut is_code) = (Vec::new(), Vec::<(usize, Section)>::new(), false);
    for line in page.lines() {
        is_code ^= line.trim_start().starts_with("```");
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if level > 0 && !is_code {
            while open.last().is_some_and(|(other, _)| *other >= level) {
                sections.extend(open.pop().map(|(_, section)| section));
            }
            open.push((level, Section { title: line[level..].trim(), text: String::new() }));
        }
        for (_, section) in &mut open {
            section.text.push_str(line);
            section.text.push('\n');
        }
    }
    sections.extend(open.into_iter().map(|(_, section)| section));
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(name: &str) -> Option<&'static str> {
        find(name).map(|section| section.title)
    }

    #[test]
    fn checks_and_named_alarms_all_have_a_section() {
        for (name, section) in CHECKS.into_iter().chain(NAMED) {
            assert_eq!(title(name), Some(section), "{name}");
        }
        for (check, section) in CHECKS {
            let command = command_on(check).unwrap();
            let name = command.strip_prefix(COMMAND).unwrap();
            assert!(!name.contains(' ') && title(name) == Some(section), "{command}");
        }
    }

    #[test]
    fn alarms_of_the_templates_all_have_a_section() {
        let mut count = 0;
        for template in [include_str!("../../../template.yaml"), include_str!("../../../bus.yaml")] {
            let names = template.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix("Alarm:"));
            for name in names.filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
                let name = format!("{name}Alarm");
                assert_eq!(title(&name), Some(name.as_str()));
                assert!(template.contains(&format!("chat-events doctor --explain {name}\"")), "{name}");
                count += 1;
            }
        }
        assert!(count >= 18, "{count}");
    }

    #[test]
    fn alarm_has_a_section_by_its_name_in_cloudwatch() {
        for (name, expected) in [
            ("chat-VersionNotStoredAlarm-1ABC", "VersionNotStoredAlarm"),
            ("chat-EventBus-1ABC-EventPipeAlarm-2DEF", "EventPipeAlarm"),
            ("notstoredalarm", "NotStoredAlarm"),
            ("chat-eu-west-1-not-stored-by-version-7", "VersionNotStoredAlarm"),
            ("chat-eu-west-1-callbacks-lost", "CallbacksLostAlarm"),
        ] {
            assert_eq!(title(name), Some(expected), "{name}");
        }
        assert_eq!(title("chat-SomeAlarm-1ABC"), None);
    }

    #[test]
    fn section_ends_before_the_next_heading() {
        let text = |name| find(name).unwrap().text;
        let pipe = text("EventPipeAlarm");
        assert!(pipe.starts_with("### EventPipeAlarm\n") && !pipe.contains("### QuietAlarm"), "{pipe}");
        assert!(pipe.contains("# Only after the last message"), "a comment in commands is not a heading");
        assert!(pipe.contains("output() {"), "the commands need this function");
        assert!(text("CallbacksLostAlarm").contains("output() {"), "its first step is to run these lines");
        assert!(text("Redrive").contains("### Manual redrive"));
        assert!(!text("Update").contains("output() {"));
        assert!(text("give-the-function-the-consoles-token").contains("new_secret"));
        assert!(
            text("SignatureRefusalsAlarm").ends_with("is a section too: chat-events doctor --explain NAME\n")
        );
    }

    #[test]
    fn lines_of_doctor_in_the_runbook_name_checks() {
        let lines: Vec<_> = PAGES[0].split("**`doctor`:** `").skip(1).collect();
        assert!(lines.len() >= 18);
        for line in lines {
            let check = line.split("  ").next().unwrap_or_default();
            assert!(command_on(check).is_some(), "{check}");
        }
    }
}
