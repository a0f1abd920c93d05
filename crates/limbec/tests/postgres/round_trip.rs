//! What is created is what is read back.

use limbec_core::compare::{Unknown, Verdicts, compare};
use limbec_core::dialect::postgres::Postgres;
use limbec_core::operations::Operation;
use limbec_core::schema::ReferentialAction::{Cascade, Restrict, SetDefault, SetNull};
use limbec_core::schema::{
    Array, BigInteger, Boolean, CheckConstraint, Column, ColumnType, Domain, EnumType, ForeignKey,
    Identity, Index, IndexElement, Integer, Jsonb, Named, Namespace, ObjectName, PrimaryKey,
    Schema, Sequence, SmallInteger, Table, Text, TimestampTz, UniqueConstraint, Varchar,
};

use crate::{Scratch, assert_same, create};

/// A schema with everything that is modelled, in the server's own spelling, sorted as it is read.
fn rich() -> Schema {
    let state = EnumType::new("job_state", ["queued", "it's done"]);
    let told = state.clone().comment("How far it is");
    let mood = EnumType::new(ObjectName::qualified("app", "Mood"), ["sad", "ok"]);
    let score = Domain::new("score", Integer)
        .not_null()
        .server_default("1")
        .check("score_range", "(VALUE >= 0) AND (VALUE <= 100)")
        .comment("In percent");
    let good =
        Domain::new("good_score", Named::new("score")).check("is_good", "(VALUE)::integer > 50");
    let code = Domain::new(ObjectName::qualified("app", "Code"), Varchar::length(3)).collation("C");
    let numbers = Sequence::new("numbers")
        .data_type(Integer)
        .start(1000)
        .increment(5)
        .maximum(9999)
        .cache(20)
        .cycle()
        .comment("Printed");
    let kept = Sequence::new("kept").owned_by("light", "id");
    let owners = Table::new(ObjectName::qualified("app", "owners"))
        .column(
            Column::new("id", BigInteger)
                .not_null()
                .identity(Identity::always()),
        )
        .column(
            Column::new("region", Text)
                .not_null()
                .server_default("'eu'::text"),
        )
        .column(Column::new("mood", mood.clone()).server_default("'ok'::app.\"Mood\""))
        .primary_key(PrimaryKey::new(["region", "id"]).name("owners_pkey"));
    let light = Table::new("light")
        .column(Column::new("id", Integer).server_default("nextval('numbers'::regclass)"))
        .column(Column::new(
            "codes",
            Array::of(Named::new(ObjectName::qualified("app", "Code"))),
        ))
        .column(
            Column::new("odd", Integer).not_null().identity(
                Identity::serial()
                    .sequence("by_hand")
                    .sequence_type(BigInteger),
            ),
        )
        .column(
            Column::new("named", Integer)
                .not_null()
                .identity(Identity::always().sequence("mine")),
        )
        .option("postgresql.unlogged", "true");
    let mut jobs = Table::new("jobs")
        .column(
            Column::new("id", Integer)
                .not_null()
                .identity(Identity::serial()),
        )
        .column(
            Column::new("number", SmallInteger).not_null().identity(
                Identity::by_default()
                    .start(-5)
                    .increment(-2)
                    .minimum(-100)
                    .cache(3)
                    .cycle(),
            ),
        )
        .column(
            Column::new("odd", BigInteger)
                .not_null()
                .identity(Identity::serial().start(7).increment(2)),
        )
        .column(
            Column::new("state", state.clone())
                .not_null()
                .server_default("'queued'::job_state"),
        )
        .column(Column::new("states", Array::of(state.clone())))
        .column(
            Column::new("name", Varchar::length(36))
                .collation("C")
                .comment("two\nlines"),
        )
        .column(Column::new("region", Text))
        .column(Column::new("owner", BigInteger))
        .column(Column::new("score", Named::new("score")))
        .column(
            Column::new("data", Jsonb)
                .not_null()
                .server_default("'{}'::jsonb"),
        )
        .column(
            Column::new("made_at", TimestampTz)
                .not_null()
                .server_default("now()"),
        )
        .column(
            Column::new("gone", Boolean)
                .not_null()
                .server_default("false"),
        )
        .column(Column::new("initial", Text).generated_stored("\"left\"((name)::text, 1)"))
        .primary_key(PrimaryKey::new(["id"]).name("jobs_pkey"))
        .unique(
            UniqueConstraint::new(["name", "region"])
                .name("jobs_name_key")
                .initially_deferred(),
        )
        .unique(UniqueConstraint::new(["number"]).name("jobs_number_key"))
        .check(
            CheckConstraint::new("(odd > 0) OR gone")
                .name("jobs_odd_check")
                .comment("Or it is gone"),
        )
        .foreign_key(
            ForeignKey::new(
                ["region", "owner"],
                ObjectName::qualified("app", "owners"),
                ["region", "id"],
            )
            .name("jobs_owner_fkey")
            .on_delete(SetNull)
            .on_update(Cascade)
            .match_full()
            .deferrable(),
        )
        .foreign_key(
            ForeignKey::new(["odd"], "jobs", ["id"])
                .name("jobs_self_fkey")
                .on_delete(Restrict)
                .on_update(SetDefault),
        )
        .comment("What is to be done");
    let column = IndexElement::column;
    jobs.indexes = vec![
        Index::new("ix_a_plain", ["state", "name"]).comment("the usual one"),
        Index::new("ix_b_orders", [])
            .element(column("made_at").descending())
            .element(column("state").nulls_first())
            .element(
                column("name")
                    .collation("POSIX")
                    .operator_class("varchar_pattern_ops")
                    .descending()
                    .nulls_last(),
            ),
        Index::new("ix_c_expression", [])
            .element(
                IndexElement::expression("lower((name)::text)")
                    .collation("POSIX")
                    .descending(),
            )
            .element(IndexElement::expression("odd + 1"))
            .element(IndexElement::expression("region || ','::text")),
        Index::new("ix_d_partial", ["name"])
            .unique()
            .include(["region", "owner"])
            .predicate("NOT gone"),
        Index::new("ix_e_gin", ["data"]).using("gin"),
        Index::new("ix_f_gin_path", [])
            .element(column("data").operator_class("jsonb_path_ops"))
            .using("gin"),
        Index::new("ix_g_trgm", [])
            .element(column("region").operator_class("gist_trgm_ops(siglen=32)"))
            .using("gist"),
        Index::new("ix_h_hash", ["owner"]).using("hash"),
    ];
    Schema {
        own_namespace: Some("public".into()),
        namespaces: vec![Namespace {
            name: "app".into(),
            comment: Some("All of it".into()),
        }],
        extensions: vec!["pg_trgm".into()],
        domains: vec![code, good, score],
        enums: vec![told, mood],
        sequences: vec![kept, numbers],
        tables: vec![jobs, light, owners],
        ..Schema::default()
    }
}

