//! What a model says in its own words is what the server makes of it: no operation is left.

use limbec::run::{Claim, prove, settle};
use limbec_core::compare::{Created, Verdicts, compare};
use limbec_core::dialect::postgres::Postgres;
use limbec_core::operations::Operation;
use limbec_core::schema::{
    Array, BigInteger, Boolean, CheckConstraint, Column, Custom, Date, Double, Enum, EnumType,
    ForeignKey, Identity, Index, IndexElement, Integer, Jsonb, Numeric, PrimaryKey, Schema, Table,
    Text, TimestampTz, UniqueConstraint, Uuid, Varchar,
};

use crate::{Scratch, assert_same};

fn models() -> Schema {
    let status = ["new", "it's done"];
    let mut documents = Table::new("documents")
        .column(
            Column::new("id", Uuid)
                .not_null()
                .server_default("gen_random_uuid()"),
        )
        .column(
            Column::new("number", Custom::new("int8"))
                .not_null()
                .identity(Identity::always().start(1)),
        )
        .column(
            Column::new("Title", Custom::new("VARCHAR( 200 )"))
                .not_null()
                .server_default("'it''s'"),
        )
        .column(
            Column::new("kind", Varchar::length(9))
                .not_null()
                .server_default("'a'"),
        )
        .column(
            Column::new("status", Enum::new("status", status))
                .not_null()
                .server_default("'new'"),
        )
        .column(
            Column::new("tags", Array::of(Text))
                .not_null()
                .server_default("ARRAY[]::text[]"),
        )
        .column(Column::new("labels", Array::of(Varchar::length(5))).server_default("'{}'"))
        .column(Column::new("data", Jsonb).not_null().server_default("'{}'"))
        .column(Column::new("score", Double).not_null().server_default("0"))
        .column(
            Column::new("price", Numeric::new(10, 2))
                .not_null()
                .server_default("-1.50"),
        )
        .column(
            Column::new("open", Boolean)
                .not_null()
                .server_default("TRUE"),
        )
        .column(
            Column::new("day", Date)
                .not_null()
                .server_default("CURRENT_DATE"),
        )
        .column(
            Column::new("made_at", Custom::new("timestamptz(6)"))
                .not_null()
                .server_default("CURRENT_TIMESTAMP"),
        )
        .column(
            Column::new("utc", Custom::new("timestamp")).server_default("now() AT TIME ZONE 'utc'"),
        )
        .column(Column::new("due_at", TimestampTz).server_default("now() + interval '1 day'"))
        .column(Column::new("size", Integer).server_default("1024 * 2"))
        .column(Column::new("short", Text).generated_stored("left(\"Title\", 10)"))
        .column(Column::new("owner_id", BigInteger))
        .primary_key(PrimaryKey::new(["id"]))
        .unique(UniqueConstraint::new(["kind", "number"]))
        .check(CheckConstraint::new("kind in ('a', 'b') -- all there are"))
        .check(CheckConstraint::new("score BETWEEN 0 AND 1").name("score_range"))
        .check(CheckConstraint::new("price != 0 or open").name("priced"))
        .foreign_key(ForeignKey::new(["owner_id"], "owners", ["id"]));
    documents.indexes = vec![
        Index::new("ix_title", [])
            .element(
                IndexElement::expression("LOWER(\"Title\")").operator_class("text_pattern_ops"),
            )
            .element(IndexElement::expression("(data->>'lang')").descending()),
        Index::new("ix_open", ["kind"])
            .predicate("open and status = 'new'")
            .include(["day"]),
        Index::new("ix_tags", ["tags"]).using("gin"),
    ];
    let owners = Table::new("owners")
        .column(
            Column::new("id", BigInteger)
                .not_null()
                .identity(Identity::serial()),
        )
        .primary_key(PrimaryKey::new(["id"]));
    Schema {
        enums: vec![EnumType::new("status", status)],
        tables: vec![documents, owners],
        ..Schema::default()
    }
}

fn build(target: &Schema) -> Vec<Operation> {
    compare(&Schema::default(), target, &Postgres, &Verdicts::default()).into_operations()
}

