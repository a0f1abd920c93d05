//! The SQL files of views, functions, triggers and their like: files in, definitions out.
//!
//! A folder named `postgresql` or `sqlite` keeps what is in it to that database.

use std::collections::BTreeMap;
use std::path::Path;

use limbec_core::dialect::{self, Dialect};
use limbec_core::schema::{Definition, in_order};
use limbec_source::definitions::read;

use crate::config::Config;
use crate::error::{ProjectError, Result};
use crate::files::{collect, has_extension};
use crate::places::Texts;

/// Reads the SQL files that `limbec.toml` names, for one kind of database: what they define, and the
/// texts, each with its path as it is shown.
pub(crate) fn load(config: &Config, dialect: &dyn Dialect) -> Result<(Vec<Definition>, Texts)> {
    let mut files = Vec::new();
    for given in &config.sql_paths {
        let path = config.root.join(given);
        if !path.exists() {
            return Err(ProjectError::new(format!(
                "`[models] sql` in {} names `{given}`, and there is no such file or folder",
                config.file.display()
            )));
        }
        let is_wanted = |path: &Path| is_wanted(path, dialect);
        collect(&path, &is_wanted, &mut files).map_err(|error| {
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
    let definitions = in_order(definitions, dialect.lexicon());
    let texts = texts.into_iter().map(|(_, shown, text)| (shown, text));
    Ok((definitions, texts.collect()))
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

/// Whether a file or folder may hold definitions for a kind of database.
fn is_wanted(path: &Path, dialect: &dyn Dialect) -> bool {
    let name = path.file_name().and_then(|it| it.to_str());
    let folder_of = dialect::by_name(name.unwrap_or_default());
    let is_for_another = folder_of.is_some_and(|it| it.name() != dialect.name());
    (path.is_dir() && !is_for_another) || has_extension(path, "sql")
}
