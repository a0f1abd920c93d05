//! Changes to a column: as much as goes into one `ALTER TABLE`.

use std::fmt::Write as _;

use super::{Steps, cast, column, sequence};
use crate::dialect::CompileError;
use crate::dialect::postgres::canonical::closed;
use crate::dialect::postgres::names::{self, collation, object, quote};
use crate::dialect::postgres::types::{resolve, sql, without_defaults};
use crate::operations::AlterColumn;
use crate::schema::{Column, ColumnType, Identity, IdentityKind, ObjectName, Schema};
use crate::steps::Step;

/// A change of type must know the type, default and collation before; a change of identity the
/// identity before.
pub(super) fn needs_schema(change: &AlterColumn) -> bool {
    change.to.column_type.is_some()
        || change.to.collation.is_some()
        || matches!(change.to.generated, Some(Some(_)))
        || (change.to.identity.is_some() && change.from.identity.is_none())
}

/// What is known of the column before the change.
struct Before<'a> {
    column: Option<&'a Column>,
    change: &'a AlterColumn,
}

impl<'a> Before<'a> {
    fn column_type(&self) -> Option<&'a ColumnType> {
        let known = self.column.map(|column| &column.column_type);
        known.or(self.change.from.column_type.as_ref())
    }

    fn default(&self) -> Option<&'a str> {
        let said = self.change.from.default.as_ref().and_then(Option::as_deref);
        match self.column {
            Some(column) => column.default.as_deref(),
            None => said,
        }
    }

    fn identity(&self) -> Option<&'a Identity> {
        let said = self
            .change
            .from
            .identity
            .as_ref()
            .and_then(Option::as_deref);
        match self.column {
            Some(column) => column.identity.as_deref(),
            None => said,
        }
    }

    fn collation(&self) -> Option<&'a str> {
        self.column.and_then(|column| column.collation.as_deref())
    }

    fn is_generated(&self) -> bool {
        self.column.is_some_and(|column| column.generated.is_some())
            && self.change.to.generated.is_none()
    }
}

/// Makes steps of a change. What stands on the column has stepped aside, if it must.
pub(super) fn compile(table: &ObjectName, change: &AlterColumn, current: &Schema) -> Steps {
    let before = Before {
        column: names::table(table, current).and_then(|it| names::column(&change.name, it)),
        change,
    };
    let name = quote(&change.name);
    let alter = |clauses: &[String]| {
        let clauses: Vec<_> = clauses
            .iter()
            .map(|clause| format!("ALTER COLUMN {name} {clause}"))
            .collect();
        Step::new(format!(
            "ALTER TABLE {} {}",
            object(table),
            clauses.join(", ")
        ))
    };
    let mut steps = Vec::new();
    match &change.to.generated {
        Some(Some(_)) => {
            let known = before.column;
            let mut wanted = known
                .ok_or_else(|| cannot_generate(table, &change.name))?
                .clone();
            change.to.apply_to(&mut wanted);
            // No statement makes a column a computed one. What is over it has stepped aside.
            let drop = format!("ALTER TABLE {} DROP COLUMN {name}", object(table));
            steps.push(Step::new(drop));
            steps.extend(column::add(table, &wanted)?);
            return Ok(steps);
        }
        Some(None) => steps.push(alter(&["DROP EXPRESSION".into()])),
        None => {}
    }
    let identity = identity_change(&before);
    match identity {
        Some((Some(old), _)) if old.kind == IdentityKind::Serial => {
            steps.push(alter(&["DROP DEFAULT".into()]));
            steps.push(sequence::drop_owned(table, &change.name));
        }
        Some((_, new)) if replaces(identity) || new.is_none() => {
            steps.push(alter(&["DROP IDENTITY IF EXISTS".into()]));
        }
        _ => {}
    }
    let clauses = clauses(table, &before, identity.is_some())?;
    if !clauses.is_empty() {
        steps.push(alter(&clauses));
    }
    if let (Some(target), None, Some(old)) = (&change.to.column_type, &identity, before.identity())
        && old.kind == IdentityKind::Serial
    {
        steps.push(sequence::widen_owned(table, &change.name, target));
    }
    if let Some((old, Some(new))) = identity {
        match old {
            Some(old) if !replaces(identity) => {
                if old.sequence != new.sequence {
                    steps.push(sequence::rename_owned(table, &change.name, new));
                }
                let changes = sequence::changes(old, new);
                if !changes.is_empty() {
                    steps.push(alter(&[changes]));
                }
            }
            _ => steps.extend(count_up(table, &before, new, &alter)),
        }
    }
    if let Some(comment) = &change.to.comment {
        steps.push(column::comment(table, &change.name, comment.as_deref()));
    }
    Ok(steps)
}

/// An identity before and after.
type IdentityChange<'a> = (Option<&'a Identity>, Option<&'a Identity>);

