//! reflect(create(M)) = M.

use limbec_core::dialect::{Names as _, Types as _, sqlite::Sqlite};
use limbec_core::operations::Operation;
use limbec_core::schema::{
    BigInteger, Boolean, Bytes, Char, CheckConstraint, Cidr, Column, ColumnType, Custom, Date,
    Double, EnumType, ForeignKey, Identity, Index, IndexElement, Inet, Integer, Interval, Json,
    Jsonb, MacAddr, Numeric, PrimaryKey, Real, ReferentialAction, Schema, SmallInteger, Table,
    Text, Time, Timestamp, TimestampTz, UniqueConstraint, Uuid, Varchar,
};

use crate::support::Db;

/// Creates a schema and reads it back.
#[track_caller]
fn comes_back(tables: Vec<Table>) {
    let mut expected = Schema {
        tables,
        ..Schema::default()
    };
    expected.tables.sort_by(|a, b| a.name.cmp(&b.name));
    for column in expected.tables.iter().flat_map(|table| &table.columns) {
        if let ColumnType::Enum(it) = &column.column_type
            && !expected.enums.contains(it)
        {
            expected.enums.push(it.clone());
        }
    }
    let mut db = Db::new();
    db.create(&expected);
    assert_eq!(db.reflect(), expected);
}

fn types() -> Vec<ColumnType> {
    vec![
        SmallInteger.into(),
        Integer.into(),
        BigInteger.into(),
        Real.into(),
        Double.into(),
        Numeric.into(),
        Numeric::new(10, 2),
        Numeric::new(10, 0),
        Numeric::new(3, -2),
        ColumnType::Numeric {
            precision: Some(8),
            scale: None,
        },
        Boolean.into(),
        Text.into(),
        Varchar.into(),
        Varchar::length(36),
        Char.into(),
        Char::length(3),
        Bytes.into(),
        Date.into(),
        Time.into(),
        Time::precision(3),
        Timestamp.into(),
        Timestamp::precision(3),
        TimestampTz.into(),
        TimestampTz::precision(3),
        Interval.into(),
        Uuid.into(),
        Json.into(),
        Jsonb.into(),
        Inet.into(),
        Cidr.into(),
        MacAddr.into(),
        EnumType::new("mood", &["sad", "it's", "ok"]).into(),
        Custom::new("vector(768)"),
        Custom::new("NVARCHAR(160)"),
        Custom::new("DATETIME"),
        Custom::new("geometry(Point, 4326)"),
        Custom::new("numeric(10,2)[]"),
        Custom::new("a \"quoted\" one"),
        Custom::new("check"),
        Custom::new(""),
    ]
}

#[test]
fn every_type_in_every_way_of_making_it() {
    let mut table = Table::new("t").column(Column::new("id", Integer).not_null());
    for (index, column_type) in types().into_iter().enumerate() {
        table = table.column(Column::new(format!("c{index}"), column_type));
    }
    comes_back(vec![table.clone()]);

    let mut db = Db::with("CREATE TABLE t (id INTEGER NOT NULL)");
    for column in &table.columns[1..] {
        let (table, column) = (table.name.clone(), column.clone());
        db.revision(&[Operation::AddColumn { table, column }])
            .unwrap();
    }
    assert_eq!(db.table("t"), table);
}

#[test]
fn types_are_the_same_by_their_aliases() {
    for it in types() {
        assert!(Sqlite.same_type(&it, &it), "{it:?}");
    }
    for (declared, target) in [
        ("int", Integer.into()),
        ("DECIMAL(10,2)", Numeric::new(10, 2)),
        ("FLOAT", Double.into()),
        ("double", Double.into()),
        ("Bool", Boolean.into()),
        ("CHARACTER VARYING(9)", Varchar::length(9)),
        ("DATETIME", Timestamp.into()),
        ("DATETIME", TimestampTz.into()),
        ("JSON", Json.into()),
        ("JSON", Jsonb.into()),
        ("TIMESTAMP WITH TIME ZONE", TimestampTz.into()),
        ("nvarchar( 9 )", Custom::new("NVARCHAR(9)")),
    ] {
        assert!(
            Sqlite.same_type(&Custom::new(declared), &target),
            "{declared}"
        );
    }
    for (declared, target) in [
        ("CHAR(32)", ColumnType::Uuid),
        ("INT", BigInteger.into()),
        ("DATETIME", Date.into()),
        ("VARCHAR(8)", Varchar::length(9)),
    ] {
        assert!(
            !Sqlite.same_type(&Custom::new(declared), &target),
            "{declared}"
        );
    }
}

