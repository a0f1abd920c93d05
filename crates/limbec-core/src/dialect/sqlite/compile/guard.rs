//! What rebuilds must leave as it is, and how it is compared before and after.
//!
//! The number of rows in the tables that refer to a rebuilt one, directly and by others; rows that
//! refer to nothing; and the stored SQL of every other object of the database. What differs rolls
//! everything back.

use super::super::names::{quote, same, text};
use super::checks;
use super::draft::Draft;
use crate::dialect::Of;
use crate::schema::{ForeignKey, IndexKey, Schema, Table};
use crate::steps::Step;

/// What is compared before and after the rebuilds of a batch.
pub(super) struct Guard {
    /// The first operation for which a table is rebuilt.
    pub(super) operation: usize,
    /// The tables that are rebuilt.
    rebuilt: Vec<String>,
    /// The tables whose own stored SQL changes, rebuilt or not.
    changed: Vec<String>,
    /// The tables that go, with all that is of them.
    dropped: Vec<String>,
    /// The indexes that go.
    indexes: Vec<String>,
    /// The tables that refer to the rebuilt ones, directly and by others.
    descendants: Vec<String>,
    /// The tables whose foreign keys are looked at before.
    before: Vec<String>,
    /// The tables whose foreign keys are looked at afterwards.
    after: Vec<String>,
}

impl Guard {
    /// Makes the guard of drafts, where one of them is a rebuild.
    pub(super) fn of(
        drafts: &[&Draft],
        dropped: &[String],
        current: &Schema,
        now: &Schema,
    ) -> Option<Self> {
        let operation = drafts.iter().find_map(|it| it.rebuilt_for)?;
        let name = |draft: &&Draft| draft.before.name.name.clone();
        let rebuilt = drafts.iter().filter(|it| it.rebuilt_for.is_some());
        let rebuilt: Vec<String> = rebuilt.map(name).collect();
        let mut indexes = Vec::new();
        for draft in drafts {
            let goes = draft.before.indexes.iter().filter(|index| {
                let mut stays = draft.target.indexes.iter();
                !stays.any(|it| it == *index)
            });
            indexes.extend(goes.map(|it| it.name.clone()));
        }
        let is_near = |table: &&Table, schema: &Schema| {
            let is_rebuilt = |name: &str| rebuilt.iter().any(|it| same(it, name));
            let mut keys = table.foreign_keys.iter();
            keys.any(|key| is_rebuilt(&table.name.name) || is_rebuilt(&key.referred_table.name))
                && well_formed(table, schema)
        };
        let near = |schema: &Schema| -> Vec<String> {
            let tables = schema.tables.iter().filter(|it| is_near(it, schema));
            tables.map(|it| it.name.name.clone()).collect()
        };
        let stays = |name: &String| !dropped.iter().any(|it| same(it, name));
        Some(Guard {
            operation,
            descendants: descendants(&rebuilt, current)
                .into_iter()
                .filter(stays)
                .collect(),
            before: near(current),
            after: near(now),
            changed: drafts.iter().map(name).collect(),
            dropped: dropped.to_vec(),
            indexes,
            rebuilt,
        })
    }

    fn step(&self, step: Step) -> Of<Step> {
        Of::new(self.operation, step)
    }

    /// Writes down what there is before.
    pub(super) fn remember(&self) -> Vec<Of<Step>> {
        let list = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|it| text(it)).collect();
            names.join(", ")
        };
        let mut objects = format!(
            "CREATE TEMP TABLE limbec_objects AS SELECT type, name, tbl_name, sql \
             FROM main.sqlite_schema WHERE sql IS NOT NULL \
             AND NOT (type = 'table' AND name COLLATE NOCASE IN ({}))",
            list(&self.changed)
        );
        for (column, names) in [("name", &self.indexes), ("tbl_name", &self.dropped)] {
            if !names.is_empty() {
                let kind = if column == "name" {
                    "type = 'index' AND "
                } else {
                    ""
                };
                objects.push_str(&format!(
                    " AND NOT ({kind}{column} COLLATE NOCASE IN ({}))",
                    list(names)
                ));
            }
        }
        let mut steps = vec![self.step(Step::new(objects))];
        if !self.descendants.is_empty() {
            steps.push(self.step(Step::new(format!(
                "CREATE TEMP TABLE limbec_rows AS {}",
                self.counts()
            ))));
        }
        if !self.after.is_empty() {
            let violations = match &self.before[..] {
                [] => "SELECT '' AS t, 0 AS r, '' AS p, 0 AS n WHERE false".to_string(),
                tables => violations(tables),
            };
            steps.push(self.step(Step::new(format!(
                "CREATE TEMP TABLE limbec_violations AS {violations}"
            ))));
        }
        steps
    }

    /// Holds what there is afterwards against it.
    pub(super) fn compare(&self) -> Vec<Of<Step>> {
        let rebuilt = names(&self.rebuilt);
        let mut steps = Vec::new();
        if !self.descendants.is_empty() {
            steps.push(checks::none(
                &format!("({}) AS a JOIN temp.limbec_rows AS b ON a.t = b.t", self.counts()),
                "a.n <> b.n",
                "a.t || ': ' || b.n || ' before, ' || a.n || ' now'",
                format!(
                    "rebuilding {rebuilt} would change the number of rows in tables that refer to it"
                ),
            ));
            steps.push(Step::new("DROP TABLE temp.limbec_rows"));
        }
        if !self.after.is_empty() {
            steps.push(new_violations(
                &self.after,
                "true",
                format!(
                    "after this change rows of {} would refer to rows that do not exist",
                    names(&self.after)
                ),
            ));
            steps.push(Step::new("DROP TABLE temp.limbec_violations"));
        }
        steps.push(checks::none(
            "(SELECT * FROM temp.limbec_objects EXCEPT \
             SELECT type, name, tbl_name, sql FROM main.sqlite_schema)",
            "true",
            "type || ' ' || name",
            format!(
                "rebuilding {rebuilt} would lose or change other tables, indexes, triggers or views"
            ),
        ));
        steps.push(Step::new("DROP TABLE temp.limbec_objects"));
        steps.into_iter().map(|step| self.step(step)).collect()
    }

    fn counts(&self) -> String {
        let counts: Vec<String> = self
            .descendants
            .iter()
            .map(|name| format!("({}, (SELECT count(*) FROM {}))", text(name), quote(name)))
            .collect();
        format!(
            "SELECT column1 AS t, column2 AS n FROM (VALUES {})",
            counts.join(", ")
        )
    }
}

