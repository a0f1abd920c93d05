//! Moves from one namespace to another.

use super::rename;
use crate::dialect::postgres::names::{literal, object, quote};
use crate::operations::Moved;
use crate::schema::{ObjectName, Schema};
use crate::steps::Step;

/// Moves an object, then gives it its new name.
pub(super) fn compile(
    kind: Moved,
    from: &ObjectName,
    to: &ObjectName,
    current: &Schema,
) -> Vec<Step> {
    let noun = match kind {
        Moved::Table => "TABLE",
        Moved::Enum => "TYPE",
        Moved::Domain => "DOMAIN",
        Moved::Sequence => "SEQUENCE",
    };
    let mut steps = Vec::new();
    if from.schema != to.schema {
        steps.push(set_schema(noun, from, to));
    }
    let moved = ObjectName {
        schema: to.schema.clone(),
        name: from.name.clone(),
    };
    if moved.name == to.name {
        return steps;
    }
    if kind == Moved::Table {
        steps.extend(rename::table_that_was(from, &moved, &to.name, current));
    } else {
        let (moved, to) = (object(&moved), quote(&to.name));
        steps.push(Step::new(format!("ALTER {noun} {moved} RENAME TO {to}")));
    }
    steps
}

fn set_schema(noun: &str, from: &ObjectName, to: &ObjectName) -> Step {
    let alter = format!("ALTER {noun} {} SET SCHEMA", object(from));
    Step::new(match &to.schema {
        Some(schema) => format!("{alter} {}", quote(schema)),
        // The connection's own has no name that SQL could give here.
        None => format!(
            "DO $limbec$BEGIN EXECUTE {} || quote_ident(current_schema()); END$limbec$",
            literal(&format!("{alter} "))
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{BigInteger, Column, Identity, Table};

    fn sql(kind: Moved, from: &ObjectName, to: &ObjectName) -> Vec<String> {
        let mut current = Schema::default();
        let id = Column::new("id", BigInteger).identity(Identity::serial());
        current.tables.push(Table::new(from.clone()).column(id));
        let steps = compile(kind, from, to, &current);
        steps.into_iter().map(|it| it.sql).collect()
    }

    #[test]
    fn a_table_takes_its_sequence_along() {
        let to = ObjectName::qualified("Old", "done");
        assert_eq!(
            sql(Moved::Table, &"jobs".into(), &to),
            [
                "ALTER TABLE jobs SET SCHEMA \"Old\"",
                "ALTER TABLE \"Old\".jobs RENAME TO done",
                "ALTER SEQUENCE IF EXISTS \"Old\".jobs_id_seq RENAME TO done_id_seq",
            ]
        );
    }

    #[test]
    fn the_own_namespace_has_no_name() {
        let from = ObjectName::qualified("it's", "mood");
        assert_eq!(
            sql(Moved::Enum, &from, &"mood".into()),
            [
                "DO $limbec$BEGIN EXECUTE 'ALTER TYPE \"it''s\".mood SET SCHEMA ' || \
              quote_ident(current_schema()); END$limbec$"
            ]
        );
    }
}
