//! The SQL files of views, functions, triggers and their like: files in, definitions out.
//!
//! A folder named `postgresql` or `sqlite` keeps what is in it to that database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use limbec_core::dialect::{self, Dialect};
use limbec_core::schema::{Definition, in_order};
use limbec_source::definitions::read;

use crate::config::Config;
use crate::error::{ProjectError, Result};

/// Reads the SQL files that `limbec.toml` names, for one kind of database.
pub(crate) fn load(config: &Config, dialect: &dyn Dialect) -> Result<Vec<Definition>> {
    let mut files = Vec::new();
    for given in &config.sql_paths {
        let path = config.root.join(given);
        if !path.exists() {
            return Err(ProjectError::new(format!(
                "`[models] sql` in {} names `{given}`, and there is no such file or folder",
                config.file.display()
            )));
        }
        collect(&path, dialect, &mut files).map_err(|error| {
            ProjectError::new(format!("cannot read the SQL files in `{given}`: {error}"))
        })?;
    }
    files.dedup();
    let mut texts = Vec::with_capacity(files.len());
    for path in files {
        let shown = config.shown(&path);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| ProjectError::new(format!("cannot read {shown}: {error}")))?;
        texts.push((path, shown, text));
    }
    let mut found: BTreeMap<String, (Definition, &str)> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for (path, shown, text) in &texts {
        let only = only_for(path, &config.root);
        let (definitions, wrong) = read(shown, text, dialect);
        mistakes.extend(wrong);
        for mut definition in definitions {
            definition.dialect.clone_from(&only);
            let name = definition.to_string();
            if let Some((definition, before)) = found.insert(name, (definition, shown)) {
                return Err(ProjectError::new(format!(
                    "the {definition} is in {before} and again in {shown}"
                ))
                .hint("keep one of them"));
            }
        }
    }
    if !mistakes.is_empty() {
        let count = crate::error::mistakes(mistakes.len());
        let message = format!("Can't proceed with --autogenerate option; {count} in the SQL files");
        return Err(ProjectError::diagnostics(message, mistakes, |path| {
            let file = texts.iter().find(|(_, shown, _)| shown == path);
            file.map(|(_, _, text)| text.clone()).unwrap_or_default()
        }));
    }
    let definitions = found.into_values().map(|it| it.0).collect();
    Ok(in_order(definitions, dialect.lexicon()))
}

/// The dialect whose folder the file lies in.
fn only_for(path: &Path, root: &Path) -> Option<String> {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let mut folders = inside.parent()?.components();
    folders.find_map(|folder| {
        let name = folder.as_os_str().to_str()?;
        dialect::by_name(name).map(|it| it.name().to_string())
    })
}

fn collect(path: &Path, dialect: &dyn Dialect, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    entries.sort();
    for entry in entries {
        let name = entry
            .file_name()
            .and_then(|it| it.to_str())
            .unwrap_or_default();
        let is_for_another = dialect::by_name(name).is_some_and(|it| it.name() != dialect.name());
        let is_sql = entry.extension().is_some_and(|it| it == "sql");
        if (entry.is_dir() && !is_for_another) || is_sql {
            collect(&entry, dialect, files)?;
        }
    }
    Ok(())
}
