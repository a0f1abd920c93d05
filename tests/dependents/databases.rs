//! The databases that pairs are made and changed in, and what each kind of them is asked.

use std::collections::BTreeSet;

use limbec_core::schema::{Definition, in_order};
use limbec_core::sql::split;
use limbec_source::definitions;
use limbec_testkit::postgres::EMPTY;

use crate::trial::Trial;

/// A kind of database.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Postgres,
    Sqlite,
    OldestSqlite,
}

/// What anybody may do with any relation.
const OTHERS: &str = "SELECT format(statement, c.oid::regclass)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(ARRAY[
        'SELECT * FROM %s', 'DELETE FROM %s', 'UPDATE %s SET id = id',
        'INSERT INTO %s DEFAULT VALUES', 'INSERT INTO %s (id) VALUES (1000)']) statement
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname !~ '^pg_'
        AND n.nspname <> 'information_schema'";

/// All that PostgreSQL's catalogue says of what a user has made.
const CATALOGUE: &str = include_str!("catalogue.sql");

/// A query for the rows of each table and materialized view.
const ROWS: &str = "SELECT format('SELECT %L || to_jsonb(x)::text FROM ONLY %s AS x',
        'row ' || c.oid::regclass || ' ', c.oid::regclass)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND c.relispopulated AND n.nspname !~ '^pg_'
        AND n.nspname <> 'information_schema'";

/// What SQLite says besides what is reflected.
const SQLITE_CATALOGUE: &str = "SELECT concat_ws(' ', type, name, tbl_name) FROM sqlite_schema
    UNION ALL SELECT 'foreign key of ' || \"table\" FROM pragma_foreign_key_check
    UNION ALL SELECT 'integrity ' || integrity_check FROM pragma_integrity_check";

/// A query for the rows of each table, whatever the order of its columns.
const SQLITE_ROWS: &str = "SELECT 'SELECT ''row ' || m.name || ' '' || '
        || group_concat('''' || c.name || '='' || quote(\"' || c.name || '\")', ' || '' '' || '
            ORDER BY c.name)
        || ' FROM \"' || m.name || '\"'
    FROM sqlite_schema AS m, pragma_table_xinfo(m.name) AS c
    WHERE m.type = 'table' GROUP BY m.name";

fn texts(rows: Vec<Vec<Option<String>>>) -> impl Iterator<Item = String> {
    rows.into_iter().flatten().flatten()
}

impl Kind {
    /// The kinds that a test is for.
    pub(super) fn of(name: &str) -> &'static [Self] {
        match name {
            "postgresql" => &[Kind::Postgres],
            _ => &[Kind::Sqlite, Kind::OldestSqlite],
        }
    }

    /// How the list tells its changes from those of others.
    pub(super) fn title(self) -> &'static str {
        match self {
            Kind::Postgres => "",
            Kind::Sqlite | Kind::OldestSqlite => "sqlite ",
        }
    }

    /// The files of its changes and of its dependents.
    pub(super) fn files(self) -> (&'static str, &'static str) {
        match self {
            Kind::Postgres => ("changes.md", "dependents.md"),
            Kind::Sqlite | Kind::OldestSqlite => ("sqlite_changes.md", "sqlite_dependents.md"),
        }
    }

    /// Opens an empty database.
    pub(super) fn open(self) -> Trial {
        match self {
            Kind::Postgres => {
                let mut trial = Trial::postgres();
                // Compiling the queries of the catalogue takes much longer than running them.
                for setting in ["SET jit = off", "SET client_min_messages = error"] {
                    trial.sql(setting).expect("a setting");
                }
                trial
            }
            Kind::Sqlite => Trial::sqlite(),
            Kind::OldestSqlite => Trial::oldest_sqlite(),
        }
    }

    /// Empties a database.
    pub(super) fn empty(self, trial: &mut Trial) -> Result<(), String> {
        match self {
            Kind::Postgres => trial.sql(EMPTY).map(drop),
            // A new one in memory takes no time.
            _ => {
                *trial = self.open();
                trial.sql("PRAGMA foreign_keys = ON").map(drop)
            }
        }
    }

    /// Runs statements of plain SQL; on a server, as one transaction.
    pub(super) fn script(self, trial: &mut Trial, sql: &str) -> Result<(), String> {
        let ran = match self {
            Kind::Postgres => trial.sql(sql).map(drop),
            _ => split(sql, trial.lexicon())
                .into_iter()
                .try_for_each(|it| trial.sql(it).map(drop)),
        };
        ran.map_err(|error| error.lines().next().unwrap_or_default().to_string())
    }

    /// All that a database says of itself, and its rows.
    pub(super) fn held(self, trial: &mut Trial) -> Result<Vec<String>, String> {
        let (catalogue, rows) = match self {
            Kind::Postgres => (CATALOGUE, ROWS),
            _ => (SQLITE_CATALOGUE, SQLITE_ROWS),
        };
        let mut held: Vec<String> = texts(trial.sql(catalogue)?).collect();
        let each: Vec<String> = texts(trial.sql(rows)?).collect();
        if !each.is_empty() {
            held.extend(texts(trial.sql(&each.join(" UNION ALL "))?));
        }
        held.sort();
        Ok(held)
    }

    /// What others may do with what a database holds.
    pub(super) fn others(self, trial: &mut Trial) -> Result<BTreeSet<String>, String> {
        match self {
            Kind::Postgres => Ok(texts(trial.sql(OTHERS)?).collect()),
            // Nobody else is connected to a database in memory.
            _ => Ok(BTreeSet::new()),
        }
    }
}

/// Reads the files of a project.
pub(super) fn read_files(files: &str, trial: &Trial) -> Result<Vec<Definition>, String> {
    let dialect = trial.dialect();
    let (found, mistakes) = definitions::read("a.sql", files, dialect);
    match mistakes.first() {
        None => Ok(in_order(found, dialect.lexicon())),
        Some(mistake) => Err(format!("the files: {mistake}")),
    }
}
