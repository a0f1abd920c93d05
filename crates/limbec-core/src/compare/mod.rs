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
mod definitions;
mod dependents;
mod domains;
mod indexes;
mod judge;
mod keys;
mod look_alikes;
mod managed;
mod options;
mod order;
mod renames;
mod sequences;
mod types;

pub use judge::{Question, Verdict, Verdicts};
pub use look_alikes::LookAlike;
pub use managed::{Created, Managed, managed};

use crate::dialect::Dialect;
use crate::operations::{Constraint, ConstraintRef, Operation, create_with_indexes};
use crate::schema::{ForeignKey, Index, IndexElement, IndexKey, ObjectName, Schema, Table};
use judge::Judge;
use keys::{Keyed, by_key, key_of};

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// What leads from the current schema to the target, in an order that runs.
    pub operations: Vec<Operation>,
    /// What only the database can settle; each counts as different until it is.
    pub questions: Vec<Question>,
    /// What could not be compared, as sentences with the reason.
    pub unknown: Vec<String>,
    /// What goes and what comes and may be the same by a new name: the operations drop the one and
    /// make the other, which nobody should run before somebody has said so.
    pub look_alikes: Vec<LookAlike>,
    /// What the models say of former names and cannot be, as sentences with the way out.
    pub conflicts: Vec<String>,
}

impl Comparison {
    /// The operations that undo this comparison's, in order.
    ///
    /// Every operation that compare makes carries its inverse.
    pub fn downgrade(&self) -> Vec<Operation> {
        self.operations
            .iter()
            .rev()
            .filter_map(Operation::invert)
            .flatten()
            .collect()
    }
}

/// Compares the current schema with the target.
///
/// ```
/// use limbec_core::compare::{compare, Verdicts};
/// use limbec_core::dialect::sqlite::Sqlite;
/// use limbec_core::schema::{Column, Schema, Table, Text};
///
/// let notes = Table::new("notes").column(Column::new("body", Text));
/// let mut target = Schema::default();
/// target.tables.push(notes.clone());
/// let found = compare(&Schema::default(), &target, &Sqlite, &Verdicts::default());
/// assert_eq!(found.operations.len(), 1);
/// ```
///
/// A name that gives the connection's own namespace is taken for one that gives none: the
/// operations give none.
pub fn compare(
    current: &Schema,
    target: &Schema,
    dialect: &dyn Dialect,
    verdicts: &Verdicts,
) -> Comparison {
    let mut judge = Judge::new(dialect, verdicts);
    let mut plan = Plan::default();
    let folded;
    let target = match &current.own_namespace {
        Some(own) if target.gives_namespace(own) => {
            folded = target.clone().within(own);
            &folded
        }
        _ => target,
    };
    let renames::Carried {
        mut current,
        conflicts,
    } = renames::carry_out(current, target, dialect, &mut plan);
    indexes::set_invalid_aside(&mut current, target, &mut judge, &mut plan);
    types::compare(&current, target, &mut judge, &mut plan);
    judge.unready = types::unready(dialect, &plan);
    judge.unready_sequences = sequences::unready(&current, target, dialect);
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
    drop_tables(dropped, dialect, &mut plan);
    for (existing, wanted) in &common {
        if inherit_otherwise(existing, wanted, &mut judge) {
            continue;
        }
        look_alikes.extend(look_alikes::columns(existing, wanted, dialect));
        columns::compare(existing, wanted, &mut judge, &mut plan);
        constraints::compare(existing, wanted, &mut judge, &mut plan);
        indexes::compare(existing, wanted, &mut judge, &mut plan);
        dependents::put_aside(existing, wanted, &judge, &mut plan);
        table_comment(existing, wanted, &mut plan);
        options::compare(existing, wanted, target, &mut judge, &mut plan);
    }
    constraints::free_referred_keys(&common, dialect, &mut plan);
    create_tables(created, &current_tables, dialect, &mut plan);
    sequences::compare(&current, target, dialect, &mut plan);
    definitions::compare(&current, target, &mut judge, &mut plan);

    renames::drop_by_old_names(&mut plan);
    plan.rename_others = renames::operations(&plan.by_name, dialect);

    Comparison {
        operations: plan.into_operations(),
        questions: judge.questions,
        unknown: judge.unknown,
        look_alikes,
        conflicts,
    }
}

