//! Planned operations: each with the phase that it runs in and the reason for it.

use std::collections::BTreeMap;
use std::fmt;

use super::object::Object;
use super::renames::ByName;
use crate::operations::{Constraint, ConstraintRef, Operation};
use crate::schema::{ForeignKey, ObjectName};

/// An operation with its place in the order of a comparison and the reason for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// What is done.
    pub operation: Operation,
    /// When it is done. Operations of one phase run in the order in which they depend on each other.
    pub phase: Phase,
    /// Why it is done.
    pub why: Why,
}

/// The operation in words, with the reason if the object itself does not change.
impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.operation.fmt(f)?;
        match &self.why {
            Why::InTheWayOf(object) => write!(f, " (because {object} changes)"),
            Why::New | Why::Gone | Why::Changed | Why::Renamed => Ok(()),
        }
    }
}

/// Why a comparison plans an operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Why {
    /// The target has the object, the current schema does not.
    New,
    /// The current schema has the object, the target does not.
    Gone,
    /// Both have the object, and it differs.
    Changed,
    /// Both have the object, by different names.
    Renamed,
    /// The object stays as it is, but stands in the way of a change to this one: it is dropped
    /// before the change and created again after it.
    InTheWayOf(Object),
}

/// The phases of a change, in the order in which they run.
///
/// From [`Phase::RenameObjects`] on, operations call tables, columns, enumerations and labels by
/// their new names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Views, triggers and the like, by the old names of what they use.
    DropDefinitions,
    /// Namespaces, which objects may move to.
    CreateNamespaces,
    /// Moves and renames of tables, columns, enumerations and labels.
    RenameObjects,
    /// Extensions, enumerations and domains.
    CreateTypes,
    /// Sequences, whose values defaults may take.
    CreateSequences,
    /// Before the columns that own them are dropped, which would drop the sequences too.
    DisownSequences,
    /// Before the constraints that options name are dropped.
    MarkOptions,
    /// Before the keys and tables they refer to.
    DropForeignKeys,
    /// Children before their parents.
    DropTables,
    /// Indexes, before the columns they are on.
    DropIndexes,
    /// All but foreign keys.
    DropConstraints,
    /// Renames of constraints and indexes, when the names of dropped ones are free.
    RenameConstraints,
    /// Computed columns, before the columns they are computed from change or are dropped.
    DropComputed,
    /// Columns and defaults that name labels which their enumeration may lose.
    DropLabelled,
    /// Changes to enumerations and domains.
    AlterTypes,
    /// Types and routines that tables name.
    CreateRoutines,
    /// Domains that name routines or types that are made or changed.
    DomainsOverRoutines,
    /// Parents before their children.
    CreateTables,
    /// Columns that are not computed.
    AddColumns,
    /// Changes to columns, with the computed ones that must be made again.
    AlterColumns,
    /// Computed columns, when the columns they are computed from are there.
    AddComputed,
    /// Views, routines and the like, while the columns that they no longer use are still there.
    ReplaceDefinitions,
    /// Columns, when no definition uses them any more.
    DropColumns,
    /// All but foreign keys.
    CreateConstraints,
    /// Indexes.
    CreateIndexes,
    /// When the keys they refer to are there.
    CreateForeignKeys,
    /// Constraints that were created as not valid.
    ValidateConstraints,
    /// Options, which may name keys and indexes.
    AlterOptions,
    /// When the owning columns are there.
    OwnSequences,
    /// Views, triggers and the like, which may use any of the above.
    CreateDefinitions,
    /// Comments on everything that stays.
    Comments,
    /// Domains that name routines or types which go with them.
    DropDomainsOverRoutines,
    /// Types and routines that nothing uses any more.
    DropRoutines,
    /// Sequences that no default takes values from any more.
    DropSequences,
    /// Enumerations, domains and extensions that no column is of any more.
    DropTypes,
    /// Namespaces, when they are empty.
    DropNamespaces,
}

/// The operations so far.
#[derive(Debug, Default)]
pub(super) struct Plan {
    phases: BTreeMap<Phase, Vec<Planned>>,
    /// Constraints and indexes to rename, unless they are dropped by their old names.
    pub(super) by_name: Vec<ByName>,
}

impl Plan {
    /// All operations, in the order of their phases.
    pub(super) fn into_planned(self) -> Vec<Planned> {
        self.phases.into_values().flatten().collect()
    }

