//! `limbec.toml`, with what the environment says in its place.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use limbec::run::{self, DatabaseUrl, Interrupt, Settings};
use limbec_core::schema::NamingConvention;
use limbec_core::settings::Given;
use limbec_source::diagnostic::Diagnostic;
use limbec_source::models::ModelOptions;
use limbec_source::project::toml_mistake;
use serde::Deserialize;
use toml::Spanned;

use crate::error::{ProjectError, Result, mistakes};
use crate::selection::{Partitions, Pattern, Selection};

/// Reads an environment variable: what the environment says stands over the file.
pub type Environment<'a> = dyn Fn(&str) -> Option<String> + 'a;

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
    url: Option<Spanned<String>>,
    scratch: Option<Spanned<String>>,
    include: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
    #[serde(default)]
    partitions: Partitions,
    backup: Option<bool>,
    connect_wait: Option<String>,
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
    version_table_schema: Option<String>,
}

/// The configuration of a project.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder of `limbec.toml`; all paths are relative to it.
    pub root: PathBuf,
    /// The file itself.
    pub file: PathBuf,
    url: Option<Secret>,
    scratch: Option<Secret>,
    /// What the environment says of the database.
    variables: BTreeMap<&'static str, Secret>,
    /// The tables that limbec answers for.
    pub selection: Selection,
    /// Files and folders with the models.
    pub model_paths: Vec<String>,
    /// Files and folders with the SQL of views, functions and triggers.
    pub sql_paths: Vec<String>,
    /// The SQL types of Rust types.
    pub type_map: BTreeMap<String, String>,
    /// How constraints and indexes are named that the models leave unnamed.
    pub naming: NamingConvention,
    /// The folders of revisions; new ones go to the first.
    pub version_locations: Vec<PathBuf>,
    /// The template of a new revision's file name.
    pub file_template: String,
    /// The longest slug in a file name.
    pub slug_length: usize,
    /// The time zone of create dates; UTC without one.
    pub timezone: Option<String>,
    /// How patient a run is.
    pub settings: Settings,
    interrupt: Interrupt,
}

