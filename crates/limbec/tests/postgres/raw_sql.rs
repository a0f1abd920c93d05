//! Raw SQL, and statements that no transaction can hold.

use limbec_core::operations::Operation;

use crate::Scratch;

fn execute(sql: &str) -> Operation {
    Operation::Execute {
        sql: sql.into(),
        dialect: None,
        autocommit: false,
    }
}

#[tokio::test]
async fn statements_run_in_their_order_inside_and_outside() {
    let mut scratch = Scratch::new().await;
    scratch
        .apply(&[
            execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1);"),
            execute("CREATE INDEX CONCURRENTLY i ON t (a); VACUUM t"),
            execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2 $$; UPDATE t SET a = f()"),
            Operation::Execute { sql: "PRAGMA nonsense".into(), dialect: Some("sqlite".into()), autocommit: false },
        ])
        .await;
    assert_eq!(scratch.sql("SELECT a FROM t").await, ["2"]);
    assert_eq!(scratch.table().await.indexes.len(), 1);
}

#[tokio::test]
async fn a_failure_leaves_nothing() {
    let mut scratch = Scratch::new().await;
    let refused = scratch
        .refusal(&[execute("CREATE TABLE t (a int); SELECT 1/0")])
        .await;
    assert!(refused.contains("division by zero"), "{refused}");
    assert!(scratch.reflect().await.tables.is_empty());
}
