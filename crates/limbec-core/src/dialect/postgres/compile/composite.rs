//! Composite types, whose attributes change in place.

use super::super::lexicon::{LEXICON, tokens};
use crate::dialect::postgres::definition::by_commas;
use crate::dialect::postgres::names::{object, quote};
use crate::dialect::postgres::types::{parse, same};
use crate::schema::{Definition, DefinitionKind};
use crate::sql::{Token, TokenKind, split};
use crate::steps::Step;

/// An attribute: its name, and all that stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Attribute {
    name: String,
    /// As SQL writes the name.
    called: String,
    of: String,
}

impl Attribute {
    /// Whether the types are the same, however each is spelled.
    fn is_of_same_type(&self, other: &Attribute) -> bool {
        let collates = |it: &str| tokens(it).any(|token| token.is_word("COLLATE"));
        self.of == other.of
            || !collates(&self.of)
                && !collates(&other.of)
                && same(&parse(&self.of), &parse(&other.of))
    }
}

/// What changes about the attributes of a type.
#[derive(Debug)]
pub(super) struct Changes {
    clauses: Vec<String>,
    /// The attributes that go.
    pub(super) dropped: Vec<String>,
    /// Whether an attribute gets another type, which the server refuses if a column is of the type.
    pub(super) retypes: bool,
    /// The statements behind the first one, if they are other ones.
    more: Option<Vec<String>>,
}

impl Changes {
    /// The steps that change the type.
    pub(super) fn steps(&self, to: &Definition) -> Vec<Step> {
        let name = object(&to.name);
        let mut steps = Vec::new();
        if !self.clauses.is_empty() {
            let clauses = self.clauses.join(", ");
            steps.push(Step::new(format!("ALTER TYPE {name} {clauses}")));
        }
        if let Some(more) = &self.more {
            steps.push(Step::new(format!("COMMENT ON TYPE {name} IS NULL")));
            steps.extend(more.iter().map(Step::new));
        }
        steps
    }
}

/// What leads from one composite type to another; none if it must be made anew.
pub(super) fn changes(from: &Definition, to: &Definition) -> Option<Changes> {
    if to.kind != DefinitionKind::Type {
        return None;
    }
    let (before, after) = (attributes(&from.sql)?, attributes(&to.sql)?);
    let named = |all: &[Attribute], name: &str| all.iter().find(|it| it.name == name).cloned();
    let mut clauses = Vec::new();
    let mut order = Vec::new();
    let mut dropped = Vec::new();
    let mut retypes = false;
    for it in &before {
        match named(&after, &it.name) {
            None => {
                dropped.push(it.name.clone());
                clauses.push(format!("DROP ATTRIBUTE {}", it.called));
                continue;
            }
            Some(now) if !now.is_of_same_type(it) => {
                retypes = true;
                clauses.push(format!("ALTER ATTRIBUTE {} TYPE {}", it.called, now.of));
            }
            Some(_) => {}
        }
        order.push(it.name.clone());
    }
    for it in &after {
        if named(&before, &it.name).is_none() {
            clauses.push(format!("ADD ATTRIBUTE {} {}", it.called, it.of));
            order.push(it.name.clone());
        }
    }
    // A new attribute is the last one.
    let wanted = after.iter().map(|it| &it.name);
    if !wanted.eq(&order) {
        return None;
    }
    let more = |sql: &str| -> Vec<String> {
        let statements = split(sql, &LEXICON).into_iter().skip(1);
        statements.map(str::to_string).collect()
    };
    let (had, has) = (more(&from.sql), more(&to.sql));
    Some(Changes {
        clauses,
        dropped,
        retypes,
        more: (had != has).then_some(has),
    })
}

/// Whether a definition is of a composite type.
pub(super) fn is_composite(definition: &Definition) -> bool {
    definition.kind == DefinitionKind::Type && attributes(&definition.sql).is_some()
}

/// Whether two composite types have the same attributes, whatever their types.
pub(super) fn has_same_attributes(from: &Definition, to: &Definition) -> bool {
    let names = |it: &Definition| -> Option<Vec<String>> {
        let attributes = attributes(&it.sql)?;
        Some(attributes.into_iter().map(|it| it.name).collect())
    };
    names(from) == names(to)
}

