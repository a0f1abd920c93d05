//! What happens while a database is migrated, in Alembic's words.

use limbec_core::revision::{Plan, Unchanged};

use crate::run::{Event, blockers_in_words};

/// How much a line of progress matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What happens.
    Info,
    /// What one should know.
    Warning,
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
            Some((Level::Info, text))
        }
        Event::Settled {
            revision,
            operation,
        } => {
            let text =
                format!("  {revision}: {operation} is done already, by a run that was stopped");
            Some((Level::Info, text))
        }
        Event::Waiting { since, holder } => {
            let who = match holder {
                Some(holder) => format!("Waiting for {holder}, which migrates this database"),
                None => "Waiting for another session".to_string(),
            };
            let text = format!("{who} ({} s so far)", since.as_secs());
            Some((Level::Info, text))
        }
        Event::Ahead { ahead } => {
            let text = format!(
                "The database is ahead of these revision files, and is left as it is: {}",
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
        Event::Warning { message } => Some((Level::Warning, (*message).to_string())),
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
