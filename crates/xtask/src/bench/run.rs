//! One run of the benchmark: the machine prepared, the rows measured, the table printed.

use std::path::PathBuf;
use std::time::Instant;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::field::{Effort, Field};
use super::options::Options;
use super::process::{self, Cores, Noise};
use super::rig::{self, Programs, Rig};
use super::table::{self, Row, Verdict};
use super::{latency, rest, streams, work};
use crate::shell;

/// Sockets for 5,000 streams on both sides, and some.
const FILES: u64 = 16_000;
/// Above this share of the cores in others' hands, times are not to be believed.
const QUIET: f64 = 0.05;

/// Measures and prints.
pub(super) fn run(options: &Options) -> Result<(), String> {
    if !rig::nginx_program().is_file() && !shell::exists("nginx") {
        return Err(
            "the benchmark compares with nginx, which is not installed\n\
             install it: apt-get install nginx-light"
                .to_owned(),
        );
    }
    let started = Instant::now();
    let target = shell::target_folder()?;
    let programs = Programs {
        upstream: shell::built(&target, "release", "bench-upstream"),
        floor: shell::built(&target, "release", "bench-floor"),
        gateway: match &options.program {
            Some(program) => program.clone(),
            None => shell::built(&target, "release", "portolan"),
        },
    };
    let effort = if options.quick {
        Effort::QUICK
    } else {
        Effort::FULL
    };
    let cores = Cores::find()?;
    process::pin(cores.other)?;
    raise_files()?;
    let folder = Folder::new(target.join("bench"))?;
    let paces = [effort.paced(), Effort::held()];
    let gateway = programs.gateway.clone();
    let mut rig = Rig::start(programs, folder.0.clone(), cores, &paces)?;
    let mut bench = Bench {
        options,
        effort,
        rows: Vec::new(),
    };
    let before = Noise::now(&[&rig.process]);
    bench.alone(&mut rig, &gateway)?;
    let field = bench.side_by_side(&mut rig)?;
    let running: Vec<_> = field
        .iter()
        .flat_map(|field| field.processes())
        .chain([&rig.process])
        .collect();
    let noise = Noise::now(&running).since(&before);
    let rows = bench.sorted();
    println!("\n{}", table::render(&rows));
    println!(
        "n = nginx; core {} measured, core {} for load and upstream; {} s in all",
        cores.measured,
        cores.other,
        started.elapsed().as_secs()
    );
    println!("other programs had {:.1} % of the cores", noise * 100.0);
    if noise > QUIET {
        println!(
            "that is too much for the times (rows 1, 2, 5, 11) to be believed: run it again on a quiet machine"
        );
    }
    let missed: Vec<&str> = rows
        .iter()
        .filter(|row| row.verdict == Verdict::Missed)
        .map(|row| row.number)
        .collect();
    if options.enforce && !missed.is_empty() {
        return Err(format!("missed: {}", missed.join(", ")));
    }
    Ok(())
}

struct Bench<'a> {
    options: &'a Options,
    effort: Effort,
    rows: Vec<Row>,
}

impl Bench<'_> {
    fn wants(&self, numbers: &[&str]) -> bool {
        let wanted = self.options.row.as_deref();
        wanted.is_none_or(|wanted| numbers.contains(&wanted))
    }

    /// Says what comes next; a run takes minutes.
    fn says(&self, what: &str) {
        eprintln!("measuring {what} …");
    }

    fn alone(&mut self, rig: &mut Rig, gateway: &std::path::Path) -> Result<(), String> {
        if self.wants(&["11"]) {
            self.says("the start");
            self.rows.push(rest::start(rig, &self.effort)?);
        }
        if self.wants(&["9", "9b", "9c", "13"]) {
            self.says("an idle gateway");
            self.rows.extend(rest::idle(rig, &self.effort)?);
        }
        if self.wants(&["12"]) {
            self.rows.push(rest::size(gateway)?);
        }
        if self.wants(&["14"]) {
            self.says("connections");
            self.rows.push(rest::connections(rig)?);
        }
        if self.wants(&["15"]) {
            self.rows.push(rest::body(rig)?);
        }
        if self.wants(&["10"]) {
            self.says("200 prompts in flight");
            self.rows.push(rest::in_flight(rig)?);
        }
        if self.wants(&["8"]) {
            self.says("held streams");
            self.rows.push(streams::held(rig, &self.effort)?);
        }
        Ok(())
    }

    fn side_by_side(&mut self, rig: &mut Rig) -> Result<Option<Field>, String> {
        if !self.wants(&["1", "2", "3", "4", "5", "6", "7"]) {
            return Ok(None);
        }
        let field = Field::start(rig)?;
        let effort = self.effort;
        let awake = if self.wants(&["1", "5"]) {
            Some(rig.awake()?)
        } else {
            None
        };
        if self.wants(&["1"]) {
            self.says("one connection");
            self.rows
                .push(latency::small(&field, rig.upstream, &effort)?);
        }
        if self.wants(&["5"]) {
            self.says("the first byte of streams");
            self.rows
                .push(latency::stream(&field, rig.upstream, &effort)?);
        }
        drop(awake);
        if self.wants(&["2"]) {
            self.says("small requests");
            self.rows.push(work::small(&field, &effort)?);
        }
        if self.wants(&["3"]) {
            self.says("large prompts");
            self.rows.push(work::prompts(&field, &effort)?);
        }
        if self.wants(&["4"]) {
            self.says("large answers");
            self.rows.push(work::answers(&field, &effort)?);
        }
        if self.wants(&["6", "7"]) {
            self.says("500 streams");
            self.rows.extend(streams::paced(&field, &effort)?);
        }
        Ok(Some(field))
    }

    /// The wanted rows, in the order of their numbers.
    fn sorted(&mut self) -> Vec<Row> {
        let wanted = self.options.row.as_deref();
        let mut rows = std::mem::take(&mut self.rows);
        rows.retain(|row| wanted.is_none_or(|wanted| wanted == row.number));
        rows.sort_by_key(|row| {
            let digits = row.number.trim_end_matches(|c: char| !c.is_ascii_digit());
            (digits.parse::<u32>().unwrap_or(u32::MAX), row.number)
        });
        rows
    }
}

fn raise_files() -> Result<(), String> {
    let limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(FILES, |most| most.min(FILES));
    let raised = Rlimit {
        current: Some(limit.current.unwrap_or(FILES).max(wanted)),
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised)
        .map_err(|error| format!("raising the limit of files: {error}"))
}

/// A folder that goes when the run ends.
struct Folder(PathBuf);

impl Folder {
    fn new(path: PathBuf) -> Result<Self, String> {
        let _absent = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path)
            .map_err(|error| format!("creating the folder {}: {error}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _left = std::fs::remove_dir_all(&self.0);
    }
}
