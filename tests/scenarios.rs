//! What a change to the models becomes: each file of `tests/scenarios/` holds cases, data only.
//!
//! ```text
//! ## retyped on: postgresql
//! …models before…
//! --- rows              (optional) SQL, run on the database as the models before say; without it,
//!                       each table gets some rows, as its constraints let it
//! --- holds before      (optional) `query => rows`: before, and after the downgrade
//! --- holds after       (optional) the same after the upgrade
//! --- after             (optional) the models after; without it, they stay as they are
//! --- sql               (optional) views, functions and triggers that the project has before
//! --- sql after         (optional) the same after; without it, they stay as they are
//! --- expected          the operations as `check` lists them; nothing if none are found
//! --- expected on sqlite            (optional) the same for one database
//! --- sql on sqlite     what SQLite runs for these operations; a stronger lock or a rewritten
//!                       table shows here
//! --- sql on sqlite<3.53            (only if it differs) the same by the oldest library
//! --- sql on postgresql             what PostgreSQL runs
//! --- sql on postgresql>=16         (only if it differs) the same by servers that store views in
//!                       other words
//! ```
//!
//! A case with operations states their SQL for each database that it runs on. `UPDATE_EXPECT=1`
//! writes the operations and the SQL that come out now; read the difference.
//!
//! Each case creates the models before (`check` must be clean right then), runs the revision to
//! the models after (`check` must be clean again) and its downgrade (and the database is as it
//! was: on PostgreSQL by what `pg_dump --schema-only` says, too). No table loses a row. A case without `on:` runs on every database, one with `on: postgresql>=15` on servers of
//! that version or later.

use std::collections::BTreeMap;

use limbec_core::dialect::by_name;
use limbec_core::operations::Operation;
use limbec_core::schema::{Definition, ObjectName, Schema, in_order};
use limbec_source::models::{ModelOptions, SourceFile, read};

use crate::case::{Case, Scenario};
use crate::reach;
use crate::scripted::Databases;
use crate::trial::{Trial, listed, of_own_namespace};

fn models(text: &str) -> Result<Schema, String> {
    let file = SourceFile {
        path: "models.rs",
        text,
    };
    let (models, mistakes) = read(&[file], &ModelOptions::default());
    if mistakes.is_empty() {
        return Ok(models.schema);
    }
    let lines: Vec<&str> = mistakes.iter().map(|it| it.message.as_str()).collect();
    Err(format!("the models: {}", lines.join("; ")))
}

fn sql_files(text: &str, database: &str) -> Result<Vec<Definition>, String> {
    let dialect = by_name(database).ok_or("there is no such database")?;
    let (definitions, mistakes) = limbec_source::definitions::read("a.sql", text, dialect);
    match mistakes.first() {
        None => Ok(in_order(definitions, dialect.lexicon())),
        Some(mistake) => Err(mistake.to_string()),
    }
}

