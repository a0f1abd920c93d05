//! What went wrong and what to do next, in words.

use std::fmt::Write as _;

use limbec_core::revision::RevisionError;

use super::{Text, Tone};
use crate::run::{Error, ErrorKind, Kept, Left, VERSION_TABLE};

/// What went wrong, with labelled lines below it and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failure {
    /// What went wrong.
    pub message: String,
    /// Labelled lines below the message.
    pub details: Vec<(&'static str, String)>,
    /// What to do next.
    pub hints: Vec<String>,
}

impl Failure {
    /// Puts an error into words; hints name commands as `program` has them: `limbec stamp head`.
    pub fn of(error: &Error, program: &str) -> Self {
        let mut result = Failure {
            message: error.message().to_string(),
            ..Failure::default()
        };
        if let Some(failed) = error.failed_statement() {
            let is_of_run = failed.revision.is_some() && error.is_of_run();
            let kept = is_of_run.then(|| kept(error));
            let place = failed.place.as_ref().map(ToString::to_string);
            let sql = Some(&failed.sql).filter(|sql| !sql.is_empty());
            let details = [
                ("revision", failed.revision.as_ref()),
                ("at", place.as_ref()),
                ("operation", failed.operation.as_ref()),
                ("statement", sql),
                ("detail", failed.detail.as_ref()),
                ("kept", kept.as_ref()),
            ];
            let given = |(label, text): (_, Option<&String>)| Some((label, text?.clone()));
            result.details = details.into_iter().filter_map(given).collect();
            result.hints.extend(failed.hint.clone());
        }
        if let Some(Left::All) = error.left() {
            let hint = "run the command again: it goes on behind this revision";
            result.hints.push(hint.to_string());
        }
        if let Some(Left::Unknown(_)) = error.left() {
            result.hints.push(format!(
                "`{program} current` shows what the database holds, once it can be reached; then run the \
                 command again"
            ));
        }
        let id = error
            .failed_statement()
            .and_then(|it| it.revision.as_deref());
        if error.kind() == ErrorKind::Interrupted {
            if let None | Some(Left::Nothing | Left::Steps(_)) = error.left() {
                let hint = "run the command again: it goes on from what is there";
                result.hints.push(hint.to_string());
            }
        } else if let (Some(Left::Steps(kept)), Some(id)) = (error.left(), id) {
            result.hints.push(format!(
                "mend the cause (if that changes the revision's file: {program} accept {id} --reason \
                 \"…\") and run the command again: it goes on with step {}",
                kept.step
            ));
            result.hints.push(format!(
                "if it can never succeed, give it up, which leaves the schema as it is: {program} \
                 accept {id} --abandon --reason \"…\""
            ));
        }
        let cause = error.revision_error();
        if let Some(cause) = cause {
            result.hints.extend(revision_hints(cause, program));
        }
        let said_already = cause.and_then(RevisionError::hint);
        let own = error
            .hint()
            .filter(|hint| said_already.as_deref() != Some(*hint));
        result
            .hints
            .extend(own.map(|hint| as_called(hint, program)));
        result
    }

    /// Puts an error of the graph into words.
    pub fn of_revision(error: &RevisionError, program: &str) -> Self {
        Failure {
            message: error.to_string(),
            details: Vec::new(),
            hints: revision_hints(error, program),
        }
    }

    /// The text as it is shown: `FAILED: …`, the details, the hints.
    pub fn text(&self) -> Text {
        Text::of(Tone::Error, "FAILED:")
            .and(" ")
            .and(self.in_full())
    }

    /// The message with its details and hints, without the word before it. Only the message begins at
    /// the margin, so that no text from elsewhere looks like a line of limbec's own.
    pub fn in_full(&self) -> Text {
        let mut text = Text::from(indented(&self.message, "  "));
        for (label, detail) in &self.details {
            let label = format!("  {:<11}", format!("{label}:"));
            let indented = detail.trim_end().replace('\n', "\n             ");
            text.push("\n");
            text.push(Text::of(Tone::Dim, &label).and(indented));
        }
        for hint in &self.hints {
            text.push("\n  ");
            text.push(Text::of(Tone::Hint, "hint:").and(" "));
            text.push(indented(hint, "        "));
        }
        text
    }
}

