//! Runs cargo from a program that cargo runs, such as an example or a bench.

use std::{env, process::Command};

/// For `cargo lambda watch --config`: without this variable, the runtime warns at each start.
pub const QUIET_RUNTIME: &str = r#"target."cfg(all())".runner=["env", "-u", "AWS_LAMBDA_MAX_CONCURRENCY"]"#;

/// `cargo`, without the variables that an outer cargo set for this program. They would count as a change, and
/// everything would be rebuilt.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new("cargo");
    let of_cargo =
        |name: &str| ["CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|prefix| name.starts_with(prefix));
    for (name, _) in env::vars().filter(|(name, _)| of_cargo(name)) {
        command.env_remove(name);
    }
    command
}
