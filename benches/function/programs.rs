//! Builds the measured programs as they would be deployed: each with its own features only.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use support::cargo::cargo;

/// A measured program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    Floor,
    Bare,
    Unwarmed,
    Ours,
}

impl Program {
    pub(crate) const ALL: [Self; 4] = [Self::Floor, Self::Bare, Self::Ours, Self::Unwarmed];

    /// The name in a report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Bare => "bare PutItem",
            Self::Unwarmed => "ours, no warm-up",
            Self::Ours => "ours",
        }
    }

    const fn binary(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Bare => "bare",
            Self::Unwarmed => "unwarmed",
            Self::Ours => "tencent-chat-webhook",
        }
    }

    /// The path of its release binary.
    pub(crate) fn path(self) -> PathBuf {
        target().join("release").join(self.binary())
    }

    /// Builds its release binary.
    pub(crate) fn build(self) {
        let mut cargo = cargo();
        cargo.args(["build", "--locked", "--release"]);
        self.run(&mut cargo);
    }

    /// The size of the arm64 zip; `None` if cargo-lambda is not installed.
    pub(crate) fn zip_bytes(self) -> Option<u64> {
        if Command::new("cargo-lambda").arg("--version").output().is_err() {
            return None;
        }
        let folder = target().join("bench-zip");
        let mut cargo = cargo();
        cargo.args(["lambda", "build", "--locked", "--release", "--arm64", "--output-format", "zip"]);
        cargo.arg("--lambda-dir").arg(&folder);
        self.run(&mut cargo);
        let zip = folder.join(self.binary()).join("bootstrap.zip");
        Some(fs::metadata(zip).expect("cargo-lambda has made the zip").len())
    }

    fn run(self, cargo: &mut Command) {
        if self != Self::Ours {
            cargo.args(["--manifest-path", "benches/programs/Cargo.toml", "--bin", self.binary()]);
            cargo.args(["--features", self.binary()]).env("CARGO_TARGET_DIR", target());
        }
        let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status();
        assert!(status.is_ok_and(|status| status.success()), "{self:?} can't be built");
    }
}

fn target() -> &'static Path {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().expect("it is a folder within the target folder")
}