/// The operations by their phase; phases run in the order of the fields.
#[derive(Debug, Default)]
struct Plan {
    drop_definitions: Vec<Operation>,
    /// Behind what gives way by the old names. All that follows names tables, columns, enumerations and labels anew.
    renames: Vec<Operation>,
    create_types: Vec<Operation>,
    create_sequences: Vec<Operation>,
    /// Before the columns go with which they would go.
    disown_sequences: Vec<Operation>,
    /// Before the constraints go that options name.
    mark_options: Vec<Operation>,
    drop_foreign_keys: Vec<Operation>,
    drop_tables: Vec<Operation>,
    drop_indexes: Vec<Operation>,
    drop_constraints: Vec<Operation>,
    /// Of constraints and indexes, once names are free of those that go.
    rename_others: Vec<Operation>,
    by_name: Vec<renames::ByName>,
    /// Before what they are computed from changes or goes.
    drop_computed: Vec<Operation>,
    /// What names labels that an enumeration may lose.
    drop_labelled: Vec<Operation>,
    alter_types: Vec<Operation>,
    /// Of types and routines, what tables name.
    create_routines: Vec<Operation>,
    create_tables: Vec<Operation>,
    add_columns: Vec<Operation>,
    alter_columns: Vec<Operation>,
    add_computed: Vec<Operation>,
    replace_definitions: Vec<Operation>,
    drop_columns: Vec<Operation>,
    create_constraints: Vec<Operation>,
    create_indexes: Vec<Operation>,
    create_foreign_keys: Vec<Operation>,
    validate_constraints: Vec<Operation>,
    /// They may name keys and indexes.
    alter_options: Vec<Operation>,
    own_sequences: Vec<Operation>,
    create_definitions: Vec<Operation>,
    comments: Vec<Operation>,
    drop_routines: Vec<Operation>,
    drop_sequences: Vec<Operation>,
    drop_types: Vec<Operation>,
    drop_namespaces: Vec<Operation>,
}

impl Plan {
    fn into_operations(self) -> Vec<Operation> {
        [
            self.drop_definitions,
            self.renames,
            self.create_types,
            self.create_sequences,
            self.disown_sequences,
            self.mark_options,
            self.drop_foreign_keys,
            self.drop_tables,
            self.drop_indexes,
            self.drop_constraints,
            self.rename_others,
            self.drop_computed,
            self.drop_labelled,
            self.alter_types,
            self.create_routines,
            self.create_tables,
            self.add_columns,
            self.alter_columns,
            self.add_computed,
            self.replace_definitions,
            self.drop_columns,
            self.create_constraints,
            self.create_indexes,
            self.create_foreign_keys,
            self.validate_constraints,
            self.alter_options,
            self.own_sequences,
            self.create_definitions,
            self.comments,
            self.drop_routines,
            self.drop_sequences,
            self.drop_types,
            self.drop_namespaces,
        ]
        .concat()
    }

    /// Drops a constraint of any kind, in the phase of its kind.
    fn drop_constraint(&mut self, table: &ObjectName, definition: Constraint) {
        let phase = match definition {
            Constraint::ForeignKey(_) => &mut self.drop_foreign_keys,
            _ => &mut self.drop_constraints,
        };
        phase.push(Operation::DropConstraint {
            table: table.clone(),
            constraint: ConstraintRef::to(&definition),
            definition: Some(definition),
        });
    }

    /// Creates a constraint of any kind, in the phase of its kind.
    fn create_constraint(&mut self, table: &ObjectName, constraint: Constraint) {
        let phase = match constraint {
            Constraint::ForeignKey(_) => &mut self.create_foreign_keys,
            _ => &mut self.create_constraints,
        };
        phase.push(Operation::CreateConstraint {
            table: table.clone(),
            constraint,
        });
    }

    fn drop_foreign_key(&mut self, table: &ObjectName, key: &ForeignKey) {
        self.drop_constraint(table, Constraint::ForeignKey(key.clone()));
    }

    fn create_foreign_key(&mut self, table: &ObjectName, key: &ForeignKey) {
        self.create_constraint(table, Constraint::ForeignKey(key.clone()));
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
                    has_key(referred, &key.referred_columns)
                        && !constraints::touches_key(
                            plan,
                            &key.referred_table,
                            &key.referred_columns,
                            dialect,
                        )
                }
                None => true,
            };
            if !ready {
                late.push((name.clone(), key.clone()));
            }
            ready
        });
        plan.create_tables.extend(create_with_indexes(table));
    }
    for (name, key) in late {
        plan.create_foreign_key(&name, &key);
    }
}

/// Drops tables, children first; a key that closes a cycle, or that a table which stays holds on
/// a dropped one, goes before.
fn drop_tables(tables: Vec<Table>, dialect: &dyn Dialect, plan: &mut Plan) {
    let (tables, late) = order::parents_first(tables, dialect);
    for (name, key) in late {
        plan.drop_foreign_key(&name, &key);
    }
    for table in tables.into_iter().rev() {
        let name = table.name.clone();
        plan.drop_tables.push(Operation::DropTable {
            name,
            table: Some(Box::new(table)),
        });
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
    match &target.comment {
        same if *same == from => {}
        Some(comment) => plan.comments.push(Operation::CreateTableComment {
            table,
            comment: comment.clone(),
            from,
        }),
        None => plan
            .comments
            .push(Operation::DropTableComment { table, from }),
    }
}

/// Whether a table gets columns from other tables than it did, or by another way: what that makes
/// of its own columns is for a hand-written revision to say.
fn inherit_otherwise(current: &Table, target: &Table, judge: &mut Judge<'_>) -> bool {
    let dialect = judge.dialect;
    let parents = |table: &Table| {
        let mut parents: Vec<_> = dialect.parents(table);
        parents.sort();
        (dialect.is_partition(table), parents)
    };
    let same = parents(current) == parents(target);
    if !same {
        judge.unknown.push(format!(
            "the table `{}` is to have its columns from other tables than it does; write the \
             revision by hand, with `op.execute` (ATTACH or DETACH PARTITION, INHERIT or NO INHERIT)",
            target.name
        ));
    }
    !same
}
