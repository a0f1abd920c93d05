//! Plans as SQL scripts.

use limbec_core::steps::Step;

use crate::run::Script;

/// A plan as a script that a database's own shell runs.
pub fn script(scripts: &[Script<'_>], tag: Option<&str>) -> String {
    let mut text = String::new();
    if let Some(tag) = tag {
        for line in tag.lines() {
            text.push_str(&format!("-- {line}\n"));
        }
        text.push('\n');
    }
    for script in scripts {
        text.push_str(&format!("-- {}\n\n", script.step));
        for step in &script.statements {
            text.push_str(&statement(step));
            text.push_str("\n\n");
        }
    }
    text
}

/// A step as a statement of a script.
pub fn statement(step: &Step) -> String {
    match &step.expect {
        // A script cannot stop at an answer: whoever runs it reads what it should be.
        Some(expect) => format!(
            "-- must be {}, else: {}\n{};",
            expect.value,
            expect.otherwise.replace('\n', " "),
            step.sql
        ),
        None => format!("{};", step.sql),
    }
}
