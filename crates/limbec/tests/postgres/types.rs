//! Every column type, made and read back.

use limbec_core::dialect::{Types as _, postgres::Postgres};
use limbec_core::schema::{Array, Char, Column, ColumnType, Custom, Numeric, Table, Varchar};
use limbec_core::schema::{Time, Timestamp, TimestampTz};

use crate::{Scratch, create};

fn every_type() -> Vec<ColumnType> {
    let mut types: Vec<ColumnType> = vec![
        ColumnType::SmallInteger,
        ColumnType::Integer,
        ColumnType::BigInteger,
        ColumnType::Real,
        ColumnType::Double,
        Numeric.into(),
        Numeric::new(10, 2),
        Numeric::new(10, 0),
        ColumnType::Boolean,
        ColumnType::Text,
        Varchar.into(),
        Varchar::length(36),
        Char::length(1),
        Char::length(10),
        ColumnType::Bytes,
        ColumnType::Date,
        Time.into(),
        Time::precision(3),
        Timestamp.into(),
        Timestamp::precision(0),
        TimestampTz.into(),
        TimestampTz::precision(3),
        ColumnType::Interval,
        ColumnType::Uuid,
        ColumnType::Json,
        ColumnType::Jsonb,
        ColumnType::Inet,
        ColumnType::Cidr,
        ColumnType::MacAddr,
    ];
    let custom = [
        "time with time zone",
        "time(2) with time zone",
        "interval(3)",
        "interval day to second",
        "interval year to month",
        "bit(5)",
        "bit varying",
        "bit varying(7)",
        "bpchar",
        "\"char\"",
        "name",
        "oid",
        "xml",
        "money",
        "point",
        "box",
        "tsvector",
        "tsquery",
        "int4range",
        "tstzrange",
        "int8range",
        "macaddr8",
        "regclass",
        "pg_lsn",
        "ltree",
        "hstore",
        "citext",
    ];
    types.extend(custom.map(Custom::new));
    let arrays: Vec<_> = types.iter().cloned().map(Array::of).collect();
    types.extend(arrays.into_iter().filter(|array| {
        // What has no variant of its own is read back by its whole name.
        !matches!(array, ColumnType::Array(of) if matches!(**of, ColumnType::Custom(_)))
    }));
    types.extend(custom.map(|name| Custom::new(format!("{name}[]"))));
    types
}

#[tokio::test]
async fn every_type_is_read_back() {
    let mut scratch = Scratch::new().await;
    scratch
        .sql("CREATE EXTENSION ltree; CREATE EXTENSION hstore; CREATE EXTENSION citext")
        .await;
    let mut table = Table::new("t");
    for (index, column_type) in every_type().into_iter().enumerate() {
        table = table.column(Column::new(format!("c{index}"), column_type));
    }
    scratch.apply(&create(&table)).await;
    assert_eq!(scratch.table().await, table);
}

#[tokio::test]
async fn a_spelling_is_the_type_that_the_server_makes_of_it() {
    let spellings = [
        ("int8", "bigint"),
        ("INT4", "integer"),
        ("int2", "smallint"),
        ("decimal(10,2)", "numeric(10, 2)"),
        ("numeric(10)", "numeric(10,0)"),
        ("dec", "numeric"),
        ("float", "double precision"),
        ("float(24)", "real"),
        ("float8", "double  precision"),
        ("bool", "boolean"),
        ("varchar(36)", "character varying(36)"),
        ("char", "character(1)"),
        ("bpchar(4)", "char(4)"),
        ("timestamp(6)", "timestamp without time zone"),
        ("timestamptz(3)", "timestamp(3) with time zone"),
        ("timetz(6)", "time with time zone"),
        ("varbit(3)", "bit varying(3)"),
        ("bit", "bit(1)"),
        ("int[]", "integer ARRAY"),
        ("int[3][4]", "int4[]"),
        ("varchar(5)[]", "character varying(5)[]"),
        ("pg_catalog.int8", "bigint"),
        ("pg_catalog.\"char\"", "\"char\""),
        ("CITEXT", "public.citext"),
        ("\"citext\"", "citext"),
        ("interval(6)", "interval"),
        ("text", "varchar"),
        ("varchar(50)", "varchar"),
        ("varchar(50)", "varchar(51)"),
        ("char", "\"char\""),
        ("bpchar", "char"),
        ("bpchar", "text"),
        ("timestamp", "timestamptz"),
        ("json", "jsonb"),
        ("numeric(10)", "numeric"),
        ("int", "int[]"),
        ("real", "float"),
        ("bit(2)", "bit"),
    ];
    let mut scratch = Scratch::new().await;
    scratch.sql("CREATE EXTENSION citext").await;
    for (a, b) in spellings {
        scratch
            .sql(&format!(
                "DROP TABLE IF EXISTS t; CREATE TABLE t (a {a}, b {b})"
            ))
            .await;
        let formatted = scratch
            .sql(
                "SELECT count(DISTINCT format_type(atttypid, atttypmod)) FROM pg_attribute \
                 WHERE attrelid = 't'::regclass AND attnum > 0",
            )
            .await;
        // The server prints a precision of 6 that was asked for, which is the one it has anyway.
        let equal = formatted == ["1"] || a.ends_with("(6)");
        let (custom_a, custom_b) = (Custom::new(a), Custom::new(b));
        assert_eq!(
            Postgres.same_type(&custom_a, &custom_b),
            equal,
            "{a} and {b}"
        );
        let table = scratch.table().await;
        assert!(
            Postgres.same_type(&table.columns[0].column_type, &custom_a),
            "{a}"
        );
        assert!(
            Postgres.same_type(&table.columns[1].column_type, &custom_b),
            "{b}"
        );
    }
}
