//! What planned operations ask of the rows that are there.

use super::plan::Planned;
use super::refill::fills_itself;
use crate::dialect::{Demand, DemandOf};
use crate::operations::{AlterColumn, Constraint, Moved, Operation};
use crate::schema::{ColumnType, IndexKey, ObjectName, Schema};

/// What one operation of a plan asks of the rows that are there.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Which operation, counted from 0.
    pub operation: usize,
    /// What it asks, by the names that the database has before the plan.
    pub before: Demand,
    /// The same by the names that it has when the operation runs.
    pub then: Demand,
}

/// Lists what a plan asks of the rows of the tables that are there.
///
/// ```
/// use limbec_core::compare::{Verdicts, compare, demands};
/// use limbec_core::dialect::DemandOf;
/// use limbec_core::dialect::sqlite::Sqlite;
/// use limbec_core::schema::{Column, Schema, Table, Text};
///
/// let notes = Table::new("notes").column(Column::new("body", Text));
/// let mut current = Schema::default();
/// current.tables.push(notes.clone());
/// let mut target = Schema::default();
/// target.tables.push(notes.column(Column::new("author", Text).not_null()));
/// let planned = compare(&current, &target, &Sqlite, &Verdicts::default()).planned;
/// let asked = demands(&planned, &current);
/// assert_eq!(asked[0].then.of, DemandOf::NoRow { column: "author".into() });
/// ```
pub fn demands(planned: &[Planned], current: &Schema) -> Vec<Asked> {
    let mut asked = Vec::new();
    for (operation, it) in planned.iter().enumerate() {
        for then in of_operation(&it.operation, current) {
            let before = before_renames(then.clone(), planned);
            if current.table(&before.table).is_some() {
                asked.push(Asked {
                    operation,
                    before,
                    then,
                });
            }
        }
    }
    asked
}

fn of_operation(operation: &Operation, current: &Schema) -> Vec<Demand> {
    let of_table = |table: &ObjectName, of: Vec<DemandOf>| -> Vec<Demand> {
        let demands = of.into_iter().map(|of| Demand {
            table: table.clone(),
            of,
        });
        demands.collect()
    };
    match operation {
        Operation::AddColumn { table, column } if !fills_itself(column) => {
            let column = column.name.clone();
            of_table(table, vec![DemandOf::NoRow { column }])
        }
        Operation::AlterColumn { table, change } => of_table(table, of_change(change)),
        Operation::CreateConstraint { table, constraint } => {
            of_table(table, of_constraint(constraint))
        }
        Operation::CreateIndex { table, index } if index.unique => {
            let columns = index.elements.iter().map(|it| match &it.key {
                IndexKey::Column(name) => Some(name.clone()),
                IndexKey::Expression(_) => None,
            });
            let Some(columns) = columns.collect::<Option<Vec<_>>>() else {
                return Vec::new();
            };
            let predicate = index.predicate.clone();
            of_table(table, vec![DemandOf::Unique { columns, predicate }])
        }
        Operation::AlterEnum {
            to,
            from: Some(from),
        } => {
            let gone = from.labels.iter().filter(|it| !to.labels.contains(it));
            let labels: Vec<String> = gone.cloned().collect();
            if labels.is_empty() {
                return Vec::new();
            }
            let is_of =
                |it: &ColumnType| matches!(it, ColumnType::Enum(it) if it.name == from.name);
            let tables = current.tables.iter();
            let columns = tables.flat_map(|table| {
                let columns = table.columns.iter().filter(|it| is_of(&it.column_type));
                columns.map(|it| (table.name.clone(), it.name.clone()))
            });
            let demands = columns.map(|(table, column)| Demand {
                table,
                of: DemandOf::Label {
                    column,
                    labels: labels.clone(),
                },
            });
            demands.collect()
        }
        _ => Vec::new(),
    }
}

fn of_change(change: &AlterColumn) -> Vec<DemandOf> {
    let column = &change.name;
    let mut of = Vec::new();
    if let (Some(from), Some(to), None) = (
        &change.from.column_type,
        &change.to.column_type,
        &change.using,
    ) {
        of.push(DemandOf::Fit {
            column: column.clone(),
            from: from.clone(),
            to: to.clone(),
        });
    }
    if change.to.nullable == Some(false) && change.to.identity.is_none() {
        of.push(DemandOf::Value {
            column: column.clone(),
        });
    }
    of
}

fn of_constraint(constraint: &Constraint) -> Vec<DemandOf> {
    match constraint {
        Constraint::Check(it) if !it.not_valid && !it.not_enforced => vec![DemandOf::Check {
            expression: it.expression.clone(),
        }],
        Constraint::Unique(it) if !it.without_overlaps => vec![DemandOf::Unique {
            columns: it.columns.clone(),
            predicate: None,
        }],
        Constraint::PrimaryKey(it) if !it.without_overlaps => {
            let values = it.columns.iter().map(|column| DemandOf::Value {
                column: column.clone(),
            });
            let unique = DemandOf::Unique {
                columns: it.columns.clone(),
                predicate: None,
            };
            values.chain([unique]).collect()
        }
        Constraint::ForeignKey(it) if !it.not_valid && !it.not_enforced && !it.period => {
            vec![DemandOf::Reference {
                columns: it.columns.clone(),
                referred_table: it.referred_table.clone(),
                referred_columns: it.referred_columns.clone(),
            }]
        }
        _ => Vec::new(),
    }
}

/// A demand by the names before a plan's renames; conditions stay as they are.
fn before_renames(mut demand: Demand, planned: &[Planned]) -> Demand {
    for it in planned.iter().rev() {
        match &it.operation {
            Operation::RenameColumn { table, from, to } => {
                let rename = |column: &mut String| {
                    if column == to {
                        column.clone_from(from);
                    }
                };
                rename_columns(&mut demand, table, rename);
            }
            Operation::RenameTable { from, to } => {
                let to = ObjectName {
                    schema: from.schema.clone(),
                    name: to.clone(),
                };
                rename_tables(&mut demand, &to, from);
            }
            Operation::Move {
                kind: Moved::Table,
                from,
                to,
            } => rename_tables(&mut demand, to, from),
            _ => {}
        }
    }
    demand
}

fn rename_tables(demand: &mut Demand, now: &ObjectName, before: &ObjectName) {
    if demand.table == *now {
        demand.table.clone_from(before);
    }
    if let DemandOf::Reference { referred_table, .. } = &mut demand.of
        && referred_table == now
    {
        referred_table.clone_from(before);
    }
}

fn rename_columns(demand: &mut Demand, table: &ObjectName, rename: impl Fn(&mut String)) {
    let is_own = demand.table == *table;
    match &mut demand.of {
        DemandOf::Value { column } | DemandOf::Fit { column, .. } if is_own => rename(column),
        DemandOf::Unique { columns, .. } if is_own => columns.iter_mut().for_each(rename),
        DemandOf::Reference {
            columns,
            referred_table,
            referred_columns,
        } => {
            if is_own {
                columns.iter_mut().for_each(&rename);
            }
            if referred_table == table {
                referred_columns.iter_mut().for_each(&rename);
            }
        }
        _ => {}
    }
}
