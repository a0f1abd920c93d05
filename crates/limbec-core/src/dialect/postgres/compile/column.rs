//! The definition of a column, in a new table or added to one.

use std::fmt::Write as _;

use super::super::lexicon::tokens;
use super::{Steps, options, sequence};
use crate::dialect::CompileError;
use crate::dialect::postgres::canonical::closed;
use crate::dialect::postgres::names::{collation, literal_or_null, object, quote};
use crate::dialect::postgres::types::{resolve, sql};
use crate::schema::{Column, ColumnType, IdentityKind, ObjectName};
use crate::sql::{Token, TokenKind};
use crate::steps::Step;

/// What a column needs before its table has it, its definition, and what follows.
pub(super) struct Parts {
    pub(super) before: Vec<Step>,
    pub(super) definition: String,
    pub(super) after: Vec<Step>,
}

/// Makes the parts of a column.
pub(super) fn parts(table: &ObjectName, column: &Column) -> Result<Parts, CompileError> {
    let mut parts = Parts {
        before: Vec::new(),
        definition: String::new(),
        after: Vec::new(),
    };
    let mut type_sql = sql(&column.column_type);
    let mut default = column.default.as_deref().map(default_clause);
    let mut identity = String::new();
    match &column.identity {
        Some(it) if it.kind == IdentityKind::Serial => {
            let serial = serial_type(table, column)?;
            // `serial` says NOT NULL and takes no options: the long form is for the rest.
            let usual = sequence::options(it).is_empty()
                && it.sequence.is_none()
                && it.sequence_type.is_none();
            if usual && !column.nullable && default.is_none() {
                type_sql = serial.to_string();
            } else {
                let owned = sequence::Owned::new(table, &column.name, it);
                parts.before.push(owned.create(&column.column_type));
                parts.after.push(owned.own());
                default = Some(owned.next_value());
            }
        }
        Some(it) => identity = format!(" {}", sequence::generated(it)),
        None => {}
    }
    let definition = &mut parts.definition;
    let _ = write!(definition, "{} {type_sql}", quote(&column.name));
    if let Some(name) = &column.collation {
        let _ = write!(definition, " COLLATE {}", collation(name));
    }
    if let Some(default) = default {
        let _ = write!(definition, " DEFAULT {default}");
    }
    if let Some(generated) = &column.generated {
        let kind = if generated.stored {
            "STORED"
        } else {
            "VIRTUAL"
        };
        let expression = closed(&generated.expression);
        let _ = write!(definition, " GENERATED ALWAYS AS ({expression}) {kind}");
    }
    definition.push_str(&identity);
    if !column.nullable {
        definition.push_str(" NOT NULL");
    }
    if column.comment.is_some() {
        parts
            .after
            .push(comment(table, &column.name, column.comment.as_deref()));
    }
    parts.after.extend(options::after_column(
        table,
        &column.name,
        &column.column_type,
        &column.options,
    ));
    Ok(parts)
}

/// Adds a column to a table.
pub(super) fn add(table: &ObjectName, column: &Column) -> Steps {
    let parts = parts(table, column)?;
    let mut steps = parts.before;
    steps.push(Step::new(format!(
        "ALTER TABLE {} ADD COLUMN {}",
        object(table),
        parts.definition
    )));
    steps.extend(parts.after);
    Ok(steps)
}

/// Sets or removes the comment.
pub(super) fn comment(table: &ObjectName, column: &str, text: Option<&str>) -> Step {
    Step::new(format!(
        "COMMENT ON COLUMN {}.{} IS {}",
        object(table),
        quote(column),
        literal_or_null(text)
    ))
}

/// The serial type of a column's integer type.
fn serial_type(table: &ObjectName, column: &Column) -> Result<&'static str, CompileError> {
    match resolve(&column.column_type) {
        ColumnType::SmallInteger => Ok("smallserial"),
        ColumnType::Integer => Ok("serial"),
        ColumnType::BigInteger => Ok("bigserial"),
        other => Err(CompileError::new(format!(
            "the column `{table}.{}` is of type `{}` and cannot be serial",
            column.name,
            sql(&other)
        ))
        .hint("give it the type SmallInteger, Integer or BigInteger")),
    }
}

/// Words between the operands of an expression: a column's DEFAULT must not hold them bare, and
/// no type's name does.
const OPERATORS: [&str; 15] = [
    "AND", "OR", "NOT", "IS", "IN", "LIKE", "ILIKE", "SIMILAR", "BETWEEN", "AT", "COLLATE",
    "ISNULL", "NOTNULL", "OVERLAPS", "OPERATOR",
];

/// Whether the token is an operator spelled as a word.
pub(super) fn is_operator_word(token: Token<'_>) -> bool {
    OPERATORS.iter().any(|word| token.is_word(word))
}

/// The expression as it may stand after DEFAULT in a column's definition.
fn default_clause(expression: &str) -> String {
    let mut depth = 0_usize;
    let mut bare = true;
    for token in tokens(expression) {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ if depth == 0 => {
                bare &= token.kind != TokenKind::Comment && !is_operator_word(token);
            }
            _ => {}
        }
    }
    if bare {
        expression.to_string()
    } else {
        format!("({})", closed(expression))
    }
}