#[test]
fn a_rich_schema() {
    let owners = Table::new("owners")
        .column(
            Column::new("id", BigInteger)
                .not_null()
                .identity(Identity::by_default()),
        )
        .column(Column::new("name", Text).not_null().collation("NOCASE"))
        .primary_key(PrimaryKey::new(&["id"]).name("owners_pkey"));
    let jobs = Table::new("jobs")
        .column(Column::new("code", Varchar::length(36)).not_null())
        .column(Column::new("part", Integer).not_null().server_default("-1"))
        .column(Column::new("owner_id", BigInteger))
        .column(
            Column::new("status", EnumType::new("job_status", &["new", "done"]))
                .not_null()
                .server_default("'new'")
                .comment("where it stands"),
        )
        .column(Column::new(
            "next",
            EnumType::new("job_status", &["new", "done"]),
        ))
        .column(Column::new("created", TimestampTz).server_default("CURRENT_TIMESTAMP"))
        .column(
            Column::new("settings", Jsonb)
                .not_null()
                .server_default("'{}'"),
        )
        .column(Column::new("size", BigInteger).server_default("1 + 2"))
        .column(Column::new("double", BigInteger).generated_virtual("size * 2"))
        .column(Column::new("label", Text).generated_stored("code || '-' || part"))
        .primary_key(PrimaryKey::new(&["code", "part"]).name("jobs_pkey"))
        .unique(UniqueConstraint::new(&["owner_id", "created"]).name("jobs_owner_key"))
        .unique(UniqueConstraint::new(&["settings"]))
        .check(CheckConstraint::new("size > 0 AND (part <> 3)").name("jobs_size_check"))
        .check(CheckConstraint::new("length(code) > 2 -- at least"))
        .foreign_key(
            ForeignKey::new(&["owner_id"], "owners", &["id"])
                .name("jobs_owner_fkey")
                .on_delete(ReferentialAction::Cascade)
                .on_update(ReferentialAction::SetNull)
                .initially_deferred(),
        )
        .foreign_key(
            ForeignKey::new(&["code", "part"], "jobs", &["code", "part"])
                .on_delete(ReferentialAction::SetDefault)
                .deferrable()
                .match_full(),
        )
        .comment("what is to be done")
        .option("sqlite.strict", "true");
    // STRICT knows six types only.
    let mut jobs = jobs;
    jobs.options.clear();
    jobs.indexes = vec![
        Index::new("ix_jobs_status", &["status", "owner_id"]).comment("for the queue"),
        Index::new("ix_jobs_open", &["owner_id"])
            .unique()
            .predicate("status <> 'done'"),
        Index::new("ix_jobs_lower", &[])
            .element(IndexElement::expression("lower(code)").descending())
            .element(
                IndexElement::column("label")
                    .collation("NOCASE")
                    .descending(),
            )
            .element(IndexElement::expression("size + 1").collation("RTRIM")),
    ];
    let plain = Table::new("plain")
        .column(Column::new("id", Integer).not_null())
        .primary_key(PrimaryKey::new(&["id"]))
        .option("sqlite.strict", "true")
        .option("sqlite.without_rowid", "true");
    comes_back(vec![owners, jobs, plain]);
}

const NAMES: [&str; 11] = [
    "order",
    "MixedCase",
    "with space",
    "quo\"te",
    "quo'te",
    "br]ack[et",
    "back`tick",
    "größe",
    "名前",
    "semi;colon -- /* comment */",
    "a_name_that_is_longer_than_the_sixty_three_bytes_that_postgresql_keeps_of_it",
];

#[test]
fn names_that_need_quotes() {
    let mut tables = Vec::new();
    for name in NAMES {
        let other = format!("{name} 2");
        tables.push(
            Table::new(name)
                .column(Column::new(name, Text).not_null().comment(name))
                .column(Column::new(other.as_str(), EnumType::new(name, &[name])))
                .primary_key(PrimaryKey::new(&[name]).name(format!("{name} pk")))
                .unique(UniqueConstraint::new(&[name, other.as_str()]).name(format!("{name} u")))
                .check(CheckConstraint::new(format!("{} > ''", Sqlite.quote(name))).name(name))
                .foreign_key(ForeignKey::new(&[other.as_str()], name, &[name]).name(name))
                .comment(name),
        );
        let index = Index::new(format!("ix {name}"), &[name]).comment(name);
        tables.last_mut().unwrap().indexes.push(index);
    }
    comes_back(tables.clone());

    // The same by a rebuild of each.
    let mut db = Db::new();
    let schema = Schema {
        tables,
        ..Schema::default()
    };
    db.create(&schema);
    let before = db.reflect();
    for name in NAMES {
        db.run(|op| op.create_table_comment(name, "another"))
            .unwrap();
        db.run(|op| op.create_table_comment(name, name)).unwrap();
    }
    assert_eq!(db.reflect(), before);
}

