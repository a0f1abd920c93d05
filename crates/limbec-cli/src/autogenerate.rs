//! What the models have and the database lacks, as operations that are proven.

use std::panic::resume_unwind;

use limbec::run::{Database, DatabaseUrl, Scratch, VERSION_TABLE, Version, reflect, settle};
use limbec_core::compare::{Comparison, Verdicts, compare as compare_schemas, managed};
use limbec_core::dialect::Dialect;
use limbec_core::journal;
use limbec_core::operations::Operation;
use limbec_core::schema::Schema;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::commands::all_heads;
use crate::config::Config;
use crate::connect::connect_to_read;
use crate::definitions;
use crate::error::{CommandError, Result};
use crate::expressible;
use crate::models;
use crate::printer::Printer;
use crate::project::Project;
use crate::renames::Answers;

/// A comparison of the models with the database.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) comparison: Comparison,
    /// What the database holds of this project.
    current: Schema,
    target: Schema,
    /// Tables, views, functions and their like left alone.
    pub(crate) unmanaged: Vec<String>,
}

/// Compares the models with a database that is at the heads; `answers` say what was renamed, where
/// that must be known.
pub(crate) async fn compare(
    config: &Config,
    project: &Project,
    mut answers: Option<&mut Answers<'_>>,
) -> Result<Found> {
    let url = config.database_url()?;
    let dialect = url.dialect()?;
    // The server answers while the models are read.
    let reading = tokio::spawn(read(url.clone()));
    let files = config.clone();
    let target = finished(spawn_blocking(move || load(&files, dialect))).await?;
    let (mut database, version, reflected) = finished(reading).await?;
    up_to_date(&version, project)?;
    let mut reflected = reflected?;
    let mut target = match &reflected.own_namespace {
        Some(own) => target.within(own),
        None => target,
    };
    config
        .selection
        .narrow_both(&mut reflected, &mut target, dialect);
    let created = project.created(dialect)?;
    let mut managed = managed(reflected, &target, &created, dialect);
    let version_table = VERSION_TABLE.into();
    managed
        .unmanaged
        .retain(|name| !journal::is_own(name, &version_table));
    let (current, mut target) = (managed.schema, managed.target);
    if let Some(answers) = &answers {
        let said = answers.said(&current, &target)?;
        target.renames.extend(said);
    }
    let mut judge = url.judge().await?;
    let judge = judge.as_mut().unwrap_or(&mut database);
    let comparison = loop {
        let comparison = settle(judge, false, &current, &target).await?;
        if !comparison.conflicts.is_empty() {
            let lines = comparison.conflicts.join("\n  ");
            return Err(CommandError::new(format!(
                "Can't proceed with --autogenerate option; {lines}"
            )));
        }
        let renames = match &mut answers {
            Some(answers) => answers.settle(&comparison.look_alikes)?,
            None => Vec::new(),
        };
        if renames.is_empty() {
            break comparison;
        }
        target.renames.extend(renames);
    };
    let mut unmanaged: Vec<String> = managed.unmanaged.iter().map(ToString::to_string).collect();
    let definitions = managed.unmanaged_definitions.iter();
    unmanaged.extend(definitions.map(|it| format!("the {it}")));
    Ok(Found {
        comparison,
        current,
        target,
        unmanaged,
    })
}

/// The models and the files of SQL beside them, which the database can hold.
fn load(config: &Config, dialect: &dyn Dialect) -> Result<Schema> {
    let mut target = models::load(config)?;
    target.schema.definitions = definitions::load(config, dialect)?;
    expressible::check(&target, dialect)?;
    Ok(target.schema)
}

/// Everything the models have, as for an empty database: for one that holds it already.
pub(crate) async fn from_empty(config: &Config) -> Result<Found> {
    let url = config.database_url()?;
    let dialect = url.dialect()?;
    let target = load(config, dialect)?;
    let mut database = connect_to_read(&url).await?;
    let own_namespace = reflect(&mut database).await?.own_namespace;
    let mut target = match &own_namespace {
        Some(own) => target.within(own),
        None => target,
    };
    let mut current = Schema {
        own_namespace,
        ..Schema::default()
    };
    config
        .selection
        .narrow_both(&mut current, &mut target, dialect);
    let comparison = compare_schemas(&current, &target, dialect, &Verdicts::default());
    Ok(Found {
        comparison,
        current,
        target,
        unmanaged: Vec::new(),
    })
}

/// Runs a revision up and down on a scratch copy; it must lead to the models and back.
pub(crate) async fn prove(
    config: &Config,
    found: &Found,
    upgrade: &[Operation],
    downgrade: &[Operation],
) -> Result<()> {
    let scratch = Scratch::beside(&config.database_url()?);
    // What has been renamed goes by its new name.
    let mut target = found.target.clone();
    target.renames.clear();
    let proof = scratch
        .prove(&found.current, &target, upgrade, downgrade)
        .await;
    proof.map_err(|error| {
        let error = error.into_error();
        let hint = if error.failed_statement().is_some() {
            "the revision was not written: correct the models; a type, a function or an extension \
             that they use must be in the database first, by hand or by a revision of its own"
        } else {
            "the revision was not written; please report this with the models that led to it"
        };
        CommandError::from(error).hint(hint)
    })
}

impl Found {
    /// Tells what was left alone and what could not be compared.
    pub(crate) fn report(&self, printer: &Printer) {
        if !self.unmanaged.is_empty() {
            printer.info(
                "compare",
                &format!(
                    "Left alone, as no revision of this project created them: {}",
                    self.unmanaged.join(", ")
                ),
            );
        }
        let of_tables = self
            .current
            .unmodelled
            .iter()
            .filter(|it| it.table.is_some());
        for it in of_tables {
            printer.warning("compare", &format!("Not modelled, and left as it is: {it}"));
        }
        for unknown in &self.comparison.unknown {
            printer.warning("compare", &format!("Not compared: {unknown}"));
        }
    }
}

/// Reads a database: what was applied to it, and what it holds.
async fn read(url: DatabaseUrl) -> Result<(Database, Version, Result<Schema>)> {
    let mut database = connect_to_read(&url).await?;
    let version = Version::read(&mut database, &VERSION_TABLE.into()).await?;
    let schema = reflect(&mut database).await.map_err(CommandError::from);
    Ok((database, version, schema))
}

/// What a task comes to.
async fn finished<T>(task: JoinHandle<Result<T>>) -> Result<T> {
    match task.await {
        Ok(result) => result,
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(error) => Err(CommandError::new(error.to_string())),
    }
}

fn up_to_date(version: &Version, project: &Project) -> Result<()> {
    use limbec::run::Revisions as _;
    let missing = project.graph().missing_heads(&version.rows)?;
    if missing.is_empty() {
        return Ok(());
    }
    Err(
        CommandError::new("Target database is not up to date.").hint(format!(
            "run: limbec upgrade {}",
            all_heads(project.graph())
        )),
    )
}
