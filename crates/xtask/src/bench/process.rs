//! Programs under measurement: started on one core, ended for sure, and their accounts in `/proc`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// How long a program may take to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(3);

/// Two cores of those that this process may use: one for what is measured, one for all else.
#[derive(Clone, Copy)]
pub(super) struct Cores {
    pub(super) measured: usize,
    pub(super) other: usize,
}

impl Cores {
    /// The last two, because interrupts prefer the first; an error where there are not two.
    pub(super) fn find() -> Result<Self, String> {
        let all = sched_getaffinity(None).map_err(|error| format!("reading the cores: {error}"))?;
        let mut cores = (0..CpuSet::MAX_CPU).rev().filter(|core| all.is_set(*core));
        match (cores.next(), cores.next()) {
            (Some(measured), Some(other)) => Ok(Self { measured, other }),
            _ => Err("the benchmark needs two cores".to_owned()),
        }
    }
}

/// Keeps this thread, and what it starts from now on, on one core.
pub(super) fn pin(core: usize) -> Result<(), String> {
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set).map_err(|error| format!("pinning to core {core}: {error}"))
}

/// A started program. Dropping it ends it.
pub(super) struct Process {
    child: Child,
}

impl Process {
    /// Starts a program on a core; the calling thread returns to `back` afterwards.
    pub(super) fn start(command: &mut Command, core: usize, back: usize) -> Result<Self, String> {
        pin(core)?;
        let started = command.stdin(Stdio::piped()).spawn();
        pin(back)?;
        let name = command.get_program().to_string_lossy();
        let child = started.map_err(|error| format!("cannot start {name}: {error}"))?;
        Ok(Self { child })
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it prints; none the second time.
    pub(super) fn stdout(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// Whether it has ended by itself.
    pub(super) fn ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Asks it to end; whether it did so within that time.
    pub(super) fn ends(&mut self, longest: Duration) -> bool {
        drop(self.child.stdin.take());
        if let Some(id) = i32::try_from(self.id()).ok().and_then(Pid::from_raw) {
            let _gone = rustix::process::kill_process(id, Signal::TERM);
        }
        let start = Instant::now();
        while !self.ended() && start.elapsed() < longest {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.ended()
    }

    /// The program and those that it started, as far as they still run.
    fn family(&self) -> Vec<u32> {
        let own = self.id();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children"));
        let children = children.unwrap_or_default();
        let children = children
            .split_whitespace()
            .filter_map(|word| word.parse().ok());
        std::iter::once(own).chain(children).collect()
    }

    /// Processor time so far, user and system, of all threads that still run, in seconds.
    pub(super) fn processor(&self) -> f64 {
        let nanoseconds: u64 = self
            .tasks()
            .iter()
            .filter_map(|task| fs::read_to_string(task.join("schedstat")).ok())
            .filter_map(|text| text.split(' ').next()?.parse::<u64>().ok())
            .sum();
        nanoseconds as f64 / 1e9
    }

    /// How often each of its threads went to sleep so far: each time is a wake-up to come.
    pub(super) fn sleeps(&self) -> Sleeps {
        let counted = self.tasks().into_iter().filter_map(|task| {
            let text = fs::read_to_string(task.join("status")).ok()?;
            Some((task, field(&text, "voluntary_ctxt_switches:")?))
        });
        Sleeps(counted.collect())
    }

    fn tasks(&self) -> Vec<PathBuf> {
        self.family()
            .iter()
            .filter_map(|id| fs::read_dir(format!("/proc/{id}/task")).ok())
            .flat_map(|tasks| tasks.flatten().map(|task| task.path()))
            .collect()
    }

    /// Its share of memory (PSS), in bytes.
    pub(super) fn share(&self) -> u64 {
        self.kilobytes("smaps_rollup", "Pss:")
    }

    /// The memory it has now (RSS), in bytes.
    pub(super) fn memory(&self) -> u64 {
        self.kilobytes("status", "VmRSS:")
    }

    /// The most memory it ever had since [`Process::forget_peak`], in bytes.
    pub(super) fn peak(&self) -> u64 {
        self.kilobytes("status", "VmHWM:")
    }

    /// Starts the peak anew (proc(5): writing 5 to `clear_refs`).
    pub(super) fn forget_peak(&self) -> Result<(), String> {
        for id in self.family() {
            fs::write(format!("/proc/{id}/clear_refs"), "5")
                .map_err(|error| format!("resetting the peak of process {id}: {error}"))?;
        }
        Ok(())
    }

    fn kilobytes(&self, file: &str, name: &str) -> u64 {
        let values = self.family().into_iter().filter_map(|id| {
            let text = fs::read_to_string(format!("/proc/{id}/{file}")).ok()?;
            field(&text, name)
        });
        values.sum::<u64>() * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Our own programs end with their standard input, the others when they are asked to.
        let _asked = self.ends(PATIENCE);
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// How often each thread went to sleep.
pub(super) struct Sleeps(BTreeMap<PathBuf, u64>);

impl Sleeps {
    /// The wake-ups since then. A thread that ended meanwhile woke up for that.
    pub(super) fn since(&self, before: &Self) -> u64 {
        let ended = before.0.keys().filter(|task| !self.0.contains_key(*task));
        let woken = self.0.iter().map(|(task, now)| {
            let then = before.0.get(task).copied().unwrap_or(0);
            now.saturating_sub(then)
        });
        woken.sum::<u64>() + ended.count() as u64
    }
}

/// The number behind a name, in the files of `/proc`.
fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Ends the programs that were told to it when this process ends in a way that lets it end none.
pub(super) struct Leash {
    shell: Child,
    input: Option<ChildStdin>,
}

impl Leash {
    const SCRIPT: &str = "ids=; while read -r id; do [ \"$id\" != done ] || exit 0; \
        ids=\"$ids $id\"; done; [ -z \"$ids\" ] || kill $ids 2>/dev/null";

    pub(super) fn new() -> Result<Self, String> {
        let mut shell = Command::new("sh")
            .args(["-c", Self::SCRIPT])
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start sh: {error}"))?;
        let input = shell.stdin.take();
        Ok(Self { shell, input })
    }

    pub(super) fn hold(&mut self, process: &Process) {
        self.say(&process.id().to_string());
    }

    fn say(&mut self, word: &str) {
        if let Some(input) = &mut self.input {
            // Without the leash the programs still end with this process's own.
            let _gone = writeln!(input, "{word}");
        }
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        self.say("done");
        drop(self.input.take());
        let _status = self.shell.wait();
    }
}

/// How busy the machine was with other things than the benchmark.
pub(super) struct Noise {
    busy: u64,
    all: u64,
    own: f64,
}

impl Noise {
    /// The accounts now. `running` are the programs that have not ended yet.
    pub(super) fn now(running: &[&Process]) -> Self {
        let text = fs::read_to_string("/proc/stat").unwrap_or_default();
        let words = text.lines().next().unwrap_or_default().split_whitespace();
        // proc(5): user nice system idle iowait irq softirq steal guest guest_nice
        let ticks: Vec<u64> = words
            .skip(1)
            .take(8)
            .filter_map(|word| word.parse().ok())
            .collect();
        let idle: u64 = ticks.iter().skip(3).take(2).sum();
        let all: u64 = ticks.iter().sum();
        let own = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        // Behind the name in brackets: state is the 3rd field, the four times are the 14th on.
        let own = own.rsplit(')').next().unwrap_or_default();
        let own: u64 = own
            .split_whitespace()
            .skip(11)
            .take(4)
            .filter_map(|word| word.parse::<u64>().ok())
            .sum();
        let running: f64 = running.iter().map(|process| process.processor()).sum();
        Self {
            busy: all - idle,
            all,
            own: own as f64 / 100.0 + running,
        }
    }

    /// The share of all cores that others had since then, from 0 to 1.
    pub(super) fn since(&self, before: &Self) -> f64 {
        let busy = (self.busy - before.busy) as f64 / 100.0 - (self.own - before.own);
        let all = (self.all - before.all) as f64 / 100.0;
        (busy / all.max(0.01)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn started(script: &str) -> Process {
        let core = Cores::find().map_or(0, |cores| cores.measured);
        Process::start(Command::new("sh").args(["-c", script]), core, core).unwrap()
    }

    #[test]
    fn fields_are_found_by_their_name() {
        let text = "Name:\tsh\nVmRSS:\t  123 kB\nvoluntary_ctxt_switches:\t7\n";
        assert_eq!(field(text, "VmRSS:"), Some(123));
        assert_eq!(field(text, "voluntary_ctxt_switches:"), Some(7));
        assert_eq!(field(text, "Pss:"), None);
    }

    #[test]
    fn threads_that_come_and_go_are_counted() {
        let sleeps = |threads: &[(&str, u64)]| {
            Sleeps(threads.iter().map(|(id, n)| (id.into(), *n)).collect())
        };
        let before = sleeps(&[("1", 10), ("2", 70)]);
        let after = sleeps(&[("1", 13), ("3", 2)]);
        assert_eq!(after.since(&before), 3 + 1 + 2);
    }

    #[test]
    fn accounts_grow_with_work() {
        let process = started("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sleep 5");
        let start = Instant::now();
        while process.processor() < 0.01 && start.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(process.processor() >= 0.01);
        assert!(process.memory() > 100_000 && process.peak() >= process.memory());
    }

    #[test]
    fn a_program_that_is_dropped_ends() {
        let process = started("exec sleep 60");
        let id = process.id();
        drop(process);
        assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
    }

    #[test]
    fn a_cut_leash_ends_what_it_holds() {
        let mut process = started("exec sleep 60");
        let mut leash = Leash::new().unwrap();
        leash.hold(&process);
        drop(leash.input.take());
        let start = Instant::now();
        while !process.ended() && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(process.ended());
    }
}
