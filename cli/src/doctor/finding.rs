//! The result of one check, and the report of all results.

use std::process::ExitCode;

use console::style;
use serde_json::json;

use super::runbook;
use crate::{fault::Fault, output::Output, plain::plain};

/// The result of one check, and the fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) result: CheckResult,
    pub(super) text: String,
    /// Empty if nothing needs fixing.
    pub(super) fix: String,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CheckResult {
    Ok,
    Wrong,
    /// The check failed, so something may be wrong.
    Unchecked,
    /// The check was not made, because the user or the stack's settings left something out.
    Skipped,
}

impl Finding {
    pub(super) fn ok(check: &'static str, text: impl Into<String>) -> Self {
        Self { check, result: CheckResult::Ok, text: text.into(), fix: String::new() }
    }

    pub(super) fn wrong(check: &'static str, text: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, result: CheckResult::Wrong, text: text.into(), fix: fix.into() }
    }

    /// `why` says why the check could not be made.
    pub(super) fn unchecked(
        check: &'static str,
        why: impl std::fmt::Display,
        fix: impl Into<String>,
    ) -> Self {
        Self { check, result: CheckResult::Unchecked, text: format!("not checked: {why}"), fix: fix.into() }
    }

    /// `why` says what is left out.
    pub(super) fn skipped(check: &'static str, why: &str, fix: impl Into<String>) -> Self {
        Self { check, result: CheckResult::Skipped, text: format!("not checked: {why}"), fix: fix.into() }
    }

    /// The same, with advice.
    pub(super) fn with_fix(self, fix: impl Into<String>) -> Self {
        Self { fix: fix.into(), ..self }
    }

    /// The same, and its fix names a section of the runbook: that on its check, if the check chose no other.
    fn with_section(mut self) -> Self {
        let needs_none = self.result == CheckResult::Ok && self.fix.is_empty();
        let command = runbook::command_on(self.check);
        debug_assert!(command.is_some(), "{} has no section", self.check);
        if let Some(command) = command.filter(|_| !needs_none && !runbook::is_named(&self.fix)) {
            self.fix += if self.fix.is_empty() { "" } else { "; see " };
            self.fix += &command;
        }
        self
    }
}

/// The report. Each finding is printed at once, because the queries of the log take seconds.
#[derive(Debug)]
pub(super) struct Report<'a> {
    output: &'a mut Output,
    is_ok: bool,
}

impl<'a> Report<'a> {
    pub(super) fn new(output: &'a mut Output) -> Self {
        Self { output, is_ok: true }
    }

    pub(super) fn add(&mut self, findings: impl IntoIterator<Item = Finding>) -> Result<(), Fault> {
        for finding in findings {
            let finding = finding.with_section();
            self.is_ok &= matches!(finding.result, CheckResult::Ok | CheckResult::Skipped);
            self.print(&finding)?;
        }
        self.output.flush()
    }

    fn print(&mut self, Finding { check, result, text, fix }: &Finding) -> Result<(), Fault> {
        let (ok, mark) = match result {
            CheckResult::Ok => (Some(true), style("ok").green()),
            CheckResult::Wrong => (Some(false), style("FAIL").red()),
            CheckResult::Unchecked | CheckResult::Skipped => (None, style("?").yellow()),
        };
        if self.output.json {
            let line = json!({ "check": check, "ok": ok, "finding": text, "fix": fix });
            return self.output.json_line(&line);
        }
        self.output.text(&format!("{mark:<5}  {check:<16}  {}", plain(text)))?;
        if fix.is_empty() { Ok(()) } else { self.output.text(&format!("{:25}{}", "", plain(fix))) }
    }

    /// 1 if something is wrong, or if a check failed.
    pub(super) fn code(&self) -> ExitCode {
        ExitCode::from(u8::from(!self.is_ok))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fix_names_a_section_unless_nothing_needs_fixing() {
        let quiet = "chat-events doctor --explain QuietAlarm";
        let check = "newest event";
        for (finding, fix) in [
            (Finding::ok(check, "x"), String::new()),
            (Finding::ok(check, "x").with_fix("wait"), format!("wait; see {quiet}")),
            (Finding::wrong(check, "x", ""), quiet.to_owned()),
            (Finding::unchecked(check, "x", "wait"), format!("wait; see {quiet}")),
            (Finding::skipped(check, "x", ""), quiet.to_owned()),
            (
                Finding::wrong(check, "x", "wait: chat-events doctor --explain SlowAlarm"),
                "wait: chat-events doctor --explain SlowAlarm".to_owned(),
            ),
            (
                Finding::wrong("alarms", "x", ""),
                "chat-events doctor --explain which-alarm-went-off".to_owned(),
            ),
        ] {
            assert_eq!(finding.with_section().fix, fix);
        }
    }
}
