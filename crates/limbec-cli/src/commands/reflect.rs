//! `limbec reflect`: models from a database.

mod sql_files;

use std::path::{Path, PathBuf};

use limbec::run::{Revisions as _, reflect};
use limbec_core::dialect::Dialect;
use limbec_core::schema::{ObjectName, Schema, Unmodelled};
use limbec_generate::{Pattern, Project};
use limbec_source::suggest::did_you_mean;
use limbec_source::write::{WrittenModels, write_models};
use serde_json::json;

use crate::args::Reflect;
use crate::config::Config;
use crate::connect::{block_on, connect_to_read};
use crate::error::{CommandError, Result, Status};
use crate::printer::Printer;
use sql_files::SqlFile;

pub(super) fn run(options: &Reflect, config: &Config, printer: &Printer) -> Result<Status> {
    // Where it cannot be written, nothing needs to be read.
    if options.write && options.tables.is_empty() {
        destination(options, config)?;
    }
    let url = config.database_url()?;
    let dialect = url.dialect();
    let schema = block_on(async {
        let mut database = connect_to_read(&url).await?;
        Ok(reflect(&mut database).await?)
    })?;
    let mut schema = schema;
    config.selection.narrow(&mut schema, dialect);
    if schema.tables.is_empty() && config.selection.is_everything() {
        return Err(CommandError::new("The database holds no table")
            .hint("is it the right one? `--url` names another"));
    }
    if schema.tables.is_empty() {
        return Err(
            CommandError::new("The database holds no table that takes part").hint(format!(
                "see `include` and `exclude` under `[database]` in {}",
                config.file.display()
            )),
        );
    }
    let mut schema = selected(schema, &options.tables, dialect)?;
    if schema.tables.is_empty() {
        return only_definitions(options, schema, config, printer);
    }
    let path = if options.write {
        Some(destination(options, config)?)
    } else {
        None
    };
    let sql_files = match path {
        Some(_) => sql_files::files(&mut schema.definitions, config, dialect),
        None => Vec::new(),
    };
    let models = write_models(&schema, &config.model_options());
    for it in &models.unsaid {
        printer.warning("reflect", &format!("Not in the models: {it}"));
    }
    if !schema.definitions.is_empty() && config.sql_paths.is_empty() {
        let file = config.file.display();
        printer.info(
            "reflect",
            &format!(
                "Views, functions and triggers go to SQL files: name a folder for them in {file}, \
                 such as `sql = [\"sql\"]` under `[models]`, then use --write"
            ),
        );
    }
    match path {
        Some(path) => {
            let written = Written {
                path,
                sql_files,
                schema: &schema,
                models: &models,
            };
            written.save(options.force, config, printer)?;
        }
        None if printer.json() => {
            printer.value(&json!({ "schema": schema, "unsaid": models.unsaid }));
        }
        None => printer.data(models.text.trim_end()),
    }
    Ok(Status::Done)
}

/// Prints the SQL of views, functions and their like, or writes it to files; no model was asked for.
fn only_definitions(
    options: &Reflect,
    mut schema: Schema,
    config: &Config,
    printer: &Printer,
) -> Result<Status> {
    if !options.write {
        if printer.json() {
            printer.value(&json!({ "schema": schema, "unsaid": [] }));
            return Ok(Status::Done);
        }
        for definition in &schema.definitions {
            let sql = definition.sql.trim_end().trim_end_matches(';');
            printer.data(&format!("{sql};"));
        }
        return Ok(Status::Done);
    }
    if config.sql_paths.is_empty() {
        let file = config.file.display();
        return Err(CommandError::new(format!(
            "`[models] sql` in {file} names no folder for SQL files"
        ))
        .hint("write there, for example: sql = [\"sql\"]"));
    }
    let url = config.database_url()?;
    let files = sql_files::files(&mut schema.definitions, config, url.dialect());
    for it in &schema.definitions {
        printer.warning("reflect", &format!("Not in the SQL files: the {it}"));
    }
    write_sql_files(&files, options.force, config)?;
    for file in &files {
        printer.text(format!("Writing {} ...  done", config.shown(&file.path)));
    }
    if printer.json() {
        let sql: Vec<String> = files.iter().map(|it| config.shown(&it.path)).collect();
        printer.value(&json!({ "path": null, "sql": sql, "tables": 0, "unsaid": [] }));
    }
    Ok(Status::Done)
}

/// Writes SQL files, unless one is there already.
fn write_sql_files(files: &[SqlFile], force: bool, config: &Config) -> Result<()> {
    let existing = files.iter().find(|it| it.path.exists());
    if let Some(existing) = existing.filter(|_| !force) {
        return Err(
            CommandError::new(format!("{} exists already", config.shown(&existing.path)))
                .hint("`--force` writes over it; nothing was written"),
        );
    }
    // `[models] sql` names a folder that must be there.
    for folder in &config.sql_paths {
        let folder = config.root.join(folder);
        if folder.extension().is_none() {
            std::fs::create_dir_all(&folder)
                .map_err(|error| cannot_write(&folder, config, &error))?;
        }
    }
    for file in files {
        save(&file.path, &file.text, config)?;
    }
    Ok(())
}

