//! What ran on a database, and who migrates it, in words.

use limbec_core::text::one_line;

use super::{Text, Tone};
use crate::run::{Error, ErrorKind, HalfDone, Holder, Locks, LogEntry};

/// What stands after a half-done revision was given up.
pub fn abandoned(half: &HalfDone, program: &str) -> String {
    let HalfDone {
        revision,
        done,
        steps,
        ..
    } = half;
    let (stands, counts) = if half.reverting {
        ("reverted", "applied")
    } else {
        ("in the database", "not applied")
    };
    let what = match done {
        0 => format!("no step of it is {stands}"),
        done => format!("{done} of its {steps} steps stay {stands}"),
    };
    format!(
        "Abandoned {revision}: {what}, and it counts as {counts} (`{program} log -v {revision}` shows \
         the SQL that ran)"
    )
}

/// A row of the journal:
/// `2026-11-22 13:16:14 UTC  upgrade    3950395dfef3  done, 12 ms  Add description`.
pub fn entry(entry: &LogEntry) -> Text {
    let mut state = entry.state.clone();
    if entry.steps > 1 {
        state.push_str(&format!(", step {} of {}", entry.step, entry.steps));
    }
    if let Some((number, total)) = entry.statement {
        state.push_str(&format!(", statement {number} of {total}"));
    }
    if let Some(time) = entry.duration_ms {
        state.push_str(&format!(", {time} ms"));
    }
    // Whoever writes rows may write any text: it stays in its line.
    let began = format!("{}  {:<9}  ", entry.started_at, entry.direction);
    let mut rest = format!("  {state}");
    if !entry.message.is_empty() {
        rest.push_str(&format!("  {}", entry.message));
    }
    if let Some(note) = &entry.note {
        rest.push_str(&format!("  ({note})"));
    }
    Text::from(one_line(&began).into_owned())
        .and(Text::of(Tone::Id, &one_line(&entry.revision)))
        .and(one_line(&rest).into_owned())
}

/// Where a row of the journal comes from, and its SQL.
pub fn entry_details(entry: &LogEntry) -> String {
    let mut text = String::new();
    let mut part = |label: &str, value: Option<&str>| {
        if let Some(value) = value {
            let value = value.trim_end().replace('\n', "\n      ");
            text.push_str(&format!("    {label}:\n      {value}\n"));
        }
    };
    let runner = format!(
        "process {} on {}, limbec {}",
        entry.pid.unwrap_or_default(),
        entry.host.as_deref().unwrap_or("an unknown machine"),
        entry.limbec
    );
    part("run by", Some(&one_line(&runner)));
    part("ran", entry.sql.as_deref());
    part("reverted by", entry.revert_sql.as_deref());
    text
}

/// The error of a downgrade that needs somebody's word, and nobody can be asked.
pub fn unapproved(program: &str, target: &str) -> Error {
    let message = "Run the SQL that the database keeps? Nobody can be asked here";
    Error::new(ErrorKind::Unapproved, message).with_hint(format!(
        "read it; whoever may write the journal may have written it. Then say: {program} downgrade \
         --from-database {target} --yes"
    ))
}

/// Who migrates a database, a line each.
pub fn locks(found: &Locks) -> Vec<String> {
    let session = found.session.iter();
    let session = session.map(|it| match &it.doing {
        Some(doing) => format!("Locked by the session of {it}; it is {doing}"),
        None => format!("Locked by the session of {it}"),
    });
    let lease = found.lease.iter().map(|it| match it.silent {
        Some(seconds) => format!("Leased to {it} (no sign of life for {seconds} s)"),
        None => format!("Leased to {it}"),
    });
    let lines: Vec<String> = session.chain(lease).collect();
    if lines.is_empty() {
        return vec!["Nobody is migrating this database.".to_string()];
    }
    lines
}

/// How a session's lock ends, which no command takes away.
pub fn end_of_a_session(holder: &Holder) -> String {
    format!("A session's lock ends with the session: {}", holder.end())
}

/// What came of clearing the lease.
pub fn cleared(cleared: bool) -> &'static str {
    if cleared {
        "The lease is cleared."
    } else {
        "There is no lease to clear."
    }
}
