//! `limbec reflect`: models from a database.

use std::path::{Path, PathBuf};

use limbec::run::{Revisions as _, VERSION_TABLE, reflect};
use limbec_core::dialect::Dialect;
use limbec_core::schema::{ColumnType, Schema};
use limbec_source::suggest::did_you_mean;
use limbec_source::write::{WrittenModels, write_models};
use serde_json::json;

use crate::args::Reflect;
use crate::config::Config;
use crate::connect::{block_on, connect_to_read};
use crate::error::{CommandError, Result, Status};
use crate::models::options;
use crate::patterns::Pattern;
use crate::printer::Printer;
use crate::project::Project;

pub(super) fn run(options: &Reflect, config: &Config, printer: &Printer) -> Result<Status> {
    // Where it cannot be written, nothing needs to be read.
    let path = if options.write {
        Some(destination(options, config)?)
    } else {
        None
    };
    let url = config.database_url()?;
    let dialect = url.dialect();
    let schema = block_on(async {
        let mut database = connect_to_read(&url).await?;
        Ok(reflect(&mut database).await?)
    })?;
    let schema = selected(schema, &options.tables, dialect)?;
    let models = write_models(&schema, &self::options(config));
    for it in &models.unsaid {
        printer.warning("reflect", &format!("Not in the models: {it}"));
    }
    match path {
        Some(path) => write(&path, &schema, &models, config, printer)?,
        None if printer.json() => {
            printer.value(&json!({ "schema": schema, "unsaid": models.unsaid }));
        }
        None => printer.line(models.text.trim_end()),
    }
    Ok(Status::Done)
}

/// The tables that were asked for, with what they are made of.
fn selected(mut schema: Schema, asked: &[String], dialect: &dyn Dialect) -> Result<Schema> {
    schema.tables.retain(|it| it.name.name != VERSION_TABLE);
    if schema.tables.is_empty() {
        return Err(CommandError::new("The database holds no table")
            .hint("is it the right one? `--url` names another"));
    }
    let own = schema.own_namespace.clone();
    let mut patterns = Vec::new();
    for text in asked {
        let pattern = Pattern::read(text).map_err(CommandError::new)?;
        let mut tables = schema.tables.iter().map(|it| &it.name);
        if !tables.any(|name| pattern.matches(name, own.as_deref(), dialect)) {
            let names: Vec<String> = schema.tables.iter().map(|it| it.name.to_string()).collect();
            let near = did_you_mean(text, names.iter().map(String::as_str));
            return Err(
                CommandError::new(format!("The database has no table `{text}`")).hints(near),
            );
        }
        patterns.push(pattern);
    }
    if !patterns.is_empty() {
        schema.tables.retain(|table| {
            let mut patterns = patterns.iter();
            patterns.any(|it| it.matches(&table.name, own.as_deref(), dialect))
        });
        only_what_tables_use(&mut schema);
    }
    for table in &mut schema.tables {
        table
            .options
            .retain(|key, _| dialect.is_option_of_models(key));
    }
    Ok(schema)
}

/// Leaves out what no table of the schema needs: it was not asked for.
fn only_what_tables_use(schema: &mut Schema) {
    fn holds(column_type: &ColumnType, test: &dyn Fn(&ColumnType) -> bool) -> bool {
        match column_type {
            ColumnType::Array(element) => holds(element, test),
            it => test(it),
        }
    }
    let tables = &schema.tables;
    let used = |test: &dyn Fn(&ColumnType) -> bool| {
        let mut columns = tables.iter().flat_map(|table| &table.columns);
        columns.any(|column| holds(&column.column_type, test))
    };
    schema
        .enums
        .retain(|it| used(&|column| matches!(column, ColumnType::Enum(of) if of.name == it.name)));
    schema
        .domains
        .retain(|it| used(&|column| matches!(column, ColumnType::Named(of) if *of == it.name)));
    schema.sequences.clear();
    schema.namespaces.clear();
    schema.extensions.clear();
}

/// The file to write: the one that was asked for, or that `[models] paths` names.
fn destination(options: &Reflect, config: &Config) -> Result<PathBuf> {
    let file = config.file.display();
    let given = match (&options.to, config.model_paths.as_slice()) {
        (Some(to), _) => to.clone(),
        (None, [one]) => PathBuf::from(one),
        (None, []) => {
            return Err(CommandError::new(format!(
                "`[models] paths` in {file} names no file to write"
            ))
            .hint("write there, for example: paths = [\"src/models.rs\"]"));
        }
        (None, several) => {
            return Err(CommandError::new(format!(
                "`[models] paths` in {file} names {} files or folders",
                several.len()
            ))
            .hint(format!("say which to write: --to {}", several[0])));
        }
    };
    let path = config.root.join(&given);
    let is_folder = path.is_dir() || path.extension().is_none();
    let path = if is_folder { path.join("mod.rs") } else { path };
    if path.extension().is_none_or(|it| it != "rs") {
        return Err(CommandError::new(format!(
            "{} is no `.rs` file, so models cannot be written to it",
            config.shown(&path)
        )));
    }
    if !is_read(&path, config) {
        return Err(CommandError::new(format!(
            "{} is not among the models: `[models] paths` in {file} does not name it",
            config.shown(&path)
        ))
        .hint("add it there first, so that limbec reads what it writes"));
    }
    if path.exists() && !options.force {
        return Err(
            CommandError::new(format!("{} exists already", config.shown(&path)))
                .hint("`--force` writes over it; without `--write` the models are printed"),
        );
    }
    Ok(path)
}

/// Whether a file is, or will be, among the models.
fn is_read(path: &Path, config: &Config) -> bool {
    let mut paths = config.model_paths.iter();
    paths.any(|it| path.starts_with(config.root.join(it)))
}

fn write(
    path: &Path,
    schema: &Schema,
    models: &WrittenModels,
    config: &Config,
    printer: &Printer,
) -> Result<()> {
    let shown = config.shown(path);
    let failed =
        |error: std::io::Error| CommandError::new(format!("cannot write {shown}: {error}"));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let partial = path.with_extension("partial");
    std::fs::write(&partial, &models.text).map_err(failed)?;
    std::fs::rename(&partial, path).map_err(failed)?;
    if !models.crates.is_empty() {
        let crates = models.crates.join(", ");
        printer.info(
            "reflect",
            &format!("The models use types of the crates {crates}"),
        );
    }
    printer.text(&format!("Writing {shown} ...  done"));
    if printer.json() {
        printer.value(&json!({
            "path": shown,
            "tables": schema.tables.len(),
            "unsaid": models.unsaid,
        }));
    }
    if Project::load(config).is_ok_and(|it| it.graph().is_empty()) {
        printer.text(
            "\nNext:\n  1. limbec check   says that the models and the database agree\n  \
             2. limbec revision --autogenerate --from-empty -m \"Initial schema\"\n  \
             3. limbec stamp head   as this database has it all",
        );
    }
    Ok(())
}