/// The tables, views and their like that were asked for, with what the tables are made of.
fn selected(mut schema: Schema, asked: &[String], dialect: &dyn Dialect) -> Result<Schema> {
    let own = schema.own_namespace.clone();
    let mut patterns = Vec::new();
    for text in asked {
        let pattern = Pattern::read(text).map_err(CommandError::new)?;
        let tables = schema.tables.iter().map(|it| &it.name);
        let definitions = schema.definitions.iter().map(|it| &it.name);
        if !(tables.chain(definitions)).any(|name| pattern.matches(name, own.as_deref(), dialect)) {
            let tables = schema.tables.iter().map(|it| it.name.to_string());
            let definitions = schema.definitions.iter().map(|it| it.name.to_string());
            let names: Vec<String> = tables.chain(definitions).collect();
            let near = did_you_mean(text, names.iter().map(String::as_str));
            return Err(
                CommandError::new(format!("The database has no table `{text}`")).hints(near),
            );
        }
        patterns.push(pattern);
    }
    if !patterns.is_empty() {
        let is_asked = |name: &ObjectName| {
            let mut patterns = patterns.iter();
            patterns.any(|it| it.matches(name, own.as_deref(), dialect))
        };
        schema.tables.retain(|table| is_asked(&table.name));
        schema.definitions.retain(|it| is_asked(&it.name));
        only_what_tables_use(&mut schema);
    }
    for table in &mut schema.tables {
        let invalid = table.take_invalid_indexes();
        let invalid = invalid.iter();
        (schema.unmodelled).extend(invalid.map(|it| Unmodelled::invalid_index(table, it)));
    }
    Ok(schema)
}

/// Leaves out what no table of the schema needs: it was not asked for.
fn only_what_tables_use(schema: &mut Schema) {
    let mut used: Vec<ObjectName> = Vec::new();
    for column in schema.tables.iter().flat_map(|table| &table.columns) {
        used.extend(column.column_type.named().cloned());
    }
    // A domain may be of another one, or of an enumeration.
    let mut at = 0;
    while at < used.len() {
        let domain = schema.domains.iter().find(|it| it.name == used[at]);
        let base = domain.and_then(|it| it.base.named().cloned());
        used.extend(base.filter(|it| !used.contains(it)));
        at += 1;
    }
    schema.enums.retain(|it| used.contains(&it.name));
    schema.domains.retain(|it| used.contains(&it.name));
    let tables = &schema.tables;
    schema.sequences.retain(|it| {
        let owner = it.owned_by.as_ref().map(|it| &it.table);
        owner.is_some_and(|name| tables.iter().any(|table| table.name == *name))
    });
    let spaces: Vec<&str> = (tables.iter().map(|it| &it.name))
        .chain(schema.enums.iter().map(|it| &it.name))
        .chain(schema.domains.iter().map(|it| &it.name))
        .filter_map(|it| it.schema.as_deref())
        .collect();
    schema.namespaces.retain(|it| spaces.contains(&&*it.name));
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

/// What is to be written.
struct Written<'a> {
    path: PathBuf,
    sql_files: Vec<SqlFile>,
    schema: &'a Schema,
    models: &'a WrittenModels,
}

impl Written<'_> {
    fn save(&self, force: bool, config: &Config, printer: &Printer) -> Result<()> {
        write_sql_files(&self.sql_files, force, config)?;
        save(&self.path, &self.models.text, config)?;
        self.report(config, printer);
        Ok(())
    }

    fn report(&self, config: &Config, printer: &Printer) {
        let shown = config.shown(&self.path);
        if !self.models.crates.is_empty() {
            let crates = self.models.crates.join(", ");
            printer.info(
                "reflect",
                &format!("The models use types of the crates {crates}"),
            );
        }
        printer.text(format!("Writing {shown} ...  done"));
        let sql: Vec<String> = (self.sql_files.iter())
            .map(|it| config.shown(&it.path))
            .collect();
        for file in &sql {
            printer.text(format!("Writing {file} ...  done"));
        }
        if printer.json() {
            printer.value(&json!({
                "path": shown,
                "sql": sql,
                "tables": self.schema.tables.len(),
                "unsaid": self.models.unsaid,
            }));
        }
        if Project::load(config).is_ok_and(|it| it.graph().is_empty()) {
            printer.text(
                "\nNext:\n  1. limbec check   says that the models and the database agree\n  \
                 2. limbec revision --autogenerate --from-empty -m \"Initial schema\"\n  \
                 3. limbec stamp head   as this database has it all",
            );
        }
    }
}

fn cannot_write(path: &Path, config: &Config, error: &std::io::Error) -> CommandError {
    CommandError::new(format!("cannot write {}: {error}", config.shown(path)))
}

/// Writes a file as a whole or not at all.
fn save(path: &Path, text: &str, config: &Config) -> Result<()> {
    let failed = |error: std::io::Error| cannot_write(path, config, &error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let partial = path.with_extension("partial");
    std::fs::write(&partial, text).map_err(failed)?;
    std::fs::rename(&partial, path).map_err(failed)
}
