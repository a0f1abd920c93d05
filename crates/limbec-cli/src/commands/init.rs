//! `limbec init`: starts a project.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::args::{Args, Init};
use crate::config::{FILE, here};
use crate::error::{CommandError, Result, Status};
use crate::printer::Printer;

pub(super) fn run(options: &Init, args: &Args, printer: &Printer) -> Result<Status> {
    let root = here(args)?;
    let file = match &args.config {
        Some(file) => root.join(file),
        None => root.join(FILE),
    };
    let models = models_in(&root);
    let versions = root.join(&options.migrations).join("versions");

    let mut created = Vec::new();
    let mut kept = Vec::new();
    for (path, text) in [
        (
            file.clone(),
            Some(configuration(options, args.url.as_deref(), &models)),
        ),
        (versions.clone(), None),
    ] {
        let shown = path
            .strip_prefix(&root)
            .unwrap_or(&path)
            .display()
            .to_string();
        if path.exists() {
            printer.text(format!("{shown} exists already, left as it is"));
            kept.push(shown);
            continue;
        }
        let failed =
            |error: std::io::Error| CommandError::new(format!("cannot write {shown}: {error}"));
        match text {
            Some(text) => std::fs::write(&path, text).map_err(failed)?,
            None => std::fs::create_dir_all(&path).map_err(failed)?,
        }
        printer.text(format!("Creating {shown} ...  done"));
        created.push(shown);
    }
    if printer.json() {
        printer.value(&json!({ "created": created, "kept": kept }));
    }
    let file = file.strip_prefix(&root).unwrap_or(&file).display();
    let model = models.first().map_or("src/models.rs", String::as_str);
    printer.text(format!(
        "\nNext:\n  1. look at {file}: the database's URL, and where the models are\n  \
         2. put #[derive(limbec::Table)] on the structs in {model}\n  \
         3. limbec revision --autogenerate -m \"Initial schema\"\n  \
         4. read the new file in {}/versions, then: limbec upgrade head",
        options.migrations
    ));
    Ok(Status::Done)
}

fn configuration(options: &Init, url: Option<&str>, models: &[String]) -> String {
    let usual = ["src/models.rs".to_string()];
    let models = if models.is_empty() {
        &usual[..]
    } else {
        models
    };
    let models: Vec<String> = models.iter().map(|path| quoted(path)).collect();
    format!(
        "# Paths, an SQLite file's too, are relative to the folder of this file.\n\
         \n\
         [database]\n\
         url = {}   # DATABASE_URL in the environment wins\n\
         \n\
         [models]\n\
         paths = [{}]   # files or folders with #[derive(Table)]\n\
         \n\
         [migrations]\n\
         directory = {}   # revisions live in its folder `versions`\n",
        quoted(url.unwrap_or("sqlite:app.db")),
        models.join(", "),
        quoted(&options.migrations),
    )
}

/// A string as TOML writes it; JSON's escapes are TOML's too.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_string()).to_string()
}

/// The files below `src` that have models already.
fn models_in(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs")
                && std::fs::read_to_string(&path).is_ok_and(|text| derives_table(&text))
                && let Ok(relative) = path.strip_prefix(root)
            {
                found.push(relative.display().to_string());
            }
        }
    }
    found.sort();
    found
}

fn derives_table(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        line.starts_with("#[derive(")
            && line
                .split(['(', ')', ',', ' ', ':'])
                .any(|word| word == "Table")
    })
}