pub(super) fn names(tables: &[String]) -> String {
    let names: Vec<String> = tables.iter().map(|it| format!("`{it}`")).collect();
    names.join(", ")
}

/// The rows that refer to nothing, with how often they do.
pub(super) fn violations(tables: &[String]) -> String {
    let values: Vec<String> = tables.iter().map(|it| format!("({})", text(it))).collect();
    format!(
        "SELECT v.\"table\" AS t, v.rowid AS r, v.parent AS p, count(*) AS n \
         FROM (VALUES {}) AS it JOIN pragma_foreign_key_check(it.column1, 'main') AS v \
         GROUP BY 1, 2, 3",
        values.join(", ")
    )
}

/// No row refers to nothing that did not before; `temp.limbec_violations` holds what did.
pub(super) fn new_violations(tables: &[String], condition: &str, otherwise: String) -> Step {
    checks::none(
        &format!("({}) AS a", violations(tables)),
        &format!(
            "{condition} AND a.n > coalesce((SELECT b.n FROM temp.limbec_violations AS b \
             WHERE b.t = a.t AND b.r IS a.r AND b.p = a.p), 0)"
        ),
        "a.t || coalesce(' row ' || a.r, '') || ' refers to ' || a.p",
        otherwise,
    )
}

/// Whether SQLite can look at a table's foreign keys: one that it finds malformed makes the whole
/// question an error.
pub(super) fn well_formed(table: &Table, schema: &Schema) -> bool {
    table.foreign_keys.iter().all(|key| {
        let tables = schema.tables.iter();
        let mut parents = tables.filter(|it| same(&it.name.name, &key.referred_table.name));
        parents.all(|parent| is_key(parent, key))
    })
}

/// Whether what a foreign key refers to is a key of the table.
fn is_key(parent: &Table, key: &ForeignKey) -> bool {
    let wanted = sorted(key.referred_columns.iter());
    let primary = parent
        .primary_key
        .iter()
        .map(|it| sorted(it.columns.iter()));
    let uniques = parent.uniques.iter().map(|it| sorted(it.columns.iter()));
    let indexes = parent
        .indexes
        .iter()
        .filter(|it| it.unique && it.predicate.is_none())
        .filter_map(|it| {
            let columns = it.elements.iter().map(|element| match &element.key {
                IndexKey::Column(name) => Some(name),
                IndexKey::Expression(_) => None,
            });
            columns.collect::<Option<Vec<_>>>()
        })
        .map(|columns| sorted(columns.into_iter()));
    primary.chain(uniques).chain(indexes).any(|it| it == wanted)
}

fn sorted<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut names: Vec<String> = names.map(|it| it.to_ascii_lowercase()).collect();
    names.sort_unstable();
    names
}

/// The tables that refer to tables, and those that refer to them; not the first ones.
fn descendants(tables: &[String], current: &Schema) -> Vec<String> {
    let mut found: Vec<&str> = tables.iter().map(String::as_str).collect();
    let mut at = 0;
    while at < found.len() {
        for other in &current.tables {
            let refers = |key: &ForeignKey| same(&key.referred_table.name, found[at]);
            let known = found.iter().any(|it| same(it, &other.name.name));
            if !known && other.foreign_keys.iter().any(refers) {
                found.push(&other.name.name);
            }
        }
        at += 1;
    }
    found[tables.len()..]
        .iter()
        .map(ToString::to_string)
        .collect()
}
