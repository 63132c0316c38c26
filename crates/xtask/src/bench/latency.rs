//! Rows 1 and 5: what a gateway adds to the time of a request, one connection at a time.

use std::net::SocketAddr;
use std::time::Duration;

use super::field::{Effort, Field};
use super::load::{self, Job};
use super::prompt;
use super::rig::Kind;
use super::table::{Bound, Row, Verdict, median, quantile};

/// The best median of all rounds, in microseconds, to the first byte and to the end.
#[derive(Clone, Copy)]
struct Time {
    first: f64,
    whole: f64,
    /// What 95 of 100 streams took from the first byte to their end, in milliseconds.
    ending: f64,
}

struct Times {
    direct: Time,
    nginx: Time,
    floor: Time,
    gateway: Time,
}

/// Row 1.
pub(super) fn small(field: &Field, upstream: SocketAddr, effort: &Effort) -> Result<Row, String> {
    let times = times(field, upstream, &prompt::short("bench-small"), effort, None)?;
    let added = |time: Time| time.whole - times.direct.whole;
    let (nginx, gateway) = (added(times.nginx), added(times.gateway));
    let ratio = gateway / nginx;
    let floor = added(times.floor);
    let row = Row {
        number: "1",
        figure: "added p50, 1 KB answer, one connection, pinned",
        measured: format!(
            "{gateway:.1} µs (n {nginx:.1}, floor {floor:.1}, direct {:.1})",
            times.direct.whole
        ),
        ratio: format!("{ratio:.2} n"),
        must: "≤ 1.30 n",
        aim: "≤ 1.22 n",
        verdict: Verdict::Unmeasured,
    };
    Ok(row.judged(&[Bound::at_most(ratio, 1.30, 1.22)]))
}

/// Row 5.
pub(super) fn stream(field: &Field, upstream: SocketAddr, effort: &Effort) -> Result<Row, String> {
    let request = prompt::streamed("bench-one");
    let times = times(field, upstream, &request, effort, Some(1))?;
    let added = |time: Time| time.first - times.direct.first;
    let gateway = added(times.gateway);
    let ending = times.gateway.ending;
    let row = Row {
        number: "5",
        figure: "added time to first byte; a one-chunk stream's end",
        measured: format!(
            "{gateway:.1} µs (n {:.1}, floor {:.1}); ends in {ending:.2} ms",
            added(times.nginx),
            added(times.floor)
        ),
        ratio: format!("{:.2} floor", gateway / added(times.floor)),
        must: "≤ 60 µs; < 5 ms",
        aim: "≤ 40 µs",
        verdict: Verdict::Unmeasured,
    };
    Ok(row.judged(&[
        Bound::at_most(gateway, 60.0, 40.0),
        Bound::only(ending, 5.0),
    ]))
}

fn times(
    field: &Field,
    upstream: SocketAddr,
    request: &[u8],
    effort: &Effort,
    chunks: Option<u64>,
) -> Result<Times, String> {
    let mut addresses = [upstream; 4];
    for (place, kind) in Kind::ALL.into_iter().enumerate() {
        addresses[place + 1] = field.get(kind)?.address;
    }
    let nothing = Time {
        first: f64::INFINITY,
        whole: f64::INFINITY,
        ending: f64::INFINITY,
    };
    let mut best = [nothing; 4];
    for round in 0..=effort.latency_rounds {
        for turn in 0..addresses.len() {
            let place = (turn + round) % addresses.len();
            let job = Job {
                address: addresses[place],
                request,
                connections: 1,
                requests: effort.latency_requests,
                chunks,
                longest: Duration::from_secs(60),
            };
            let outcome = load::run(&job)?.all_well("one connection")?;
            // The first round warms up.
            if round > 0 {
                let micro = |values: &[u64]| median(values).map_or(f64::NAN, |ns| ns as f64 / 1e3);
                let both = outcome.first.iter().zip(&outcome.whole);
                let ends: Vec<u64> = both.map(|(first, whole)| whole - first).collect();
                let ending = quantile(&ends, 0.95).map_or(f64::NAN, |ns| ns as f64 / 1e6);
                let best = &mut best[place];
                best.first = best.first.min(micro(&outcome.first));
                best.whole = best.whole.min(micro(&outcome.whole));
                best.ending = best.ending.min(ending);
            }
        }
    }
    let [direct, nginx, floor, gateway] = best;
    Ok(Times {
        direct,
        nginx,
        floor,
        gateway,
    })
}
