//! When two expressions are one: by their text, and by what the server makes of them.
//!
//! The server's form of an expression is a valid input again. It may change once more when it is
//! fed back (`varchar_column IN ('a', 'b')` does), so callers ask until it stays.

mod definition;
mod in_list;
mod partition;

use std::fmt::Write as _;

pub(super) use self::in_list::with_in_lists;
pub(super) use self::partition::bound_sql;
use super::Postgres;
use super::compile;
use super::lexicon::{LEXICON, tokens};
use super::names::{is_plain, literal, quote};
use crate::dialect::{Expression, Judge, Place, ScratchHome, ScratchPlace, ScratchSchema};
use crate::schema::{ColumnType, ObjectName};
use crate::sql::{Token, TokenKind};

/// The first half of the key of the lock that a proof holds: the bytes `limp`.
const SCRATCH: i32 = 0x6c69_6d70;

impl Judge for Postgres {
    fn same_text(&self, a: &str, b: &str) -> bool {
        same_text(a, b)
    }

    fn canonical(&self, expression: &Expression) -> Vec<String> {
        statements(expression)
    }

    /// A database of its own, or a schema in a transaction: if the search path leads to it first,
    /// unqualified names land there, and extensions are still found.
    fn scratch_place(&self, name: &str) -> Option<ScratchPlace> {
        let hold = format!(
            "SELECT pg_advisory_lock({SCRATCH}, hashtext({}))",
            literal(name)
        );
        let name = quote(name);
        Some(ScratchPlace {
            hold,
            create_database: format!("CREATE DATABASE {name} TEMPLATE template0"),
            drop_database: format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            needs: "the role needs CREATEDB (ALTER ROLE … CREATEDB), or CREATE on the database (GRANT \
                    CREATE ON DATABASE … TO …) if all tables are in one schema and need no extension"
                .to_string(),
            schema: Some(ScratchSchema {
                enter: vec![
                    "BEGIN".to_string(),
                    format!("CREATE SCHEMA {name}"),
                    format!(
                        "SELECT set_config('search_path', '{name}, ' || \
                         current_setting('search_path'), true)"
                    ),
                ],
                leave: vec!["ROLLBACK".to_string()],
            }),
        })
    }

    /// By the search path of the role in that database, which goes with it: the one that the connection has,
    /// if that leads to the namespace.
    fn scratch_home(&self, database: &str, own: &str) -> Option<ScratchHome> {
        let body = format!(
            "BEGIN EXECUTE pg_catalog.format('ALTER ROLE CURRENT_USER IN DATABASE %I SET search_path \
             TO %s', {database}, CASE WHEN pg_catalog.current_schema() = {own} \
             THEN pg_catalog.current_setting('search_path') \
             ELSE pg_catalog.quote_ident({own}) || ', public' END); END",
            database = literal(database),
            own = literal(own),
        );
        Some(ScratchHome {
            beside: format!("DO {}", literal(&body)),
            inside: format!("CREATE SCHEMA IF NOT EXISTS {}", quote(own)),
        })
    }

    fn scratch_leftovers(&self, prefix: &str) -> Option<String> {
        Some(format!(
            "SELECT d.datname, 'DROP DATABASE ' || quote_ident(d.datname) \
             FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.oid = d.datdba \
             WHERE r.rolname = current_user AND d.datname ~ {pattern} \
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid) \
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' \
             AND l.objsubid = 2 AND l.classid::bigint = {SCRATCH} \
             AND l.objid::bigint = (hashtext(d.datname::text)::bigint & 4294967295)) \
             ORDER BY d.datname",
            pattern = literal(&format!("^{prefix}[0-9]{{10}}_[0-9a-f]{{16}}$"))
        ))
    }

    fn is_default_operator_class(
        &self,
        class: &str,
        method: &str,
        of: Option<&ColumnType>,
    ) -> bool {
        compile::is_default_operator_class(class, method, of)
    }

    fn same_option(&self, option: &str, current: &str, target: &str) -> bool {
        same_option(option, current, target)
    }
}

/// Whether two expressions are the same text to PostgreSQL but for white space, comments, the
/// case of words, needless quotes and outer parentheses, and the cast of a lone string to text.
///
/// Never true when unsure: a cast inside an expression may choose another function or operator.
pub(super) fn same_text(a: &str, b: &str) -> bool {
    normal(a) == normal(b) || is_same_comment(a, b)
}

/// Whether two texts comment the same routine with the same words: it is known by the types of its
/// arguments, whatever these are called.
fn is_same_comment(a: &str, b: &str) -> bool {
    let parts = |text| {
        let comment = super::definition::routine_comment(text)?;
        Some((comment.routine, normal(comment.text)))
    };
    parts(a).is_some_and(|it| Some(it) == parts(b))
}

