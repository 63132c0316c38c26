//! The rivals side by side: one set of running programs, measured in rounds that take turns.

use std::time::Duration;

use super::load::{self, Job, Outcome};
use super::rig::{Kind, Rig, Target};
use super::table;

/// How much is done: the rounds are what makes a figure reliable.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    pub(super) latency_rounds: usize,
    pub(super) latency_requests: u64,
    pub(super) rounds: usize,
    /// Rounds of small requests. The best one is what a machine does that others leave alone, and they
    /// leave it alone for moments only.
    pub(super) small_rounds: usize,
    pub(super) small: u64,
    pub(super) large: u64,
    pub(super) stream_rounds: usize,
    pub(super) chunks: u64,
    /// Streams held at once in the widest of the tests.
    pub(super) most_streams: usize,
    pub(super) idle: Duration,
    pub(super) starts: usize,
}

impl Effort {
    pub(super) const FULL: Self = Self {
        latency_rounds: 10,
        latency_requests: 2_000,
        rounds: 7,
        small_rounds: 21,
        small: 15_000,
        large: 600,
        stream_rounds: 3,
        chunks: 200,
        most_streams: 5_000,
        idle: Duration::from_secs(20),
        starts: 9,
    };
    pub(super) const QUICK: Self = Self {
        latency_rounds: 5,
        latency_requests: 800,
        rounds: 3,
        small_rounds: 3,
        small: 6_000,
        large: 250,
        stream_rounds: 1,
        chunks: 80,
        most_streams: 500,
        idle: Duration::from_secs(8),
        starts: 5,
    };
    /// The time between two chunks of a paced stream, in milliseconds.
    pub(super) const PACE: u64 = 40;
    /// Streams at once where their processor time is counted.
    pub(super) const STREAMS: usize = 500;

    /// The upstream's model for paced streams.
    pub(super) fn paced(&self) -> String {
        format!("bench-paced-{}-{}", self.chunks, Self::PACE)
    }

    /// The model for streams that are only held: a chunk a second.
    pub(super) fn held() -> String {
        format!("bench-paced-{}-1000", Self::HELD_CHUNKS)
    }

    pub(super) const HELD_CHUNKS: u64 = 8;
}

/// The three, running.
pub(super) struct Field {
    targets: Vec<(Kind, Target)>,
}

/// What one request costs one of them.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// Processor time of one request, in seconds; the median of the rounds.
    pub(super) processor: f64,
    /// Requests in a second in the best round.
    pub(super) rate: f64,
}

impl Field {
    pub(super) fn start(rig: &mut Rig) -> Result<Self, String> {
        let start = |kind| Ok((kind, rig.target(kind)?));
        let targets: Result<_, String> = Kind::ALL.into_iter().map(start).collect();
        Ok(Self { targets: targets? })
    }

    pub(super) fn get(&self, kind: Kind) -> Result<&Target, String> {
        let found = self.targets.iter().find(|(other, _)| *other == kind);
        found
            .map(|(_, target)| target)
            .ok_or_else(|| format!("{} does not run", kind.name()))
    }

    pub(super) fn processes(&self) -> impl Iterator<Item = &super::process::Process> {
        self.targets.iter().map(|(_, target)| &target.process)
    }

    /// What a request costs each of them, over so many connections at once.
    pub(super) fn costs(
        &self,
        request: &[u8],
        connections: usize,
        requests: u64,
        rounds: usize,
    ) -> Result<Costs, String> {
        let mut costs: [(Vec<f64>, Vec<f64>); 3] = Default::default();
        for round in 0..=rounds {
            for turn in 0..Kind::ALL.len() {
                let place = (turn + round) % Kind::ALL.len();
                let target = self.get(Kind::ALL[place])?;
                let job = Job {
                    address: target.address,
                    request,
                    connections,
                    // The first round warms up.
                    requests: if round == 0 { requests / 5 } else { requests },
                    chunks: None,
                    longest: Duration::from_secs(60),
                };
                let (outcome, processor) = measured(target, &job)?;
                if round > 0 {
                    costs[place].0.push(processor / requests as f64);
                    let seconds = outcome.elapsed.as_secs_f64();
                    costs[place].1.push(requests as f64 / seconds);
                }
            }
        }
        let cost = |place: usize| Cost {
            processor: table::median(&costs[place].0).unwrap_or(f64::NAN),
            rate: costs[place].1.iter().copied().fold(0.0, f64::max),
        };
        Ok(Costs {
            nginx: cost(0),
            floor: cost(1),
            gateway: cost(2),
        })
    }
}

/// What a request costs each.
pub(super) struct Costs {
    pub(super) nginx: Cost,
    pub(super) floor: Cost,
    pub(super) gateway: Cost,
}

/// Runs a job and returns what processor time the target had for it, in seconds.
pub(super) fn measured(target: &Target, job: &Job<'_>) -> Result<(Outcome, f64), String> {
    let before = target.process.processor();
    let outcome = load::run(job)?.all_well("under load")?;
    // What is done behind the last answer belongs to it.
    std::thread::sleep(Duration::from_millis(30));
    Ok((outcome, target.process.processor() - before))
}
