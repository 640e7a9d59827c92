//! One setting: its name, the expected values, and its value.

use std::{borrow::Cow, fmt, ops::RangeInclusive};

/// A setting's name and the description of its values.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub(super) name: &'static str,
    pub(super) expected: &'static str,
}

/// A setting that is missing or malformed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    /// The setting's name.
    pub name: &'static str,
    /// The problem with the setting. Never contains its value.
    pub reason: Cow<'static, str>,
    /// The expected values.
    pub expected: &'static str,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "setting {} {}; expected {}", self.name, self.reason, self.expected)
    }
}

impl std::error::Error for SettingsError {}

/// Finds a setting's value by name. An empty value counts as absent, because a template can't omit a variable.
#[derive(Clone, Copy)]
pub(super) struct Lookup<'a>(pub(super) &'a dyn Fn(&str) -> Option<String>);

impl Lookup<'_> {
    pub(super) fn optional(self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}

impl Setting {
    pub(super) const fn new(name: &'static str, expected: &'static str) -> Self {
        Self { name, expected }
    }

    pub(super) fn error(self, reason: impl Into<Cow<'static, str>>) -> SettingsError {
        SettingsError { name: self.name, reason: reason.into(), expected: self.expected }
    }

    pub(super) fn malformed(self) -> SettingsError {
        self.error("is malformed")
    }

    pub(super) fn required(self, lookup: Lookup<'_>) -> Result<String, SettingsError> {
        lookup.optional(self.name).ok_or(self.error("is missing"))
    }

    /// A whole number in a range.
    pub(super) fn in_range(
        self,
        lookup: Lookup<'_>,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, SettingsError> {
        let Some(value) = lookup.optional(self.name) else {
            return Ok(None);
        };
        let number = value.parse().ok().filter(|number| range.contains(number));
        number.map(Some).ok_or(self.malformed())
    }

    /// The entries of a comma-separated list.
    pub(super) fn list(self, lookup: Lookup<'_>) -> Vec<String> {
        let value = lookup.optional(self.name).unwrap_or_default();
        value.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
    }
}
