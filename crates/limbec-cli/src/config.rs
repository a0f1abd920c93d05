//! `limbec.toml` and the environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use limbec::run::{self, DatabaseUrl, Settings};
use limbec_core::schema::NamingConvention;
use limbec_core::settings::Given;
use limbec_source::diagnostic::Diagnostic;
use serde::Deserialize;
use toml::Spanned;

use crate::args::Args;
use crate::error::{CommandError, Result, mistakes};
use crate::patterns::{Pattern, Selection};

/// The file's name.
pub(crate) const FILE: &str = limbec_source::project::FILE;

/// The file as written; unknown keys are errors.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    database: DatabaseSection,
    #[serde(default)]
    models: ModelsSection,
    #[serde(default)]
    migrations: MigrationsSection,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DatabaseSection {
    url: Option<String>,
    include: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
    backup: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelsSection {
    paths: Option<Vec<String>>,
    sql: Option<Vec<String>>,
    #[serde(default)]
    types: BTreeMap<String, String>,
    #[serde(default)]
    naming: NamingSection,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamingSection {
    primary_key: Option<String>,
    unique: Option<String>,
    foreign_key: Option<String>,
    check: Option<String>,
    exclude: Option<String>,
    index: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MigrationsSection {
    directory: Option<String>,
    version_locations: Option<Vec<String>>,
    file_template: Option<String>,
    truncate_slug_length: Option<usize>,
    timezone: Option<String>,
    lock_timeout: Option<String>,
    statement_timeout: Option<String>,
    lock_retries: Option<u32>,
    lock_wait: Option<String>,
    when_ahead: Option<String>,
}

/// The configuration of a project.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The folder of `limbec.toml`; all paths are relative to it.
    pub(crate) root: PathBuf,
    /// The file itself.
    pub(crate) file: PathBuf,
    url: Option<String>,
    /// The tables that limbec answers for.
    pub(crate) selection: Selection,
    pub(crate) model_paths: Vec<String>,
    /// Files and folders with the SQL of views, functions and triggers.
    pub(crate) sql_paths: Vec<String>,
    pub(crate) type_map: BTreeMap<String, String>,
    pub(crate) naming: NamingConvention,
    /// The folders of revisions; new ones go to the first.
    pub(crate) version_locations: Vec<PathBuf>,
    pub(crate) file_template: String,
    pub(crate) slug_length: usize,
    pub(crate) timezone: Option<String>,
    /// How patient a run is.
    pub(crate) settings: Settings,
}

impl Config {
    /// Finds and reads the file that the arguments mean.
    pub(crate) fn load(args: &Args) -> Result<Self> {
        let here = here(args)?;
        let file = match &args.config {
            Some(file) => here.join(file),
            None => limbec_source::project::find_upward(&here).ok_or_else(|| {
                CommandError::new(format!("No {FILE} found in {} or above", here.display()))
                    .hint("run `limbec init` to start a project here, or give one by -c or -C")
            })?,
        };
        let text = std::fs::read_to_string(&file).map_err(|error| {
            CommandError::new(format!("cannot read {}: {error}", file.display()))
        })?;
        let parsed: File = toml::from_str(&text).map_err(|error| {
            CommandError::new(format!("{} does not read:\n{error}", file.display()))
                .hint("docs/configuration.md lists every key")
        })?;
        let selection = selection(&parsed.database, &file, &text)?;
        Config::new(parsed, file, selection, args.url.clone())
    }

    fn new(parsed: File, file: PathBuf, selection: Selection, url: Option<String>) -> Result<Self> {
        let settings = settings(&parsed)?;
        let root = file.parent().map(Path::to_path_buf).unwrap_or_default();
        let url = url
            .filter(|url| !url.is_empty())
            .or_else(|| environment("DATABASE_URL"))
            .or(parsed.database.url);
        let directory = environment("LIMBEC_DIRECTORY")
            .or(parsed.migrations.directory)
            .unwrap_or_else(|| "migrations".to_string());
        let version_locations = match parsed.migrations.version_locations {
            Some(locations) if locations.is_empty() => {
                return Err(CommandError::new(format!(
                    "`[migrations] version_locations` in {} is empty",
                    file.display()
                )));
            }
            Some(locations) => locations.iter().map(|it| root.join(it)).collect(),
            None => vec![root.join(directory).join("versions")],
        };
        Ok(Config {
            settings,
            naming: naming(parsed.models.naming, &file)?,
            root,
            file,
            url,
            selection,
            model_paths: match environment("LIMBEC_MODELS") {
                Some(paths) => paths.split(':').map(str::to_string).collect(),
                None => parsed.models.paths.unwrap_or_default(),
            },
            sql_paths: parsed.models.sql.unwrap_or_default(),
            type_map: parsed.models.types,
            version_locations,
            file_template: parsed
                .migrations
                .file_template
                .unwrap_or_else(|| "%(rev)s_%(slug)s".to_string()),
            slug_length: parsed.migrations.truncate_slug_length.unwrap_or(40),
            timezone: parsed.migrations.timezone,
        })
    }

    /// The database that commands work on.
    pub(crate) fn database_url(&self) -> Result<DatabaseUrl> {
        let url = self.url.as_deref().ok_or_else(|| {
            CommandError::new("No database is configured").hint(format!(
                "set `[database] url` in {}, DATABASE_URL in the environment, or --url",
                self.file.display()
            ))
        })?;
        Ok(DatabaseUrl::parse(url, &self.root)?)
    }

    /// A path as a user would name it: relative to the project where it lies inside.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }
}

/// The folder that the command runs in.
pub(crate) fn here(args: &Args) -> Result<PathBuf> {
    let here = std::env::current_dir()
        .map_err(|error| CommandError::new(format!("cannot tell the current folder: {error}")))?;
    let Some(directory) = &args.directory else {
        return Ok(here);
    };
    let there = here.join(directory);
    if !there.is_dir() {
        return Err(CommandError::new(format!(
            "-C {}: no such folder",
            directory.display()
        )));
    }
    // `-C .` and `..` would stand in every path shown otherwise.
    Ok(there.canonicalize().unwrap_or(there))
}

/// Reads an environment variable; an empty one counts as not set.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// How patient a run is: by the environment, else by the file.
fn settings(file: &File) -> Result<Settings> {
    let section = &file.migrations;
    let mut given = Given::default();
    for (key, value) in [
        ("backup", file.database.backup.map(|it| it.to_string())),
        ("lock_timeout", section.lock_timeout.clone()),
        ("statement_timeout", section.statement_timeout.clone()),
        (
            "lock_retries",
            section.lock_retries.map(|it| it.to_string()),
        ),
        ("lock_wait", section.lock_wait.clone()),
        ("when_ahead", section.when_ahead.clone()),
    ] {
        if let Some(text) = value {
            given.set(key, &text).map_err(|mistake| {
                CommandError::new(format!("`{key}` {mistake}")).hint(mistake.hint)
            })?;
        }
    }
    Ok(Settings::default()
        .given(&given)
        .given(&run::environment(environment)?))
}

/// Reads the patterns of tables; each mistake is told at its line.
fn selection(section: &DatabaseSection, file: &Path, text: &str) -> Result<Selection> {
    let shown = file.display().to_string();
    let mut wrong = Vec::new();
    let mut patterns = |list: &[Spanned<String>]| {
        let mut patterns = Vec::with_capacity(list.len());
        for it in list {
            match Pattern::read(it.get_ref()) {
                Ok(pattern) => patterns.push(pattern),
                Err(message) => wrong.push(Diagnostic::new(&shown, it.span(), message)),
            }
        }
        patterns
    };
    let selection = Selection {
        include: section.include.as_deref().map(&mut patterns),
        exclude: patterns(&section.exclude),
    };
    if wrong.is_empty() {
        return Ok(selection);
    }
    let message = format!("{} in {shown}", mistakes(wrong.len()));
    Err(CommandError::diagnostics(message, wrong, |_| {
        text.to_string()
    }))
}

fn naming(section: NamingSection, file: &Path) -> Result<NamingConvention> {
    let usual = NamingConvention::default();
    let pattern = |key: &str, given: Option<String>, usual: String| {
        let Some(pattern) = given else {
            return Ok(usual);
        };
        let mut rest = pattern.clone();
        for token in NamingConvention::TOKENS {
            rest = rest.replace(token, "");
        }
        if rest.contains(['{', '}']) || pattern.is_empty() {
            return Err(CommandError::new(format!(
                "`[models.naming] {key}` in {} has an unknown token: `{pattern}`",
                file.display()
            ))
            .hint(format!(
                "the tokens are {}",
                NamingConvention::TOKENS.join(", ")
            )));
        }
        Ok(pattern)
    };
    Ok(NamingConvention {
        primary_key: pattern("primary_key", section.primary_key, usual.primary_key)?,
        unique: pattern("unique", section.unique, usual.unique)?,
        foreign_key: pattern("foreign_key", section.foreign_key, usual.foreign_key)?,
        check: pattern("check", section.check, usual.check)?,
        exclude: pattern("exclude", section.exclude, usual.exclude)?,
        index: pattern("index", section.index, usual.index)?,
    })
}
