//! What is measured of a program: starts, and events.

use std::{
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{
    lambda::{Instance, Launch},
    limit::Limit,
    programs::Program,
    requests::{self, LARGEST, MEDIUM, SDK_APPID, SMALL, TOKEN},
    table::Table,
};

/// An event to send, by what makes it special.
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

    /// What our function's reply to it begins with.
    const fn expected(self) -> &'static str {
        match self {
            Self::ForeignApp => r#"{"statusCode":403,"#,
            Self::WrongSign => r#"{"statusCode":401,"#,
            _ => r#"{"statusCode":200,"#,
        }
    }

    /// How many of these events take about as long as one that is small.
    const fn weight(self) -> usize {
        match self {
            Self::Large => 40,
            Self::Medium => 4,
            _ => 1,
        }
    }

    fn payload(self, index: u64) -> Vec<u8> {
        let body = match self {
            Self::Medium => requests::created(index, MEDIUM),
            Self::Large => requests::created_escaped(index, LARGEST),
            Self::Duplicate => requests::created(0, SMALL),
            _ => requests::created(index, SMALL),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let query = match self {
            Self::ForeignApp => requests::query("1400000002", TOKEN, now),
            Self::WrongSign => requests::query(SDK_APPID, "another token", now),
            _ => requests::query(SDK_APPID, TOKEN, now),
        };
        requests::event(&query, &body)
    }
}

/// Hands out indexes, so that no two bodies are the same.
#[derive(Default)]
pub(crate) struct Sender {
    index: u64,
}

/// What one program does with one kind of event. Times are in milliseconds.
pub(crate) struct Figures {
    pub(crate) init: f64,
    pub(crate) init_cpu: f64,
    pub(crate) first: f64,
    pub(crate) first_cpu: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) cpu: f64,
    pub(crate) peak_kilobytes: u64,
}

/// What a program's start takes, in milliseconds.
pub(crate) struct Start {
    pub(crate) init: f64,
    pub(crate) cpu: f64,
}

/// One measurement: which program, with or without TLS, under which limit.
#[derive(Clone, Copy)]
pub(crate) struct Setup<'a> {
    pub(crate) program: Program,
    pub(crate) tls: bool,
    pub(crate) limit: Option<&'a Limit>,
}

impl Setup<'_> {
    async fn start(self, table: &Table) -> Instance {
        let program = self.program.path();
        let launch = match self.limit {
            Some(limit) => Launch::Limited(limit, program),
            None => Launch::Plain(Command::new(program)),
        };
        Instance::start(launch, &table.settings(self.tls)).await
    }
}

/// Starts every setup by turns, so that a busy moment of the machine hits all of them, and gives medians.
pub(crate) async fn starts(setups: &[Setup<'_>], rounds: usize) -> Vec<Start> {
    let table = Table::serve().await;
    let mut all = vec![(Vec::new(), Vec::new()); setups.len()];
    for _ in 0..rounds {
        for (setup, (inits, cpus)) in setups.iter().zip(&mut all) {
            let mut instance = setup.start(&table).await;
            inits.push(milliseconds(instance.init));
            cpus.push(milliseconds(instance.cpu().await));
        }
    }
    let medians =
        all.into_iter().map(|(inits, cpus)| Start { init: quantile(inits, 0.5), cpu: quantile(cpus, 0.5) });
    medians.collect()
}

impl Sender {
    /// Sends events of a kind to every setup by turns, in rounds with an instance each.
    pub(crate) async fn events(
        &mut self,
        runs: &[(Setup<'_>, Event)],
        rounds: usize,
        count: usize,
    ) -> Vec<Figures> {
        let mut all: Vec<Vec<Round>> = runs.iter().map(|_| Vec::new()).collect();
        for _ in 0..rounds {
            for ((setup, event), done) in runs.iter().zip(&mut all) {
                let count = (count / event.weight()).max(5);
                done.push(self.round(*setup, *event, count).await);
            }
        }
        all.into_iter().map(figures).collect()
    }

    async fn round(&mut self, setup: Setup<'_>, event: Event, count: usize) -> Round {
        // The more a table holds, the longer a write takes: each round has a new one.
        let table = Table::serve().await;
        let mut instance = setup.start(&table).await;
        let init_cpu = instance.cpu().await;
        let first = self.send(&mut instance, setup.program, event).await;
        let before = instance.cpu().await;
        let mut latencies = Vec::with_capacity(count);
        for _ in 0..count {
            latencies.push(self.send(&mut instance, setup.program, event).await);
        }
        let cpu = instance.cpu().await.saturating_sub(before);
        Round {
            init: milliseconds(instance.init),
            init_cpu: milliseconds(init_cpu),
            first: milliseconds(first),
            first_cpu: milliseconds(before.saturating_sub(init_cpu)),
            latencies: latencies.into_iter().map(milliseconds).collect(),
            cpu: milliseconds(cpu) / f64::from(u32::try_from(count).unwrap_or(u32::MAX)),
            peak_kilobytes: instance.peak_memory(),
        }
    }

    pub(crate) async fn send(&mut self, instance: &mut Instance, program: Program, event: Event) -> Duration {
        self.index += 1;
        let (latency, reply) = instance.invoke(event.payload(self.index)).await;
        let ours = matches!(program, Program::Ours | Program::Unwarmed);
        let expected = if ours { event.expected() } else { r#"{"statusCode":200,"# };
        assert!(reply.starts_with(expected), "{program:?} {event:?}: {reply}");
        latency
    }
}

/// One instance's life.
struct Round {
    init: f64,
    init_cpu: f64,
    first: f64,
    first_cpu: f64,
    latencies: Vec<f64>,
    cpu: f64,
    peak_kilobytes: u64,
}

fn figures(rounds: Vec<Round>) -> Figures {
    let median = |value: fn(&Round) -> f64| quantile(rounds.iter().map(value).collect(), 0.5);
    let init = median(|round| round.init);
    let init_cpu = median(|round| round.init_cpu);
    let first = median(|round| round.first);
    let first_cpu = median(|round| round.first_cpu);
    let cpu = median(|round| round.cpu);
    let peak_kilobytes = rounds.iter().map(|round| round.peak_kilobytes).max();
    let latencies: Vec<f64> = rounds.into_iter().flat_map(|round| round.latencies).collect();
    Figures {
        init,
        init_cpu,
        first,
        first_cpu,
        p50: quantile(latencies.clone(), 0.5),
        p99: quantile(latencies, 0.99),
        cpu,
        peak_kilobytes: peak_kilobytes.unwrap_or_default(),
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The value below which a share of all values is.
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
