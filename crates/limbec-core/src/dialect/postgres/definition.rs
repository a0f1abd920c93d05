//! What a `CREATE` statement makes: its kind and name, read from its first words.

use std::ops::Range;

use super::lexicon::{LEXICON, tokens};
use super::names::object;
use super::types;
use crate::dialect::CompileError;
use crate::schema::{ColumnType, Definition, DefinitionKind, ObjectName};
use crate::sql::{Token, TokenKind};

/// A `CREATE` statement as far as it is read.
pub(super) struct Created {
    /// The definition, without its SQL.
    pub(super) definition: Definition,
    /// Where the name stands in the statement.
    pub(super) name: Range<usize>,
    /// The table that it is made on, and where its name stands.
    pub(super) table: Option<(ObjectName, Range<usize>)>,
}

/// What stands between `CREATE` and the kind of object.
const BEFORE_KIND: [&str; 8] = [
    "OR",
    "REPLACE",
    "RECURSIVE",
    "CONSTRAINT",
    "TEMP",
    "TEMPORARY",
    "DEFAULT",
    "TRUSTED",
];

/// Reads a statement; `None` where it creates nothing that is kept as its SQL.
///
/// # Errors
/// When it begins like one that does, and does not go on like one.
pub(super) fn created(statement: &str) -> Result<Option<Created>, CompileError> {
    let all: Vec<Token<'_>> = tokens(statement)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    let [first, rest @ ..] = all.as_slice() else {
        return Ok(None);
    };
    if !first.is_word("CREATE") {
        return Ok(None);
    }
    let skip = |token: &&Token<'_>| BEFORE_KIND.iter().any(|word| token.is_word(word));
    let rest = &rest[rest.iter().take_while(skip).count()..];
    let Some((kind, rest)) = kind(rest) else {
        return Ok(None);
    };
    let skip = |token: &&Token<'_>| {
        ["IF", "NOT", "EXISTS"]
            .iter()
            .any(|word| token.is_word(word))
    };
    let rest = &rest[rest.iter().take_while(skip).count()..];
    let unclear = || {
        CompileError::new(format!(
            "this `CREATE {}` does not read: {}",
            kind.words().to_uppercase(),
            statement.lines().next().unwrap_or_default()
        ))
    };
    let has_no_name = kind == DefinitionKind::Statistics
        && rest
            .first()
            .is_some_and(|it| it.is_word("ON") || it.is_symbol("("));
    if has_no_name {
        return Err(CompileError::new("these statistics have no name")
            .hint("name them, since limbec knows them by it: `CREATE STATISTICS name ON …`"));
    }
    let (name, place, rest) = named(rest).ok_or_else(unclear)?;
    let mut created = Created {
        definition: Definition::new(kind, name, None, None),
        name: place,
        table: None,
    };
    if kind.is_routine() {
        created.definition.arguments = Some(arguments(statement, rest).ok_or_else(unclear)?);
    }
    let at = match kind {
        DefinitionKind::Trigger | DefinitionKind::Policy => word(rest, "ON"),
        // After `AS ON event`.
        DefinitionKind::Rule => word(rest, "TO"),
        DefinitionKind::Statistics => last_word(rest, "FROM"),
        // `ENUM` is the models' affair.
        DefinitionKind::Type if !is_composite_or_range(rest) => return Ok(None),
        _ => return Ok(Some(created)),
    };
    let (table, place, _) = at
        .and_then(|at| named(&rest[at + 1..]))
        .ok_or_else(unclear)?;
    // Statistics have a name among the namespace's own.
    if kind != DefinitionKind::Statistics {
        created.definition.table = Some(table.clone());
    }
    created.table = Some((table, place));
    check(kind, rest)?;
    Ok(Some(created))
}

/// A comment on a routine.
pub(super) struct RoutineComment<'s> {
    /// The routine, as it is known.
    pub(super) routine: Definition,
    /// What is said of it.
    pub(super) text: &'s str,
}

