//! Compares two schemas: what the database has and what the models ask for.
//!
//! Input: the current schema (reflected), the target schema (of the models), the dialect, and the
//! database's [`Verdicts`] on expressions whose texts differ. Output: the operations that lead from
//! one to the other, in an order that runs, the same on every run, and the questions still open.
//!
//! Pure: who has a connection asks the questions and compares again (`limbec::run::settle`).
//! What cannot be compared is listed in [`Comparison::unknown`], and never turned into operations.

mod columns;
mod comments;
mod constraints;
mod counters;
mod created;
mod definitions;
mod demands;
mod dependents;
mod domains;
mod indexes;
mod inheritance;
mod judge;
mod keys;
mod left_alone;
mod look_alikes;
mod managed;
mod object;
mod options;
mod order;
mod plan;
mod refill;
mod renames;
mod sequences;
mod types;
mod unknown;
#[cfg(all(test, feature = "postgres"))]
mod unknown_tests;

pub use created::Created;
pub use demands::{Asked, demands};
pub use judge::{Question, Refused, Verdict, Verdicts};
pub use left_alone::Unmanaged;
pub use look_alikes::LookAlike;
pub use managed::{Managed, managed};
pub use object::Object;
pub use plan::{Phase, Planned, Why};
pub use refill::{Refilled, in_two_steps, refill};
pub use unknown::{Conflict, Unknown};

use std::borrow::Cow;

use crate::dialect::Dialect;
use crate::operations::{Operation, create_with_indexes};
use crate::schema::{Index, IndexElement, IndexKey, Schema, Table};
use definitions::Known;
use judge::Judge;
use keys::{Keyed, by_key, key_of};
use plan::Plan;

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// What leads from the current schema to the target, in an order that runs: by phase, and
    /// within a phase by what depends on what.
    pub planned: Vec<Planned>,
    /// What only the database can settle; each counts as different until it is.
    pub questions: Vec<Question>,
    /// What could not be compared, with the reason.
    pub unknown: Vec<Unknown>,
    /// Mistakes in the SQL of the models. What they are in takes no part in the operations.
    pub refused: Vec<Refused>,
    /// What goes and what comes and may be the same by a new name: the operations drop the one and
    /// make the other, which nobody should run before somebody has said so.
    pub look_alikes: Vec<LookAlike>,
    /// What the models ask for and cannot be: of former names, of how a table is partitioned.
    pub conflicts: Vec<Conflict>,
}

impl Comparison {
    /// The operations that lead from the current schema to the target, in order.
    pub fn operations(&self) -> Vec<Operation> {
        self.planned.iter().map(|it| it.operation.clone()).collect()
    }

    /// The same operations, without the comparison around them.
    pub fn into_operations(self) -> Vec<Operation> {
        self.planned.into_iter().map(|it| it.operation).collect()
    }

    /// The operations that undo this comparison's, in order.
    ///
    /// Every operation that compare makes carries its inverse.
    ///
    /// A definition takes its old form when everything that it was over is there again, but for the
    /// old names, which it follows; of two, the one first that the other is over.
    pub fn downgrade(&self) -> Vec<Operation> {
        let inverse = |it: &Planned| it.operation.invert().unwrap_or_default();
        let is_late = |it: &&Planned| {
            it.phase == Phase::CreateDefinitions
                && matches!(it.operation, Operation::ReplaceDefinition { .. })
        };
        let (late, others): (Vec<&Planned>, Vec<&Planned>) =
            self.planned.iter().rev().partition(is_late);
        let (with_names, by_old_names): (Vec<&Planned>, Vec<&Planned>) =
            (others.into_iter()).partition(|it| it.phase > Phase::RenameObjects);
        let late = late.into_iter().rev();
        let ordered = with_names.into_iter().chain(late).chain(by_old_names);
        ordered.flat_map(inverse).collect()
    }
}