#[test]
fn defaults_and_comments_of_every_kind() {
    let defaults = [
        "'it''s'",
        "'a\nb'",
        "''",
        "-1",
        "+1.5e-3",
        "x'ff00'",
        "NULL",
        "true",
        "CURRENT_DATE",
        "current_time",
        "lower('A')",
        "(1) + (2)",
        "'(' || ')'",
        "strftime('%s', 'now')",
    ];
    let mut table = Table::new("t");
    for (index, default) in defaults.into_iter().enumerate() {
        table = table.column(Column::new(format!("c{index}"), Text).server_default(default));
    }
    let comments = [
        "",
        " ",
        "two\nlines\r\n",
        "*/ DROP TABLE t; /*",
        "/*/",
        r"back\slash\",
        "it's -- all",
    ];
    for (index, comment) in comments.into_iter().enumerate() {
        table = table.column(Column::new(format!("k{index}"), Text).comment(comment));
    }
    table.indexes = vec![Index::new("i", &["c0"]).comment("*/\n--")];
    comes_back(vec![table.comment("of */ it /* all\n")]);
}

#[test]
fn what_models_say_in_other_words() {
    let mut db = Db::new();
    let table = Table::new("t")
        .column(Column::new("id", Integer).identity(Identity::always()))
        .column(Column::new("at", TimestampTz).server_default("now()"))
        .column(Column::new("j", Jsonb).server_default("'{}'::jsonb"))
        .primary_key(PrimaryKey::new(&["id"]));
    db.create(&Schema {
        tables: vec![table.clone()],
        ..Schema::default()
    });
    let read = db.table("t");
    assert!(Sqlite.same_identity(&read.columns[0], &table.columns[0]));
    assert_eq!(
        read.columns[1].default.as_deref(),
        Some("CURRENT_TIMESTAMP")
    );
    assert_eq!(read.columns[2].default.as_deref(), Some("'{}'"));
    db.sql("INSERT INTO t (id) VALUES (NULL)");
}

#[test]
fn tables_of_other_hands() {
    let mut db = Db::with(
        "CREATE TABLE [Odd One] (
            id integer /* the key */ primary key asc on conflict replace,
            a INT NOT NULL ON CONFLICT IGNORE DEFAULT \"text\" UNIQUE ON CONFLICT FAIL,
            [b c] varchar ( 12 ) CONSTRAINT nn NOT NULL COLLATE rtrim REFERENCES parents
                ON DELETE SET NULL NOT DEFERRABLE INITIALLY IMMEDIATE,
            'd' CHECK (d > 0) DEFAULT (1 + 1),
            e AS (a + 1), /* -- ' */
            f NULL, -- last
            CONSTRAINT one UNIQUE (A COLLATE nocase, \"b c\" DESC) CHECK ((a) <> 'x''y)'),
            FOREIGN KEY (F) REFERENCES PARENTS(ID) MATCH SIMPLE ON UPDATE CASCADE
                DEFERRABLE INITIALLY DEFERRED);
         CREATE TABLE Parents (Id TEXT PRIMARY KEY) WITHOUT ROWID;
         CREATE TABLE nullable_key (id TEXT PRIMARY KEY, n);
         CREATE TABLE copied AS SELECT 1 AS a, 'x' AS b;
         CREATE VIRTUAL TABLE words USING fts5(word);
         CREATE TEMP TABLE temporary (a);
         CREATE VIEW v AS SELECT * FROM copied;
         CREATE INDEX Ix ON [Odd One] (a, lower ( [b c] ) COLLATE NOCASE desc, (a)) WHERE (a > 1)",
    );
    let schema = db.reflect();
    let names: Vec<&str> = schema
        .tables
        .iter()
        .map(|it| it.name.name.as_str())
        .collect();
    assert_eq!(names, ["Odd One", "Parents", "copied", "nullable_key"]);
    let odd = &schema.tables[0];
    assert!(!odd.unread, "{odd:#?}");
    assert_eq!(odd.columns[1].default.as_deref(), Some("'text'"));
    assert_eq!(odd.columns[2].column_type, Varchar::length(12));
    assert_eq!(odd.foreign_keys[0].referred_table.name, "Parents");
    assert_eq!(odd.foreign_keys[0].referred_columns, ["Id"]);
    assert_eq!(odd.foreign_keys[1].columns, ["f"]);
    assert_eq!(odd.uniques.len(), 2);
    assert_eq!(odd.checks.len(), 2);
    assert_eq!(odd.columns.iter().filter(|it| it.nullable).count(), 3);
    assert!(!schema.tables[1].columns[0].nullable);
    assert!(schema.tables[3].columns[0].nullable);

    // A rebuild keeps the meaning of all of it.
    db.sql("INSERT INTO nullable_key VALUES (NULL, 1), ('a', 2)");
    for name in ["Odd One", "Parents", "copied", "nullable_key"] {
        db.run(|op| op.create_table_comment(name, "c")).unwrap();
        db.run(|op| op.drop_table_comment(name)).unwrap();
    }
    assert_eq!(db.reflect(), schema);
}