/// The expression that makes a value of one composite type of one of another.
pub(super) fn conversion(value: &str, from: &Definition, to: &Definition) -> Option<String> {
    let (before, after) = (attributes(&from.sql)?, attributes(&to.sql)?);
    let parts = after.iter().map(|it| {
        let known = before.iter().find(|old| old.name == it.name);
        match known {
            Some(known) if known.is_of_same_type(it) => format!("({value}).{}", quote(&it.name)),
            Some(_) => format!("({value}).{}::text::{}", quote(&it.name), it.of),
            None => "NULL".to_string(),
        }
    });
    let parts: Vec<String> = parts.collect();
    // A row of NULLs is another value than NULL.
    Some(format!(
        "CASE WHEN {value} IS DISTINCT FROM NULL THEN ROW({})::{} END",
        parts.join(", "),
        object(&to.name)
    ))
}

/// The attributes of `CREATE TYPE name AS (…)`; none of any other statement.
fn attributes(sql: &str) -> Option<Vec<Attribute>> {
    let first = split(sql, &LEXICON).into_iter().next()?;
    let all: Vec<Token<'_>> = tokens(first)
        .filter(|it| it.kind != TokenKind::Comment)
        .collect();
    let open = all
        .windows(2)
        .position(|pair| pair[0].is_word("AS") && pair[1].is_symbol("("))?;
    let inside = all.get(open + 2..all.len().checked_sub(1)?)?;
    if !all.last()?.is_symbol(")") {
        return None;
    }
    inside.first()?;
    let mut found = Vec::new();
    for attribute in by_commas(inside) {
        let (name, rest) = attribute.split_first()?;
        let (start, end) = (rest.first()?.start, rest.last()?.end());
        let words = first.get(start..end)?.split_whitespace();
        found.push(Attribute {
            name: name.name(&LEXICON)?,
            called: name.text.to_string(),
            of: words.collect::<Vec<_>>().join(" "),
        });
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str) -> Definition {
        Definition::type_of("span").sql(sql)
    }

    fn between(from: &str, to: &str) -> Option<Vec<String>> {
        let to = of(to);
        let steps = changes(&of(from), &to)?.steps(&to);
        Some(steps.into_iter().map(|it| it.sql).collect())
    }

    #[test]
    fn attributes_change_in_place() {
        let from = "CREATE TYPE span AS (a integer, \"B\" numeric(10,2)[], c text)";
        let to = "CREATE TYPE span AS (a int8, \"B\"  decimal(10, 2)[], d point)";
        assert_eq!(
            between(from, to).unwrap(),
            [
                "ALTER TYPE span ALTER ATTRIBUTE a TYPE int8, DROP ATTRIBUTE c, ADD ATTRIBUTE d point"
            ]
        );
        assert_eq!(between(from, from).unwrap(), [""; 0]);
    }

    #[test]
    fn an_attribute_in_the_middle_needs_a_new_type() {
        let from = "CREATE TYPE span AS (a int, b int)";
        assert!(between(from, "CREATE TYPE span AS (a int, c int, b int)").is_none());
        assert!(between(from, "CREATE TYPE span AS RANGE (SUBTYPE = int)").is_none());
    }

    #[test]
    fn values_keep_their_attributes_by_name() {
        let from = of("CREATE TYPE span AS (a int, \"B\" text)");
        let to = of("CREATE TYPE span AS (\"B\" text, c int, a bigint)");
        assert_eq!(
            conversion("it", &from, &to).unwrap(),
            "CASE WHEN it IS DISTINCT FROM NULL THEN \
             ROW((it).\"B\", NULL, (it).a::text::bigint)::span END"
        );
    }

    #[test]
    fn a_comment_goes_and_comes() {
        let from = "CREATE TYPE span AS (a int);\nCOMMENT ON TYPE span IS 'x'";
        assert_eq!(
            between(from, "CREATE TYPE span AS (a int)").unwrap(),
            ["COMMENT ON TYPE span IS NULL"]
        );
    }
}
