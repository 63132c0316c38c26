//! Rows 9 and 13, idle; 10, prompts in flight; 11, the start; 12, sizes; 14, connections; 15, the
//! body.

use std::path::Path;
use std::time::Duration;

use super::field::{Effort, measured};
use super::load::{self, Job};
use super::prompt;
use super::rig::{Kind, Rig};
use super::table::{Bound, Row, Verdict, median};

const MEGABYTE: f64 = 1e6;

fn row(number: &'static str, figure: &'static str, must: &'static str, aim: &'static str) -> Row {
    Row {
        number,
        figure,
        measured: String::new(),
        ratio: String::new(),
        must,
        aim,
        verdict: Verdict::Unmeasured,
    }
}

/// Rows 9, 9b, 9c and 13. No other gateway may run: what two of them share counts half.
pub(super) fn idle(rig: &mut Rig, effort: &Effort) -> Result<Vec<Row>, String> {
    let target = rig.brief(Kind::Gateway)?;
    std::thread::sleep(Duration::from_secs(2));
    let share = target.process.share() as f64 / MEGABYTE;
    let before = target.process.sleeps();
    std::thread::sleep(effort.idle);
    let woken = target.process.sleeps().since(&before);
    let each = woken as f64 / effort.idle.as_secs_f64();
    let mut memory = row("9", "idle memory: headless PSS", "≤ 10 MB", "≤ 6 MB");
    memory.measured = format!("{share:.1} MB");
    let mut wakes = row("13", "idle wake-ups", "≤ 1 a second", "0");
    wakes.measured = format!("{woken} in {} s ({each:.2}/s)", effort.idle.as_secs());
    let mut tray = row(
        "9b",
        "tray, window never opened, private memory",
        "≤ 40 MB",
        "≤ 30 MB",
    );
    tray.measured = "not measured: needs a desktop".to_owned();
    let mut window = row(
        "9c",
        "tray, window opened and closed, private",
        "≤ 60 MB",
        "≤ 45 MB",
    );
    window.measured = "not measured: needs a desktop".to_owned();
    Ok(vec![
        memory.judged(&[Bound::at_most(share, 10.0, 6.0)]),
        tray,
        window,
        wakes.judged(&[Bound::at_most(each, 1.0, 0.0)]),
    ])
}

/// Row 10.
pub(super) fn in_flight(rig: &mut Rig) -> Result<Row, String> {
    let (floor_peak, floor_after) = burst(rig, Kind::Floor)?;
    let (peak, after) = burst(rig, Kind::Gateway)?;
    let ratio = peak / floor_peak;
    let mut row = row(
        "10",
        "200 prompts of 214 KB in flight: peak / 4 s later",
        "≤ floor + 15 % / 60 MB",
        "≤ 110 / 25 MB",
    );
    row.measured = format!("{peak:.0} / {after:.0} MB (floor {floor_peak:.0} / {floor_after:.0})");
    row.ratio = format!("{ratio:.2} floor");
    Ok(row.judged(&[
        Bound::at_most(peak, floor_peak * 1.15, f64::min(110.0, floor_peak * 1.15)),
        Bound::at_most(after, 60.0, 25.0),
    ]))
}

/// The peak and what is left of it after four seconds, in megabytes.
fn burst(rig: &mut Rig, kind: Kind) -> Result<(f64, f64), String> {
    let target = rig.brief(kind)?;
    let request = prompt::agent("bench-held");
    target.process.forget_peak()?;
    let job = Job {
        address: target.address,
        request: &request,
        connections: 200,
        requests: 200,
        chunks: None,
        longest: Duration::from_secs(30),
    };
    let name = kind.name();
    measured(&target, &job).map_err(|error| format!("{name} with 200 prompts: {error}"))?;
    let peak = target.process.peak();
    std::thread::sleep(Duration::from_secs(4));
    let after = target.process.memory();
    Ok((peak as f64 / MEGABYTE, after as f64 / MEGABYTE))
}