fn operations(schema: &Schema) -> Vec<Operation> {
    compare(&Schema::default(), schema, &Postgres, &Verdicts::default()).into_operations()
}

#[tokio::test]
async fn a_rich_schema_is_read_back() {
    let mut scratch = Scratch::new().await;
    let schema = rich();
    scratch.apply(&operations(&schema)).await;
    let found = scratch.reflect().await;
    for (found, table) in found.tables.iter().zip(&schema.tables) {
        assert_same(found, table);
    }
    assert_same(&found, &schema);
    // `serial` with options counts as they say.
    let values = "INSERT INTO jobs DEFAULT VALUES RETURNING id, number, odd";
    scratch
        .sql("ALTER TABLE jobs DROP CONSTRAINT jobs_self_fkey")
        .await;
    assert_eq!(scratch.sql(values).await, ["1|-5|7"]);
    assert_eq!(scratch.sql(values).await, ["2|-7|9"]);
}

#[tokio::test]
async fn what_is_created_can_be_dropped() {
    let mut scratch = Scratch::new().await;
    let schema = rich();
    let up = operations(&schema);
    scratch.apply(&up).await;
    let down: Vec<_> = up
        .iter()
        .rev()
        .flat_map(|it| it.invert().unwrap())
        .collect();
    scratch.apply(&down).await;
    assert_eq!(scratch.reflect().await, Schema::default().within("public"));
    assert_eq!(
        scratch
            .sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            .await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn columns_and_constraints_are_added_one_by_one() {
    let mut scratch = Scratch::new().await;
    let schema = rich();
    let (late, mut up): (Vec<_>, Vec<_>) = operations(&Schema {
        tables: vec![],
        ..schema.clone()
    })
    .into_iter()
    .partition(|it| matches!(it, Operation::AlterSequence { .. }));
    for table in schema.tables.iter().rev() {
        let bare = Table {
            comment: None,
            ..Table::new(&table.name)
        };
        up.push(Operation::CreateTable {
            table: Table {
                options: table.options.clone(),
                ..bare
            },
        });
        let name = || table.name.clone();
        up.extend(table.columns.iter().map(|column| Operation::AddColumn {
            table: name(),
            column: column.clone(),
        }));
        let constraints = limbec_core::operations::Constraint::all_of(table);
        up.extend(constraints.map(|constraint| Operation::CreateConstraint {
            table: name(),
            constraint,
        }));
        up.extend(table.indexes.iter().map(|index| Operation::CreateIndex {
            table: name(),
            index: index.clone(),
        }));
        up.extend(
            table
                .comment
                .iter()
                .map(|comment| Operation::CreateTableComment {
                    table: name(),
                    comment: comment.clone(),
                    from: None,
                }),
        );
    }
    up.extend(late);
    scratch.apply(&up).await;
    assert_same(&scratch.reflect().await, &schema);
}

#[tokio::test]
async fn what_belongs_to_others_is_left_out() {
    let mut scratch = Scratch::new().await;
    scratch
        .sql(
            "CREATE TABLE kept (id int PRIMARY KEY, at date);
             CREATE TEMP TABLE temporary (id int);
             CREATE UNLOGGED TABLE light (id int REFERENCES kept);
             CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id);
             CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (10);
             CREATE TABLE child (part int REFERENCES parts (id));
             CREATE VIEW seen AS SELECT * FROM kept;
             CREATE MATERIALIZED VIEW stored AS SELECT * FROM kept;
             CREATE EXTENSION pg_stat_statements;
             CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;
             CREATE TABLE typed (name ext.citext)",
        )
        .await;
    let schema = scratch.reflect().await;
    let names: Vec<_> = schema
        .tables
        .iter()
        .map(|table| table.name.to_string())
        .collect();
    assert_eq!(names, ["child", "kept", "light", "part", "parts", "typed"]);
    let names = schema.extensions.iter().map(|it| it.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["citext", "pg_stat_statements"]);
    assert_eq!(schema.tables[3].columns, [], "they are the parent's");
    assert_eq!(schema.tables[3].primary_key, None);
    assert_eq!(
        schema.tables[0].foreign_keys.len(),
        1,
        "one, not one more a partition"
    );
    assert_eq!(
        schema.tables[5].columns[0].column_type,
        ColumnType::Custom("ext.citext".into())
    );
}

#[tokio::test]
async fn an_invalid_index_is_missing() {
    let mut scratch = Scratch::new().await;
    scratch
        .sql("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)")
        .await;
    let build = "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)";
    assert!(scratch.database.execute(build).is_err());
    let current = scratch.reflect().await;
    assert!(!current.tables[0].indexes[0].valid);

    let mut target = current.clone();
    target.tables[0].indexes.clear();
    let found = compare(&current, &target, &Postgres, &Verdicts::default());
    assert_eq!(found.planned, []);
    let left = Unknown::InvalidIndex {
        table: "t".into(),
        name: "i".into(),
    };
    assert_eq!(found.unknown, [left]);

    let wanted = Index::new("i", ["a"]).unique();
    target.tables[0].indexes = vec![wanted.clone()];
    let found = compare(&current, &target, &Postgres, &Verdicts::default());
    let operations = found.operations();
    let [
        Operation::DropIndex { .. },
        Operation::CreateIndex { index, .. },
    ] = operations.as_slice()
    else {
        panic!("{operations:?}");
    };
    assert_eq!(*index, wanted);
    scratch.sql("DELETE FROM t").await;
    scratch.apply(&operations).await;
    assert_eq!(scratch.table().await.indexes, [wanted]);
    scratch.apply(&found.downgrade()).await;
    assert!(scratch.table().await.indexes[0].valid);
}

#[tokio::test]
async fn nulls_not_distinct_is_read_from_15_on() {
    let mut scratch = Scratch::new().await;
    let mut table = Table::new("t")
        .column(Column::new("a", Text))
        .unique(UniqueConstraint::new(["a"]).name("u").nulls_not_distinct());
    table
        .indexes
        .push(Index::new("i", ["a"]).unique().nulls_not_distinct());
    if scratch
        .sql("SELECT current_setting('server_version_num')::int >= 150000")
        .await
        == ["f"]
    {
        let refused = scratch.refusal(&create(&table)).await;
        assert!(refused.contains("syntax error"), "{refused}");
        return;
    }
    scratch.apply(&create(&table)).await;
    assert_eq!(scratch.table().await, table);
}

#[tokio::test]
async fn serial_is_told_from_what_looks_like_it() {
    let mut scratch = Scratch::new().await;
    scratch
        .sql(
            "CREATE SEQUENCE free;
             CREATE TABLE t (a serial, b int DEFAULT nextval('free'), c bigint DEFAULT 1 + nextval('free'),
                 \"it's\" smallserial, e text DEFAULT nextval('free'))",
        )
        .await;
    let table = scratch.table().await;
    let serial = |name: &str| table.column_named(name).unwrap().identity.is_some();
    let default = |name: &str| table.column_named(name).unwrap().default.is_some();
    assert!(serial("a") && !default("a") && serial("it's") && !default("it's"));
    for name in ["b", "c", "e"] {
        assert!(!serial(name) && default(name), "{name}");
    }
}

#[tokio::test]
async fn virtual_columns_are_read_from_18_on() {
    let mut scratch = Scratch::new().await;
    let table = Table::new("t")
        .column(Column::new("a", Integer))
        .column(Column::new("b", Integer).generated_virtual("a + 1"));
    if scratch
        .sql("SELECT current_setting('server_version_num')::int >= 180000")
        .await
        == ["f"]
    {
        let refused = scratch.refusal(&create(&table)).await;
        assert!(refused.contains("syntax error"), "{refused}");
        return;
    }
    scratch.apply(&create(&table)).await;
    assert_eq!(scratch.table().await, table);
}
