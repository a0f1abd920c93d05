//! Partitions and tables that inherit.

use std::fmt::Write as _;

use super::Steps;
use crate::dialect::CompileError;
use crate::dialect::postgres::canonical::bound_sql;
use crate::dialect::postgres::names::{self, object};
use crate::operations::AlterOptions;
use crate::schema::{Inheritance, ObjectName, Schema, Table};
use crate::steps::Step;

/// `CREATE TABLE …` up to the key by which it is partitioned; `lines` stand in parentheses.
pub(super) fn create(
    table: &Table,
    create: &str,
    lines: &[String],
) -> Result<String, CompileError> {
    if table.lacks_bound() {
        return Err(CompileError::new(format!(
            "the partition `{}` does not say which rows it holds",
            table.name
        ))
        .hint("say it: `bound = \"FOR VALUES FROM (…) TO (…)\"`, or `bound = \"DEFAULT\"`"));
    }
    let body = if lines.is_empty() {
        String::new()
    } else {
        format!("\n    {}\n", lines.join(",\n    "))
    };
    let name = object(&table.name);
    let mut sql = match &table.inherits {
        Inheritance::Partition { of, bound } => {
            let own = if body.is_empty() {
                String::new()
            } else {
                format!(" ({body})")
            };
            let bound = bound_sql(bound);
            format!("{create} {name} PARTITION OF {}{own} {bound}", object(of))
        }
        Inheritance::Tables(parents) => {
            let parents: Vec<_> = parents.iter().map(object).collect();
            format!("{create} {name} ({body}) INHERITS ({})", parents.join(", "))
        }
        Inheritance::None => format!("{create} {name} ({body})"),
    };
    if let Some(key) = &table.partition_by {
        let _ = write!(sql, " PARTITION BY {key}");
    }
    Ok(sql)
}

/// Takes a table from the ones that it has columns of, and puts it to others.
pub(super) fn alter(
    table: &ObjectName,
    to: &Inheritance,
    from: Option<&Inheritance>,
    current: &Schema,
) -> Vec<Step> {
    let known = names::table(table, current).map(|it| &it.inherits);
    let from = from.or(known).unwrap_or(&Inheritance::None);
    if from == to {
        return Vec::new();
    }
    let name = object(table);
    let mut steps = Vec::new();
    let mut alter = |table: &str, clause: String| {
        steps.push(Step::new(format!("ALTER TABLE {table} {clause}")));
    };
    match from {
        Inheritance::Partition { of, .. } => {
            alter(&object(of), format!("DETACH PARTITION {name}"));
        }
        _ => {
            for parent in from.parents().iter().filter(|it| !inherits(to, it)) {
                alter(&name, format!("NO INHERIT {}", object(parent)));
            }
        }
    }
    match to {
        Inheritance::Partition { of, bound } => {
            let bound = bound_sql(bound);
            alter(&object(of), format!("ATTACH PARTITION {name} {bound}"));
        }
        _ => {
            for parent in to.parents().iter().filter(|it| !inherits(from, it)) {
                alter(&name, format!("INHERIT {}", object(parent)));
            }
        }
    }
    steps
}

fn inherits(it: &Inheritance, parent: &ObjectName) -> bool {
    matches!(it, Inheritance::Tables(parents) if parents.contains(parent))
}

/// Changes what a revision spells as options.
pub(super) fn alter_by_options(
    name: &ObjectName,
    change: &AlterOptions,
    current: &Schema,
) -> Steps {
    let known = names::table(name, current).cloned();
    let known = known.unwrap_or_else(|| Table::new(name));
    let (before, after) = change.on_table(&known);
    if before.partition_by != after.partition_by {
        let wanted = match &after.partition_by {
            Some(key) => format!("by `{key}`"),
            None => "not at all".to_string(),
        };
        return Err(CompileError::new(format!(
            "the table `{name}` is to be partitioned {wanted}: PostgreSQL cannot change how a \
             table is partitioned"
        ))
        .hint("make a table of a new name, copy the rows by `op.execute`, and rename both"));
    }
    Ok(alter(
        name,
        &after.inherits,
        Some(&before.inherits),
        current,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Compiler, postgres::Postgres};
    use crate::operations::{Operation, Operations};

    fn sql(known: Table, build: impl FnOnce(&mut Operations)) -> Vec<String> {
        let schema = Schema {
            tables: vec![known],
            ..Schema::default()
        };
        let mut op = Operations::new();
        build(&mut op);
        let operations = op.into_vec();
        let steps = operations.iter().map(|it| Postgres.compile(it, &schema));
        let steps = steps.flat_map(|it| it.unwrap());
        steps.map(|it| it.sql).collect()
    }

    fn partition() -> Table {
        Table::new("p").partition_of("events", "FOR VALUES IN (1)")
    }

    const MOVED: [&str; 2] = [
        "ALTER TABLE events DETACH PARTITION p",
        "ALTER TABLE events ATTACH PARTITION p FOR VALUES IN (2)",
    ];

    #[test]
    fn a_partition_gets_other_rows() {
        let to = Inheritance::partition_of("events", "FOR VALUES IN (2)");
        assert_eq!(sql(partition(), |op| op.alter_inheritance("p", to)), MOVED);
        let by_option = AlterOptions::table("p").set("postgresql.bound", "IN (2)");
        assert_eq!(sql(partition(), |op| op.alter_options(by_option)), MOVED);
    }

    #[test]
    fn a_table_inherits_from_others() {
        let expected = [
            "ALTER TABLE c NO INHERIT a",
            "ALTER TABLE c INHERIT billing.places",
        ];
        let known = || Table::new("c").inherits("a").inherits("b");
        let to = Inheritance::from_table("b").and(ObjectName::qualified("billing", "places"));
        assert_eq!(sql(known(), |op| op.alter_inheritance("c", to)), expected);
        let by_option = AlterOptions::table("c").set("postgresql.inherits", "b, billing.places");
        assert_eq!(sql(known(), |op| op.alter_options(by_option)), expected);
    }

    #[test]
    fn what_no_statement_does() {
        let change = AlterOptions::table("p").set("postgresql.partition_by", "LIST (id)");
        let change = Operation::AlterOptions { change };
        assert!(Postgres.compile(&change, &Schema::default()).is_err());
        let half = Table::new("p").option("postgresql.partition_of", "events");
        let create = Operation::CreateTable { table: half };
        let error = Postgres.compile(&create, &Schema::default()).unwrap_err();
        assert!(error.message.contains("which rows it holds"));
    }
}
