//! The processor time of the programs that this task has run, from the kernel's account of its
//! children: Linux only.

use std::fs;

use crate::run::Failure;

/// Clock ticks a second in `/proc/self/stat`; the same on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// User and system time of the children that have ended, and of theirs, in seconds.
pub(crate) fn of_children() -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The second field, the program's name, may hold spaces; it ends with the last parenthesis.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<f64> = fields
        .split_whitespace()
        .filter_map(|field| field.parse().ok())
        .collect();
    // Numbered as in proc(5), of which the first three are no numbers or cut off.
    match (fields.get(16 - 4), fields.get(17 - 4)) {
        (Some(user), Some(system)) => Ok((user + system) / TICKS),
        _ => Err(Failure::new(
            "/proc/self/stat has not the fields of proc(5)".to_string(),
        )),
    }
}
