//! What a run says of what stays, held against the database.

use super::{CHAIN, Outcome, Sandbox};

/// What stands in the database right after a run.
#[derive(Debug)]
pub(super) struct Found {
    /// How many revisions are applied.
    pub(super) applied: usize,
    /// The rows of the journal: revision, step, of how many, state.
    journal: Vec<(String, usize, usize, String)>,
}

impl Found {
    pub(super) fn of(it: &Sandbox) -> Self {
        let rows = it.version_rows();
        let applied = match rows.as_slice() {
            [] => 0,
            [row] => 1 + CHAIN.iter().position(|id| id == row).expect("a known row"),
            several => panic!("several version rows: {several:?}"),
        };
        let journal =
            "SELECT revision, step, steps, state FROM limbec_log ORDER BY revision, step;";
        // Without a table nothing is noted.
        let journal = it.try_sql(journal).unwrap_or_default();
        let journal = journal.lines().map(|line| {
            let fields: Vec<&str> = line.split('|').collect();
            let [revision, step, steps, state] = fields[..] else {
                panic!("a row of four: {line}");
            };
            let number = |it: &str| it.parse().expect("a number");
            (revision.into(), number(step), number(steps), state.into())
        });
        Found {
            applied,
            journal: journal.collect(),
        }
    }

    /// The steps of a revision in a state.
    fn steps(&self, id: &str, state: &str) -> Vec<usize> {
        let rows = self.journal.iter();
        let found = rows.filter(|row| row.0 == id && row.3 == state);
        found.map(|row| row.1).collect()
    }

    fn total(&self, id: &str) -> usize {
        let mut rows = self.journal.iter();
        rows.find(|row| row.0 == id).map_or(0, |row| row.2)
    }
}

/// Asserts that all that a run says is true. `may_be_unknown` allows it not to know what stays.
#[track_caller]
pub(super) fn hold(outcome: &Outcome, found: &Found, may_be_unknown: bool, told: &str) {
    let told = &format!("{told}\n{found:?}\n{}{}", outcome.stdout, outcome.stderr);
    for never in ["panicked", "please report", "s3cret"] {
        assert!(!outcome.stderr.contains(never), "`{never}` in {told}");
    }
    if outcome.code == Some(0) {
        assert_eq!(found.applied, CHAIN.len(), "{told}");
        return;
    }
    assert!(outcome.stderr.contains("FAILED: "), "{told}");
    let Some(kept) = labelled(&outcome.stderr, "kept:") else {
        assert!(found.applied == 0 && found.journal.is_empty(), "{told}");
        return;
    };
    let id = labelled(&outcome.stderr, "revision:").expect("a revision");
    let number = 1 + CHAIN.iter().position(|it| *it == id).expect("a known one");
    let before = match number {
        1 => "; nothing was run before it".to_string(),
        2 => "; f1, which ran before it, stays".to_string(),
        _ => "; f1, f2, which ran before it, stay".to_string(),
    };
    let this = kept.strip_suffix(&before);
    let this = this.unwrap_or_else(|| panic!("the revisions before it: {told}"));
    assert!(found.applied >= number - 1, "{told}");
    if this.starts_with("not known of this revision, because ") {
        assert!(may_be_unknown, "{told}");
        return;
    }
    if this == "all of this revision: it had committed" {
        assert_eq!(found.applied, number, "{told}");
        return;
    }
    assert_eq!(found.applied, number - 1, "{told}");
    assert_eq!(this, of_steps(found, &id, this), "{told}");
}

/// What is to be said of the steps of a revision, by the journal; their operations are not looked at.
fn of_steps(found: &Found, id: &str, said: &str) -> String {
    let (done, begun) = (found.steps(id, "done"), found.steps(id, "started"));
    let count = done.len();
    assert_eq!(done, (1..=count).collect::<Vec<_>>());
    let total = found.total(id);
    let mut text = match count {
        0 if begun.is_empty() => return "nothing of this revision".to_string(),
        0 => String::new(),
        1 => format!("step 1 of {total} of this revision"),
        _ => format!("steps 1 to {count} of {total} of this revision"),
    };
    if let Some(operations) = said.strip_prefix(&text)
        && operations.starts_with(" (")
    {
        let end = operations.rfind(')').expect("the end of the operations");
        text.push_str(&operations[..=end]);
    }
    if !begun.is_empty() {
        let and = if count == 0 { "" } else { ", and " };
        let step = count + 1;
        text.push_str(&format!(
            "{and}step {step} was begun, and the next run looks how far it came"
        ));
    }
    text
}

/// What stands behind a label below the failure, in one line.
fn labelled(log: &str, label: &str) -> Option<String> {
    let begin = format!("\n  {label}");
    let (_, rest) = log.split_once(&begin)?;
    let lines = rest.lines();
    let own = lines.enumerate().take_while(|(number, line)| {
        *number == 0 || line.starts_with("   ") // Deeper than a label.
    });
    let words: Vec<&str> = own.map(|(_, line)| line.trim()).collect();
    Some(words.join(" "))
}
