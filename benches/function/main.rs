//! The function as Lambda runs it: release binaries in their own processes, with a Runtime API and an embedded
//! DynamoDB in this process. Needs no AWS account.
//!
//! `cargo bench --bench function`, with these options after `--`:
//!
//! - `--events N` sends N small events per round (default 400; larger events are sent less often);
//! - `--zip` also builds the arm64 zips; requires cargo-lambda on the `PATH`.
//!
//! Three programs are measured, each on a single thread: the *floor*, an empty `lambda_http` function; a *bare
//! `PutItem`* like the SDK's examples; and this function. They take turns, so that other load on the machine affects
//! them equally: compare ratios, not milliseconds. CPU time is that of the function's process alone. Instructions are
//! counted if valgrind is installed: they compare two commits best.
//!
//! This function starts more slowly here than in AWS: the certificate authority is not Amazon's, so the first
//! handshake fails and the machine's certificates are read.

mod instructions;
mod measure;
mod programs;
mod report;
mod table;

use std::fs;

use instructions::{can_be_counted, instructions};
use measure::{Event, Figures, Sender, Start, starts};
use programs::Program;
use report::Section;

const START_ROUNDS: usize = 40;

const EVENT_ROUNDS: usize = 5;

/// The events for each program.
const RUNS: [(Program, Event); 11] = [
    (Program::Floor, Event::Small),
    (Program::Floor, Event::Medium),
    (Program::Floor, Event::Large),
    (Program::Bare, Event::Small),
    (Program::Bare, Event::Medium),
    (Program::Ours, Event::Small),
    (Program::Ours, Event::Medium),
    (Program::Ours, Event::Large),
    (Program::Ours, Event::Duplicate),
    (Program::Ours, Event::ForeignApp),
    (Program::Ours, Event::WrongSign),
];

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    // Under `cargo test --benches` there is nothing to do.
    if has("--test") || has("--list") {
        return;
    }
    let count = arguments.iter().skip_while(|argument| *argument != "--events").nth(1);
    let count = count.map_or(400, |count| count.parse().expect("--events takes a number"));
    for program in Program::ALL {
        program.build();
    }
    let mut sender = Sender::default();
    println!("{}", sizes(has("--zip")));
    let starts = starts(&Program::ALL, START_ROUNDS).await;
    println!("{}", start(&starts));
    let figures = sender.events(&RUNS, EVENT_ROUNDS, count).await;
    println!("{}", events(&figures));
    if can_be_counted() {
        println!("{}", instructions(&mut sender).await);
    } else {
        eprintln!("No instructions: valgrind is not installed.");
    }
}

fn sizes(zip: bool) -> Section {
    let mut section = Section::new("Size, MB", &["binary", "arm64 zip"]);
    for program in [Program::Floor, Program::Bare, Program::Ours] {
        let binary = fs::metadata(program.path()).expect("it was built").len();
        let zip = zip.then(|| program.zip_bytes()).flatten();
        section.row(program.name(), [Some(megabytes(binary)), zip.map(megabytes)]);
    }
    section
}

fn start(starts: &[Start]) -> Section {
    let mut section = Section::new("Start", &["init, ms", "× floor", "CPU, ms", "× floor"]);
    for (program, start) in Program::ALL.iter().zip(starts) {
        let floor = &starts[0];
        let figures = [start.init, start.init / floor.init, start.cpu, start.cpu / floor.cpu];
        section.row(program.name(), figures.map(Some));
    }
    section
}

fn events(figures: &[Figures]) -> Section {
    let reference = |program, event: Event| {
        let event = if matches!(event, Event::Medium | Event::Large) { event } else { Event::Small };
        of(figures, program, event)
    };
    let columns = ["first, ms", "p50, ms", "p99, ms", "CPU, ms", "× floor", "× bare", "peak, MB", "× floor"];
    let mut section = Section::new("Events", &columns);
    for ((program, event), own) in RUNS.iter().zip(figures) {
        let cpu = |program| reference(program, *event).map(|figures| own.cpu / figures.cpu);
        let peak = megabytes(own.peak_bytes);
        let floor = reference(Program::Floor, *event).map(|floor| peak / megabytes(floor.peak_bytes));
        let times = [own.first, own.p50, own.p99, own.cpu].map(Some);
        let ratios = [cpu(Program::Floor), cpu(Program::Bare), Some(peak), floor];
        section.row(format!("{}, {}", program.name(), event.name()), times.into_iter().chain(ratios));
    }
    section
}

/// The figures of a run.
fn of(figures: &[Figures], program: Program, event: Event) -> Option<&Figures> {
    let index = RUNS.iter().position(|run| *run == (program, event));
    index.map(|index| &figures[index])
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below the precision of a float")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
