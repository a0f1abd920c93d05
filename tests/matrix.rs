//! Every form of a table becomes every other one, on a filled SQLite database, and goes back:
//! `tests/matrix/sqlite.md` holds the forms.
//!
//! After each way the database is what the models say, everything but the table is as it was (the
//! stored SQL of all objects, all rows), and so are the values of the columns that stay.

use limbec_core::dialect::Row;
use limbec_core::schema::{Column, Schema, Table};
use limbec_source::models::{ModelOptions, SourceFile, read};

use crate::trial::Trial;

/// The parts of the file, by their titles.
fn parts() -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for line in include_str!("matrix/sqlite.md").lines() {
        if let Some(title) = line.strip_prefix("## ") {
            parts.push((title.to_string(), String::new()));
        } else if let Some((_, text)) = parts.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    parts
}

struct Form {
    name: String,
    schema: Schema,
}

fn forms(around: &str, parts: Vec<(String, String)>) -> Vec<Form> {
    let form = |(name, text): (String, String)| {
        let text = format!("{around}{text}");
        let file = SourceFile {
            path: "models.rs",
            text: &text,
        };
        let (models, mistakes) = read(&[file], &ModelOptions::default());
        assert!(mistakes.is_empty(), "{name}: {}", mistakes[0].message);
        Form {
            name,
            schema: models.schema,
        }
    };
    parts.into_iter().map(form).collect()
}

fn jobs(schema: &Schema) -> &Table {
    let mut tables = schema.tables.iter();
    tables.find(|it| it.name.name == "jobs").unwrap()
}

/// Everything but the table itself and its indexes, ANALYZE's findings about those among them.
fn everything_else(trial: &mut Trial) -> Result<Vec<Vec<Option<String>>>, String> {
    let mut found = trial.sql(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema \
         WHERE tbl_name <> 'sqlite_sequence' \
         AND (tbl_name <> 'jobs' OR type NOT IN ('table', 'index')) ORDER BY type, name",
    )?;
    for query in [
        "SELECT * FROM owners ORDER BY id",
        "SELECT * FROM steps ORDER BY id",
        "SELECT * FROM logs ORDER BY id",
        "SELECT * FROM busy ORDER BY id",
        "SELECT * FROM busier ORDER BY id",
        "SELECT * FROM sqlite_stat1 WHERE tbl <> 'jobs' ORDER BY tbl, idx",
        "SELECT tbl, idx FROM sqlite_stat1 WHERE tbl = 'jobs' AND idx IS NULL",
        "SELECT id FROM jobs ORDER BY id",
        "PRAGMA foreign_key_check",
        "PRAGMA integrity_check",
        "PRAGMA foreign_keys",
        "SELECT * FROM sqlite_temp_schema",
    ] {
        found.push(vec![Some(query.to_string())]);
        found.extend(trial.sql(query)?);
    }
    Ok(found)
}

/// The values of the columns that two forms have in common, as they are.
fn values(
    trial: &mut Trial,
    one: &Table,
    other: &Table,
) -> Result<Vec<Vec<Option<String>>>, String> {
    let stays = |it: &&Column| {
        let other = other.column_named(&it.name);
        other.is_some_and(|other| other.column_type == it.column_type)
    };
    let names: Vec<&str> = one
        .columns
        .iter()
        .filter(stays)
        .map(|it| it.name.as_str())
        .collect();
    trial.sql(&format!(
        "SELECT {} FROM jobs ORDER BY id",
        names.join(", ")
    ))
}

/// The stored SQL of the table's indexes.
const INDEXES: &str =
    "SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'jobs' AND type = 'index' ORDER BY name";

/// The database without what only says where in the stored SQL of a table something stands: a
/// column that went and came back is its last.
fn normalised(mut schema: Schema) -> Schema {
    for table in &mut schema.tables {
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        table.uniques.sort_by(|a, b| a.name.cmp(&b.name));
        table.checks.sort_by(|a, b| a.name.cmp(&b.name));
        table.foreign_keys.sort_by(|a, b| a.name.cmp(&b.name));
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    // What ANALYZE has found came with the rows.
    schema.statistics.clear();
    // The views and triggers are no models; their stored SQL is looked at to the letter.
    schema.definitions.clear();
    schema
}

/// After a downgrade, all that the stored SQL says is as it was.
fn is_as_before(trial: &mut Trial, before: &Schema, indexes: &[Row]) -> Result<(), String> {
    let (was, is) = (normalised(before.clone()), normalised(trial.reflect()?));
    if is != was {
        return Err(format!("was {was:?}\nis {is:?}"));
    }
    let now = trial.sql(INDEXES)?;
    if now != indexes {
        return Err(format!("was {indexes:?}\nis {now:?}"));
    }
    Ok(())
}

fn there_and_back(mut trial: Trial, rows: &str, from: &Form, to: &Form) -> Result<(), String> {
    let current = trial.create(&from.schema)?;
    trial.sql("PRAGMA foreign_keys = ON")?;
    for sql in limbec_core::sql::split(rows, trial.lexicon()) {
        trial.sql(sql)?;
    }
    let made = everything_else(&mut trial)?;
    let indexes = trial.sql(INDEXES)?;
    let kept = values(&mut trial, jobs(&from.schema), jobs(&to.schema))?;
    let (_, body) = trial.revision(&current, &to.schema)?;
    let way = [
        ("up", &body.upgrade, &to.schema),
        ("down", &body.downgrade, &from.schema),
    ];
    for (way, operations, target) in way {
        let at = |error: String| format!("{way}: {error}");
        trial.run(operations).map_err(at)?;
        let mut found = trial.reflect()?;
        // The views and triggers are no models.
        found.definitions.clear();
        let rest = trial.compare(&found, target)?.planned;
        if !rest.is_empty() {
            return Err(at(format!("differences: {}", crate::trial::listed(&rest))));
        }
        if way == "down" {
            is_as_before(&mut trial, &current, &indexes).map_err(at)?;
        }
        let now = everything_else(&mut trial)?;
        if now != made {
            return Err(at(format!("was {made:?}\nis {now:?}")));
        }
        if values(&mut trial, jobs(&from.schema), jobs(&to.schema))? != kept {
            return Err(at("values are other ones".to_string()));
        }
    }
    Ok(())
}

fn every_pair(open: impl Fn() -> Trial) {
    let mut parts = parts();
    let rest = parts.split_off(2);
    let [(_, around), (_, rows)] = &parts[..] else {
        panic!("the file begins with what is around, and rows");
    };
    let forms = forms(around, rest);
    let mut failures = Vec::new();
    let mut pairs = 0;
    for from in &forms {
        for to in forms.iter().filter(|it| it.name != from.name) {
            pairs += 1;
            if let Err(error) = there_and_back(open(), rows, from, to) {
                failures.push(format!("## {} -> {}\n{error}", from.name, to.name));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {pairs}\n{}",
        failures.len(),
        failures.join("\n\n")
    );
    assert!(pairs > 100, "{pairs}");
}

#[test]
fn every_form_becomes_every_other_one() {
    every_pair(Trial::sqlite);
}

#[test]
fn every_form_becomes_every_other_one_by_the_oldest_library() {
    every_pair(Trial::oldest_sqlite);
}