/// Runs a case on a database; `version` is how its parts name the database.
fn run(
    case: &mut Case,
    database: &str,
    version: &str,
    mut trial: Trial,
    servers: &mut Option<Databases>,
    provers: &mut Option<Trial>,
) -> Result<(), String> {
    let mut before = models(case.text("before"))?;
    let mut after = match case.text("after").trim() {
        "" => before.clone(),
        text => models(text)?,
    };
    let sql = case.text("sql");
    before.definitions = sql_files(sql, database)?;
    after.definitions = sql_files(case.part("sql after").unwrap_or(sql), database)?;
    let creation = trial.creation(&before)?;
    let current = trial.create(&before)?;
    fill(&mut trial, case.part("rows"), &before)?;
    holds(&mut trial, case.text("holds before"))?;
    let dumped = trial.dump()?;
    let counted = count(&mut trial, &before);
    let (found, body) = trial.revision(&current, &after)?;
    states_operations(case, database, &listed(&found.planned))?;
    states_sql(case, version, &trial.sql_of(&current, &body.upgrade)?)?;
    trial
        .run(&body.upgrade)
        .map_err(|error| format!("upgrading: {error}"))?;
    trial
        .expect(&after)
        .and_then(|_| holds(&mut trial, case.text("holds after")))
        .map_err(|error| format!("after the upgrade: {error}"))?;
    let now = count(&mut trial, &after);
    let made_anew = |table: &ObjectName| {
        found.planned.iter().any(|it| match &it.operation {
            // A partition takes rows of its table along.
            Operation::DropTable { name, table: known } => {
                let of = known.as_ref().map_or(&[][..], |it| it.inherits.parents());
                name == table || of.contains(table)
            }
            // The case itself says what its rows are.
            Operation::RenameTable { .. } => true,
            _ => false,
        })
    };
    for (table, rows) in &counted {
        if !made_anew(table) && now.get(table).is_some_and(|now| now != rows) {
            return Err(format!("rows: {counted:?}, after the upgrade: {now:?}"));
        }
    }
    trial
        .run(&body.downgrade)
        .map_err(|error| format!("downgrading: {error}"))?;
    trial
        .expect(&current)
        .and_then(|_| trial.expect(&before))
        .and_then(|_| holds(&mut trial, case.text("holds before")))
        .map_err(|error| format!("after the downgrade: {error}"))?;
    same_dump(&dumped, &trial.dump()?)?;
    let mut after = of_own_namespace(&after, &current);
    after.renames.clear();
    match version {
        "sqlite" => reach::agrees(&mut Trial::sqlite(), &current, &after, &body)?,
        "sqlite<3.53" => {}
        _ => {
            let prover = provers.get_or_insert_with(Trial::postgres);
            reach::agrees(prover, &current, &after, &body)?;
        }
    }
    match version {
        // The shell is of one version only.
        "sqlite<3.53" => Ok(()),
        "sqlite" => Databases::sqlite().agree(&[creation, body]),
        _ => servers
            .get_or_insert_with(Databases::postgres)
            .agree(&[creation, body]),
    }
}

/// Whether what comes out now is taken for right and written into the files.
fn updates() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

/// Fails unless the case states these operations for a database.
fn states_operations(case: &mut Case, database: &str, found: &str) -> Result<(), String> {
    let own = format!("expected on {database}");
    let part = match case.part(&own) {
        Some(_) => own.as_str(),
        None => "expected",
    };
    let stated = case.part(part).map(str::trim);
    if stated == Some(found.trim()) {
        return Ok(());
    }
    if updates() {
        case.set(part, Some(found));
        return Ok(());
    }
    let stated = stated.unwrap_or("(the part `expected` is missing)");
    Err(format!("expected:\n{stated}\nfound:\n{found}"))
}

/// Fails unless the case states this SQL for a database. Some versions of it (`sqlite<3.53`) have a
/// part of their own only if their SQL differs.
fn states_sql(case: &mut Case, version: &str, found: &str) -> Result<(), String> {
    let part = format!("sql on {version}");
    let database = version.split(['<', '>']).next().unwrap_or_default();
    let as_others = database != version && case.text(&format!("sql on {database}")).trim() == found;
    let wanted = (!found.is_empty() && !as_others).then_some(found);
    let stated = case.part(&part).map(str::trim);
    if stated == wanted {
        return Ok(());
    }
    if updates() {
        case.set(&part, wanted);
        return Ok(());
    }
    let missing = format!("(no part `{part}`)");
    Err(format!(
        "{part}, stated:\n{}\nfound:\n{}\nif this is right, run with UPDATE_EXPECT=1",
        stated.unwrap_or(&missing),
        wanted.unwrap_or(&missing)
    ))
}

/// Puts rows in: those of the case, or some that the constraints take.
fn fill(trial: &mut Trial, rows: Option<&str>, before: &Schema) -> Result<(), String> {
    if let Some(rows) = rows {
        for sql in limbec_core::sql::split(rows, trial.lexicon()) {
            trial.sql(sql)?;
        }
        return Ok(());
    }
    for table in &before.tables {
        for row in limbec_testkit::schemas::rows(table) {
            // A row that the constraints refuse is no row.
            let _ = trial.sql(&row);
        }
    }
    Ok(())
}