/// Whether two values of an option are one. A model may give a type the connection's own namespace,
/// which the server leaves out.
fn same_option(option: &str, current: &str, target: &str) -> bool {
    let own = |text: &str| {
        let names = ObjectName::list(text).into_iter();
        names
            .map(|it| it.within(Some("public")))
            .collect::<Vec<_>>()
    };
    match option {
        "postgresql.of_type" => own(current) == own(target),
        _ => current.eq_ignore_ascii_case(target),
    }
}

/// The tokens that matter, spelled one way.
fn normal(text: &str) -> Vec<(TokenKind, String)> {
    let all: Vec<_> = tokens(text)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    let all = without_text_cast(without_parentheses(&all));
    let mut normal: Vec<(TokenKind, String)> = Vec::new();
    let mut operator_end = None;
    for token in all {
        let is_operator = token.kind == TokenKind::Symbol
            && token.text.chars().all(|c| "+-*/<>=~!@#%^&|`?".contains(c));
        match normal.last_mut() {
            // `@-` is one operator, `@ -` are two.
            Some((_, before)) if is_operator && operator_end == Some(token.start) => {
                before.push_str(token.text);
            }
            _ => normal.push(spelled(*token)),
        }
        operator_end = is_operator.then(|| token.end());
    }
    normal
}

fn spelled(token: Token<'_>) -> (TokenKind, String) {
    match token.kind {
        TokenKind::Word => (TokenKind::Word, token.text.to_ascii_lowercase()),
        TokenKind::QuotedName => match token.name(&LEXICON) {
            Some(name) if token.text.starts_with('"') && is_plain(&name) => (TokenKind::Word, name),
            _ => (token.kind, token.text.to_string()),
        },
        TokenKind::Symbol if token.text == "!=" => (TokenKind::Symbol, "<>".to_string()),
        kind => (kind, token.text.to_string()),
    }
}

fn without_parentheses<'a, 't>(mut tokens: &'a [Token<'t>]) -> &'a [Token<'t>] {
    while is_wrapped(tokens) {
        tokens = &tokens[1..tokens.len() - 1];
    }
    tokens
}

/// Whether the first token is a parenthesis that the last one closes.
fn is_wrapped(tokens: &[Token<'_>]) -> bool {
    if !tokens.first().is_some_and(|token| token.is_symbol("(")) {
        return false;
    }
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth -= 1;
            if depth == 0 {
                return index + 1 == tokens.len();
            }
        }
    }
    false
}

/// `'x'::text` and `'x'::character varying` without the cast. One with a length cuts the value,
/// and any other type reads it: those stay.
fn without_text_cast<'a, 't>(tokens: &'a [Token<'t>]) -> &'a [Token<'t>] {
    let [value, cast, rest @ ..] = tokens else {
        return tokens;
    };
    let to_text = match rest {
        [one] => one.is_word("text") || one.is_word("varchar"),
        [one, two] => one.is_word("character") && two.is_word("varying"),
        _ => false,
    };
    if value.kind == TokenKind::Text && cast.is_symbol("::") && to_text {
        &tokens[..1]
    } else {
        tokens
    }
}

/// The text without the parentheses round all of it.
pub(super) fn unwrapped(text: &str) -> &str {
    let all: Vec<_> = tokens(text).collect();
    match without_parentheses(&all) {
        [] => text,
        inner => &text[inner[0].start..inner[inner.len() - 1].end()],
    }
}

/// The text as it can stand before more SQL: a comment at its end must not swallow that.
pub(super) fn closed(text: &str) -> String {
    let comment = |token: &Token<'_>| token.text.starts_with("--");
    match tokens(text)
        .filter(|token| token.kind == TokenKind::Comment)
        .last()
    {
        Some(last) if comment(&last) => format!("{text}\n"),
        _ => text.to_string(),
    }
}

