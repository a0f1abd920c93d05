//! Changes to a column of a table with rows.

mod cases;

use limbec_core::dialect::{Compiler as _, postgres::Postgres};
use limbec_core::operations::{AlterColumn, Operation};
use limbec_core::schema::{BigInteger, Schema, Varchar};

use self::cases::{Case, other_changes, to, type_changes};
use crate::Scratch;

async fn check(case: Case) {
    let Case {
        before,
        value,
        change,
        after,
        value_after,
    } = case;
    let mut scratch = Scratch::new().await;
    let create = format!(
        "CREATE TYPE \"Mood\" AS ENUM ('sad', 'ok'); SET timezone = 'UTC'; \
         CREATE TABLE t (other int, c {before}); INSERT INTO t (other, c) VALUES (1, {value})"
    );
    scratch.sql(&create).await;
    let identity = after.identity.is_some();
    let alter = Operation::AlterColumn {
        table: "t".into(),
        change,
    };
    assert!(
        Postgres.needs_schema(&alter)
            || matches!(&alter, Operation::AlterColumn { change, .. } if change.to.column_type.is_none())
    );
    scratch.apply(std::slice::from_ref(&alter)).await;
    assert_eq!(scratch.column("c").await, after, "{before}: {alter:?}");
    assert_eq!(
        scratch.sql("SELECT c FROM t").await,
        [value_after],
        "{before}"
    );
    if identity && !alter.to_string().contains("type") {
        let next = scratch
            .sql("INSERT INTO t (other) VALUES (2) RETURNING c::bigint <> 41")
            .await;
        assert_eq!(
            next,
            ["t"],
            "{before}: a new value must not meet an old one"
        );
    }
    let sequences = scratch
        .sql("SELECT count(*) FROM pg_class WHERE relkind = 'S'")
        .await;
    assert_eq!(sequences, [if identity { "1" } else { "0" }], "{before}");
}

#[tokio::test]
async fn types_change_with_their_values() {
    for case in type_changes() {
        check(case).await;
    }
}

#[tokio::test]
async fn the_rest_of_a_column_changes() {
    for case in other_changes() {
        check(case).await;
    }
}

#[tokio::test]
async fn a_text_that_is_too_long_is_not_cut() {
    let mut scratch = Scratch::new().await;
    scratch
        .sql("CREATE TABLE t (c text); INSERT INTO t VALUES ('abcdef')")
        .await;
    let alter = Operation::AlterColumn {
        table: "t".into(),
        change: to(Varchar::length(3)),
    };
    let refused = scratch.refusal(&[alter]).await;
    assert!(refused.contains("value too long"), "{refused}");
}

#[tokio::test]
async fn a_widened_serial_counts_on() {
    let mut scratch = Scratch::new().await;
    scratch.sql("CREATE TABLE t (c serial)").await;
    let alter = Operation::AlterColumn {
        table: "t".into(),
        change: to(BigInteger),
    };
    scratch.apply(&[alter]).await;
    scratch.sql("SELECT setval('t_c_seq', 2147483647)").await;
    assert_eq!(
        scratch
            .sql("INSERT INTO t DEFAULT VALUES RETURNING c")
            .await,
        ["2147483648"]
    );
}

#[test]
fn a_column_cannot_become_computed() {
    let change = AlterColumn::new("c").generated_stored("1");
    let alter = Operation::AlterColumn {
        table: "t".into(),
        change,
    };
    let error = Postgres.compile(&alter, &Schema::default()).unwrap_err();
    assert!(error.message.contains("`t.c`"), "{error}");
    assert!(error.hint.unwrap().contains("add_column"));
}

#[test]
fn most_operations_compile_without_the_schema() {
    let change = AlterColumn::new("c")
        .not_null()
        .server_default("1")
        .comment("x");
    assert!(!Postgres.needs_schema(&Operation::AlterColumn {
        table: "t".into(),
        change
    }));
    let drop = |constraint| Operation::DropConstraint {
        table: "t".into(),
        constraint,
        definition: None,
    };
    assert!(!Postgres.needs_schema(&drop("c".into())));
    let key = limbec_core::schema::PrimaryKey::new(["c"]);
    assert!(Postgres.needs_schema(&drop(key.into())));
}
