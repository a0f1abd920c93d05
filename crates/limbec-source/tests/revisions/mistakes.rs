//! What is said about files that do not read: `mistakes/<name>.rs` or `.sql`, and what is shown in
//! `mistakes/<name>.txt`. `UPDATE_SNAPSHOTS=1` writes the latter anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use limbec_source::diagnostic::Diagnostic;
use limbec_source::revisions::{read_body, read_header};

/// Shows diagnostics with the source under them, as the command does in essence.
fn render(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut shown = String::new();
    for diagnostic in diagnostics {
        let (line, column) = diagnostic.line_column(text);
        let source = text.lines().nth(line - 1).unwrap_or_default();
        let rest = source.chars().count() + 1 - column;
        let width = text[diagnostic.span.clone()]
            .chars()
            .count()
            .min(rest)
            .max(1);
        let indent = " ".repeat(column - 1);
        let marks = "^".repeat(width);
        writeln!(
            shown,
            "{}:{line}:{column}: {}",
            diagnostic.path, diagnostic.message
        )
        .unwrap();
        writeln!(shown, "    {source}\n    {indent}{marks}").unwrap();
        for help in &diagnostic.help {
            writeln!(shown, "  help: {help}").unwrap();
        }
    }
    shown
}

#[test]
fn every_mistake_is_shown_at_its_place() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/revisions/mistakes");
    let update = env::var_os("UPDATE_SNAPSHOTS").is_some();
    let names: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let (expected, cases): (Vec<_>, Vec<_>) = names
        .iter()
        .partition(|it| it.rsplit('.').next() == Some("txt"));
    assert!(cases.len() > 5);
    for name in &cases {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let header = read_header(name, &text).err().unwrap_or_default();
        let body = read_body(name, &text).err().unwrap_or_default();
        let shown = format!("{}---\n{}", render(&text, &header), render(&text, &body));
        let snapshot = folder.join(format!("{name}.txt"));
        if update {
            fs::write(&snapshot, &shown).unwrap();
        }
        let expected = fs::read_to_string(&snapshot).unwrap_or_default();
        assert_eq!(
            shown, expected,
            "{name}: `UPDATE_SNAPSHOTS=1` accepts what is shown now"
        );
    }
    for name in expected {
        let case = name.trim_end_matches(".txt").to_string();
        assert!(names.contains(&case), "{name} has no case");
    }
}
