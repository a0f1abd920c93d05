//! What `limbec.toml` and the environment say of how revisions are run.
//!
//! The command, the macro `embed!` and a service that reads its environment all give what they find
//! to [`Given::set`], as text: so all of them take the same words and make the same complaints.

use std::fmt;
use std::time::Duration;

/// The keys, each with its section in `limbec.toml`.
pub const KEYS: [(&str, &str); 8] = [
    ("database", "backup"),
    ("database", "connect_wait"),
    ("migrations", "lock_timeout"),
    ("migrations", "statement_timeout"),
    ("migrations", "lock_retries"),
    ("migrations", "lock_wait"),
    ("migrations", "when_ahead"),
    ("migrations", "version_table_schema"),
];

/// What was said; what was left unsaid is absent.
///
/// ```
/// use limbec_core::settings::{Given, WhenAhead};
/// use std::time::Duration;
///
/// let mut given = Given::default();
/// given.set("lock_timeout", "500ms").unwrap();
/// given.set("when_ahead", "serve").unwrap();
/// assert_eq!(given.lock_timeout, Some(Duration::from_millis(500)));
/// assert_eq!(given.when_ahead, Some(WhenAhead::Serve));
///
/// let mistake = given.set("lock_wait", "long").unwrap_err();
/// assert_eq!(mistake.to_string(), "is no time: `long`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// Whether a database that is a file is copied before a revision that may lose data.
    pub backup: Option<bool>,
    /// How long to wait for a server that refuses connections or is starting up.
    pub connect_wait: Option<Duration>,
    /// How long a statement waits for a lock of a table.
    pub lock_timeout: Option<Duration>,
    /// How long a statement may take in all.
    pub statement_timeout: Option<Duration>,
    /// How often a transaction is tried again that another session was in the way of.
    pub lock_retries: Option<u32>,
    /// How long to wait for another process's migration.
    pub lock_wait: Option<Duration>,
    /// What to do when the database is at revisions that are not known.
    pub when_ahead: Option<WhenAhead>,
    /// The namespace of the version table, and of limbec's own tables beside it.
    pub version_table_schema: Option<String>,
}

/// What to do when the database is at revisions that are not known here: a newer program has
/// migrated it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenAhead {
    /// Fail.
    #[default]
    Refuse,
    /// Go on where every revision that is not known here only adds; else fail.
    ServeIfAdds,
    /// Go on.
    Serve,
}

/// A value that a key cannot have: what is said of it, behind the name that the user knows it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    complaint: String,
    /// What the key takes.
    pub hint: &'static str,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.complaint)
    }
}

/// The environment variable that wins over a key.
pub fn variable(key: &str) -> String {
    format!("LIMBEC_{}", key.to_ascii_uppercase())
}

impl Given {
    /// Takes the value of a key of [`KEYS`].
    ///
    /// # Errors
    /// When the key cannot have the value.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), Mistake> {
        match key {
            "backup" => self.backup = Some(switch(text)?),
            "connect_wait" => self.connect_wait = Some(duration(text)?),
            "lock_timeout" => self.lock_timeout = Some(duration(text)?),
            "statement_timeout" => self.statement_timeout = Some(duration(text)?),
            "lock_retries" => self.lock_retries = Some(number(text)?),
            "lock_wait" => self.lock_wait = Some(duration(text)?),
            "when_ahead" => self.when_ahead = Some(when_ahead(text)?),
            _ => self.version_table_schema = Some(namespace(text)?),
        }
        Ok(())
    }
}

fn switch(text: &str) -> Result<bool, Mistake> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Mistake {
            complaint: format!("is not known: `{text}`"),
            hint: "it is `true` or `false`",
        }),
    }
}

fn number(text: &str) -> Result<u32, Mistake> {
    text.parse().map_err(|_| Mistake {
        complaint: format!("is no number: `{text}`"),
        hint: "write it as `20`",
    })
}

fn namespace(text: &str) -> Result<String, Mistake> {
    if text.is_empty() || text.contains('\0') {
        return Err(Mistake {
            complaint: format!("is no name: `{text}`"),
            hint: "it is the name of a schema, as `public`",
        });
    }
    Ok(text.to_string())
}

fn when_ahead(text: &str) -> Result<WhenAhead, Mistake> {
    match text {
        "refuse" => Ok(WhenAhead::Refuse),
        "serve-if-adds" => Ok(WhenAhead::ServeIfAdds),
        "serve" => Ok(WhenAhead::Serve),
        _ => Err(Mistake {
            complaint: format!("is not known: `{text}`"),
            hint: "it is `refuse`, `serve-if-adds` or `serve`",
        }),
    }
}

/// Reads `500ms`, `2s`, `10min`, `1h`, `0`.
fn duration(text: &str) -> Result<Duration, Mistake> {
    milliseconds(text.trim())
        .map(Duration::from_millis)
        .ok_or_else(|| Mistake {
            complaint: format!("is no time: `{text}`"),
            hint: "write a number and a unit: `500ms`, `2s`, `10min`, `1h`; `0` for no limit",
        })
}

fn milliseconds(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|it: char| it.is_ascii_alphabetic() || it == ' ');
    let number: u64 = digits.parse().ok()?;
    let unit = match text[digits.len()..].trim() {
        "ms" => 1,
        "s" => 1000,
        "min" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        "" if number == 0 => 1,
        _ => return None,
    };
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_takes_a_value_and_refuses_nonsense() {
        let values = [
            ("false", "nonsense"),
            ("1min", "nonsense"),
            ("500ms", "nonsense"),
            ("10min", "nonsense"),
            ("7", "nonsense"),
            ("1h", "nonsense"),
            ("serve-if-adds", "nonsense"),
            ("app", ""),
        ];
        let mut given = Given::default();
        for ((_, key), (value, nonsense)) in KEYS.iter().zip(values) {
            given.set(key, value).unwrap();
            let mistake = given.set(key, nonsense).unwrap_err();
            let end = format!(": `{nonsense}`");
            assert!(mistake.to_string().ends_with(&end), "{mistake}");
        }
        let minutes = |count: u64| Some(Duration::from_secs(count * 60));
        assert_eq!(
            given,
            Given {
                backup: Some(false),
                connect_wait: minutes(1),
                lock_timeout: Some(Duration::from_millis(500)),
                statement_timeout: minutes(10),
                lock_retries: Some(7),
                lock_wait: minutes(60),
                when_ahead: Some(WhenAhead::ServeIfAdds),
                version_table_schema: Some("app".to_string()),
            }
        );
    }

    #[test]
    fn a_time_has_a_unit() {
        assert_eq!(milliseconds("0"), Some(0));
        assert_eq!(milliseconds("2 s"), Some(2000));
        for text in ["", "2", "s", "-1s", "2d", "99999999999999999999h"] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }
}
