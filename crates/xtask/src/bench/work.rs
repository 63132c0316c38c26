//! Rows 2 to 4: the processor time of requests, small ones and large ones.

use super::field::{Effort, Field};
use super::prompt;
use super::table::{Bound, Row, Verdict};

/// Seconds for one request are shown for ten thousand.
const SHOWN: f64 = 10_000.0;

/// Row 2.
pub(super) fn small(field: &Field, effort: &Effort) -> Result<Row, String> {
    let request = prompt::short("bench-small");
    let costs = field.costs(&request, 32, effort.small, effort.small_rounds)?;
    let (nginx, floor, gateway) = (costs.nginx, costs.floor, costs.gateway);
    let to_floor = gateway.processor / floor.processor;
    let to_nginx = gateway.processor / nginx.processor;
    let rate = gateway.rate / nginx.rate;
    let row = Row {
        number: "2",
        figure: "CPU per 10k small requests; requests/s pinned",
        measured: format!(
            "{:.3} s (n {:.3}, floor {:.3}); {:.0}/s (n {:.0}, floor {:.0})",
            gateway.processor * SHOWN,
            nginx.processor * SHOWN,
            floor.processor * SHOWN,
            gateway.rate,
            nginx.rate,
            floor.rate,
        ),
        ratio: format!("{to_floor:.2} floor, {to_nginx:.2} n; {rate:.2} n"),
        must: "≤ 1.3 floor, ≤ 2 n; ≥ 0.6 n",
        aim: "≤ 1.1 floor; ≥ 0.75 n",
        verdict: Verdict::Unmeasured,
    };
    Ok(row.judged(&[
        Bound::at_most(to_floor, 1.3, 1.1),
        Bound::only(to_nginx, 2.0),
        Bound::at_least(rate, 0.6, 0.75),
    ]))
}

/// Row 3.
pub(super) fn prompts(field: &Field, effort: &Effort) -> Result<Row, String> {
    let request = prompt::agent("bench-small");
    let costs = field.costs(&request, 8, effort.large, effort.rounds)?;
    let ratio = costs.gateway.processor / costs.floor.processor;
    let row = Row {
        number: "3",
        figure: "CPU per 10k prompts of 214 KB, same dialect",
        measured: format!(
            "{:.2} s (n {:.2}, floor {:.2})",
            costs.gateway.processor * SHOWN,
            costs.nginx.processor * SHOWN,
            costs.floor.processor * SHOWN,
        ),
        ratio: format!("{ratio:.2} floor"),
        must: "≤ 1.5 floor",
        aim: "≤ 0.7 floor",
        verdict: Verdict::Unmeasured,
    };
    Ok(row.judged(&[Bound::at_most(ratio, 1.5, 0.7)]))
}

/// Row 4.
pub(super) fn answers(field: &Field, effort: &Effort) -> Result<Row, String> {
    let request = prompt::short("bench-large");
    let costs = field.costs(&request, 8, effort.large * 3, effort.rounds)?;
    let ratio = costs.gateway.processor / costs.floor.processor;
    let nginx = costs.nginx.processor / costs.floor.processor;
    let row = Row {
        number: "4",
        figure: "CPU per 10k answers of 200 KB",
        measured: format!(
            "{:.2} s (n {:.2}, floor {:.2})",
            costs.gateway.processor * SHOWN,
            costs.nginx.processor * SHOWN,
            costs.floor.processor * SHOWN,
        ),
        ratio: format!("{ratio:.2} floor, {:.2} n", ratio / nginx),
        must: "≤ 1.2 floor",
        aim: "≤ nginx",
        verdict: Verdict::Unmeasured,
    };
    Ok(row.judged(&[Bound::at_most(ratio, 1.2, nginx.min(1.2))]))
}