/// Fails where a query does not answer as `query => rows` says: rows with `; ` between, values
/// with `|`.
fn holds(trial: &mut Trial, lines: &str) -> Result<(), String> {
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (query, expected) = line
            .split_once(" => ")
            .ok_or("`query => rows` is expected")?;
        let rows = trial.sql(query)?;
        let rows = rows.into_iter().map(|row| {
            let values = row.into_iter().map(Option::unwrap_or_default);
            values.collect::<Vec<_>>().join("|")
        });
        let found = rows.collect::<Vec<_>>().join("; ");
        if found != expected.trim() {
            return Err(format!("`{query}` answers `{found}`, not `{expected}`"));
        }
    }
    Ok(())
}

/// The rows of each table of the connection's own namespace.
fn count(trial: &mut Trial, schema: &Schema) -> BTreeMap<ObjectName, usize> {
    let mut counts = BTreeMap::new();
    for table in schema.tables.iter().filter(|it| it.name.schema.is_none()) {
        let quoted = table.name.name.replace('"', "\"\"");
        if let Ok(rows) = trial.sql(&format!("SELECT 1 FROM \"{quoted}\"")) {
            counts.insert(table.name.clone(), rows.len());
        }
    }
    counts
}

/// Two dumps by their lines, whatever the order of columns.
fn same_dump(before: &[String], after: &[String]) -> Result<(), String> {
    let lacks = |all: &[String], line: &String| !all.contains(line);
    let gone = before.iter().filter(|it| lacks(after, it));
    let new = after.iter().filter(|it| lacks(before, it));
    let lines: Vec<String> = gone
        .map(|it| format!("- {it}"))
        .chain(new.map(|it| format!("+ {it}")))
        .collect();
    if lines.is_empty() && before.len() == after.len() {
        return Ok(());
    }
    Err(format!(
        "the dump after the downgrade is another:\n{}",
        lines.join("\n")
    ))
}

/// The server, if it is of this major version or later.
fn postgres(since: u32) -> Vec<(&'static str, Trial)> {
    let mut trial = Trial::postgres();
    match trial.server_major() {
        major if major < since => Vec::new(),
        16.. if since < 16 => vec![("postgresql>=16", trial)],
        _ => vec![("postgresql", trial)],
    }
}

/// Runs every case of a file on every database it is for, and shows all that fail.
fn check(name: &str, text: &str) {
    let mut failures = Vec::new();
    let mut servers = None;
    let mut provers = None;
    let mut scenario = Scenario::read(text);
    assert!(!scenario.cases.is_empty(), "the file holds no case");
    if !updates() {
        assert_eq!(scenario.text(), text, "the file is laid out otherwise");
    }
    for case in &mut scenario.cases {
        let (name, databases) = case.name_and_databases();
        for database in &databases {
            let (database, since) = database.split_once(">=").unwrap_or((database, "0"));
            let since: u32 = since.parse().expect("a major version");
            let trials = match database {
                "sqlite" => vec![
                    ("sqlite", Trial::sqlite()),
                    ("sqlite<3.53", Trial::oldest_sqlite()),
                ],
                "postgresql" => postgres(since),
                other => panic!("`{name}`: there is no database `{other}`"),
            };
            for (version, trial) in trials {
                if let Err(error) = run(case, database, version, trial, &mut servers, &mut provers)
                {
                    failures.push(format!("## {name} on {version}\n{error}"));
                }
            }
        }
    }
    if updates() && scenario.text() != text {
        let path = format!("{FOLDER}/{name}.md");
        std::fs::write(&path, scenario.text()).expect("the file can be written");
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios");

macro_rules! scenarios {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let text = include_str!(concat!("scenarios/", stringify!($name), ".md"));
            check(stringify!($name), text);
        })*

        /// Every file of the folder is run.
        #[test]
        fn every_file_is_listed() {
            let files = std::fs::read_dir(FOLDER).unwrap().map(|it| it.unwrap().path());
            let mut found: Vec<String> = files
                .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            found.sort();
            assert_eq!(found, [$(stringify!($name)),*]);
        }
    };
}

scenarios! {
    autogenerate_catalogue
    checks
    columns
    comments
    defaults
    definitions
    dependents
    domains
    enums
    foreign_keys
    forty_changes
    generated
    identity
    indexes
    keys
    namespaces
    no_difference
    no_difference_on_postgres
    options
    partitions
    renames
    sequences
    tables
    types
}
