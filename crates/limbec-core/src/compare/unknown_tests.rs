//! What cannot be compared is reported, never taken for equal, never turned into operations.

use super::{Unknown, Verdict, Verdicts, compare};
use crate::dialect::Dialect;
use crate::dialect::{postgres::Postgres, sqlite::Sqlite};
use crate::schema::{
    CheckConstraint, Column, Definition, Domain, ExcludeConstraint, Index, IndexElement, Integer,
    Schema, Table, Text,
};

/// A schema with an expression in each place that has one, all of them over the same columns.
fn with(expression: &str, dialect: &dyn Dialect) -> Schema {
    let element = IndexElement::expression(format!("lower({expression})"));
    let mut table = Table::new("t")
        .column(Column::new("a", Integer))
        .column(Column::new("d", Text).server_default(format!("lower({expression})")))
        .column(Column::new("g", Integer).generated_stored(format!("a + {expression}")))
        .check(CheckConstraint::new(format!("a > {expression}")).name("c"));
    table.indexes = vec![
        Index::new("i", ["a"]).element(element),
        Index::new("j", ["a"]).predicate(format!("a <> {expression}")),
    ];
    let mut schema = Schema::default();
    if dialect.capabilities().named_objects {
        let exclude = ExcludeConstraint::using("gist")
            .with(IndexElement::column("a"), "=")
            .name("x");
        table = table.exclude(exclude.predicate(format!("a < {expression}")));
        schema.domains.push(
            Domain::new("one", Text)
                .server_default(format!("upper({expression})"))
                .check("one_check", format!("VALUE <> {expression}")),
        );
        let mut view = Definition::view("v");
        view.sql = format!("CREATE VIEW v AS SELECT {expression} AS a");
        schema.definitions.push(view);
    }
    schema.tables.push(table);
    schema
}

fn check(dialect: &dyn Dialect, places: usize) {
    let (current, target) = (with("f(1)", dialect), with("f(2)", dialect));
    let open = compare(&current, &target, dialect, &Verdicts::default());
    assert_eq!(open.questions.len(), places, "{:#?}", open.questions);
    let mut verdicts = Verdicts::default();
    for question in open.questions {
        verdicts.insert(question, Verdict::Unknown("the server is mute".into()));
    }
    let found = compare(&current, &target, dialect, &verdicts);
    assert_eq!((found.planned, found.questions), (vec![], vec![]));
    assert_eq!(found.unknown.len(), places, "{:#?}", found.unknown);
    for reported in &found.unknown {
        let (of, current, target, reason) = match reported {
            Unknown::Expression {
                of,
                current,
                target,
                reason,
                ..
            } => (of, current, target, reason),
            Unknown::Definition {
                of,
                current,
                target,
                reason,
            } => (&of.name, current, target, reason),
            other => panic!("{other:?}"),
        };
        assert!(["t", "one", "v"].contains(&of.name.as_str()), "{of}");
        assert!(
            current.contains("f(1)") && target.contains("f(2)"),
            "{reported:?}"
        );
        assert_eq!(reason, "the server is mute");
    }
}

#[test]
fn what_postgresql_cannot_tell_is_reported() {
    check(&Postgres, 9);
}

#[test]
fn what_sqlite_cannot_tell_is_reported() {
    check(&Sqlite, 5);
}
