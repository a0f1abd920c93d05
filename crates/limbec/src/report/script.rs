//! Plans as SQL scripts.

use limbec_core::steps::Step;
use limbec_core::text::one_line;

use super::summary;
use crate::run::{DryRun, Script};

/// A plan as a script that a database's own shell runs.
pub fn script(scripts: &[Script<'_>], tag: Option<&str>) -> String {
    let mut text = String::new();
    if let Some(tag) = tag {
        for line in tag.lines() {
            text.push_str(&format!("-- {}\n", one_line(line)));
        }
        text.push('\n');
    }
    for script in scripts {
        text.push_str(&format!("-- {}\n\n", script.step));
        if script.assumes {
            text.push_str(ASSUMES);
        }
        for it in &script.statements {
            text.push_str(&statement(&it.step));
            text.push_str("\n\n");
        }
    }
    text
}

/// What would run on a database: a summary, and the statements.
pub fn dry_run(found: &DryRun<'_>, tag: Option<&str>) -> String {
    if found.scripts.is_empty() {
        return "Nothing would be run.\n".to_string();
    }
    format!("{}\n{}", summary(&found.plan), script(&found.scripts, tag))
}

/// Above statements that depend on what raw SQL before them did.
const ASSUMES: &str =
    "-- As if the raw SQL above had changed nothing that these statements depend on.\n\n";

/// A step as a statement of a script.
pub fn statement(step: &Step) -> String {
    match &step.expect {
        // A script cannot stop at an answer: whoever runs it reads what it should be.
        Some(expect) => format!(
            "-- must be {}, else: {}\n{};",
            expect.value,
            one_line(&expect.otherwise.replace('\n', " ")),
            step.sql
        ),
        None => format!("{};", step.sql),
    }
}
