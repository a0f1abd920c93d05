//! The tables that a rebuild must leave intact, and what is counted of them before and after.

use super::super::names::{quote, same, text};
use crate::schema::{ForeignKey, IndexKey, Schema, Table};
use crate::steps::Step;

/// What is compared before and after a rebuild.
pub(super) struct Neighbours {
    /// The tables that refer to the rebuilt one, directly and by others.
    descendants: Vec<String>,
    /// The tables whose foreign keys are looked at before.
    before: Vec<String>,
    /// The tables whose foreign keys are looked at afterwards.
    after: Vec<String>,
}

impl Neighbours {
    pub(super) fn of(table: &Table, target: &Table, current: &Schema) -> Self {
        let checkable = |rebuilt: &Table| {
            let tables = || {
                let others = current.tables.iter().filter(|it| it.name != rebuilt.name);
                others.chain([rebuilt])
            };
            let is_near = |it: &&Table| {
                it.foreign_keys.iter().any(|key| {
                    it.name == rebuilt.name || same(&key.referred_table.name, &rebuilt.name.name)
                })
            };
            // One key that SQLite finds malformed makes the whole check an error.
            let well_formed = |it: &&Table| {
                it.foreign_keys.iter().all(|key| {
                    let mut parents =
                        tables().filter(|it| same(&it.name.name, &key.referred_table.name));
                    parents.all(|parent| is_key(parent, key))
                })
            };
            let near = tables().filter(is_near).filter(well_formed);
            near.map(|it| it.name.name.clone()).collect::<Vec<_>>()
        };
        Neighbours {
            descendants: descendants(table, current),
            before: checkable(table),
            after: checkable(target),
        }
    }

    /// Writes down what there is before.
    pub(super) fn remember(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        if !self.descendants.is_empty() {
            steps.push(Step::new(format!(
                "CREATE TEMP TABLE limbec_rows AS {}",
                self.counts()
            )));
        }
        if !self.after.is_empty() {
            let violations = match &self.before[..] {
                [] => "SELECT '' AS t, 0 AS r, '' AS p, 0 AS n WHERE false".to_string(),
                tables => violations(tables),
            };
            steps.push(Step::new(format!(
                "CREATE TEMP TABLE limbec_violations AS {violations}"
            )));
        }
        steps
    }

    /// Holds what there is afterwards against it.
    pub(super) fn compare(&self, table: &Table) -> Vec<Step> {
        let mut steps = Vec::new();
        if !self.descendants.is_empty() {
            steps.push(Step::check(
                format!(
                    "SELECT count(*) FROM ({}) AS a JOIN temp.limbec_rows AS b ON a.t = b.t \
                     WHERE a.n <> b.n",
                    self.counts()
                ),
                "0",
                format!(
                    "rebuilding `{}` would change the number of rows in tables that refer to it",
                    table.name
                ),
            ));
            steps.push(Step::new("DROP TABLE temp.limbec_rows"));
        }
        if !self.after.is_empty() {
            steps.push(Step::check(
                format!(
                    "SELECT count(*) FROM ({}) AS a WHERE a.n > coalesce((SELECT b.n FROM \
                     temp.limbec_violations AS b WHERE b.t = a.t AND b.r IS a.r AND b.p = a.p), 0)",
                    violations(&self.after)
                ),
                "0",
                format!(
                    "after this change rows of {} would refer to rows that do not exist",
                    names(&self.after)
                ),
            ));
            steps.push(Step::new("DROP TABLE temp.limbec_violations"));
        }
        steps
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

fn names(tables: &[String]) -> String {
    let names: Vec<String> = tables.iter().map(|it| format!("`{it}`")).collect();
    names.join(", ")
}

/// The rows that refer to nothing, with how often they do.
fn violations(tables: &[String]) -> String {
    let values: Vec<String> = tables.iter().map(|it| format!("({})", text(it))).collect();
    format!(
        "SELECT v.\"table\" AS t, v.rowid AS r, v.parent AS p, count(*) AS n \
         FROM (VALUES {}) AS it JOIN pragma_foreign_key_check(it.column1, 'main') AS v \
         GROUP BY 1, 2, 3",
        values.join(", ")
    )
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

/// The tables that refer to a table, and those that refer to them.
fn descendants(table: &Table, current: &Schema) -> Vec<String> {
    let mut found: Vec<&str> = vec![&table.name.name];
    let mut at = 0;
    while at < found.len() {
        for other in &current.tables {
            let refers = |key: &ForeignKey| same(&key.referred_table.name, found[at]);
            if other.foreign_keys.iter().any(refers) && !found.contains(&other.name.name.as_str()) {
                found.push(&other.name.name);
            }
        }
        at += 1;
    }
    found[1..].iter().map(ToString::to_string).collect()
}
