//! Measures starts and events of a program. DynamoDB is behind TLS, as in AWS.

use std::time::Duration;

use serde_json::json;
use support::{
    lambda::{Instance, command},
    requests::{self, CREATED, LARGEST, MEDIUM, SDK_APPID, SMALL},
};

use crate::{
    programs::Program,
    table::{TOKEN, Table},
};

/// A kind of event to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Small,
    Medium,
    Large,
    Duplicate,
    ForeignApp,
    WrongSign,
}

impl Event {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Small => "0.3 KB",
            Self::Medium => "38 KB",
            Self::Large => "1.3 MB",
            Self::Duplicate => "duplicate",
            Self::ForeignApp => "wrong app",
            Self::WrongSign => "wrong Sign",
        }
    }

    /// The status of this function's reply.
    const fn expected(self) -> u16 {
        match self {
            Self::ForeignApp => 403,
            Self::WrongSign => 401,
            _ => 200,
        }
    }

    /// How many of these events take about as long as one small event.
    const fn weight(self) -> usize {
        match self {
            Self::Large => 40,
            Self::Medium => 4,
            _ => 1,
        }
    }

    fn payload(self, index: u64) -> String {
        let body = match self {
            Self::Medium => requests::created(index, MEDIUM),
            Self::Large => requests::created_escaped(index, LARGEST),
            Self::Duplicate => requests::created(0, SMALL),
            _ => requests::created(index, SMALL),
        };
        let query = match self {
            Self::ForeignApp => requests::signed("1400000002", CREATED, TOKEN),
            Self::WrongSign => requests::signed(SDK_APPID, CREATED, "another token"),
            _ => requests::signed(SDK_APPID, CREATED, TOKEN),
        };
        requests::post(&query, &body).to_string()
    }
}

/// Provides indexes, so that no two bodies are the same.
#[derive(Default)]
pub(crate) struct Sender {
    index: u64,
}

/// The figures of one program for one kind of event. Times are in milliseconds.
pub(crate) struct Figures {
    pub(crate) first: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) cpu: f64,
    pub(crate) peak_bytes: u64,
}

/// The duration of a program's start, in milliseconds.
pub(crate) struct Start {
    pub(crate) init: f64,
    pub(crate) cpu: f64,
}

async fn start(program: Program, table: &Table) -> Instance {
    let mut command = command(program.path(), []);
    Instance::start(command.envs(table.settings(true))).await
}

/// Starts the programs in turn, so that a busy moment of the machine affects all of them, and returns medians.
pub(crate) async fn starts(programs: &[Program], rounds: usize) -> Vec<Start> {
    let table = Table::serve().await;
    let mut all = vec![(Vec::new(), Vec::new()); programs.len()];
    for _ in 0..rounds {
        for (program, (inits, cpus)) in programs.iter().zip(&mut all) {
            let mut instance = start(*program, &table).await;
            inits.push(milliseconds(instance.init));
            cpus.push(milliseconds(instance.cpu().await));
        }
    }
    let medians =
        all.into_iter().map(|(inits, cpus)| Start { init: quantile(inits, 0.5), cpu: quantile(cpus, 0.5) });
    medians.collect()
}

impl Sender {
    /// Sends events of one kind to the programs in turn, in rounds with one instance each.
    pub(crate) async fn events(
        &mut self,
        runs: &[(Program, Event)],
        rounds: usize,
        count: usize,
    ) -> Vec<Figures> {
        let mut all: Vec<Vec<Round>> = runs.iter().map(|_| Vec::new()).collect();
        for _ in 0..rounds {
            for ((program, event), done) in runs.iter().zip(&mut all) {
                let count = (count / event.weight()).max(5);
                done.push(self.round(*program, *event, count).await);
            }
        }
        all.into_iter().map(figures).collect()
    }

    async fn round(&mut self, program: Program, event: Event, count: usize) -> Round {
        // A write takes longer if the table holds more items, so each round has a new table.
        let table = Table::serve().await;
        let mut instance = start(program, &table).await;
        let first = self.send(&mut instance, program, event).await;
        let before = instance.cpu().await;
        let mut latencies = Vec::with_capacity(count);
        for _ in 0..count {
            latencies.push(milliseconds(self.send(&mut instance, program, event).await));
        }
        let cpu = instance.cpu().await.saturating_sub(before);
        Round {
            first: milliseconds(first),
            latencies,
            cpu: milliseconds(cpu) / f64::from(u32::try_from(count).unwrap_or(u32::MAX)),
            peak_bytes: instance.peak_memory(),
        }
    }

    pub(crate) async fn send(&mut self, instance: &mut Instance, program: Program, event: Event) -> Duration {
        self.index += 1;
        let invoked = instance.invoke(event.payload(self.index)).await;
        let ours = matches!(program, Program::Ours | Program::Unwarmed);
        let expected = if ours { event.expected() } else { 200 };
        let status = invoked.result.map(|mut reply| reply["statusCode"].take());
        assert_eq!(status, Ok(json!(expected)), "{program:?} {event:?}");
        invoked.took
    }
}

/// The life of one instance.
struct Round {
    first: f64,
    latencies: Vec<f64>,
    cpu: f64,
    peak_bytes: u64,
}

fn figures(rounds: Vec<Round>) -> Figures {
    let median = |value: fn(&Round) -> f64| quantile(rounds.iter().map(value).collect(), 0.5);
    let (first, cpu) = (median(|round| round.first), median(|round| round.cpu));
    let peak_bytes = rounds.iter().map(|round| round.peak_bytes).max().unwrap_or_default();
    let latencies: Vec<f64> = rounds.into_iter().flat_map(|round| round.latencies).collect();
    let (p50, p99) = (quantile(latencies.clone(), 0.5), quantile(latencies, 0.99));
    Figures { first, p50, p99, cpu, peak_bytes }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The value below which a given share of all values lies.
fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a share of a length is an index"
    )]
    let index = (values.len() as f64 * share) as usize;
    values[index.min(values.len() - 1)]
}
