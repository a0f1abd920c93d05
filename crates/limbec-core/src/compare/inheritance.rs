//! Partitions and tables that inherit, where both sides have the table.

use super::judge::Judge;
use super::keys::key_of;
use super::plan::{Phase, Plan, Why};
use super::unknown::{Conflict, Unknown};
use crate::dialect::Place;
use crate::operations::Operation;
use crate::schema::{Inheritance, Schema, Table};

/// Whether a table is to have columns of other tables than it does, or by another way: what that
/// makes of its own columns is for a hand-written revision to say.
pub(super) fn differs(current: &Table, target: &Table, judge: &mut Judge<'_>) -> bool {
    let dialect = judge.dialect;
    if !dialect.capabilities().inheritance {
        return false;
    }
    let parents = |table: &Table| {
        let parents = table.inherits.parents().iter();
        let mut parents: Vec<_> = parents.map(|it| key_of(dialect, it)).collect();
        parents.sort();
        let is_partition = matches!(table.inherits, Inheritance::Partition { .. });
        (is_partition, parents)
    };
    let differs = parents(current) != parents(target);
    if differs {
        judge.unknown.push(Unknown::Parents {
            table: target.name.clone(),
            current: current.inherits.parents().to_vec(),
            target: target.inherits.parents().to_vec(),
        });
    }
    differs
}

/// Compares by what a table is partitioned, and which rows a partition holds. `schema` is the
/// target.
pub(super) fn compare(
    current: &Table,
    target: &Table,
    schema: &Schema,
    judge: &mut Judge<'_>,
    plan: &mut Plan,
) {
    if !judge.dialect.capabilities().inheritance {
        return;
    }
    partition_key(current, target, schema, judge);
    if let (Inheritance::Partition { bound: from, .. }, Inheritance::Partition { of, bound: to }) =
        (&current.inherits, &target.inherits)
    {
        let of = schema.table(of);
        let key = of.and_then(|it| it.partition_by.clone());
        let same = match (of, key) {
            (Some(of), Some(key)) => {
                let columns = columns(of, schema, judge);
                let place = Place::PartitionBound { key };
                judge.same_in_place((&target.name, &columns), &place, true, from, to)
            }
            _ => judge.dialect.same_text(from, to),
        };
        if !same {
            let alter = Operation::AlterInheritance {
                table: target.name.clone(),
                to: target.inherits.clone(),
                from: Some(current.inherits.clone()),
            };
            plan.push(Phase::AlterOptions, Why::Changed, alter);
        }
    }
}

/// A table that is to be partitioned otherwise is a conflict: no statement does that.
fn partition_key(current: &Table, target: &Table, schema: &Schema, judge: &mut Judge<'_>) {
    let same = match (&current.partition_by, &target.partition_by) {
        (Some(from), Some(to)) => {
            let columns = columns(target, schema, judge);
            let of = (&target.name, columns.as_slice());
            judge.same_in_place(of, &Place::PartitionKey, true, from, to)
        }
        (from, to) => from == to,
    };
    if !same {
        judge.conflicts.push(Conflict::Partitioned {
            table: target.name.clone(),
            current: current.partition_by.clone(),
            target: target.partition_by.clone(),
        });
    }
}

/// The columns of a table with their types in SQL; a partition of a partition has those of the
/// table above both.
fn columns(table: &Table, schema: &Schema, judge: &Judge<'_>) -> Vec<(String, String)> {
    let mut table = table;
    for _ in 0..schema.tables.len() {
        match &table.inherits {
            Inheritance::Partition { of, .. } if table.columns.is_empty() => {
                let Some(above) = schema.table(of) else { break };
                table = above;
            }
            _ => break,
        }
    }
    let columns = table.columns.iter().filter_map(|it| {
        let column_type = judge.dialect.type_sql(&it.column_type).ok()?;
        Some((it.name.clone(), column_type))
    });
    columns.collect()
}

#[cfg(all(test, feature = "postgres", feature = "sqlite"))]
mod tests {
    use super::super::{Comparison, Conflict, Unknown, Verdicts, compare};
    use crate::dialect::{Dialect, postgres::Postgres, sqlite::Sqlite};
    use crate::schema::{Column, Date, Schema, Table};

    fn compared(current: Table, target: Table, dialect: &dyn Dialect) -> Comparison {
        let schema = |table: Table| Schema {
            tables: vec![table.column(Column::new("at", Date))],
            ..Schema::default()
        };
        let (current, target) = (schema(current), schema(target));
        compare(&current, &target, dialect, &Verdicts::default())
    }

    #[test]
    fn a_table_is_never_partitioned_otherwise() {
        let by = |key: &str| Table::new("events").partition_by(key);
        let found = compared(by("RANGE (at)"), by("HASH (at)"), &Postgres);
        assert_eq!((found.operations().len(), found.questions.len()), (0, 1));
        let conflicts: Vec<String> = found.conflicts.iter().map(ToString::to_string).collect();
        assert_eq!(
            conflicts,
            [
                "the table `events` is partitioned by `RANGE (at)` and is to be partitioned by \
              `HASH (at)`, which no statement changes; make a table of a new name, copy the rows \
              by `op.execute`, and rename both"
            ]
        );
        let found = compared(by("RANGE (at)"), Table::new("events"), &Postgres);
        let Conflict::Partitioned { target, .. } = &found.conflicts[0] else {
            panic!("{:?}", found.conflicts);
        };
        assert_eq!(*target, None);
        let found = compared(by("RANGE (at)"), by("range ( at )"), &Postgres);
        assert_eq!(found, Comparison::default());
    }

    #[test]
    fn columns_of_other_tables_are_for_a_revision_by_hand() {
        let capitals = || Table::new("capitals");
        let found = compared(capitals(), capitals().inherits("cities"), &Postgres);
        assert!(matches!(&found.unknown[0], Unknown::Parents { target, .. } if target.len() == 1));
        let turned = compared(
            capitals().inherits("a").inherits("b"),
            capitals().inherits("b").inherits("a"),
            &Postgres,
        );
        assert_eq!(turned, Comparison::default());
    }

    #[test]
    fn a_database_without_partitions_is_not_asked() {
        let target = Table::new("events").partition_by("RANGE (at)");
        let found = compared(Table::new("events"), target, &Sqlite);
        assert_eq!(found, Comparison::default());
    }
}