/// The identity before and after, where it changes.
fn identity_change<'a>(before: &Before<'a>) -> Option<IdentityChange<'a>> {
    let to = before.change.to.identity.as_ref()?.as_deref();
    let from = before.identity();
    let source = before.column_type().unwrap_or(&ColumnType::BigInteger);
    let target = before.change.to.column_type.as_ref().unwrap_or(source);
    let plain = |identity: &Identity, column_type| without_defaults(identity, column_type);
    // A new type is stated together with the identity, which it leaves as it is.
    let same = match (from, to) {
        (Some(from), Some(to)) => plain(from, source) == plain(to, target),
        _ => false,
    };
    (!same).then_some((from, to))
}

/// Whether an identity goes and another comes: an identity's sequence is not a serial's.
fn replaces(identity: Option<IdentityChange<'_>>) -> bool {
    let serial = |it: &Identity| it.kind == IdentityKind::Serial;
    matches!(identity, Some((Some(old), Some(new))) if serial(old) || serial(new))
}

/// The changes of type, collation, nullability and default, each without `ALTER COLUMN name`.
fn clauses(
    table: &ObjectName,
    before: &Before<'_>,
    identity_changes: bool,
) -> Result<Vec<String>, CompileError> {
    let AlterColumn { to, name, .. } = before.change;
    let mut clauses = Vec::new();
    let mut default = to.default.clone();
    if to.column_type.is_some() || to.collation.is_some() {
        let Some(target) = to.column_type.as_ref().or(before.column_type()) else {
            return Err(CompileError::new(format!(
                "the type of the column `{table}.{name}` is not known"
            ))
            .hint("give its type along with its collation"));
        };
        let source = before.column_type();
        let mut clause = format!("TYPE {}", sql(target));
        let kept = before.collation().filter(|_| collates(target));
        if let Some(name) = to.collation.as_ref().map_or(kept, |it| it.as_deref()) {
            let _ = write!(clause, " COLLATE {}", collation(name));
        }
        let using = match (&before.change.using, source) {
            (Some(using), _) => Some(closed(using)),
            (None, Some(source))
                if !before.is_generated() && !cast::is_implicit(source, target) =>
            {
                Some(cast::explicit(&quote(name), source, target))
            }
            _ => None,
        };
        if let Some(using) = using {
            let _ = write!(clause, " USING {using}");
            // PostgreSQL converts a default only where it would convert the values by itself.
            if let Some(old) = before.default().filter(|_| !identity_changes) {
                clauses.push("DROP DEFAULT".to_string());
                default = default.or_else(|| {
                    Some(Some(match source {
                        Some(source) => cast::default(old, source, target),
                        None => old.to_string(),
                    }))
                });
                default.take_if(|default| default.is_none());
            }
        }
        clauses.push(clause);
    }
    match to.nullable {
        Some(true) => clauses.push("DROP NOT NULL".to_string()),
        Some(false) => clauses.push("SET NOT NULL".to_string()),
        None => {}
    }
    match default {
        Some(Some(default)) => clauses.push(format!("SET DEFAULT {}", closed(&default))),
        // A generated column's expression is its default to PostgreSQL, and is gone already.
        Some(None) if to.generated.is_none() => clauses.push("DROP DEFAULT".to_string()),
        _ => {}
    }
    Ok(clauses)
}

/// Whether a column of the type can have a collation.
fn collates(column_type: &ColumnType) -> bool {
    match resolve(column_type) {
        ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Char { .. } => true,
        ColumnType::Array(element) => collates(&element),
        _ => false,
    }
}

/// Gives a column an identity or a sequence, which goes on behind the values it has.
fn count_up(
    table: &ObjectName,
    before: &Before<'_>,
    identity: &Identity,
    alter: &dyn Fn(&[String]) -> Step,
) -> Vec<Step> {
    let name = &before.change.name;
    let mut steps = Vec::new();
    if identity.kind == IdentityKind::Serial {
        let target = before.change.to.column_type.as_ref();
        let column_type = match target.or(before.column_type()).map(resolve) {
            Some(
                it @ (ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger),
            ) => it,
            _ => ColumnType::BigInteger,
        };
        let owned = sequence::Owned::new(table, name, identity);
        steps.push(owned.create(&column_type));
        steps.push(alter(&[format!("SET DEFAULT {}", owned.next_value())]));
        steps.push(owned.own());
    } else {
        let had_default = before.default().is_some() && before.change.to.default.is_none();
        if had_default {
            steps.push(alter(&["DROP DEFAULT".into()]));
        }
        steps.push(alter(&[format!("ADD {}", sequence::generated(identity))]));
    }
    steps.extend(sequence::catch_up(table, name, identity));
    steps
}

fn cannot_generate(table: &ObjectName, column: &str) -> CompileError {
    CompileError::new(format!(
        "the column `{table}.{column}`, which is to be computed, is not known"
    ))
    .hint("add it with its expression: `add_column`")
}