/// Compares the current schema with the target.
///
/// ```
/// use limbec_core::compare::{Phase, Verdicts, Why, compare};
/// use limbec_core::dialect::sqlite::Sqlite;
/// use limbec_core::schema::{Column, Schema, Table, Text};
///
/// let notes = Table::new("notes").column(Column::new("body", Text));
/// let mut target = Schema::default();
/// target.tables.push(notes.clone());
/// let found = compare(&Schema::default(), &target, &Sqlite, &Verdicts::default());
/// let [planned] = found.planned.as_slice() else { panic!("one operation") };
/// assert_eq!(planned.to_string(), "create_table notes");
/// assert_eq!((planned.phase, &planned.why), (Phase::CreateTables, &Why::New));
/// ```
///
/// Neither side may give the connection's own namespace: [`Schema::within`] leaves it out of the
/// models, and a reflected schema never has it.
pub fn compare(
    current: &Schema,
    target: &Schema,
    dialect: &dyn Dialect,
    verdicts: &Verdicts,
) -> Comparison {
    let original = current;
    let mut judge = Judge::new(dialect, verdicts);
    judge.coming = judge::Coming::of(original, target, dialect);
    let mut plan = Plan::default();
    let renames::Carried {
        mut current,
        mut conflicts,
    } = renames::carry_out(original, target, dialect, &mut plan);
    let mut target = Cow::Borrowed(target);
    counters::align(&mut current, &mut target, dialect);
    let target = &*target;
    indexes::set_invalid_aside(&mut current, target, &mut judge, &mut plan);
    types::compare(&current, target, &mut judge, &mut plan);
    judge.unready = types::unready(dialect, &plan);
    judge.unready_sequences = sequences::unready(original, target, dialect);
    renames::by_definition(&mut current, target, &mut judge, &mut plan);
    let current_tables = by_key(dialect, &current.tables);
    let target_tables = by_key(dialect, &target.tables);

    let mut common = Vec::new();
    let mut created = Vec::new();
    for table in &target.tables {
        match current_tables.get(&key_of(dialect, &table.name)) {
            Some(existing) => common.push((*existing, table)),
            None => created.push(table.clone()),
        }
    }
    let dropped: Vec<Table> = current
        .tables
        .iter()
        .filter(|table| !target_tables.contains_key(&key_of(dialect, &table.name)))
        .cloned()
        .collect();

    let mut look_alikes = look_alikes::tables(&dropped, &created, dialect);
    look_alikes.extend(look_alikes::labels(&current, target, dialect));
    drop_tables(dropped, dialect, &mut plan);
    for (existing, wanted) in &common {
        if inheritance::differs(existing, wanted, &mut judge) {
            continue;
        }
        look_alikes.extend(look_alikes::columns(existing, wanted, dialect));
        columns::compare(existing, wanted, &mut judge, &mut plan);
        constraints::compare(existing, wanted, &mut judge, &mut plan);
        indexes::compare(existing, wanted, &mut judge, &mut plan);
        dependents::put_aside(existing, wanted, &judge, &mut plan);
        table_comment(existing, wanted, &mut plan);
        inheritance::compare(existing, wanted, target, &mut judge, &mut plan);
        options::compare(existing, wanted, &mut judge, &mut plan);
    }
    constraints::free_referred_keys(&common, dialect, &mut plan);
    create_tables(created, &current_tables, dialect, &mut plan);
    sequences::compare(&current, target, dialect, &mut plan);
    let definitions = Known::of(&original.definitions, &current.definitions);
    definitions::compare(&definitions, target, &mut judge, &mut plan);

    renames::drop_by_old_names(&mut plan);
    renames::rename_the_rest(dialect, &mut plan);

    conflicts.extend(judge.conflicts);
    Comparison {
        planned: plan.into_planned(),
        questions: judge.questions,
        unknown: judge.unknown,
        refused: judge.refused,
        look_alikes,
        conflicts,
    }
}

/// Creates tables in the order of their foreign keys; a key that closes a cycle, or whose referred
/// key is not there yet, follows at the end.
fn create_tables(
    tables: Vec<Table>,
    existing: &Keyed<'_, Table>,
    dialect: &dyn Dialect,
    plan: &mut Plan,
) {
    let (tables, mut late) = order::parents_first(tables, dialect);
    for mut table in tables {
        let name = table.name.clone();
        table.foreign_keys.retain(|key| {
            let ready = match existing.get(&key_of(dialect, &key.referred_table)) {
                Some(referred) => {
                    let columns = &key.referred_columns;
                    has_key(referred, columns)
                        && constraints::touches_key(plan, &key.referred_table, columns, dialect)
                            .is_none()
                }
                None => true,
            };
            if !ready {
                late.push((name.clone(), key.clone()));
            }
            ready
        });
        for operation in create_with_indexes(table) {
            plan.push(Phase::CreateTables, Why::New, operation);
        }
    }
    for (name, key) in late {
        plan.create_foreign_key(Why::New, &name, &key);
    }
}

/// Drops tables, children first; a key that closes a cycle, or that a table which stays holds on
/// a dropped one, goes before.
fn drop_tables(tables: Vec<Table>, dialect: &dyn Dialect, plan: &mut Plan) {
    let (tables, late) = order::parents_first(tables, dialect);
    for (name, key) in late {
        plan.drop_foreign_key(Why::Gone, &name, &key);
    }
    for table in tables.into_iter().rev() {
        let name = table.name.clone();
        let drop = Operation::DropTable {
            name,
            table: Some(Box::new(table)),
        };
        plan.push(Phase::DropTables, Why::Gone, drop);
    }
}

/// Whether a table has a primary key or a unique constraint or index over just these columns.
fn has_key(table: &Table, columns: &[String]) -> bool {
    let same = |key: &[String]| {
        key.len() == columns.len() && columns.iter().all(|column| key.contains(column))
    };
    let indexed = |index: &Index| {
        let keys: Option<Vec<String>> = index.elements.iter().map(plain_column).collect();
        index.unique && index.predicate.is_none() && keys.is_some_and(|keys| same(&keys))
    };
    table
        .primary_key
        .as_ref()
        .is_some_and(|key| same(&key.columns))
        || table.uniques.iter().any(|it| same(&it.columns))
        || table.indexes.iter().any(indexed)
}

fn plain_column(element: &IndexElement) -> Option<String> {
    match &element.key {
        IndexKey::Column(name) => Some(name.clone()),
        IndexKey::Expression(_) => None,
    }
}

fn table_comment(current: &Table, target: &Table, plan: &mut Plan) {
    let table = target.name.clone();
    let from = current.comment.clone();
    if target.comment == from {
        return;
    }
    let operation = match target.comment.clone() {
        Some(comment) => Operation::CreateTableComment {
            table,
            comment,
            from,
        },
        None => Operation::DropTableComment { table, from },
    };
    plan.push(Phase::Comments, Why::Changed, operation);
}