    /// Adds an operation behind the others of its phase.
    pub(super) fn push(&mut self, phase: Phase, why: Why, operation: Operation) {
        let planned = Planned {
            operation,
            phase,
            why,
        };
        self.phases.entry(phase).or_default().push(planned);
    }

    /// Adds an operation before the others of its phase.
    pub(super) fn push_first(&mut self, phase: Phase, why: Why, operation: Operation) {
        let planned = Planned {
            operation,
            phase,
            why,
        };
        self.phases.entry(phase).or_default().insert(0, planned);
    }

    /// Every operation so far.
    pub(super) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.phases.values().flatten().map(|it| &it.operation)
    }

    /// Every operation so far, to be changed in its place.
    pub(super) fn operations_mut(&mut self) -> impl Iterator<Item = &mut Operation> {
        let planned = self.phases.values_mut().flatten();
        planned.map(|it| &mut it.operation)
    }

    /// The operations of a phase so far.
    pub(super) fn of(&self, phase: Phase) -> impl Iterator<Item = &Operation> {
        let planned = self.phases.get(&phase).into_iter().flatten();
        planned.map(|it| &it.operation)
    }

    /// Takes operations out of a phase; whether there were any.
    pub(super) fn remove(&mut self, phase: Phase, goes: impl Fn(&Operation) -> bool) -> bool {
        let Some(planned) = self.phases.get_mut(&phase) else {
            return false;
        };
        let before = planned.len();
        planned.retain(|it| !goes(&it.operation));
        planned.len() < before
    }

    /// Drops a constraint of any kind, in the phase of its kind.
    pub(super) fn drop_constraint(&mut self, why: Why, table: &ObjectName, definition: Constraint) {
        let phase = match definition {
            Constraint::ForeignKey(_) => Phase::DropForeignKeys,
            _ => Phase::DropConstraints,
        };
        let operation = Operation::DropConstraint {
            table: table.clone(),
            constraint: ConstraintRef::to(&definition),
            definition: Some(definition),
        };
        self.push(phase, why, operation);
    }

    /// Creates a constraint of any kind, in the phase of its kind.
    pub(super) fn create_constraint(
        &mut self,
        why: Why,
        table: &ObjectName,
        constraint: Constraint,
    ) {
        let phase = match constraint {
            Constraint::ForeignKey(_) => Phase::CreateForeignKeys,
            _ => Phase::CreateConstraints,
        };
        let operation = Operation::CreateConstraint {
            table: table.clone(),
            constraint,
        };
        self.push(phase, why, operation);
    }

    pub(super) fn drop_foreign_key(&mut self, why: Why, table: &ObjectName, key: &ForeignKey) {
        self.drop_constraint(why, table, Constraint::ForeignKey(key.clone()));
    }

    pub(super) fn create_foreign_key(&mut self, why: Why, table: &ObjectName, key: &ForeignKey) {
        self.create_constraint(why, table, Constraint::ForeignKey(key.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn execute(sql: &str) -> Operation {
        Operation::Execute {
            sql: sql.into(),
            dialect: None,
            autocommit: false,
        }
    }

    #[test]
    fn operations_run_by_phase_and_then_as_they_were_planned() {
        let mut plan = Plan::default();
        plan.push(Phase::DropNamespaces, Why::Gone, execute("last"));
        plan.push(Phase::AddColumns, Why::New, execute("second"));
        plan.push(Phase::AddColumns, Why::New, execute("third"));
        plan.push(Phase::DropDefinitions, Why::Gone, execute("first"));
        let planned = plan.into_planned();
        let found: Vec<String> = planned.iter().map(|it| it.operation.subject()).collect();
        assert_eq!(found, ["first", "second", "third", "last"]);
        assert!(planned.is_sorted_by_key(|it| it.phase));
    }

    #[test]
    fn an_object_that_stays_says_what_it_makes_way_for() {
        let planned = |why| Planned {
            operation: Operation::DropSchema { name: "a".into() },
            phase: Phase::DropNamespaces,
            why,
        };
        let column = Object::Column {
            table: "notes".into(),
            name: "id".into(),
        };
        assert_eq!(
            planned(Why::InTheWayOf(column)).to_string(),
            "drop_schema a (because notes.id changes)"
        );
        assert_eq!(planned(Why::Gone).to_string(), "drop_schema a");
    }
}