/// Reads `COMMENT ON FUNCTION name(…) IS …`.
pub(super) fn routine_comment(statement: &str) -> Option<RoutineComment<'_>> {
    let all: Vec<Token<'_>> = tokens(statement)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    let [comment, on, rest @ ..] = all.as_slice() else {
        return None;
    };
    if !comment.is_word("COMMENT") || !on.is_word("ON") {
        return None;
    }
    let (kind, rest) = kind(rest).filter(|(kind, _)| kind.is_routine())?;
    let (name, _, rest) = named(rest)?;
    let arguments = arguments(statement, rest)?;
    let is = last_word(rest, "IS")?;
    Some(RoutineComment {
        routine: Definition::new(kind, name, Some(arguments), None),
        text: &statement[rest[is].end()..],
    })
}

/// The name of the routine that `ALTER FUNCTION` and its like change, and where it stands.
pub(super) fn altered_routine(statement: &str) -> Option<(ObjectName, Range<usize>)> {
    let all: Vec<Token<'_>> = tokens(statement)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    let [alter, noun, rest @ ..] = all.as_slice() else {
        return None;
    };
    let nouns = ["FUNCTION", "PROCEDURE", "ROUTINE"];
    if !alter.is_word("ALTER") || !nouns.iter().any(|it| noun.is_word(it)) {
        return None;
    }
    let (name, place, _) = named(rest)?;
    Some((name, place))
}

fn word(all: &[Token<'_>], word: &str) -> Option<usize> {
    all.iter().position(|token| token.is_word(word))
}

fn last_word(all: &[Token<'_>], word: &str) -> Option<usize> {
    all.iter().rposition(|token| token.is_word(word))
}

/// Refuses what the server keeps as another object than the statement says.
fn check(kind: DefinitionKind, rest: &[Token<'_>]) -> Result<(), CompileError> {
    match (kind, rest) {
        (DefinitionKind::Rule, [_, _, event, ..]) if event.is_word("SELECT") => Err(
            CompileError::new("a rule `ON SELECT` makes a view of its table")
                .hint("write the view: `CREATE VIEW … AS SELECT …`"),
        ),
        _ => Ok(()),
    }
}

fn kind<'a, 't>(words: &'a [Token<'t>]) -> Option<(DefinitionKind, &'a [Token<'t>])> {
    let (first, rest) = words.split_first()?;
    let kind = match first.text.to_ascii_uppercase().as_str() {
        "TYPE" => DefinitionKind::Type,
        "FUNCTION" => DefinitionKind::Function,
        "PROCEDURE" => DefinitionKind::Procedure,
        "AGGREGATE" => DefinitionKind::Aggregate,
        "VIEW" => DefinitionKind::View,
        "STATISTICS" => DefinitionKind::Statistics,
        "RULE" => DefinitionKind::Rule,
        "POLICY" => DefinitionKind::Policy,
        "TRIGGER" => DefinitionKind::Trigger,
        "MATERIALIZED" => {
            return rest
                .split_first()
                .filter(|(second, _)| second.is_word("VIEW"))
                .map(|(_, rest)| (DefinitionKind::MaterializedView, rest));
        }
        _ => return None,
    };
    Some((kind, rest))
}

/// `AS (…)` or `AS RANGE (…)`.
fn is_composite_or_range(rest: &[Token<'_>]) -> bool {
    match rest {
        [first, second, ..] => {
            first.is_word("AS") && (second.is_symbol("(") || second.is_word("RANGE"))
        }
        _ => false,
    }
}

/// A name with or without a namespace, where it stands, and what follows it.
fn named<'a, 't>(words: &'a [Token<'t>]) -> Option<(ObjectName, Range<usize>, &'a [Token<'t>])> {
    let folded = |token: &Token<'_>| match token.kind {
        TokenKind::Word => Some(token.text.to_lowercase()),
        TokenKind::QuotedName => token.name(&LEXICON),
        _ => None,
    };
    let (first, rest) = words.split_first()?;
    let name = folded(first)?;
    match rest {
        [dot, second, rest @ ..] if dot.is_symbol(".") => Some((
            ObjectName::qualified(name, folded(second)?),
            first.start..second.end(),
            rest,
        )),
        _ => Some((ObjectName::new(name), first.start..first.end(), rest)),
    }
}

