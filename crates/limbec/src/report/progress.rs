//! What happens while a database is migrated, in Alembic's words.

use limbec_core::revision::{Plan, Unchanged};
use limbec_core::schema::ObjectName;
use limbec_core::text::one_line;

use super::{Text, Tone};
use crate::run::{Event, Holder, blockers_in_words};

/// How much a line of progress matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What happens.
    Info,
    /// What one should know.
    Warning,
}

/// A line of the log, in Alembic's form. Lines below the first are indented, so that no text from
/// elsewhere looks like a line of its own.
pub fn log_line(level: Level, topic: &str, text: &str) -> Text {
    let word = match level {
        Level::Info => Text::from("INFO "),
        Level::Warning => Text::of(Tone::Warning, "WARNING"),
    };
    let text = text.replace('\n', "\n  ");
    word.and(format!(" [limbec.{topic}] {text}"))
}

/// Which version table is used, if it is not in the connection's own schema.
pub fn elsewhere(version_table: &ObjectName, own: &str) -> String {
    format!("The version table is {version_table}; this connection's own schema is {own}")
}

/// An event as a line.
pub fn progress(event: &Event<'_>) -> Option<(Level, String)> {
    match event {
        Event::Step {
            step,
            number,
            total,
            ..
        } => {
            let place = if *total > 1 {
                format!(" ({number}/{total})")
            } else {
                String::new()
            };
            Some((Level::Info, format!("{step}{place}")))
        }
        Event::Part {
            revision,
            number,
            total,
        } => {
            let text = format!("  {revision}: step {number} of {total}");
            Some((Level::Info, text))
        }
        Event::Retrying {
            error,
            blockers,
            attempt,
            retries,
            pause,
        } => {
            let mut text = format!("{error}; rolled back");
            for blocker in blockers_in_words(blockers) {
                text.push_str(&format!("; {blocker}"));
            }
            let pause = pause.as_secs_f64();
            text.push_str(&format!("; try {attempt} of {retries} in {pause:.1} s"));
            Some((Level::Warning, text))
        }
        Event::Settled {
            revision,
            operation,
        } => {
            let text =
                format!("  {revision}: {operation} is done already, by a run that was stopped");
            Some((Level::Info, text))
        }
        Event::Absent { error, since, wait } => {
            let text = format!(
                "Waiting for the server: {} ({} of {} s)",
                one_line(error),
                since.as_secs(),
                wait.as_secs()
            );
            Some((Level::Info, text))
        }
        Event::Waiting { since, holder } => {
            let who = holder.map_or_else(|| "another process".to_string(), ToString::to_string);
            let since = since.as_secs();
            let text =
                format!("Waiting for {who}, which migrates this database ({since} s so far)");
            Some(with_doing(text, *holder))
        }
        Event::Behind {
            pending,
            since,
            timeout,
            holder,
        } => {
            let what = match pending {
                [one] => format!("revision {one}"),
                several => format!("{} revisions", several.len()),
            };
            let who = holder.map_or_else(
                || "nobody is seen at it".to_string(),
                |holder| format!("{holder} is at it"),
            );
            let text = format!(
                "Waiting until another process has applied {what}: {who} ({} of {} s)",
                since.as_secs(),
                timeout.as_secs()
            );
            Some(with_doing(text, *holder))
        }
        Event::Building { revision, since } => {
            let text = format!(
                "  {revision}: waiting for another session, which builds the index ({} s so far)",
                since.as_secs()
            );
            Some((Level::Info, text))
        }
        Event::Ahead { ahead } => {
            let text = format!(
                "The database is ahead of the revisions here, and is left as it is: {}",
                ahead.in_words()
            );
            Some((Level::Warning, text))
        }
        Event::Copied { revision, to, of } => {
            let (to, of) = (to.display(), of.display());
            let text = format!(
                "Before {revision} the database was copied to {to}; to go back, stop what uses it, \
                 remove {of}-wal and {of}-shm, and copy that over {of}"
            );
            Some((Level::Info, text))
        }
        Event::Elsewhere { version_table, own } => {
            Some((Level::Info, elsewhere(version_table, own)))
        }
        Event::Kept { sql } => {
            let message = match sql.message.as_str() {
                "" => String::new(),
                message => format!(", {}", one_line(message)),
            };
            let text = sql.sql.trim_end().replace('\n', "\n    ");
            let revision = one_line(&sql.revision);
            let text =
                format!("The database keeps this SQL to revert {revision}{message}:\n    {text}");
            Some((Level::Warning, text))
        }
        Event::Warning { message } => Some((Level::Warning, (*message).to_string())),
    }
}

/// Adds what the holder of the lock does; one that looks as if it hangs is a warning.
fn with_doing(text: String, holder: Option<&Holder>) -> (Level, String) {
    match holder.and_then(|it| it.doing.as_ref().map(|doing| (it, doing))) {
        None => (Level::Info, text),
        Some((holder, doing)) if doing.hangs() => {
            let end = holder.end();
            let text = format!("{text}; it is {doing}, so its program may hang: {end}");
            (Level::Warning, text)
        }
        Some((_, doing)) => (Level::Info, format!("{text}; it is {doing}")),
    }
}

/// Why an upgrade or a downgrade had nothing to do, where that is worth a line.
pub fn nothing_to_do(unchanged: Option<Unchanged>, target: &str) -> Option<String> {
    let reason = match unchanged {
        Some(Unchanged::AlreadyApplied) => "is applied already, below the current revision",
        Some(Unchanged::Implied) => "stays applied, because others depend on it",
        Some(Unchanged::AtTarget) | None => return None,
    };
    Some(format!("Nothing to do: {target} {reason}"))
}

/// What a dry run would run, a line a revision.
pub fn summary(plan: &Plan<'_>) -> String {
    let mut text = match plan.steps.len() {
        1 => "Would run 1 revision:\n".to_string(),
        several => format!("Would run {several} revisions:\n"),
    };
    for step in &plan.steps {
        text.push_str(&format!("  {step}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::run::Doing;

    /// A session that has been in a state for so long.
    fn holder(state: &str, seconds: u64) -> Holder {
        Holder {
            pid: "7".to_string(),
            application: "api".to_string(),
            seconds: 90,
            revision: Some("b2".to_string()),
            doing: Some(Doing {
                state: state.to_string(),
                seconds,
                statement: "UPDATE a SET b = 1".to_string(),
                waits_for: String::new(),
            }),
            terminate: Some("KILL 7".to_string()),
            ..Holder::default()
        }
    }

    #[test]
    fn whoever_waits_tells_what_the_other_one_does() {
        let since = Duration::from_secs(80);
        let busy = holder("active", 75);
        let event = Event::Waiting {
            since,
            holder: Some(&busy),
        };
        let text = "Waiting for process 7 (api), for 90 s, at b2, which migrates this database (80 s \
                    so far); it is active for 75 s: UPDATE a SET b = 1";
        assert_eq!(progress(&event), Some((Level::Info, text.to_string())));

        let hangs = holder("idle in transaction", 75);
        let event = Event::Behind {
            pending: &["c3".to_string()],
            since,
            timeout: Duration::from_secs(900),
            holder: Some(&hangs),
        };
        let text = "Waiting until another process has applied revision c3: process 7 (api), for 90 s, \
                    at b2 is at it (80 of 900 s); it is idle in transaction for 75 s, so its program \
                    may hang: end its session, which loses nothing that was committed: KILL 7";
        assert_eq!(progress(&event), Some((Level::Warning, text.to_string())));
    }
}
