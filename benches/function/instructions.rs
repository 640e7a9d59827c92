//! Counts instructions. They are the same on a busy and an idle machine, so they compare two commits best.
//!
//! Valgrind counts the instructions of the function's process, without the kernel's. It does not know SHA-256
//! instructions, so hashing weighs more here than on a current processor. Cryptography would weigh too much as well,
//! so DynamoDB is without TLS here.

use std::{fs, path::Path, process::Command};

use support::lambda::{Instance, command};

use crate::{
    measure::{Event, Sender},
    programs::Program,
    report::Section,
    table::Table,
};

/// Events before the count, so that one-time work is not counted.
const FIRST: u32 = 10;

/// Events that are counted.
const COUNTED: u32 = 50;

const RUNS: [(Program, Event); 9] = [
    (Program::Floor, Event::Small),
    (Program::Floor, Event::WrongSign),
    (Program::Bare, Event::Small),
    (Program::Unwarmed, Event::Small),
    (Program::Ours, Event::Small),
    (Program::Ours, Event::Medium),
    (Program::Ours, Event::Duplicate),
    (Program::Ours, Event::ForeignApp),
    (Program::Ours, Event::WrongSign),
];

/// Whether valgrind is installed.
pub(crate) fn can_be_counted() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Counts instructions: for a start, and for an event.
pub(crate) async fn instructions(sender: &mut Sender) -> Section {
    let mut section = Section::new("Instructions", &["start, M", "event, k", "× floor", "× bare"]);
    let mut each = Vec::new();
    for (program, event) in RUNS {
        let start = count(sender, (program, event), 0).await;
        let first = count(sender, (program, event), FIRST).await;
        let all = count(sender, (program, event), FIRST + COUNTED).await;
        each.push((all - first) / f64::from(COUNTED));
        let own = each[each.len() - 1];
        let bare = each.get(2).map(|bare| own / bare);
        let figures = [Some(start / 1e6), Some(own / 1e3), Some(own / each[0]), bare];
        section.row(format!("{}, {}", program.name(), event.name()), figures);
    }
    section
}

/// A whole run of a function, from start to end, with this many events.
async fn count(sender: &mut Sender, (program, event): (Program, Event), events: u32) -> f64 {
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join("callgrind.log");
    let mut valgrind = command("valgrind", []);
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    valgrind.arg(format!("--log-file={}", report.display())).arg(program.path());
    let table = Table::serve().await;
    let mut instance = Instance::start(valgrind.envs(table.settings(false))).await;
    for _ in 0..events {
        sender.send(&mut instance, program, event).await;
    }
    instance.end().await;
    let report = fs::read_to_string(report).expect("valgrind reports");
    let collected = report.lines().find_map(|line| line.split_once("Collected :"));
    collected.and_then(|(_, count)| count.trim().parse().ok()).expect("valgrind counts")
}