/// Row 11.
pub(super) fn start(rig: &mut Rig, effort: &Effort) -> Result<Row, String> {
    let mut times = |kind| -> Result<f64, String> {
        let mut times = Vec::new();
        // The first start also makes the files of a home; nothing measures that.
        for number in 0..=effort.starts {
            let target = rig.brief(kind)?;
            if number > 0 {
                times.push(target.start.as_secs_f64() * 1e3);
            }
        }
        Ok(median(&times).unwrap_or(f64::NAN))
    };
    let (nginx, floor) = (times(Kind::Nginx)?, times(Kind::Floor)?);
    let gateway = times(Kind::Gateway)?;
    let mut row = row(
        "11",
        "start to first answer, headless",
        "≤ 40 ms",
        "≤ 15 ms",
    );
    row.measured = format!("{gateway:.1} ms (n {nginx:.1}, floor {floor:.1})");
    row.ratio = format!("{:.2} floor", gateway / floor);
    Ok(row.judged(&[Bound::at_most(gateway, 40.0, 15.0)]))
}

/// Row 12.
pub(super) fn size(program: &Path) -> Result<Row, String> {
    let size = std::fs::metadata(program)
        .map_err(|error| format!("reading the size of {}: {error}", program.display()))?;
    let size = size.len() as f64 / MEGABYTE;
    let mut row = row("12", "headless binary", "≤ 20 MB", "≤ 8 MB");
    row.measured = format!("{size:.1} MB");
    Ok(row.judged(&[Bound::at_most(size, 20.0, 8.0)]))
}

/// Row 14.
pub(super) fn connections(rig: &mut Rig) -> Result<Row, String> {
    let before = count(rig)?;
    let target = rig.brief(Kind::Gateway)?;
    let request = prompt::short("bench-small");
    let job = Job {
        address: target.address,
        request: &request,
        connections: 1,
        requests: 10_000,
        chunks: None,
        longest: Duration::from_secs(60),
    };
    load::run(&job)?.all_well("sequential requests")?;
    let count = count(rig)? - before;
    let figure = "upstream connections per 10k sequential requests";
    let mut row = row("14", figure, "≤ 10", "1 to 3");
    row.measured = format!("{count}");
    Ok(row.judged(&[Bound::at_most(count as f64, 10.0, 3.0)]))
}

fn count(rig: &Rig) -> Result<i64, String> {
    let body = rig.told("/bench/connections")?;
    let text = String::from_utf8_lossy(&body).into_owned();
    text.parse()
        .map_err(|_| format!("the upstream counts {text:?} connections"))
}

/// Row 15.
pub(super) fn body(rig: &mut Rig) -> Result<Row, String> {
    let target = rig.brief(Kind::Gateway)?;
    let longest = Duration::from_secs(10);
    let path = "/v1/chat/completions";
    let mut changed = Vec::new();
    for model in ["bench-small", "mock/bench-small"] {
        let request = prompt::request(path, &prompt::peculiar(model));
        let (status, answer) = load::once(target.address, &request, longest)?;
        let arrived = rig.told("/bench/body")?;
        if status != 200 || arrived != prompt::peculiar("bench-small").as_bytes() {
            changed.push(format!("the request for {model} (status {status})"));
        }
        let direct = load::once(rig.upstream, &prompt::short("bench-small"), longest)?;
        if answer != direct.1 {
            changed.push(format!("the answer to {model}"));
        }
    }
    let stream = prompt::streamed("bench-one");
    let (_, through) = load::once(target.address, &stream, longest)?;
    let (_, direct) = load::once(rig.upstream, &stream, longest)?;
    if through != direct {
        changed.push("a streamed answer".to_owned());
    }
    let mut row = row("15", "same-dialect body", "identical but for the model", "");
    row.measured = if changed.is_empty() {
        "requests, answers and streams are identical".to_owned()
    } else {
        format!("changed: {}", changed.join(", "))
    };
    Ok(row.judged(&[Bound::only(changed.len() as f64, 0.0)]))
}
