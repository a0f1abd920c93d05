//! Operations that give the connection's own namespace mean the objects that the schema knows
//! without it, on the server and in memory.

use limbec_core::operations::{AlterColumn, CommentOn, Operation, Operations, apply};
use limbec_core::schema::{
    BigInteger, CheckConstraint, Column, Definition, Domain, EnumType, ForeignKey, Index, Integer,
    ObjectName, Schema, Sequence, Text,
};

use crate::{Scratch, assert_same};

/// Each object twice: in the connection's own namespace, and by the same name in another one.
const MADE: &str = "
    CREATE SCHEMA app;
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE DOMAIN code AS text;
    CREATE SEQUENCE numbers;
    CREATE TABLE t (id integer PRIMARY KEY, mood mood, code code, a integer);
    CREATE TABLE r (t integer);
    CREATE VIEW v AS SELECT id FROM t;
    CREATE TYPE app.mood AS ENUM ('sad', 'ok');
    CREATE DOMAIN app.code AS text;
    CREATE SEQUENCE app.numbers;
    CREATE TABLE app.t (id integer PRIMARY KEY, mood app.mood, code app.code, a integer);
    CREATE TABLE app.r (t integer);
    CREATE VIEW app.v AS SELECT id FROM app.t;";

fn own(name: &str) -> ObjectName {
    ObjectName::qualified("public", name)
}

/// One operation after the other, each on the state that those before have left.
fn operations() -> Vec<Operation> {
    let mut op = Operations::new();
    op.alter_enum(EnumType::new(own("mood"), ["sad", "ok", "fine"]));
    op.alter_enum(EnumType::new(own("mood"), ["fine", "ok"]));
    op.rename_enum_value(own("mood"), "ok", "good");
    op.rename_enum(own("mood"), "humour");
    op.alter_domain(Domain::new(own("code"), Text).not_null());
    op.alter_sequence(Sequence::new(own("numbers")).increment(5));
    op.create_comment(CommentOn::sequence(own("numbers")), "Printed");
    op.drop_comment(CommentOn::sequence(own("numbers")));
    op.add_column(own("t"), Column::new("b", Integer));
    op.rename_column(own("t"), "b", "c");
    op.alter_column(own("t"), AlterColumn::new("c").column_type(BigInteger));
    op.drop_column(own("t"), "c");
    op.create_check_constraint(own("t"), CheckConstraint::new("a > 0").name("positive"));
    op.rename_constraint(own("t"), "positive", "above");
    op.drop_constraint(own("t"), "above");
    op.create_index(own("t"), Index::new("i", ["a"]));
    op.rename_index(own("t"), "i", "j");
    op.drop_index(own("t"), "j");
    op.create_table_comment(own("t"), "All");
    op.drop_table_comment(own("t"));
    let key = ForeignKey::new(["t"], own("t"), ["id"]).name("to_t");
    op.create_foreign_key(own("r"), key);
    op.rename_table(own("r"), "s");
    op.drop_definition(Definition::view(own("v")));
    op.drop_table(own("s"));
    op.drop_table(own("t"));
    op.drop_sequence(own("numbers"));
    op.drop_domain(own("code"));
    op.drop_enum(own("humour"));
    op.into_vec()
}

/// The schema without the texts that only the server writes.
fn comparable(mut schema: Schema) -> Schema {
    for definition in &mut schema.definitions {
        definition.sql.clear();
        definition.uses.clear();
    }
    for table in &mut schema.tables {
        for check in &mut table.checks {
            check.expression.clear();
        }
    }
    schema
}

#[tokio::test]
async fn a_name_that_gives_it_is_the_name_without_it() {
    let mut scratch = Scratch::new().await;
    scratch.sql(MADE).await;
    for operation in operations() {
        let mut known = scratch.reflect().await;
        if let Err(error) = apply(
            &mut known,
            &operation,
            &limbec_core::dialect::postgres::LEXICON,
        ) {
            panic!("{operation}: in memory: {error}");
        }
        scratch.apply(&[operation]).await;
        let found = scratch.reflect().await;
        assert_same(&comparable(found), &comparable(known));
    }
    let left = scratch.reflect().await;
    let names = left.tables.iter().map(|it| it.name.to_string());
    assert_eq!(names.collect::<Vec<_>>(), ["app.r", "app.t"]);
    assert_eq!(left.enums.len() + left.domains.len(), 2);
    assert_eq!(left.sequences.len() + left.definitions.len(), 2);
}
