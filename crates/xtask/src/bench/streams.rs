//! Rows 6 to 8: many streams at once, forwarded, translated, and held.

use std::time::Duration;

use super::field::{Effort, Field, measured};
use super::load::{self, Job};
use super::prompt;
use super::rig::{self, Kind, Rig};
use super::table::{Bound, Row, Verdict, median};

/// Seconds for one chunk are shown for a hundred thousand.
const SHOWN: f64 = 100_000.0;

/// Rows 6 and 7.
pub(super) fn paced(field: &Field, effort: &Effort) -> Result<[Row; 2], String> {
    let model = effort.paced();
    let forwarded = prompt::streamed(&model);
    let translated = prompt::anthropic(&rig::translated(&model));
    let kinds = [
        (Kind::Nginx, &forwarded),
        (Kind::Floor, &forwarded),
        (Kind::Gateway, &forwarded),
        (Kind::Gateway, &translated),
    ];
    let mut costs: [Vec<f64>; 4] = Default::default();
    for round in 0..effort.stream_rounds {
        for turn in 0..kinds.len() {
            let place = (turn + round) % kinds.len();
            let (kind, request) = kinds[place];
            let target = field.get(kind)?;
            let job = Job {
                address: target.address,
                request,
                connections: Effort::STREAMS,
                requests: Effort::STREAMS as u64,
                chunks: Some(effort.chunks),
                longest: Duration::from_millis(effort.chunks * Effort::PACE * 3 + 20_000),
            };
            let (_, processor) = measured(target, &job)
                .map_err(|error| format!("{} with paced streams: {error}", kind.name()))?;
            let chunks = effort.chunks as f64 * Effort::STREAMS as f64;
            costs[place].push(processor / chunks * SHOWN);
        }
    }
    let cost = |place: usize| median(&costs[place]).unwrap_or(f64::NAN);
    let (nginx, floor) = (cost(0), cost(1));
    let row = |number, figure, place: usize, must, aim, most: f64, best: f64| {
        let ratio = cost(place) / floor;
        let row = Row {
            number,
            figure,
            measured: format!("{:.2} s (n {nginx:.2}, floor {floor:.2})", cost(place)),
            ratio: format!("{ratio:.2} floor"),
            must,
            aim,
            verdict: Verdict::Unmeasured,
        };
        row.judged(&[Bound::at_most(ratio, most, best)])
    };
    Ok([
        row(
            "6",
            "CPU per 100k paced chunks at 500 streams, metering on",
            2,
            "≤ 1.2 floor",
            "≤ 1.05 floor",
            1.2,
            1.05,
        ),
        row(
            "7",
            "CPU per 100k chunks, Anthropic in, OpenAI upstream",
            3,
            "≤ 1.5 floor",
            "≤ 1.2 floor",
            1.5,
            1.2,
        ),
    ])
}

/// Row 8.
pub(super) fn held(rig: &mut Rig, effort: &Effort) -> Result<Row, String> {
    let few = hold(rig, Effort::STREAMS)?;
    let many = effort.most_streams;
    let mut measured = format!("{few}");
    let mut row = Row {
        number: "8",
        figure: "streams held, none lost or out of order",
        measured: String::new(),
        ratio: String::new(),
        must: "500 at ≤ 60 KB",
        aim: "5,000 at ≤ 40 KB",
        verdict: Verdict::Unmeasured,
    };
    let mut aim = f64::NEG_INFINITY;
    if many > Effort::STREAMS {
        let wide = hold(rig, many)?;
        measured = format!("{measured}; {wide}");
        if wide.lost == 0 && wide.each <= 40.0 {
            aim = few.each;
        }
    }
    row.measured = measured;
    Ok(row.judged(&[
        Bound::at_most(few.each, 60.0, aim.min(60.0)),
        Bound::only(few.lost as f64, 0.0),
    ]))
}

/// What became of streams that were held at once.
struct Held {
    streams: usize,
    lost: u64,
    fault: String,
    /// Kilobytes of memory that each one added.
    each: f64,
}

impl std::fmt::Display for Held {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (streams, each) = (self.streams, self.each);
        write!(out, "{streams} at {each:.1} KB")?;
        if self.lost > 0 {
            write!(out, ", {} lost ({})", self.lost, self.fault)?;
        }
        Ok(())
    }
}

/// Holds so many streams in a gateway that was only just started.
fn hold(rig: &mut Rig, streams: usize) -> Result<Held, String> {
    let target = rig.brief(Kind::Gateway)?;
    let request = prompt::streamed(&Effort::held());
    target.process.forget_peak()?;
    let before = target.process.memory();
    let job = Job {
        address: target.address,
        request: &request,
        connections: streams,
        requests: streams as u64,
        chunks: Some(Effort::HELD_CHUNKS),
        longest: Duration::from_secs(30),
    };
    let outcome = load::run(&job)?;
    let added = target.process.peak().saturating_sub(before);
    Ok(Held {
        streams,
        lost: streams as u64 - outcome.answered,
        fault: outcome.fault,
        each: added as f64 / streams as f64 / 1e3,
    })
}