/// The text with an indent before each line below the first, unless it has one.
fn indented(text: &str, indent: &str) -> String {
    let mut lines = text.split('\n');
    let mut result = lines.next().unwrap_or_default().to_string();
    for line in lines {
        result.push('\n');
        if !line.is_empty() && !line.starts_with(' ') {
            result.push_str(indent);
        }
        result.push_str(line);
    }
    result
}

/// What of the run stays in the database.
fn kept(error: &Error) -> String {
    let before = match error.applied() {
        [] => "nothing was run before it".to_string(),
        [one] => format!("{one}, which ran before it, stays"),
        several => format!("{}, which ran before it, stay", several.join(", ")),
    };
    let this = match error.left() {
        None => return before,
        Some(Left::Nothing) => "nothing of this revision".to_string(),
        Some(Left::Steps(kept)) => of_revision(kept),
        Some(Left::All) => "all of this revision: it had committed".to_string(),
        Some(Left::Unknown(why)) => format!("not known of this revision, because {why}"),
    };
    format!("{this}; {before}")
}

/// The steps of the failed revision that are done.
fn of_revision(kept: &Kept) -> String {
    let mut text = match kept.step - 1 {
        0 => String::new(),
        1 => format!("step 1 of {} of this revision", kept.steps),
        several => format!("steps 1 to {several} of {} of this revision", kept.steps),
    };
    if !kept.operations.is_empty() {
        let _ = write!(text, " ({})", kept.operations.join("; "));
    }
    let and = |text: &str| if text.is_empty() { "" } else { ", and " };
    if kept.statements > 0 {
        let and = and(&text);
        let (done, step) = (kept.statements, kept.step);
        let _ = write!(text, "{and}{done} statements of step {step}");
    }
    if kept.begun {
        let and = and(&text);
        let step = kept.step;
        let _ = write!(
            text,
            "{and}step {step} was begun, and the next run looks how far it came"
        );
    }
    text
}

/// Names commands as a user types them; the graph does not know what it is called by.
pub fn in_full(hint: String, program: &str) -> String {
    ["history", "merge", "stamp"]
        .iter()
        .fold(hint, |hint, command| {
            hint.replace(&format!("`{command} "), &format!("`{program} {command} "))
                .replace(&format!("`{command}`"), &format!("`{program} {command}`"))
        })
}

/// Names commands as this program has them, where a hint names them in full.
pub fn as_called(hint: &str, program: &str) -> String {
    [
        "accept",
        "current",
        "downgrade",
        "locks",
        "log",
        "stamp",
        "upgrade",
    ]
    .iter()
    .fold(hint.to_string(), |hint, command| {
        hint.replace(
            &format!("limbec {command}"),
            &format!("{program} {command}"),
        )
    })
}

/// The hints of the graph's errors, in the words of the command.
fn revision_hints(error: &RevisionError, program: &str) -> Vec<String> {
    let hint = error.hint().map(|hint| in_full(hint, program));
    let mut hints: Vec<String> = hint.into_iter().collect();
    if let RevisionError::NotFound {
        identifier,
        in_database: true,
        nearest,
        named,
    } = error
    {
        if named.is_empty() {
            hints.clear();
        }
        hints.push(format!(
            "the version table `{VERSION_TABLE}` holds `{identifier}`, and no revision file has \
             that id"
        ));
        if !nearest.is_empty() {
            hints.push(format!(
                "the nearest known revisions are {}",
                nearest.join(", ")
            ));
        }
        let example = nearest.first().map_or("head", String::as_str);
        hints.push(format!(
            "restore the file, or, if you know what the schema is like: {program} stamp --purge \
             {example}"
        ));
    }
    hints
}
