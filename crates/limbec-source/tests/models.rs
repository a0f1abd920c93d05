//! What models are read as: each case of the files in `tests/models/` is a piece of Rust, and
//! under `----` the schema and the diagnostics that it gives.
//!
//! To accept what is read now as right, run with `UPDATE_EXPECT=1`, and look at the difference.

use std::fmt::Write as _;
use std::path::Path;

use limbec_source::diagnostic::{Diagnostic, line_column};
use limbec_source::models::{ModelOptions, SourceFile, read};

#[path = "models/render.rs"]
mod render;

/// Reads a case: its `//- path` lines begin files, its `//= Rust type = SQL type` lines map types.
fn outcome(input: &str) -> String {
    let mut options = ModelOptions::default();
    let mut files: Vec<(String, String)> = vec![("models.rs".into(), String::new())];
    for line in input.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("//- ") {
            files.retain(|(_, text)| !text.trim().is_empty());
            files.push((path.trim().into(), String::new()));
        } else if let Some((rust, sql)) = line
            .strip_prefix("//= ")
            .and_then(|it| it.split_once(" = "))
        {
            options
                .type_map
                .insert(rust.trim().into(), sql.trim().into());
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
        }
    }
    let sources: Vec<SourceFile<'_>> = files
        .iter()
        .map(|(path, text)| SourceFile { path, text })
        .collect();
    let (models, diagnostics) = read(&sources, &options);
    let mut outcome = String::new();
    if diagnostics.is_empty() {
        outcome = render::schema(&models.schema);
    }
    for diagnostic in &diagnostics {
        render_diagnostic(diagnostic, &files, &mut outcome);
    }
    outcome
}

fn render_diagnostic(diagnostic: &Diagnostic, files: &[(String, String)], out: &mut String) {
    let text = |path: &str| {
        files
            .iter()
            .find(|file| file.0 == path)
            .map_or("", |file| &file.1)
    };
    let (line, column) = diagnostic.line_column(text(&diagnostic.path));
    let source = &text(&diagnostic.path)[diagnostic.span.clone()];
    let _ = writeln!(
        out,
        "{}:{line}:{column}: {}",
        diagnostic.path, diagnostic.message
    );
    let _ = writeln!(out, "  at: {}", source.lines().next().unwrap_or_default());
    for secondary in &diagnostic.secondary {
        let (line, column) = line_column(text(&secondary.path), secondary.span.start);
        let _ = writeln!(
            out,
            "  {}:{line}:{column}: {}",
            secondary.path, secondary.label
        );
    }
    for help in &diagnostic.help {
        let _ = writeln!(out, "  help: {help}");
    }
}

/// Runs the cases of a file: `==== name`, the input, `----`, what is expected.
fn check(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/models")
        .join(file);
    let text = std::fs::read_to_string(&path).expect("the cases are readable");
    let mut written = String::new();
    let mut differences = String::new();
    let mut cases = text.split("==== ");
    written.push_str(cases.next().unwrap_or_default());
    for case in cases {
        let (name, case) = case.split_once('\n').unwrap_or((case, ""));
        let (input, expected) = case.split_once("----\n").unwrap_or((case, ""));
        let actual = outcome(input);
        if actual.trim() != expected.trim() {
            let _ = write!(
                differences,
                "==== {name}\n{input}---- expected\n{expected}---- actual\n{actual}\n"
            );
        }
        let _ = write!(
            written,
            "==== {name}\n{}\n----\n{}\n\n",
            input.trim_end(),
            actual.trim_end()
        );
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, written.trim_end().to_string() + "\n")
            .expect("the cases are writable");
    } else {
        assert!(differences.is_empty(), "{file}:\n{differences}");
    }
}

macro_rules! cases {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                check(concat!(stringify!($name), ".txt"));
            }
        )*

        #[test]
        fn every_file_of_cases_is_run() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models");
            for entry in std::fs::read_dir(folder).expect("the folder is readable") {
                let name = entry.expect("the entry is readable").file_name();
                let name = name.to_string_lossy();
                if let Some(stem) = name.strip_suffix(".txt") {
                    assert!([$(stringify!($name)),*].contains(&stem), "{stem} is not run");
                }
            }
        }
    };
}

cases! { types origins columns tables constraints enums foreign_keys names mistakes places fileintel }
