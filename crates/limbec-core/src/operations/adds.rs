//! Whether operations only add: a program of before them works on, without knowing of them.

use super::Operation;
use crate::schema::ObjectName;
use crate::sql::{self, Lexicon};

/// Whether a revision only adds to what is there: tables, columns that need no value, indexes that
/// refuse no row, labels, views and routines, comments. Raw SQL counts
/// where it is seen to do no more than that.
///
/// ```
/// use limbec_core::operations::{Operations, only_adds};
/// use limbec_core::schema::{Column, Text};
/// use limbec_core::sql::Lexicon;
/// let mut op = Operations::new();
/// op.add_column("collections", Column::new("description", Text));
/// assert!(only_adds(&op.clone().into_vec(), &Lexicon::STANDARD));
/// op.drop_column("collections", "name");
/// assert!(!only_adds(&op.into_vec(), &Lexicon::STANDARD));
/// ```
pub fn only_adds(operations: &[Operation], lexicon: &Lexicon) -> bool {
    let mut new: Vec<&ObjectName> = Vec::new();
    operations.iter().all(|operation| {
        if let Operation::CreateTable { table } = operation {
            new.push(&table.name);
        }
        adds(operation, &new, lexicon)
    })
}

/// Whether one operation only adds, with these tables as new as itself.
fn adds(operation: &Operation, new: &[&ObjectName], lexicon: &Lexicon) -> bool {
    match operation {
        Operation::CreateSchema { .. }
        | Operation::CreateExtension { .. }
        | Operation::CreateDomain { .. }
        | Operation::CreateEnum { .. }
        | Operation::CreateSequence { .. }
        | Operation::CreateTable { .. }
        | Operation::CreateTableComment { .. }
        | Operation::DropTableComment { .. }
        | Operation::CreateComment { .. }
        | Operation::DropComment { .. }
        | Operation::ValidateConstraint { .. }
        | Operation::SetTimeout { .. } => true,
        Operation::AddColumn { table, column } => {
            let needs_a_value = !column.nullable
                && column.default.is_none()
                && column.generated.is_none()
                && column.identity.is_none();
            !needs_a_value || new.contains(&table)
        }
        Operation::AlterEnum { to, from } => from
            .as_ref()
            .is_some_and(|from| from.labels.iter().all(|label| to.labels.contains(label))),
        Operation::CreateIndex { table, index } => !index.unique || new.contains(&table),
        Operation::CreateConstraint { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::RenameColumn { table, .. }
        | Operation::DropColumn { table, .. }
        | Operation::DropConstraint { table, .. }
        | Operation::DropIndex { table, .. } => new.contains(&table),
        // A trigger, a rule or a policy changes what others do to its table.
        Operation::CreateDefinition { definition } => match &definition.table {
            Some(table) => new.contains(&table),
            None => true,
        },
        Operation::Execute { sql, .. } => sql::only_adds(sql, lexicon),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::Operations;
    use crate::schema::{Column, Definition, Index, Table, Text};

    fn adds(build: impl FnOnce(&mut Operations)) -> bool {
        let mut op = Operations::new();
        build(&mut op);
        only_adds(&op.into_vec(), &Lexicon::STANDARD)
    }

    #[test]
    fn what_an_older_program_does_not_notice() {
        assert!(adds(|op| op.create_table(Table::new("a"))));
        assert!(adds(|op| {
            op.add_column("a", Column::new("b", Text).not_null().server_default("''"));
        }));
        assert!(adds(|op| op.create_index("a", Index::new("i", ["b"]))));
        assert!(adds(|op| op.execute("ALTER TABLE a ADD COLUMN b text")));
        assert!(adds(|op| {
            op.create_table(Table::new("a"));
            op.create_index("a", Index::new("i", ["b"]).unique());
            op.create_definition(Definition::trigger("t", "a"));
        }));
        assert!(adds(|op| op.create_definition(Definition::view("v"))));
        assert!(adds(
            |op| op.create_definition(Definition::function("f", ""))
        ));
    }

    #[test]
    fn what_it_does_notice() {
        assert!(!adds(|op| op.drop_table("a")));
        assert!(!adds(|op| op.rename_table("a", "b")));
        assert!(!adds(
            |op| op.create_definition(Definition::trigger("t", "a"))
        ));
        assert!(!adds(|op| op.execute("UPDATE a SET b = 1")));
        assert!(!adds(
            |op| op.add_column("a", Column::new("b", Text).not_null())
        ));
        assert!(!adds(
            |op| op.create_index("a", Index::new("i", ["b"]).unique())
        ));
    }
}
