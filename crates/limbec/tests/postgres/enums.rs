//! Changes to the labels of an enumeration that is in use.

use limbec_core::dialect::Compiler as _;
use limbec_core::dialect::postgres::{LEXICON, Postgres};
use limbec_core::operations::{ConstraintRef, Operation};
use limbec_core::schema::{
    CheckConstraint, EnumType, ForeignKey, ObjectName, PrimaryKey, UniqueConstraint,
};

use crate::Scratch;

fn name() -> ObjectName {
    ObjectName::qualified("App", "Mood")
}

fn relabel(from: Option<&[&str]>, to: &[&str]) -> Operation {
    Operation::AlterEnum {
        from: from.map(|labels| EnumType::new(name(), labels)),
        to: EnumType::new(name(), to),
    }
}

async fn with_rows() -> Scratch {
    let mut scratch = Scratch::new().await;
    scratch
        .sql(
            "CREATE SCHEMA \"App\"; CREATE TYPE \"App\".\"Mood\" AS ENUM ('sad', 'ok', 'it''s');
             CREATE TABLE t (
                 a \"App\".\"Mood\" NOT NULL DEFAULT 'ok', b \"App\".\"Mood\"[] DEFAULT '{ok,sad}', c int,
                 CONSTRAINT no_sad CHECK (a <> 'sad' OR c > 1));
             CREATE INDEX plain ON t (a);
             CREATE INDEX partial ON t (c) WHERE a = 'ok';
             COMMENT ON INDEX partial IS 'kept';
             CREATE TABLE \"App\".u (a \"App\".\"Mood\");
             INSERT INTO t VALUES ('ok', '{it''s}', 1), ('sad', NULL, 2); INSERT INTO \"App\".u VALUES ('ok')",
        )
        .await;
    scratch
}

#[tokio::test]
async fn labels_are_added_where_they_belong() {
    let before = ["sad", "ok", "it's"];
    let cases: [(&[&str], usize); 5] = [
        (&["sad", "ok", "it's", "new", "newer"], 2),
        (&["new", "newer", "sad", "ok", "it's"], 2),
        (&["sad", "new", "newer", "ok", "it's"], 2),
        (&["a", "sad", "b", "ok", "c", "it's", "d"], 4),
        (&["sad", "ok", "it's"], 0),
    ];
    for (to, count) in cases {
        let mut scratch = with_rows().await;
        let operation = relabel(Some(&before), to);
        assert!(!Postgres.needs_schema(&operation));
        let steps = Postgres
            .compile(&operation, &scratch.reflect().await)
            .unwrap();
        assert_eq!(steps.len(), count);
        assert!(steps.iter().all(|step| step.sql.contains("ADD VALUE")));
        scratch.apply(&[operation]).await;
        assert_eq!(scratch.reflect().await.enums[0].labels, to);
    }
    let mut scratch = Scratch::new().await;
    scratch
        .sql("CREATE SCHEMA \"App\"; CREATE TYPE \"App\".\"Mood\" AS ENUM ()")
        .await;
    scratch.apply(&[relabel(None, &["one", "two"])]).await;
    assert_eq!(scratch.reflect().await.enums[0].labels, ["one", "two"]);
}

#[tokio::test]
async fn labels_are_reordered_and_removed() {
    let cases: [(&[&str], Option<&[&str]>); 2] = [
        (&["it's", "ok", "sad"], None),
        (
            &["sad", "new", "ok", "it's"],
            Some(&["new", "sad", "ok", "it's"]),
        ),
    ];
    for (to, from) in cases {
        let mut scratch = with_rows().await;
        let mut expected = scratch.reflect().await;
        let operation = relabel(from, to);
        let rows = "SELECT a, b, c FROM t ORDER BY c";
        let values = scratch.sql(rows).await;
        assert!(Postgres.needs_schema(&operation));
        scratch.apply(std::slice::from_ref(&operation)).await;
        limbec_core::operations::apply(&mut expected, &operation, &LEXICON).unwrap();
        assert_eq!(scratch.reflect().await, expected);
        assert_eq!(scratch.sql(rows).await, values);
        assert_eq!(
            scratch
                .sql("SELECT count(*) FROM pg_type WHERE typname LIKE '%old'")
                .await,
            ["0"]
        );
    }
}

#[tokio::test]
async fn a_label_that_rows_hold_stops_its_removal() {
    let mut scratch = with_rows().await;
    let before = scratch.reflect().await;
    let refused = scratch.refusal(&[relabel(None, &["ok", "it's"])]).await;
    assert!(
        refused.contains("invalid input value for enum \"App\".\"Mood\": \"sad\""),
        "{refused}"
    );
    assert_eq!(scratch.reflect().await, before);
    scratch
        .sql("DELETE FROM t; ALTER TABLE t DROP CONSTRAINT no_sad, ALTER b DROP DEFAULT")
        .await;
    scratch.apply(&[relabel(None, &["ok", "it's"])]).await;
    assert_eq!(scratch.reflect().await.enums[0].labels, ["ok", "it's"]);
}

#[tokio::test]
async fn an_enumeration_that_is_not_there() {
    let mut scratch = Scratch::new().await;
    let refused = scratch.refusal(&[relabel(None, &["ok"])]).await;
    assert!(refused.contains("`App.Mood`"), "{refused}");
}

#[tokio::test]
async fn constraints_are_dropped_by_their_definition() {
    let mut scratch = Scratch::new().await;
    scratch
        .sql("CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE, c int CHECK (c > 0), d int REFERENCES t)")
        .await;
    let definitions: [ConstraintRef; 4] = [
        ForeignKey::new(["d"], "t", ["a"]).into(),
        CheckConstraint::new("(C > 0)").into(),
        UniqueConstraint::new(["b"]).into(),
        PrimaryKey::new(["a"]).into(),
    ];
    let drops = definitions.map(|constraint| Operation::DropConstraint {
        table: "t".into(),
        constraint,
        definition: None,
    });
    scratch.apply(&drops).await;
    let table = scratch.table().await;
    assert_eq!(
        limbec_core::operations::Constraint::all_of(&table).count(),
        0
    );
    let refused = scratch.refusal(&drops[1..2]).await;
    assert!(refused.contains("CHECK ((C > 0))"), "{refused}");
}
