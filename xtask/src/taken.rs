//! What a command takes: its time from begin to end, and the most memory that it had.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::run::Failure;

/// How often a process is asked for its memory.
const POLL: Duration = Duration::from_millis(2);

pub(crate) struct Taken {
    pub(crate) time: Duration,
    /// In megabytes.
    pub(crate) memory: f64,
}

/// Runs a command to its end.
pub(crate) fn take(command: &mut Command) -> Result<Taken, Failure> {
    let begin = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut memory: f64 = 0.0;
    loop {
        // Gone once the process has ended; what was read last counts.
        let status = fs::read_to_string(&status_file).unwrap_or_default();
        memory = memory.max(peak(&status));
        if let Some(status) = child.try_wait()? {
            let time = begin.elapsed();
            return if status.success() {
                Ok(Taken { time, memory })
            } else {
                Err(Failure::new(format!("{command:?} failed ({status})")))
            };
        }
        thread::sleep(POLL);
    }
}

/// The highest memory that a process has had, in megabytes.
fn peak(status: &str) -> f64 {
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    let number = line.and_then(|it| it.split_whitespace().next());
    let kilobytes: Option<f64> = number.and_then(|it| it.parse().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

#[cfg(test)]
mod tests {
    use super::peak;

    #[test]
    fn memory_is_read() {
        let status = "Name:\tlimbec\nVmHWM:\t    4608 kB\nVmRSS:\t 9 kB\n";
        assert!((peak(status) - 4.5).abs() < 1e-9);
        assert!(peak("").abs() < 1e-9);
    }
}
