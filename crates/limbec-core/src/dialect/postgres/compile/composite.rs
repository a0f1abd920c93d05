//! Composite types, whose attributes change in place.

use super::super::lexicon::{LEXICON, tokens};
use crate::dialect::postgres::names::object;
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

/// What changes about the attributes of a type.
#[derive(Debug)]
pub(super) struct Changes {
    clauses: Vec<String>,
    binds: bool,
    /// The statements behind the first one, if they are other ones.
    more: Option<Vec<String>>,
}

impl Changes {
    /// Whether what stands on the type is in the way: a new attribute disturbs nobody.
    pub(super) fn bind(&self) -> bool {
        self.binds
    }

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
    let mut binds = false;
    for it in &before {
        match named(&after, &it.name) {
            None => {
                binds = true;
                clauses.push(format!("DROP ATTRIBUTE {}", it.called));
                continue;
            }
            Some(now) if now.of != it.of => {
                binds = true;
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
        binds,
        more: (had != has).then_some(has),
    })
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
    let mut depth = 0_usize;
    let mut found = Vec::new();
    let is_comma = |token: &Token<'_>| {
        if token.is_symbol("(") || token.is_symbol("[") {
            depth += 1;
        } else if token.is_symbol(")") || token.is_symbol("]") {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && token.is_symbol(",")
    };
    for attribute in inside.split(is_comma) {
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
        let from = "CREATE TYPE span AS (a int, \"B\" numeric(10, 2)[], c text)";
        let to = "CREATE TYPE span AS (a bigint, \"B\"  numeric(10, 2)[], d point)";
        assert_eq!(
            between(from, to).unwrap(),
            [
                "ALTER TYPE span ALTER ATTRIBUTE a TYPE bigint, DROP ATTRIBUTE c, ADD ATTRIBUTE d point"
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
    fn a_comment_goes_and_comes() {
        let from = "CREATE TYPE span AS (a int);\nCOMMENT ON TYPE span IS 'x'";
        assert_eq!(
            between(from, "CREATE TYPE span AS (a int)").unwrap(),
            ["COMMENT ON TYPE span IS NULL"]
        );
    }
}
