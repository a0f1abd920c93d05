//! The version table, as Alembic makes it.

use limbec::connection::Connection as _;
use limbec_core::dialect::{FaultKind, OwnTables as _, VersionTable, postgres::Postgres};
use limbec_core::schema::ObjectName;
use limbec_core::steps::Step;

use crate::Scratch;

async fn run(scratch: &mut Scratch, steps: &[Step]) -> u64 {
    let statements: Vec<_> = steps.iter().map(|step| step.sql.as_str()).collect();
    let answers = scratch.client.run(&statements).await.unwrap();
    answers.last().map_or(0, |answer| answer.affected)
}

async fn rows(scratch: &mut Scratch, table: &dyn VersionTable) -> Vec<String> {
    let mut rows = scratch.sql(&table.select()).await;
    rows.sort();
    rows
}

#[tokio::test]
async fn rows_come_and_go() {
    for name in [
        ObjectName::new("alembic_version"),
        ObjectName::qualified("Main App", "it's a version$limbec$"),
    ] {
        let mut scratch = Scratch::new().await;
        scratch.sql("CREATE SCHEMA \"Main App\"").await;
        let table = Postgres.version_table(name.clone());
        let error = scratch
            .client
            .run(&[&table.select()])
            .await
            .unwrap_err()
            .error;
        assert!(error.is(FaultKind::MissingTable, &Postgres), "{error}");
        for _ in 0..2 {
            run(&mut scratch, &table.ensure(12)).await;
        }
        assert_eq!(rows(&mut scratch, &*table).await, Vec::<String>::new());
        assert_eq!(run(&mut scratch, &[table.insert("a")]).await, 1);
        assert_eq!(run(&mut scratch, &[table.insert("it's")]).await, 1);
        assert_eq!(run(&mut scratch, &[table.update("it's", "b")]).await, 1);
        assert_eq!(run(&mut scratch, &[table.update("it's", "c")]).await, 0);
        assert_eq!(rows(&mut scratch, &*table).await, ["a", "b"]);
        assert_eq!(run(&mut scratch, &[table.delete("x")]).await, 0);
        assert_eq!(run(&mut scratch, &[table.delete("a")]).await, 1);
        assert_eq!(run(&mut scratch, &[table.purge()]).await, 1);
        let found = scratch.table().await;
        assert_eq!(found.name, name);
        assert_eq!(
            found.primary_key.unwrap().name,
            Some(format!("{}_pkc", name.name))
        );
    }
}

#[tokio::test]
async fn a_narrow_table_is_widened_once() {
    let mut scratch = Scratch::new().await;
    let table = Postgres.version_table("alembic_version".into());
    let width = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute \
                 WHERE attrelid = 'alembic_version'::regclass AND attname = 'version_num'";
    run(&mut scratch, &table.ensure(12)).await;
    assert_eq!(scratch.sql(width).await, ["character varying(32)"]);
    run(&mut scratch, &table.ensure(40)).await;
    assert_eq!(scratch.sql(width).await, ["character varying(40)"]);

    // Wide enough: not locked, so that another session may read it meanwhile.
    scratch.sql("BEGIN").await;
    run(&mut scratch, &table.ensure(33)).await;
    let locks = "SELECT count(*) FROM pg_locks WHERE relation = 'alembic_version'::regclass \
                 AND mode = 'AccessExclusiveLock'";
    assert_eq!(scratch.sql(locks).await, ["0"]);
    scratch.sql("COMMIT").await;
    assert_eq!(scratch.sql(width).await, ["character varying(40)"]);

    scratch
        .sql("ALTER TABLE alembic_version ALTER COLUMN version_num TYPE text")
        .await;
    run(&mut scratch, &table.ensure(50)).await;
    assert_eq!(scratch.sql(width).await, ["text"]);
}