/// A text that may hold a password, which nothing shows.
#[derive(Clone)]
struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Config {
    /// Reads a project's file. `url` stands over the environment's `DATABASE_URL`, and that over the
    /// file's; a variable that is empty counts as not set.
    ///
    /// # Errors
    /// When the file cannot be read, or something in it or in the environment means nothing.
    pub fn read(file: PathBuf, url: Option<String>, environment: &Environment<'_>) -> Result<Self> {
        let text = std::fs::read_to_string(&file).map_err(|error| {
            ProjectError::new(format!("cannot read {}: {error}", file.display()))
        })?;
        Config::of(file, &text, url, environment)
    }

    /// Reads the text of a project's file, as [`Config::read`] does.
    ///
    /// # Errors
    /// When something in it or in the environment means nothing.
    pub fn of(
        file: PathBuf,
        text: &str,
        url: Option<String>,
        environment: &Environment<'_>,
    ) -> Result<Self> {
        let parsed: File = toml::from_str(text).map_err(|error| {
            let mistake = toml_mistake(error.message(), error.span(), text);
            ProjectError::new(format!("{} does not read: {mistake}", file.display()))
                .hint("docs/configuration.md lists every key")
        })?;
        let selection = selection(&parsed.database, &file, text)?;
        let environment = |name: &str| environment(name).filter(|value| !value.is_empty());
        Config::new(parsed, file, selection, url, &environment)
    }

    fn new(
        parsed: File,
        file: PathBuf,
        selection: Selection,
        url: Option<String>,
        environment: &Environment<'_>,
    ) -> Result<Self> {
        let settings = settings(&parsed, environment)?;
        let root = file.parent().map(Path::to_path_buf).unwrap_or_default();
        if url.as_deref() == Some("") {
            return Err(
                ProjectError::new("the database URL that was given is empty")
                    .hint("leave it (`--url`) out to take the one of DATABASE_URL or limbec.toml"),
            );
        }
        let url = url
            .or_else(|| environment("DATABASE_URL"))
            .or(parsed.database.url.map(Spanned::into_inner))
            .map(Secret);
        let scratch = environment("LIMBEC_SCRATCH")
            .or(parsed.database.scratch.map(Spanned::into_inner))
            .map(Secret);
        let variables = DatabaseUrl::VARIABLES.into_iter();
        let variables = variables.filter_map(|name| Some((name, Secret(environment(name)?))));
        let directory = environment("LIMBEC_DIRECTORY")
            .or(parsed.migrations.directory)
            .unwrap_or_else(|| "migrations".to_string());
        let version_locations = match parsed.migrations.version_locations {
            Some(locations) if locations.is_empty() => {
                return Err(ProjectError::new(format!(
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
            scratch,
            variables: variables.collect(),
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
            interrupt: Interrupt::new(),
        })
    }

    /// The database of the project.
    ///
    /// # Errors
    /// When none is configured, or its URL is none that limbec knows.
    pub fn database_url(&self) -> Result<DatabaseUrl> {
        let url = self.url.as_ref().ok_or_else(|| {
            ProjectError::new("No database is configured").hint(format!(
                "set `[database] url` in {}, DATABASE_URL in the environment, or --url",
                self.file.display()
            ))
        })?;
        self.read_url(url)
    }

    /// The database beside which revisions are tried: the project's own, unless another one is named.
    ///
    /// # Errors
    /// As [`Config::database_url`], and when the other one is of another kind.
    pub fn scratch_url(&self) -> Result<DatabaseUrl> {
        let url = self.database_url()?;
        let Some(scratch) = &self.scratch else {
            return Ok(url);
        };
        let scratch = self.read_url(scratch)?;
        if scratch.dialect().name() == url.dialect().name() {
            return Ok(scratch);
        }
        Err(ProjectError::new(format!(
            "`[database] scratch` is a database of {}, and the project's own is one of {}",
            scratch.dialect().name(),
            url.dialect().name()
        ))
        .hint("name a server of the same kind, and of the same version"))
    }

    fn read_url(&self, url: &Secret) -> Result<DatabaseUrl> {
        let variable = |name: &str| self.variables.get(name).map(|it| it.0.clone());
        let url = DatabaseUrl::parse(&url.0, &self.root)?.completed(&variable)?;
        Ok(url.interrupted_by(&self.interrupt))
    }

    /// Lets connections to the project's database stop on request.
    pub fn interrupted_by(mut self, interrupt: &Interrupt) -> Self {
        self.interrupt = interrupt.clone();
        self
    }

    /// Asks a person, who may leave by a signal at once.
    pub fn ask<T>(&self, question: impl FnOnce() -> T) -> T {
        self.interrupt.unheard(question)
    }

    /// How models are read, and written.
    pub fn model_options(&self) -> ModelOptions {
        ModelOptions {
            naming: self.naming.clone(),
            type_map: self.type_map.clone(),
        }
    }

    /// A path as a user would name it: relative to the project where it lies inside.
    pub fn shown(&self, path: &Path) -> String {
        // Comparing texts is enough for the thousand files of revisions, and takes a tenth of the time.
        let inside = path
            .to_str()
            .zip(self.root.to_str())
            .and_then(|(path, root)| {
                let inside = path.strip_prefix(root)?.strip_prefix(MAIN_SEPARATOR)?;
                (!inside.starts_with(MAIN_SEPARATOR)).then_some(inside)
            });
        match inside {
            Some(inside) => inside.to_string(),
            None => path
                .strip_prefix(&self.root)
                .unwrap_or(path)
                .display()
                .to_string(),
        }
    }
}

/// How patient a run is: by the environment, else by the file.
fn settings(file: &File, environment: &Environment<'_>) -> Result<Settings> {
    let section = &file.migrations;
    let mut given = Given::default();
    for (key, value) in [
        ("backup", file.database.backup.map(|it| it.to_string())),
        ("connect_wait", file.database.connect_wait.clone()),
        ("lock_timeout", section.lock_timeout.clone()),
        ("statement_timeout", section.statement_timeout.clone()),
        (
            "lock_retries",
            section.lock_retries.map(|it| it.to_string()),
        ),
        ("lock_wait", section.lock_wait.clone()),
        ("when_ahead", section.when_ahead.clone()),
        ("version_table_schema", section.version_table_schema.clone()),
    ] {
        if let Some(text) = value {
            given.set(key, &text).map_err(|mistake| {
                ProjectError::new(format!("`{key}` {mistake}")).hint(mistake.hint)
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
        partitions: section.partitions,
    };
    if wrong.is_empty() {
        return Ok(selection);
    }
    let message = format!("{} in {shown}", mistakes(wrong.len()));
    // A mistake is shown with its line, in which a URL may stand too.
    let mut hidden = text.to_string();
    for url in [&section.url, &section.scratch].into_iter().flatten() {
        hidden.replace_range(url.span(), &"*".repeat(url.span().len()));
    }
    Err(ProjectError::diagnostics(message, wrong, |_| {
        hidden.clone()
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
            return Err(ProjectError::new(format!(
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
