//! Cores that do not go to sleep while moments are measured: to wake one takes a virtual machine 30 µs and
//! more, several times in each request, and that is the machine's time and nobody else's.

use std::process::Command;

use super::process::{Cores, Leash, Process};

/// Starts a loop on each core, of a kind that runs where nothing else would. The cores are awake for as
/// long as these live.
pub(super) fn awake(cores: Cores, leash: &mut Leash) -> Result<Vec<Process>, String> {
    let start = |core| {
        let mut command = Command::new("chrt");
        // sched(7): SCHED_IDLE gives way at once to whatever else can run.
        command.args(["--idle", "0", "sh", "-c", "while :; do :; done"]);
        let process = Process::start(&mut command, core, cores.other)?;
        leash.hold(&process);
        Ok(process)
    };
    let both = [cores.measured, cores.other];
    both.into_iter().map(start).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn both_cores_are_busy_until_the_loops_end() {
        let Ok(cores) = Cores::find() else {
            return println!("skipped: there are no two cores");
        };
        let mut leash = Leash::new().unwrap();
        let loops = awake(cores, &mut leash).unwrap();
        let start = Instant::now();
        let busy = |process: &Process| process.processor() > 0.01;
        while !loops.iter().all(busy) {
            assert!(start.elapsed() < Duration::from_secs(60));
            std::thread::sleep(Duration::from_millis(20));
        }
        let ids: Vec<u32> = loops.iter().map(Process::id).collect();
        drop(loops);
        for id in ids {
            assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
        }
    }
}
