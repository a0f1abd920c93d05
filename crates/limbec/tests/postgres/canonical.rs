//! The server's own text of an expression, until it no longer changes.

use limbec::connection::Connection as _;
use limbec_core::dialect::{Expression, Judge as _, Place, postgres::Postgres};

use crate::Scratch;

const COLUMNS: [(&str, &str); 6] = [
    ("order", "character varying(10)"),
    ("a", "integer"),
    ("b", "numeric(10,2)"),
    ("data", "jsonb"),
    ("at", "timestamp with time zone"),
    ("limbec_value", "xml"),
];

fn expression(place: Place, text: &str) -> Expression {
    Expression {
        table: "Some table".into(),
        columns: COLUMNS
            .map(|(name, of)| (name.to_string(), of.to_string()))
            .to_vec(),
        place,
        text: text.into(),
    }
}

async fn once(scratch: &mut Scratch, expression: &Expression) -> String {
    let made = Postgres.canonical(expression);
    let frame = Postgres.scratch_frame(false);
    let all = frame.begin.iter().chain(&made).chain(&frame.rollback);
    let statements: Vec<&str> = all.map(String::as_str).collect();
    let answers = scratch
        .client
        .flight(&statements)
        .await
        .unwrap_or_else(|error| {
            panic!("{error}: {}", statements[error.index]);
        });
    let rows = &answers[answers.len() - 2].rows;
    assert!(rows.len() == 1 && rows[0].len() == 1, "{rows:?}");
    rows[0][0].clone().unwrap()
}

/// The fixpoint, and how many rounds led to it.
async fn fixpoint(scratch: &mut Scratch, place: &Place, text: &str) -> (String, usize) {
    let mut text = text.to_string();
    for round in 0..4 {
        let answer = once(scratch, &expression(place.clone(), &text)).await;
        if answer == text {
            return (text, round);
        }
        text = answer;
    }
    panic!("no fixpoint: {text}");
}

fn default(column_type: &str) -> Place {
    Place::Default {
        column_type: column_type.into(),
    }
}

fn generated(column_type: &str) -> Place {
    Place::Generated {
        column_type: column_type.into(),
    }
}

#[tokio::test]
async fn equal_expressions_have_one_fixpoint() {
    let cases = [
        (
            Place::Check,
            "\"order\" IN ('a', 'b')",
            "(\"order\")::text = ANY ((ARRAY['a'::varchar, 'b'::varchar])::text[])",
        ),
        (
            Place::Check,
            "a BETWEEN 1 AND 2",
            "a >= 1 and \"Some table\".a <= 2 -- both",
        ),
        (Place::Check, "a != 1", "(a <> 1)"),
        (Place::Check, "b > 0", "b > 0::numeric"),
        (
            Place::Check,
            "(data ->> 'x') IS NOT NULL",
            "data->>'x'::text IS NOT NULL",
        ),
        (default("text"), "'x'", "'x'::text"),
        (default("varchar(9)"), "'x'::varchar", "'x'"),
        (default("jsonb"), "'{}'", "'{}'::jsonb"),
        (default("int"), "-1", "'-1'::integer"),
        (default("timestamptz"), "now()", "NOW ( )"),
        (default("text"), "NULL", "null"),
        (default("bool"), "1 > 0 AND true", "((1 > 0) and true)"),
        (default("text[]"), "'{}'", "'{}'::text[]"),
        (
            default("text"),
            "coalesce('a', 'b')",
            "COALESCE('a'::text, 'b'::text)",
        ),
        (
            generated("text"),
            "lower(\"order\")",
            "lower((\"order\")::text)",
        ),
        (generated("numeric"), "b * 2", "(b * (2)::numeric)"),
        (
            Place::IndexElement,
            "lower(\"order\")",
            "(lower((\"order\")::text))",
        ),
        (Place::IndexElement, "a + 1", "((a+1))"),
        (Place::IndexElement, "a IS NOT NULL", "(a IS NOT NULL)"),
        (
            Place::IndexElement,
            "point(a, a)",
            "point((a)::double precision, a::float8)",
        ),
        (
            Place::Predicate,
            "a > 0 AND b IS NULL",
            "((a > 0) AND (b IS NULL))",
        ),
    ];
    let mut scratch = Scratch::new().await;
    for (place, one, other) in cases {
        let (one, _) = fixpoint(&mut scratch, &place, one).await;
        let (other, _) = fixpoint(&mut scratch, &place, other).await;
        assert_eq!(one, other);
    }
}

#[tokio::test]
async fn different_expressions_stay_different() {
    let cases = [
        (Place::Check, "a > 0", "a >= 0"),
        (Place::Check, "\"order\" = 'a'", "\"order\" = 'A'"),
        (default("text"), "'x'", "'x '"),
        (default("date"), "'2020-01-01'", "'2020-01-02'"),
        (default("timestamptz"), "now()", "clock_timestamp()"),
        (default("text"), "NULL", "''"),
        (Place::IndexElement, "lower(\"order\")", "upper(\"order\")"),
        (Place::Predicate, "a > 0", "a > 0 AND b > 0"),
    ];
    let mut scratch = Scratch::new().await;
    for (place, one, other) in cases {
        let (one, _) = fixpoint(&mut scratch, &place, one).await;
        let (other, _) = fixpoint(&mut scratch, &place, other).await;
        assert_ne!(one, other);
    }
}

#[tokio::test]
async fn a_list_of_varchar_needs_two_rounds() {
    let mut scratch = Scratch::new().await;
    let (_, rounds) = fixpoint(&mut scratch, &Place::Check, "\"order\" IN ('a', 'b')").await;
    assert_eq!(rounds, 2);
}

#[tokio::test]
async fn nothing_is_left_behind_and_mistakes_are_told() {
    let mut scratch = Scratch::new().await;
    scratch.sql("CREATE TABLE \"Some table\" (real int)").await;
    fixpoint(&mut scratch, &Place::Check, "a > 0").await;
    assert_eq!(scratch.table().await.columns[0].name, "real");
    assert_eq!(
        scratch
            .sql("SELECT count(*) FROM pg_class WHERE relname = 'Some table'")
            .await,
        ["1"]
    );

    let made = Postgres.canonical(&expression(Place::Check, "nonsense > 0"));
    let error = scratch.client.run(&[&made[0]]).await.unwrap_err();
    assert_eq!(error.error.sqlstate.as_deref(), Some("42703"));
}
