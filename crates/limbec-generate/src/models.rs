//! The models: files in, the target schema out.

use std::path::Path;

use limbec_core::schema::Schema;
use limbec_source::models::{SourceFile, read};

use crate::config::Config;
use crate::error::{ProjectError, Result};
use crate::files::{collect, has_extension};
use crate::places::Places;

const CANNOT: &str = "Can't proceed with --autogenerate option;";

/// The target schema, and where its tables are declared.
pub(crate) struct Target {
    pub(crate) schema: Schema,
    pub(crate) places: Places,
}

fn text<'t>(texts: &'t [(String, String)], path: &str) -> &'t str {
    let found = texts.iter().find(|(it, _)| it == path);
    found.map(|(_, text)| text.as_str()).unwrap_or_default()
}

/// Reads the models that `limbec.toml` names.
pub(crate) fn load(config: &Config) -> Result<Target> {
    let file = config.file.display();
    if config.model_paths.is_empty() {
        return Err(ProjectError::new(format!(
            "{CANNOT} `[models] paths` in {file} names no file with models"
        ))
        .hint("write there, for example: paths = [\"src/models.rs\"]"));
    }
    let mut paths = Vec::new();
    for given in &config.model_paths {
        let path = config.root.join(given);
        if !path.exists() {
            return Err(ProjectError::new(format!(
                "{CANNOT} `[models] paths` in {file} names `{given}`, and there is no such file or \
                 folder"
            ))
            .hints(near(&config.root, given)));
        }
        let before = paths.len();
        collect(&path, &is_wanted, &mut paths).map_err(|error| {
            ProjectError::new(format!("cannot read the models in `{given}`: {error}"))
        })?;
        if paths.len() == before {
            return Err(ProjectError::new(format!(
                "{CANNOT} `[models] paths` in {file} names the folder `{given}`, which holds no \
                 `.rs` file"
            )));
        }
    }
    paths.dedup();

    let mut texts = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).map_err(|error| {
            ProjectError::new(format!(
                "cannot read the models in {}: {error}",
                config.shown(path)
            ))
        })?;
        texts.push((config.shown(path), text));
    }
    let files: Vec<SourceFile<'_>> = texts
        .iter()
        .map(|(path, text)| SourceFile { path, text })
        .collect();
    let (models, mistakes) = read(&files, &config.model_options());
    if !mistakes.is_empty() {
        let count = mistakes.len();
        return Err(ProjectError::diagnostics(
            format!("{CANNOT} {} in the models", crate::error::mistakes(count)),
            mistakes,
            |path| text(&texts, path).to_string(),
        ));
    }
    if models.schema.tables.is_empty() {
        let found = models.files.iter().map(|file| {
            format!(
                "`{}` holds {} table(s) and {} enum(s)",
                file.path, file.tables, file.enums
            )
        });
        return Err(ProjectError::new(format!(
            "{CANNOT} no table was found by `[models] paths` in {file}"
        ))
        .hints(found)
        .hint("a table is a struct with #[derive(Table)]"));
    }
    Ok(Target {
        schema: models.schema,
        places: Places {
            declared: models.places,
            models: texts,
            ..Places::default()
        },
    })
}

/// Files of the same name elsewhere below `src`.
fn near(root: &Path, given: &str) -> Vec<String> {
    let mut all = Vec::new();
    let _ = collect(&root.join("src"), &is_wanted, &mut all);
    let name = Path::new(given).file_name();
    all.iter()
        .filter(|path| path.file_name() == name)
        .map(|path| {
            let path = path.strip_prefix(root).unwrap_or(path);
            format!("did you mean `{}`?", path.display())
        })
        .collect()
}

/// Whether a file or folder may hold models.
fn is_wanted(path: &Path) -> bool {
    path.is_dir() || has_extension(path, "rs")
}
