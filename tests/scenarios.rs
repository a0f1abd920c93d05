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
//! --- expected          the operations as `check` lists them; nothing where none are found
//! --- expected on sqlite            (optional) the same for one database
//! ```
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

use crate::trial::{Trial, listed};

/// One case of a file.
#[derive(Default)]
struct Case {
    name: String,
    databases: Vec<String>,
    before: String,
    rows: Option<String>,
    holds_before: String,
    holds_after: String,
    after: String,
    sql: String,
    sql_after: Option<String>,
    expected: String,
    /// What is expected on one database only.
    expected_on: BTreeMap<String, String>,
}

/// Reads the cases of a file; text before the first `##` is for readers.
fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut part = "before";
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            let (name, on) = title
                .split_once(" on: ")
                .unwrap_or((title, "sqlite postgresql"));
            cases.push(Case {
                name: name.to_string(),
                databases: on.split_whitespace().map(String::from).collect(),
                ..Case::default()
            });
            part = "before";
        } else if let Some(name) = line.strip_prefix("--- ") {
            part = name.trim();
            if let (Some(case), "sql after") = (cases.last_mut(), part) {
                case.sql_after = Some(String::new());
            }
            if let Some(case) = cases.last_mut().filter(|_| part == "rows") {
                case.rows.get_or_insert_default();
            }
        } else if let Some(case) = cases.last_mut() {
            let text = match part {
                "before" => &mut case.before,
                "rows" => case.rows.get_or_insert_default(),
                "holds before" => &mut case.holds_before,
                "holds after" => &mut case.holds_after,
                "after" => &mut case.after,
                "sql" => &mut case.sql,
                "sql after" => case.sql_after.get_or_insert_default(),
                "expected" => &mut case.expected,
                other if other.starts_with("expected on ") => {
                    let database = other["expected on ".len()..].to_string();
                    case.expected_on.entry(database).or_default()
                }
                other => panic!("`{}`: there is no part `{other}` of a case", case.name),
            };
            text.push_str(line);
            text.push('\n');
        }
    }
    cases
}

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
        None => Ok(in_order(definitions)),
        Some(mistake) => Err(mistake.to_string()),
    }
}

fn run(case: &Case, database: &str, mut trial: Trial) -> Result<(), String> {
    let mut before = models(&case.before)?;
    let mut after = if case.after.trim().is_empty() {
        before.clone()
    } else {
        models(&case.after)?
    };
    before.definitions = sql_files(&case.sql, database)?;
    after.definitions = sql_files(case.sql_after.as_ref().unwrap_or(&case.sql), database)?;
    let current = trial.create(&before)?;
    fill(&mut trial, case.rows.as_deref(), &before)?;
    holds(&mut trial, &case.holds_before)?;
    let dumped = trial.dump()?;
    let counted = count(&mut trial, &before);
    let (found, body) = trial.revision(&current, &after)?;
    let listed = listed(&found.planned);
    let expected = case
        .expected_on
        .get(database)
        .unwrap_or(&case.expected)
        .trim();
    if listed.trim() != expected {
        return Err(format!("expected:\n{expected}\nfound:\n{listed}"));
    }
    trial
        .run(&body.upgrade)
        .map_err(|error| format!("upgrading: {error}"))?;
    trial
        .expect(&after)
        .and_then(|_| holds(&mut trial, &case.holds_after))
        .map_err(|error| format!("after the upgrade: {error}"))?;
    let now = count(&mut trial, &after);
    let made_anew = |table: &ObjectName| {
        found.planned.iter().any(|it| match &it.operation {
            // A partition takes rows of its table along.
            Operation::DropTable { name, table: known } => {
                let known = known.as_ref();
                let of = known.and_then(|it| it.options.get("postgresql.partition_of"));
                name == table || of == Some(&table.name)
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
        .and_then(|_| holds(&mut trial, &case.holds_before))
        .map_err(|error| format!("after the downgrade: {error}"))?;
    same_dump(&dumped, &trial.dump()?)
}

/// Puts rows in: those of the case, or some that the constraints take.
fn fill(trial: &mut Trial, rows: Option<&str>, before: &Schema) -> Result<(), String> {
    if let Some(rows) = rows {
        for sql in limbec_core::sql::split(rows) {
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

/// Runs every case of a file on every database it is for, and shows all that fail.
fn check(text: &str) {
    let mut failures = Vec::new();
    let cases = cases(text);
    assert!(!cases.is_empty(), "the file holds no case");
    for case in &cases {
        for database in &case.databases {
            let (database, since) = database.split_once(">=").unwrap_or((database, "0"));
            let since: u32 = since.parse().expect("a major version");
            let mut trials = match database {
                "sqlite" => vec![Trial::sqlite(), Trial::oldest_sqlite()],
                "postgresql" => vec![Trial::postgres()],
                other => panic!("`{}`: there is no database `{other}`", case.name),
            };
            if since > 0 {
                trials.retain_mut(|trial| trial.server_major() >= since);
            }
            for (index, trial) in trials.into_iter().enumerate() {
                if let Err(error) = run(case, database, trial) {
                    let by = ["", " by the oldest library"][index];
                    failures.push(format!("## {} on {database}{by}\n{error}", case.name));
                }
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

macro_rules! scenarios {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(include_str!(concat!("scenarios/", stringify!($name), ".md")));
        })*

        /// Every file of the folder is run.
        #[test]
        fn every_file_is_listed() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/scenarios");
            let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
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
