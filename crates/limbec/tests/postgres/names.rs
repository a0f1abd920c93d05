//! Names and texts that need quoting.

use limbec_core::dialect::{Names as _, postgres::Postgres};
use limbec_core::operations::Operation;
use limbec_core::schema::{
    CheckConstraint, Column, ForeignKey, Index, Namespace, ObjectName, PrimaryKey, Table, Text,
    UniqueConstraint,
};

use crate::{Scratch, create};

const NAMES: [&str; 9] = [
    "order",
    "MixedCase",
    "two words",
    "quo\"ted",
    "it's",
    "größe",
    "back\\slash",
    "a.b",
    "$1",
];

#[tokio::test]
async fn names_go_round() {
    for name in NAMES {
        let mut scratch = Scratch::new().await;
        let qualified = ObjectName::qualified(name, name);
        let mut table = Table::new(&qualified)
            .column(Column::new(name, Text).not_null().comment(name))
            .column(Column::new("other", Text))
            .primary_key(PrimaryKey::new([name]).name(format!("{name} 1")))
            .unique(UniqueConstraint::new(["other", name]).name(format!("{name} 2")))
            .check(
                CheckConstraint::new(format!("{} <> ''::text", Postgres.quote(name)))
                    .name(format!("{name} 3")),
            )
            .foreign_key(ForeignKey::new(["other"], &qualified, [name]).name(format!("{name} 4")))
            .comment(name);
        table.indexes.push(
            Index::new(format!("{name} 5"), [name])
                .include(["other"])
                .comment(name),
        );
        scratch
            .apply(&[Operation::CreateSchema { name: name.into() }])
            .await;
        scratch.apply(&create(&table)).await;
        let schema = scratch.reflect().await;
        assert_eq!(schema.namespaces, [Namespace::from(name)]);
        assert_eq!(schema.tables, std::slice::from_ref(&table));

        scratch
            .apply(&[
                Operation::DropIndex {
                    table: qualified.clone(),
                    name: format!("{name} 5"),
                    index: None,
                    concurrently: false,
                },
                Operation::DropConstraint {
                    table: qualified.clone(),
                    constraint: format!("{name} 4").into(),
                    definition: None,
                },
                Operation::RenameColumn {
                    table: qualified.clone(),
                    from: name.into(),
                    to: format!("{name}{name}"),
                },
                Operation::RenameTable {
                    from: qualified.clone(),
                    to: format!("{name}{name}"),
                },
                Operation::DropTable {
                    name: ObjectName::qualified(name, format!("{name}{name}")),
                    table: None,
                },
                Operation::DropSchema { name: name.into() },
            ])
            .await;
        let schema = scratch.reflect().await;
        assert!(schema.tables.is_empty() && schema.namespaces.is_empty());
    }
}

#[tokio::test]
async fn long_names_are_cut_as_the_server_cuts_them() {
    for name in ["x".repeat(70), format!("x{}", "ä".repeat(40))] {
        let mut scratch = Scratch::new().await;
        let table = Table::new(name.as_str()).column(Column::new(name.as_str(), Text));
        scratch.apply(&create(&table)).await;
        let found = scratch.table().await;
        assert_eq!(found.name.name, Postgres.fold_name(&name));
        assert_eq!(found.columns[0].name, Postgres.fold_name(&name));
    }
}

#[tokio::test]
async fn texts_go_round() {
    let texts = [
        "it's",
        "two\nlines\r\n\tand a tab",
        "back\\slash 'n quote",
        "ü – €",
        "$$ $limbec$",
    ];
    for conforming in ["on", "off"] {
        let mut scratch = Scratch::new().await;
        scratch
            .sql(&format!("SET standard_conforming_strings = {conforming}"))
            .await;
        let mut table = Table::new("t").comment(texts[1]);
        for (index, text) in texts.into_iter().enumerate() {
            table = table.column(Column::new(format!("c{index}"), Text).comment(text));
        }
        scratch.apply(&create(&table)).await;
        assert_eq!(scratch.table().await, table);
    }
}

#[tokio::test]
async fn a_comment_in_an_expression_swallows_nothing() {
    let mut scratch = Scratch::new().await;
    let table = Table::new("t")
        .column(
            Column::new("a", Text)
                .server_default("'it''s' -- why")
                .not_null(),
        )
        .column(
            Column::new("b", limbec_core::schema::Boolean).server_default("1 > 0 AND NOT false"),
        )
        .check(CheckConstraint::new("a <> '' -- never").name("c"));
    scratch.apply(&create(&table)).await;
    let found = scratch.table().await;
    assert_eq!(found.columns[0].default.as_deref(), Some("'it''s'::text"));
    assert!(!found.columns[0].nullable);
    assert_eq!(found.checks[0].expression, "a <> ''::text");
}
