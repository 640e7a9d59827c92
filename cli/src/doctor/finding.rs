//! What one check found.

/// What one check found, and what to do.
#[allow(clippy::struct_field_names, reason = "the names are those of the JSON object")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) check: &'static str,
    pub(super) ok: bool,
    pub(super) finding: String,
    /// Empty where nothing is to be done.
    pub(super) fix: String,
}

impl Finding {
    pub(super) fn ok(check: &'static str, finding: impl Into<String>) -> Self {
        Self { check, ok: true, finding: finding.into(), fix: String::new() }
    }

    pub(super) fn wrong(check: &'static str, finding: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, ok: false, finding: finding.into(), fix: fix.into() }
    }

    /// The same, with advice.
    pub(super) fn with_fix(self, fix: impl Into<String>) -> Self {
        Self { fix: fix.into(), ..self }
    }
}

/// Where the runbook goes on.
pub(super) fn runbook(section: &str) -> String {
    format!("docs/operate.md#{}", section.to_lowercase())
}