/// The types of the arguments that a routine is known by, as the server would spell them.
fn arguments(statement: &str, rest: &[Token<'_>]) -> Option<String> {
    if !rest.first()?.is_symbol("(") {
        return None;
    }
    let mut depth = 0_usize;
    let mut each: Vec<&[Token<'_>]> = Vec::new();
    let mut start = 1;
    for (at, token) in rest.iter().enumerate() {
        match token.text {
            "(" | "[" => depth += 1,
            "]" => depth -= 1,
            ")" => {
                depth -= 1;
                if depth == 0 {
                    each.push(&rest[start..at]);
                    let types = each.into_iter().filter_map(|it| argument(statement, it));
                    return Some(types.collect::<Vec<_>>().join(", "));
                }
            }
            // The arguments of an ordered-set aggregate stand in two groups.
            "," if depth == 1 => {
                each.push(&rest[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    None
}

/// The type of one argument; `None` for one that only gives a value back.
fn argument(statement: &str, tokens: &[Token<'_>]) -> Option<String> {
    Argument::read(statement, tokens)
        .filter(|it| it.mode != "OUT")
        .map(|it| it.of)
}

/// An argument of a routine, or a column of the table that it returns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Argument {
    /// `IN`, `OUT`, `INOUT` or `VARIADIC`.
    mode: String,
    name: Option<String>,
    /// Its type, as the server would spell it.
    of: String,
    /// Whether it may be left out.
    pub(super) has_default: bool,
}

impl Argument {
    fn read(statement: &str, tokens: &[Token<'_>]) -> Option<Self> {
        let end = tokens
            .iter()
            .position(|token| token.is_word("DEFAULT") || token.is_symbol("="))
            .unwrap_or(tokens.len());
        let has_default = end < tokens.len();
        let mut tokens = &tokens[..end];
        let mut mode = "IN".to_string();
        if let [first, rest @ ..] = tokens
            && !rest.is_empty()
            && (["IN", "OUT", "INOUT", "VARIADIC"].iter()).any(|it| first.is_word(it))
        {
            mode = first.text.to_ascii_uppercase();
            tokens = rest;
        }
        let mut name = None;
        if tokens.len() > 1 && !begins_a_type(tokens) {
            name = tokens[0].name(&LEXICON);
            tokens = &tokens[1..];
        }
        let (first, last) = (tokens.first()?, tokens.last()?);
        let text = &statement[first.start..last.end()];
        Some(Argument {
            mode,
            name,
            of: spelled(&types::parse(text)),
            has_default,
        })
    }
}

/// How a routine is called, and what it gives.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) arguments: Vec<Argument>,
    /// The words before the type of the result: `RETURNS SETOF`.
    returns: Vec<String>,
    result: Vec<Argument>,
}

/// Reads the head of a `CREATE` statement of a function or a procedure.
pub(super) fn head(statement: &str) -> Option<Head> {
    const ENDS: [&str; 18] = [
        "LANGUAGE",
        "AS",
        "IMMUTABLE",
        "STABLE",
        "VOLATILE",
        "STRICT",
        "CALLED",
        "SECURITY",
        "EXTERNAL",
        "PARALLEL",
        "COST",
        "ROWS",
        "SUPPORT",
        "SET",
        "TRANSFORM",
        "WINDOW",
        "LEAKPROOF",
        "BEGIN",
    ];
    let all: Vec<Token<'_>> = tokens(statement)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    let skip = |token: &&Token<'_>| BEFORE_KIND.iter().any(|word| token.is_word(word));
    let rest = all.get(1..)?;
    let (_, rest) = kind(&rest[rest.iter().take_while(skip).count()..])?;
    let (_, _, rest) = named(rest)?;
    let (inside, rest) = in_parentheses(rest)?;
    let is_end = |token: &Token<'_>| ENDS.iter().any(|end| token.is_word(end));
    let end = rest.iter().position(is_end).unwrap_or(rest.len());
    let is_before_type = |token: &&Token<'_>| {
        ["RETURNS", "SETOF", "TABLE"]
            .iter()
            .any(|it| token.is_word(it))
    };
    let words = rest[..end].iter().take_while(is_before_type).count();
    let (returns, result) = rest[..end].split_at(words);
    let read = |tokens: &[Token<'_>]| -> Option<Vec<Argument>> {
        let each = by_commas(tokens).into_iter();
        each.map(|it| Argument::read(statement, it)).collect()
    };
    Some(Head {
        arguments: read(inside)?,
        returns: returns
            .iter()
            .map(|it| it.text.to_ascii_uppercase())
            .collect(),
        result: match in_parentheses(result) {
            Some((columns, _)) => read(columns)?,
            None => read(result)?,
        },
    })
}

/// What stands in the parentheses that the tokens begin with, and what follows them.
fn in_parentheses<'a, 't>(tokens: &'a [Token<'t>]) -> Option<(&'a [Token<'t>], &'a [Token<'t>])> {
    tokens.first().filter(|it| it.is_symbol("("))?;
    let mut depth = 0_usize;
    let close = tokens.iter().position(|token| {
        depth += usize::from(token.is_symbol("("));
        depth -= usize::from(token.is_symbol(")"));
        depth == 0
    })?;
    Some((&tokens[1..close], &tokens[close + 1..]))
}

/// The parts between commas that stand in no parentheses.
pub(super) fn by_commas<'a, 't>(tokens: &'a [Token<'t>]) -> Vec<&'a [Token<'t>]> {
    let mut depth = 0_usize;
    let is_comma = |token: &Token<'_>| {
        if token.is_symbol("(") || token.is_symbol("[") {
            depth += 1;
        } else if token.is_symbol(")") || token.is_symbol("]") {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && token.is_symbol(",")
    };
    if tokens.is_empty() {
        return Vec::new();
    }
    tokens.split(is_comma).collect()
}

/// Whether the tokens are a type of several words or with an argument, not a name and a type.
fn begins_a_type(tokens: &[Token<'_>]) -> bool {
    const TWO_WORDS: [(&str, &str); 8] = [
        ("DOUBLE", "PRECISION"),
        ("CHARACTER", "VARYING"),
        ("BIT", "VARYING"),
        ("TIMESTAMP", "WITH"),
        ("TIMESTAMP", "WITHOUT"),
        ("TIME", "WITH"),
        ("TIME", "WITHOUT"),
        ("NATIONAL", "CHARACTER"),
    ];
    let [first, second, ..] = tokens else {
        return true;
    };
    second.is_symbol("(")
        || second.is_symbol("[")
        || second.is_symbol(".")
        || second.is_symbol("%")
        || TWO_WORDS
            .iter()
            .any(|(a, b)| first.is_word(a) && second.is_word(b))
}

/// `format_type` without a modifier.
fn spelled(column_type: &ColumnType) -> String {
    let bare = match column_type {
        ColumnType::Array(element) => return format!("{}[]", spelled(element)),
        ColumnType::Varchar { .. } => return "character varying".to_string(),
        ColumnType::Char { .. } => return "character".to_string(),
        ColumnType::Time { .. } => return "time without time zone".to_string(),
        ColumnType::Timestamp { .. } => return "timestamp without time zone".to_string(),
        ColumnType::TimestampTz { .. } => return "timestamp with time zone".to_string(),
        ColumnType::Numeric { .. } => return "numeric".to_string(),
        ColumnType::Enum(it) => return object(&it.name),
        other => types::sql(other),
    };
    match bare.split_once('(') {
        Some((name, rest)) => format!("{name}{}", rest.split_once(')').map_or("", |it| it.1)),
        None => bare,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(statement: &str) -> String {
        created(statement)
            .unwrap()
            .map_or_else(|| "nothing".to_string(), |it| it.definition.to_string())
    }

    #[test]
    fn the_kind_and_name_of_a_statement() {
        let cases = [
            ("CREATE VIEW v AS SELECT 1", "view v"),
            (
                "create or replace recursive view \"A b\" (n) as select 1",
                "view A b",
            ),
            (
                "CREATE MATERIALIZED VIEW IF NOT EXISTS s.mv AS SELECT 1",
                "materialized view s.mv",
            ),
            (
                "CREATE FUNCTION F() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "function f()",
            ),
            (
                "CREATE FUNCTION f(a int, b varchar(10) DEFAULT 'x', OUT c int, double precision, \
                 VARIADIC d text[], e timestamptz) RETURNS void AS $$ $$ LANGUAGE sql",
                "function f(integer, character varying, double precision, text[], \
                 timestamp with time zone)",
            ),
            (
                "CREATE PROCEDURE p(IN x numeric(10, 2) = 1)",
                "procedure p(numeric)",
            ),
            (
                "CREATE AGGREGATE a(text) (SFUNC = f, STYPE = text)",
                "aggregate a(text)",
            ),
            (
                "CREATE CONSTRAINT TRIGGER t AFTER INSERT OR UPDATE OF a ON public.jobs \
                 FOR EACH ROW EXECUTE FUNCTION f()",
                "trigger t on public.jobs",
            ),
            (
                "CREATE POLICY \"p q\" ON jobs USING (true)",
                "policy p q on jobs",
            ),
            (
                "CREATE RULE r AS ON INSERT TO jobs DO INSTEAD NOTHING",
                "rule r on jobs",
            ),
            ("CREATE TYPE address AS (street text)", "type address"),
            ("CREATE TYPE span AS RANGE (SUBTYPE = int4)", "type span"),
            ("CREATE TYPE mood AS ENUM ('a')", "nothing"),
            ("CREATE STATISTICS s ON a, b FROM t", "statistics s"),
            ("CREATE TABLE t (a int)", "nothing"),
            ("COMMENT ON VIEW v IS 'x'", "nothing"),
            ("-- why\nCREATE VIEW v AS SELECT 1", "view v"),
        ];
        for (statement, expected) in cases {
            assert_eq!(read(statement), expected, "{statement}");
        }
    }

    #[test]
    fn heads_are_one_however_they_are_spelled() {
        let alike = [
            (
                "CREATE FUNCTION f(v int, w text DEFAULT 'x') RETURNS int LANGUAGE sql AS ''",
                "CREATE OR REPLACE FUNCTION public.f(v integer, w text DEFAULT 'x'::text)\n RETURNS integer\n IMMUTABLE",
            ),
            (
                "CREATE FUNCTION f() RETURNS TABLE (a int, b numeric(4, 2)) AS ''",
                "CREATE FUNCTION f()\n RETURNS TABLE(a integer, b numeric)\n LANGUAGE sql",
            ),
            (
                "CREATE PROCEDURE p(INOUT a int8) AS ''",
                "CREATE PROCEDURE p(INOUT a bigint)\n LANGUAGE sql",
            ),
        ];
        for (a, b) in alike {
            assert!(head(a).is_some(), "{a}");
            assert_eq!(head(a), head(b), "{a}");
        }
        let others = [
            (
                "CREATE FUNCTION f(v int) RETURNS int",
                "CREATE FUNCTION f(w int) RETURNS int",
            ),
            (
                "CREATE FUNCTION f(v int) RETURNS int",
                "CREATE FUNCTION f(v int) RETURNS bigint",
            ),
            (
                "CREATE FUNCTION f() RETURNS int",
                "CREATE FUNCTION f() RETURNS SETOF int",
            ),
            (
                "CREATE FUNCTION f(v int = 1) RETURNS int",
                "CREATE FUNCTION f(v int) RETURNS int",
            ),
        ];
        for (a, b) in others {
            assert_ne!(head(a), head(b), "{a}");
        }
    }

    #[test]
    fn what_does_not_go_on_is_an_error() {
        for statement in [
            "CREATE VIEW",
            "CREATE FUNCTION f",
            "CREATE TRIGGER t BEFORE INSERT",
            "CREATE STATISTICS ON a, b FROM t",
            "CREATE RULE \"_RETURN\" AS ON SELECT TO t DO INSTEAD SELECT 1",
        ] {
            assert!(created(statement).is_err(), "{statement}");
        }
    }
}
