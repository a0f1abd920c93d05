//! How long a session waits, and a statement takes.

use std::time::Duration;

use super::CompileError;
use crate::operations::Timeout;

/// How long something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLimit {
    /// For ever.
    Never,
    /// So long, which is not zero.
    After(Duration),
}

/// The units that times are written in, with their microseconds.
const UNITS: [(&str, u64); 6] = [
    ("us", 1),
    ("ms", 1_000),
    ("s", 1_000_000),
    ("min", 60_000_000),
    ("h", 3_600_000_000),
    ("d", 86_400_000_000),
];

impl TimeLimit {
    /// Reads a time as revisions write it: `500ms`, `5s`, `10min`, and `0` for no limit. An operation
    /// keeps its text, so that a file comes back as it was written.
    ///
    /// # Errors
    /// When the text is no time.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use limbec_core::dialect::TimeLimit;
    /// use limbec_core::operations::Timeout;
    ///
    /// let read = |text| TimeLimit::read(Timeout::Lock, text);
    /// assert_eq!(read("10min")?, TimeLimit::After(Duration::from_secs(600)));
    /// assert_eq!(read("0")?, TimeLimit::Never);
    /// assert!(read("soon").is_err());
    /// # Ok::<(), limbec_core::dialect::CompileError>(())
    /// ```
    pub fn read(timeout: Timeout, text: &str) -> Result<Self, CompileError> {
        let limit = microseconds(text).map(|it| TimeLimit::from(Duration::from_micros(it)));
        limit.ok_or_else(|| {
            let name = match timeout {
                Timeout::Lock => "lock_timeout",
                Timeout::Statement => "statement_timeout",
            };
            CompileError::new(format!("`{text}` is no time for `{name}`"))
                .hint("write a number and a unit: `500ms`, `5s`, `10min`; `0` for no limit")
        })
    }

    /// The limit in milliseconds, rounded up; 0 for ever, as databases have it.
    pub fn milliseconds(self) -> u128 {
        match self {
            TimeLimit::Never => 0,
            TimeLimit::After(time) => time.as_micros().div_ceil(1000),
        }
    }
}

fn microseconds(text: &str) -> Option<u64> {
    let rest = text.trim_start_matches(|it: char| it.is_ascii_digit());
    let number: u64 = text[..text.len() - rest.len()].parse().ok()?;
    if text == "0" {
        return Some(0);
    }
    let unit = UNITS.iter().find(|(unit, _)| *unit == rest.trim_start())?;
    number.checked_mul(unit.1)
}

impl From<Duration> for TimeLimit {
    /// No time at all is for ever, as in `limbec.toml` and in databases.
    fn from(time: Duration) -> Self {
        if time.is_zero() {
            TimeLimit::Never
        } else {
            TimeLimit::After(time)
        }
    }
}

/// What a transaction of a revision, or a statement outside of one, begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits<'a> {
    /// How long a statement waits for a lock.
    pub lock_timeout: TimeLimit,
    /// How long a statement takes; the server's own limit if absent.
    pub statement_timeout: Option<TimeLimit>,
    /// The namespace of the version table, whose lock is looked at; that of the connection if absent.
    pub namespace: Option<&'a str>,
    /// Whether the lock of the migrations is waited for: others hold it for a moment, while they look
    /// who has the lease.
    pub waits: bool,
    /// The revision, for whoever looks at the server's sessions.
    pub revision: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        let cases = [
            ("0", 0),
            ("0s", 0),
            ("500ms", 500),
            ("5s", 5_000),
            ("5 s", 5_000),
            ("10min", 600_000),
            ("1h", 3_600_000),
            ("2d", 172_800_000),
            // Not 0, which would be for ever.
            ("1us", 1),
        ];
        for (text, milliseconds) in cases {
            let limit = TimeLimit::read(Timeout::Lock, text).unwrap();
            assert_eq!(limit.milliseconds(), milliseconds, "{text}");
        }
        for text in [
            "",
            "5",
            "s",
            "5 minutes",
            "-1s",
            "1.5s",
            "99999999999999999999s",
        ] {
            let error = TimeLimit::read(Timeout::Lock, text).unwrap_err();
            assert_eq!(
                error.message,
                format!("`{text}` is no time for `lock_timeout`")
            );
        }
    }
}
