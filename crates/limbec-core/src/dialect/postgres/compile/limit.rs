//! The limits that a revision sets.

use crate::dialect::CompileError;
use crate::dialect::postgres::names::literal;
use crate::operations::Timeout;

/// The units that PostgreSQL reads a time in.
const UNITS: [&str; 6] = ["us", "ms", "s", "min", "h", "d"];

/// Sets a limit to the end of the transaction.
pub(super) fn set(timeout: Timeout, time: &str) -> Result<String, CompileError> {
    let name = match timeout {
        Timeout::Lock => "lock_timeout",
        Timeout::Statement => "statement_timeout",
    };
    let digits = time.len() - time.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let unit = time[digits..].trim_start();
    if digits == 0 || !(UNITS.contains(&unit) || time == "0") {
        return Err(
            CompileError::new(format!("`{time}` is no time for `{name}`"))
                .hint("write a number and a unit: `500ms`, `5s`, `10min`; `0` for no limit"),
        );
    }
    Ok(format!("SET LOCAL {name} = {}", literal(time)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        for time in ["0", "500ms", "5s", "5 s", "10min", "1h"] {
            assert!(set(Timeout::Lock, time).is_ok(), "{time}");
        }
        for time in ["", "5", "s", "5 minutes", "-1s", "1.5s"] {
            assert!(set(Timeout::Lock, time).is_err(), "{time}");
        }
    }
}
