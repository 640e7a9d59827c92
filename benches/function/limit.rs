//! A share of a processor, as Lambda gives it by memory size: a whole one at 1,769 MB, less in proportion.
//!
//! It's a quota of the kernel's control groups, so it takes root, and a machine that lets root make groups. The
//! stand-in elsewhere is arithmetic: a share of a fourth makes CPU time last four times as long, and leaves the
//! rest as it is.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

const MEGABYTES_OF_ONE_PROCESSOR: u64 = 1769;

/// Microseconds over which the share holds.
const PERIOD: u64 = 20_000;

/// How long something takes with the share of a memory size that takes this long with a whole processor, and of
/// it so much CPU time.
pub(crate) fn stretched(time: f64, cpu: f64, megabytes: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below the precision of a float")]
    let share = megabytes as f64 / MEGABYTES_OF_ONE_PROCESSOR as f64;
    time + cpu * (1.0 / share - 1.0)
}

/// A control group with a quota.
pub(crate) struct Limit {
    group: PathBuf,
}

impl Limit {
    /// A group with the share of a memory size.
    ///
    /// # Errors
    /// Where this machine doesn't let us make one.
    pub(crate) fn of_memory(megabytes: u64) -> io::Result<Self> {
        let quota = PERIOD * megabytes / MEGABYTES_OF_ONE_PROCESSOR;
        let name = format!("tencent-chat-webhook-bench-{}-{megabytes}", std::process::id());
        // The second version of control groups has one tree for all controllers, the first has one for each.
        let first = Path::new("/sys/fs/cgroup/cpu");
        if first.is_dir() {
            let limit = Self::make(first.join(name))?;
            limit.set("cpu.cfs_period_us", &PERIOD.to_string())?;
            limit.set("cpu.cfs_quota_us", &quota.to_string())?;
            Ok(limit)
        } else {
            let limit = Self::make(Path::new("/sys/fs/cgroup").join(name))?;
            limit.set("cpu.max", &format!("{quota} {PERIOD}"))?;
            Ok(limit)
        }
    }

    fn make(group: PathBuf) -> io::Result<Self> {
        fs::create_dir(&group)?;
        Ok(Self { group })
    }

    fn set(&self, file: &str, value: &str) -> io::Result<()> {
        fs::write(self.group.join(file), value)
    }

    /// A command that enters the group, says so by a line, waits for one, and becomes the program: to enter
    /// takes the kernel longer than the program takes to start.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("/bin/sh");
        let script = r#"echo $$ > "$0/cgroup.procs" && echo in && read -r go && exec "$1""#;
        command.args(["-c", script]).args([&self.group, program]);
        command
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        // The kernel keeps a group that still has a process; a left-over one does no harm.
        let _ = fs::remove_dir(&self.group);
    }
}
