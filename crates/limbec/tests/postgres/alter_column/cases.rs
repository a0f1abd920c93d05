//! The changes, one a line: the column as SQL with a value, the change, the column and the value
//! after it.

use limbec_core::operations::AlterColumn;
use limbec_core::schema::{
    Array, BigInteger, Boolean, Bytes, Column, ColumnType, Date, EnumType, Identity, Integer,
    Jsonb, Numeric, SmallInteger, Text, Time, Timestamp, TimestampTz, Uuid, Varchar,
};

/// A column as SQL with a value, a change, and the column and the value after it.
pub(super) struct Case {
    pub(super) before: &'static str,
    pub(super) value: &'static str,
    pub(super) change: AlterColumn,
    pub(super) after: Column,
    pub(super) value_after: &'static str,
}

fn case(
    before: &'static str,
    value: &'static str,
    change: AlterColumn,
    after: Column,
    value_after: &'static str,
) -> Case {
    Case {
        before,
        value,
        change,
        after,
        value_after,
    }
}

pub(super) fn to(column_type: impl Into<ColumnType>) -> AlterColumn {
    AlterColumn::new("c").column_type(column_type)
}

fn is(column_type: impl Into<ColumnType>) -> Column {
    Column::new("c", column_type)
}

fn mood() -> EnumType {
    EnumType::new("Mood", ["sad", "ok"])
}

pub(super) fn type_changes() -> Vec<Case> {
    let id = "'6a0bf0e4-2a3c-4c3e-9d6c-2f5b1c0d9a11'";
    vec![
        case("int", "1", to(BigInteger), is(BigInteger), "1"),
        case(
            "bigint DEFAULT 5",
            "1",
            to(Integer),
            is(Integer).server_default("5"),
            "1",
        ),
        case("int", "1", to(Text), is(Text), "1"),
        case("text", "'1'", to(Integer), is(Integer), "1"),
        case(
            "text DEFAULT '7'",
            "'1'",
            to(Integer),
            is(Integer).server_default("7"),
            "1",
        ),
        case(
            "text DEFAULT 3 + 4",
            "'1'",
            to(Integer),
            is(Integer).server_default("(3 + 4)"),
            "1",
        ),
        case(
            "varchar(5)",
            "'abc'",
            to(Varchar::length(3)),
            is(Varchar::length(3)),
            "abc",
        ),
        case("text", "'2020-01-02'", to(Date), is(Date), "2020-01-02"),
        case(
            "timestamp",
            "'2020-01-02 03:04'",
            to(Date),
            is(Date),
            "2020-01-02",
        ),
        case(
            "timestamptz",
            "'2020-01-02 03:04Z'",
            to(Timestamp),
            is(Timestamp),
            "2020-01-02 03:04:00",
        ),
        case(
            "timestamp DEFAULT now()",
            "'2020-01-02 03:04'",
            to(TimestampTz),
            is(TimestampTz).server_default("now()"),
            "2020-01-02 03:04:00+00",
        ),
        case(
            "timestamp",
            "'2020-01-02 03:04'",
            to(Time),
            is(Time),
            "03:04:00",
        ),
        case(
            "int DEFAULT 1",
            "0",
            to(Boolean),
            is(Boolean).server_default("(1)::boolean"),
            "f",
        ),
        case("smallint", "1", to(Boolean), is(Boolean), "t"),
        case(
            "bool DEFAULT true",
            "true",
            to(SmallInteger),
            is(SmallInteger).server_default("((true)::integer)::smallint"),
            "1",
        ),
        case(
            "text DEFAULT '{}'",
            "'[1]'",
            to(Jsonb),
            is(Jsonb).server_default("'{}'::jsonb"),
            "[1]",
        ),
        case("json", "'[1]'", to(Jsonb), is(Jsonb), "[1]"),
        case("text", id, to(Uuid), is(Uuid), &id[1..37]),
        case("text", "'ab'", to(Bytes), is(Bytes), "\\x6162"),
        case(
            "text DEFAULT 'ok'",
            "'sad'",
            to(mood()),
            is(mood()).server_default("'ok'::\"Mood\""),
            "sad",
        ),
        case(
            "\"Mood\" DEFAULT 'ok'",
            "'sad'",
            to(Text),
            is(Text).server_default("'ok'::\"Mood\""),
            "sad",
        ),
        case(
            "varchar(9)[] DEFAULT '{ok}'",
            "'{sad}'",
            to(Array::of(mood())),
            is(Array::of(mood())).server_default("'{ok}'::\"Mood\"[]"),
            "{sad}",
        ),
        case(
            "int[]",
            "'{1}'",
            to(Array::of(Text)),
            is(Array::of(Text)),
            "{1}",
        ),
        case(
            "int",
            "12",
            to(Numeric::new(4, 1)),
            is(Numeric::new(4, 1)),
            "12.0",
        ),
        case(
            "text",
            "'a,b'",
            to(Array::of(Text)).using("string_to_array(c, ',') -- split"),
            is(Array::of(Text)),
            "{a,b}",
        ),
        case(
            "text DEFAULT 'x'",
            "'1'",
            to(Integer).server_default("9").using("c::int"),
            is(Integer).server_default("9"),
            "1",
        ),
        case(
            "text DEFAULT 'x'",
            "'1'",
            to(Integer).drop_default(),
            is(Integer),
            "1",
        ),
        case(
            "text COLLATE \"C\" NOT NULL",
            "'a'",
            to(Varchar::length(9)),
            is(Varchar::length(9)).collation("C").not_null(),
            "a",
        ),
        case("text COLLATE \"C\"", "'1'", to(Integer), is(Integer), "1"),
        case(
            "text",
            "'1'",
            to(Varchar::length(4))
                .collation("C")
                .not_null()
                .server_default("'x'")
                .comment("all at once"),
            is(Varchar::length(4))
                .collation("C")
                .not_null()
                .server_default("'x'::character varying")
                .comment("all at once"),
            "1",
        ),
    ]
}