/// The statements by which the server spells an expression; the last one answers it as the one
/// value of one row. None where it can't be asked.
pub(super) fn statements(expression: &Expression) -> Vec<String> {
    let name = quote(&expression.table);
    let spelled: Vec<_> = (expression.columns.iter())
        .map(|(name, column_type)| format!("{} {column_type}", quote(name)))
        .collect();
    let (columns, text) = (spelled.join(", "), &expression.text);
    if let Some(of_partition) =
        partition::statements(&expression.table, &columns, &expression.place, text)
    {
        return of_partition;
    }
    let table = format!("pg_temp.{name}");
    let oid = format!("{}::regclass", literal(&table));
    let text = closed(&expression.text);
    let value = unused_name(expression);
    let columns = |last: &str| {
        let mut all = String::new();
        for (name, column_type) in &expression.columns {
            let _ = write!(all, "{} {column_type}, ", quote(name));
        }
        all.push_str(last);
        all.trim_end_matches(", ").to_string()
    };
    let create = |last: &str| format!("CREATE TEMP TABLE {name} ({})", columns(last));
    // Of `DEFAULT NULL`, nothing is kept.
    let attribute = format!(
        "SELECT coalesce((SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum \
         WHERE d.adrelid = {oid} AND a.attname = {}), 'NULL')",
        literal(&value)
    );
    let predicate = |condition: &str| format!("CREATE INDEX ON {table} ((1)) WHERE {condition}");
    let index =
        |answer: &str| format!("SELECT {answer} FROM pg_catalog.pg_index WHERE indrelid = {oid}");
    match &expression.place {
        Place::Definition => definition::statements(&expression.text),
        Place::Default { column_type } => vec![
            // A default sees no columns, and its type need not fit any of them.
            format!("CREATE TEMP TABLE {name} ({} {column_type})", quote(&value)),
            format!(
                "ALTER TABLE {table} ALTER COLUMN {} SET DEFAULT {text}",
                quote(&value)
            ),
            attribute,
        ],
        Place::Generated { column_type } => vec![
            create(&format!(
                "{} {column_type} GENERATED ALWAYS AS ({text}) STORED",
                quote(&value)
            )),
            attribute,
        ],
        Place::Check => vec![
            create(&format!("CHECK ({text})")),
            format!(
                "SELECT pg_get_expr(conbin, conrelid) FROM pg_catalog.pg_constraint \
                 WHERE conrelid = {oid} AND contype = 'c'"
            ),
        ],
        Place::PartitionKey | Place::PartitionBound { .. } => Vec::new(),
        Place::DomainCheck { column_type } => vec![
            format!("CREATE DOMAIN {table} AS {column_type} CHECK ({text})"),
            format!(
                "SELECT pg_get_expr(conbin, 0) FROM pg_catalog.pg_constraint \
                 WHERE contypid = {}::regtype AND contype = 'c'",
                literal(&table)
            ),
        ],
        // As a predicate, since not every type that can be indexed has a B-tree.
        Place::IndexElement => vec![
            create(""),
            predicate(&format!("({text}) IS NOT NULL")),
            index(
                "regexp_replace(pg_get_expr(indpred, indrelid), '^\\((.*) IS NOT NULL\\)$', '\\1')",
            ),
        ],
        Place::Predicate => vec![
            create(""),
            predicate(&text),
            index("pg_get_expr(indpred, indrelid)"),
        ],
    }
}

/// A name that no column of the table has.
fn unused_name(expression: &Expression) -> String {
    let mut name = "limbec_value".to_string();
    while expression.columns.iter().any(|(column, _)| *column == name) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts() {
        let cases = [
            ("now()", "NOW( )"),
            ("(a > 0)", "a>0"),
            ("((a) > 0)", "(a) > 0"),
            ("\"status\" != 'x'", "status <> 'x' -- why"),
            ("'x'", "'x'::text"),
            ("('x'::character varying)", "'x'"),
            (
                "COMMENT ON FUNCTION f(a integer, OUT b text) IS 'x'",
                "comment on function \"f\"(int4) is 'x'",
            ),
        ];
        for (a, b) in cases {
            assert!(same_text(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn different_or_unsure() {
        let cases = [
            ("'X'", "'x'"),
            ("\"Status\"", "status"),
            ("'1'::integer", "'1'::numeric"),
            ("'abc'", "'abc'::character varying(2)"),
            ("'2020-01-01 10:00'", "'2020-01-01 10:00'::date"),
            ("a = 'x'", "a = 'x'::text"),
            ("(a) + (b)", "a) + (b"),
            ("0", "0.00"),
            ("", "a"),
            (
                "COMMENT ON FUNCTION f(integer) IS 'x'",
                "COMMENT ON FUNCTION f(text) IS 'x'",
            ),
            (
                "COMMENT ON FUNCTION f(integer) IS 'x'",
                "COMMENT ON FUNCTION f(integer) IS 'y'",
            ),
        ];
        for (a, b) in cases {
            assert!(!same_text(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn parentheses_round_all_are_taken_off() {
        assert_eq!(unwrapped("((a + b))"), "a + b");
        assert_eq!(unwrapped("(a) + (b)"), "(a) + (b)");
        assert_eq!(unwrapped("()"), "()");
        assert_eq!(unwrapped("("), "(");
    }
}
