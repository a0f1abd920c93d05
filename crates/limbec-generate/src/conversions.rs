//! Changes of type to which no cast leads: somebody must say how a value becomes one of the new type.

use limbec::connection::Connection;
use limbec::run::can_cast;
use limbec_core::compare::{Comparison, Planned};
use limbec_core::dialect::Dialect;
use limbec_core::operations::{AlterColumn, Operation};
use limbec_core::schema::{ColumnType, ObjectName, Schema};

use crate::error::{ProjectError, Result};
use crate::renames::Answers;

/// A change of type to which no cast leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncastable {
    /// The table.
    pub table: ObjectName,
    /// The change.
    pub change: AlterColumn,
    /// The types before and after, in SQL.
    pub types: [String; 2],
}

impl Uncastable {
    /// The column with its table.
    pub fn column(&self) -> String {
        format!("{}.{}", self.table, self.change.name)
    }

    /// What is wrong, as a sentence without a full stop.
    pub fn sentence(&self) -> String {
        let [from, to] = &self.types;
        format!(
            "no cast leads from {from} to {to}, which `{}` becomes",
            self.column()
        )
    }

    /// The change, as far as it is known.
    pub fn operation(&self) -> Operation {
        Operation::AlterColumn {
            table: self.table.clone(),
            change: self.change.clone(),
        }
    }

    /// The way back, with the expression still to be said.
    pub fn reverse(&self) -> Operation {
        let mut change = self.change.clone();
        std::mem::swap(&mut change.to, &mut change.from);
        Operation::AlterColumn {
            table: self.table.clone(),
            change,
        }
    }

    /// Leaves the column in the target as it is.
    fn hold_back(&self, target: &mut Schema) {
        let table = target.table_mut(&self.table);
        let mut columns = table.into_iter().flat_map(|it| &mut it.columns);
        if let Some(column) = columns.find(|it| it.name == self.change.name) {
            self.change.from.apply_to(column);
        }
    }
}

fn types(planned: &Planned) -> Option<(&ObjectName, &AlterColumn, &ColumnType, &ColumnType)> {
    let Operation::AlterColumn { table, change } = &planned.operation else {
        return None;
    };
    let from = change.from.column_type.as_ref()?;
    let to = change.to.column_type.as_ref()?;
    Some((table, change, from, to))
}

/// Asks a database for the changes of type to which no cast leads.
pub(crate) async fn uncastable<C: Connection>(
    database: &mut C,
    comparison: &Comparison,
) -> Result<Vec<Uncastable>> {
    let mut found = Vec::new();
    for (table, change, from, to) in comparison.planned.iter().filter_map(types) {
        if change.using.is_some() || can_cast(database, from, to).await? {
            continue;
        }
        let dialect = database.dialect();
        found.push(Uncastable {
            table: table.clone(),
            change: change.clone(),
            types: [in_sql(from, dialect), in_sql(to, dialect)],
        });
    }
    Ok(found)
}

fn in_sql(column_type: &ColumnType, dialect: &dyn Dialect) -> String {
    let sql = dialect.type_sql(column_type);
    sql.unwrap_or_else(|_| format!("{column_type:?}"))
}

/// The columns of a plan from whose new type no cast leads back.
pub(crate) async fn one_way<C: Connection>(
    database: &mut C,
    planned: &[Planned],
) -> Result<Vec<(ObjectName, String)>> {
    let mut found = Vec::new();
    for it in planned {
        let Some((table, change, from, to)) = types(it) else {
            continue;
        };
        // An expression on the way there says nothing of the way back, unless it is its own reverse.
        let back = it.operation.invert().unwrap_or_default();
        let is_said = back.iter().any(
            |it| matches!(it, Operation::AlterColumn { change, .. } if change.using.is_some()),
        );
        if !is_said && !can_cast(database, to, from).await? {
            found.push((table.clone(), change.name.clone()));
        }
    }
    Ok(found)
}

/// How values become those of their new types, as somebody has said.
#[derive(Debug, Default)]
pub(crate) struct Conversions {
    pub(crate) said: Vec<(String, String)>,
    /// What nobody has said.
    pub(crate) held_back: Vec<Uncastable>,
}

impl Conversions {
    /// Asks about what is not said yet. What nobody says is held back from the target; whether there was
    /// anything.
    pub(crate) fn settle(
        &mut self,
        found: Vec<Uncastable>,
        answers: &mut Answers<'_>,
        target: &mut Schema,
    ) -> Result<bool> {
        let mut any = false;
        for it in found {
            let column = it.column();
            if self.said.iter().any(|(known, _)| *known == column) {
                continue;
            }
            let by_flag = answers.using.iter().find_map(|said| {
                let (of, using) = said.split_once('=')?;
                (of.trim() == column).then(|| using.trim().to_string())
            });
            let said = match (by_flag, &mut answers.expression) {
                (Some(using), _) => Some(using),
                (None, Some(ask)) => ask(&it)?,
                (None, None) => None,
            };
            match said.filter(|it| !it.is_empty()) {
                Some(using) => self.said.push((column, using)),
                None => {
                    it.hold_back(target);
                    self.held_back.push(it);
                    any = true;
                }
            }
        }
        Ok(any)
    }
}

/// Puts what was said into the operations.
pub(crate) fn put_into(said: &[(String, String)], planned: &mut [Planned]) {
    for it in planned {
        let Operation::AlterColumn { table, change } = &mut it.operation else {
            continue;
        };
        let column = format!("{table}.{}", change.name);
        if let Some((_, using)) = said.iter().find(|(known, _)| *known == column) {
            change.using = Some(using.clone());
        }
    }
}

/// Fails if `--using` is not of its form, or names no column of the models.
pub(crate) fn check(using: &[String], target: &Schema) -> Result<()> {
    for said in using {
        let column = said.split_once('=').and_then(|(column, sql)| {
            let (table, column) = column.trim().rsplit_once('.')?;
            (!sql.trim().is_empty()).then_some((table, column))
        });
        let Some((table, column)) = column else {
            return Err(ProjectError::new(format!(
                "`--using {said}` is not of the form `table.column=SQL`"
            ))
            .hint("write `--using \"notes.key=md5(key::text)::uuid\"`"));
        };
        let mut tables = target
            .tables
            .iter()
            .filter(|it| it.name.to_string() == table);
        if !tables.any(|it| it.column_named(column).is_some()) {
            return Err(ProjectError::new(format!(
                "`--using {said}`: the models have no column `{table}.{column}`"
            )));
        }
    }
    Ok(())
}