pub(super) fn other_changes() -> Vec<Case> {
    let change = || AlterColumn::new("c");
    let counted = |identity| is(Integer).not_null().identity(identity);
    vec![
        case("int", "1", change().not_null(), is(Integer).not_null(), "1"),
        case("int NOT NULL", "1", change().nullable(), is(Integer), "1"),
        case(
            "int",
            "1",
            change().server_default("1 + 1"),
            is(Integer).server_default("(1 + 1)"),
            "1",
        ),
        case(
            "int DEFAULT 1",
            "1",
            change().drop_default(),
            is(Integer),
            "1",
        ),
        case(
            "text",
            "'a'",
            change().collation("C"),
            is(Text).collation("C"),
            "a",
        ),
        case(
            "text COLLATE \"C\" DEFAULT 'x'",
            "'a'",
            change().drop_collation(),
            is(Text).server_default("'x'::text"),
            "a",
        ),
        case(
            "text",
            "'a'",
            change().comment("it's"),
            is(Text).comment("it's"),
            "a",
        ),
        case(
            "int GENERATED ALWAYS AS (2) STORED",
            "DEFAULT",
            change().drop_generated(),
            is(Integer),
            "2",
        ),
        case(
            "int GENERATED ALWAYS AS (2) STORED",
            "DEFAULT",
            change().drop_generated().server_default("3"),
            is(Integer).server_default("3"),
            "2",
        ),
        case(
            "int GENERATED ALWAYS AS (2) STORED",
            "DEFAULT",
            to(BigInteger),
            is(BigInteger).generated_stored("2"),
            "2",
        ),
        case(
            "int NOT NULL",
            "41",
            change().identity(Identity::always()),
            counted(Identity::always()),
            "41",
        ),
        case(
            "int DEFAULT 3",
            "41",
            change()
                .not_null()
                .drop_default()
                .identity(Identity::by_default().start(5)),
            counted(Identity::by_default().start(5)),
            "41",
        ),
        case(
            "int GENERATED BY DEFAULT AS IDENTITY",
            "41",
            change().drop_identity(),
            is(Integer).not_null(),
            "41",
        ),
        case(
            "int GENERATED BY DEFAULT AS IDENTITY",
            "41",
            change().drop_identity().nullable(),
            is(Integer),
            "41",
        ),
        case(
            "int GENERATED BY DEFAULT AS IDENTITY (START 5 CACHE 9)",
            "41",
            change().identity(Identity::always().increment(2).maximum(99).cycle()),
            counted(Identity::always().increment(2).maximum(99).cycle()),
            "41",
        ),
        case(
            "int GENERATED BY DEFAULT AS IDENTITY",
            "41",
            to(BigInteger),
            is(BigInteger).not_null().identity(Identity::by_default()),
            "41",
        ),
        case(
            "serial",
            "41",
            to(BigInteger),
            is(BigInteger).not_null().identity(Identity::serial()),
            "41",
        ),
        case(
            "serial",
            "41",
            change().identity(Identity::always()),
            counted(Identity::always()),
            "41",
        ),
        case(
            "int GENERATED BY DEFAULT AS IDENTITY",
            "41",
            change().identity(Identity::serial()),
            counted(Identity::serial()),
            "41",
        ),
        case(
            "serial",
            "41",
            change().drop_identity(),
            is(Integer).not_null(),
            "41",
        ),
        case(
            "int NOT NULL",
            "41",
            change().identity(Identity::serial()),
            counted(Identity::serial()),
            "41",
        ),
    ]
}
