//! The function as Lambda runs it: release binaries in processes of their own, against a Runtime API and an
//! embedded DynamoDB in this one. No AWS account is needed.
//!
//! `cargo bench --bench function`, with these options after `--`:
//!
//! - `--json` prints JSON, to compare two commits;
//! - `--events N` sends N small events a round (default 400; larger events are sent less often);
//! - `--zip` builds the arm64 zips too, for which cargo-lambda has to be on the `PATH`.
//!
//! What is measured: the *floor*, an empty `lambda_http` function; a *bare `PutItem`* as the SDK's examples
//! have it; and ours. All take turns, so that what else the machine does hits them alike: read ratios, not
//! milliseconds. CPU is that of the function's process alone. Instructions are counted where valgrind is
//! installed. Shares of a processor are the kernel's where it lets us make control groups, else worked out.
//!
//! Over TLS ours starts more slowly here than in AWS: the authority is not Amazon's, so that a first handshake
//! fails and the machine's certificates are read.

mod instructions;
mod lambda;
mod limit;
mod measure;
mod programs;
mod report;
mod requests;
mod table;

use std::{fs, io};

use instructions::{can_be_counted, instructions};
use limit::{Limit, stretched};
use measure::{Event, Figures, Sender, Setup, starts};
use programs::Program;
use report::Section;

/// Memory sizes whose share of a processor is tried.
const SHARES: [u64; 5] = [128, 256, 512, 1024, 1769];

const START_ROUNDS: usize = 40;

const EVENT_ROUNDS: usize = 5;

struct Options {
    json: bool,
    zip: bool,
    events: usize,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    // As part of `cargo test --benches` there is nothing to do.
    if has("--test") || has("--list") {
        return;
    }
    let value = arguments.iter().skip_while(|argument| *argument != "--events").nth(1);
    let options = Options {
        json: has("--json"),
        zip: has("--zip"),
        events: value.map_or(400, |value| value.parse().expect("--events takes a number")),
    };
    let sections = measure_all(&options).await;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&sections).expect("figures are JSON"));
    }
}

async fn measure_all(options: &Options) -> Vec<Section> {
    for program in Program::ALL {
        program.build();
    }
    let mut sender = Sender::default();
    let mut sections = Vec::new();
    let mut add = |section: Section| {
        if !options.json {
            println!("{section}");
        }
        sections.push(section);
    };
    add(sizes(options.zip));
    add(start(false).await);
    add(start(true).await);
    add(events(&mut sender, false, options.events).await);
    add(events(&mut sender, true, options.events).await);
    if can_be_counted() {
        add(instructions(&mut sender).await);
    } else {
        eprintln!("No instructions: valgrind is not installed.");
    }
    add(shares(&mut sender, options.events).await);
    sections
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

async fn start(tls: bool) -> Section {
    let setups = Program::ALL.map(|program| Setup { program, tls, limit: None });
    let starts = starts(&setups, START_ROUNDS).await;
    let title = if tls { "Start, DynamoDB over TLS" } else { "Start" };
    let mut section = Section::new(title, &["init, ms", "× floor", "CPU, ms", "× floor"]);
    for (setup, start) in setups.iter().zip(&starts) {
        let floor = &starts[0];
        let figures = [start.init, start.init / floor.init, start.cpu, start.cpu / floor.cpu];
        section.row(setup.program.name(), figures.map(Some));
    }
    section
}

async fn events(sender: &mut Sender, tls: bool, count: usize) -> Section {
    let runs = [
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
    ]
    .map(|(program, event)| (Setup { program, tls, limit: None }, event));
    let figures = sender.events(&runs, EVENT_ROUNDS, count).await;
    let reference = |program, event: Event| {
        let event = if matches!(event, Event::Medium | Event::Large) { event } else { Event::Small };
        let index = runs.iter().position(|run| run.0.program == program && run.1 == event);
        index.map(|index| &figures[index])
    };
    let title = if tls { "Events, DynamoDB over TLS" } else { "Events" };
    let columns = ["first, ms", "p50, ms", "p99, ms", "CPU, ms", "× floor", "× bare", "peak, MB", "× floor"];
    let mut section = Section::new(title, &columns);
    for ((setup, event), own) in runs.iter().zip(&figures) {
        let cpu = |program| reference(program, *event).map(|figures| own.cpu / figures.cpu);
        let peak = reference(Program::Floor, *event).map(|floor| memory(own) / memory(floor));
        section.row(
            format!("{}, {}", setup.program.name(), event.name()),
            [
                Some(own.first),
                Some(own.p50),
                Some(own.p99),
                Some(own.cpu),
                cpu(Program::Floor),
                cpu(Program::Bare),
                Some(memory(own)),
                peak,
            ],
        );
    }
    section
}

async fn shares(sender: &mut Sender, count: usize) -> Section {
    let limits: io::Result<Vec<Limit>> = SHARES.into_iter().map(Limit::of_memory).collect();
    let title = match &limits {
        Ok(_) => "Over TLS, with the processor's share of a memory size",
        Err(error) => {
            eprintln!("No control group can be made here ({error}): shares are worked out.");
            "Over TLS, worked out for the processor's share of a memory size"
        }
    };
    let limits = limits.unwrap_or_default();
    let columns = ["init, ms", "first, ms", "p50, ms", "p99, ms", "CPU, ms", "first / p50"];
    let mut section = Section::new(title, &columns);
    for (index, share) in SHARES.into_iter().enumerate() {
        let limit = limits.get(index);
        let runs =
            [(Program::Bare, Event::Small), (Program::Ours, Event::Small), (Program::Ours, Event::Medium)]
                .map(|(program, event)| (Setup { program, tls: true, limit }, event));
        let figures = sender.events(&runs, EVENT_ROUNDS, count / 4).await;
        for ((setup, event), own) in runs.iter().zip(&figures) {
            let time = |time, cpu| if limit.is_some() { time } else { stretched(time, cpu, share) };
            let (first, p50) = (time(own.first, own.first_cpu), time(own.p50, own.cpu));
            let (init, p99) = (time(own.init, own.init_cpu), time(own.p99, own.cpu));
            section.row(
                format!("{share} MB: {}, {}", setup.program.name(), event.name()),
                [init, first, p50, p99, own.cpu, first / p50].map(Some),
            );
        }
    }
    section
}

fn memory(figures: &Figures) -> f64 {
    megabytes(figures.peak_kilobytes * 1024)
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below the precision of a float")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