#[tokio::test]
async fn models_in_sync_leave_nothing_to_do() {
    let mut scratch = Scratch::new().await;
    let target = models();
    scratch.apply(&build(&target)).await;
    let current = scratch.reflect().await;
    for in_transaction in [false, true] {
        if in_transaction {
            scratch.sql("BEGIN").await;
        }
        let found = settle(&mut scratch.client, in_transaction, &current, &target)
            .await
            .unwrap();
        assert_eq!(found.planned, []);
        assert_eq!(found.unknown, Vec::new());
    }
    scratch.sql("COMMIT").await;
    assert_eq!(scratch.reflect().await, current);
}

#[tokio::test]
async fn a_changed_model_is_reached_and_left_again() {
    let mut before = models();
    let mut after = models();
    before.tables[0].columns[3].column_type = Varchar::length(20);
    before.tables[0].columns[3].default = None;
    before.tables[0].columns[5].nullable = true;
    before.tables[0].columns[8].default = Some("1".into());
    before.tables[0].columns[17].column_type = Integer.into();
    before.tables[1].columns[0].column_type = Integer.into();
    before.tables[0].checks[1].expression = "score > 0".into();
    before.tables[0].indexes.pop();
    before.tables[0].columns[16].comment = Some("a comment".into());
    after.enums[0].labels.insert(1, "between".into());
    let labels = after.enums[0].labels.clone();
    after.tables[0].columns[4].column_type = Enum::new("status", labels);
    for (number, check) in before.tables[0].checks.iter_mut().enumerate() {
        check.name = Some(format!("documents_check_{number}"));
        after.tables[0].checks[number].name.clone_from(&check.name);
    }
    let up = compare(&before, &after, &Postgres, &Verdicts::default()).into_operations();
    let down = compare(&after, &before, &Postgres, &Verdicts::default()).into_operations();
    let mut scratch = Scratch::new().await;
    let created = Created::default();
    let claim = Claim::new((&before, &after), (&up, &down), &created);
    prove(&mut scratch.client, true, |schema| schema, &claim)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
}

#[tokio::test]
async fn a_mistake_in_a_model_is_the_servers_message() {
    let mut scratch = Scratch::new().await;
    let mut target = models();
    scratch.apply(&build(&target)).await;
    let current = scratch.reflect().await;
    target.tables[0].checks[0].expression = "nonsense > 1".into();
    target.tables[0].checks[0]
        .name
        .clone_from(&current.tables[0].checks[0].name);
    let found = settle(&mut scratch.client, false, &current, &target)
        .await
        .unwrap();
    let [refused] = &found.refused[..] else {
        panic!("{found:?}");
    };
    assert_eq!(
        (refused.text.as_str(), refused.position),
        ("nonsense > 1", Some(0))
    );
    assert!(refused.reason.contains("does not exist"), "{refused:?}");
    // It is told as a mistake, and is no difference besides.
    assert_eq!((&found.unknown[..], &found.planned[..]), (&[][..], &[][..]));
}

#[tokio::test]
async fn a_copy_in_another_namespace_is_read_as_the_connections_own() {
    for path in ["\"Scratch\"", "\"Scratch\", public"] {
        let mut scratch = Scratch::new().await;
        let target = models();
        scratch.apply(&build(&target)).await;
        let original = scratch.reflect().await;
        scratch
            .sql(&format!(
                "CREATE SCHEMA \"Scratch\"; SET search_path = {path}"
            ))
            .await;
        scratch.apply(&build(&target)).await;
        let mut copy = scratch.reflect().await;
        assert_eq!(copy.namespaces.len(), 1);
        assert_eq!(copy.namespaces[0].name, "public");
        assert_eq!(copy.own_namespace.as_deref(), Some("Scratch"));
        copy.own_namespace.clone_from(&original.own_namespace);
        copy.namespaces.clear();
        copy.tables.retain(|table| table.name.schema.is_none());
        copy.enums.retain(|it| it.name.schema.is_none());
        assert_same(&copy, &original);
        let found = settle(&mut scratch.client, false, &copy, &target)
            .await
            .unwrap();
        assert_eq!(found.planned, []);
    }
}
