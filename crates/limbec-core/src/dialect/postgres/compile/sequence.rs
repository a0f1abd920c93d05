//! Sequences: identities, the long form of `serial`, and those of their own.

use super::{Steps, comment};
use crate::dialect::CompileError;
use crate::dialect::postgres::names::{self, dollar_quoted, literal, object, quote};
use crate::dialect::postgres::types::{Bounds, resolve, sql, without_defaults};
use crate::operations::CommentOn;
use crate::schema::{ColumnType, Identity, IdentityKind, ObjectName, OwnedBy, Schema, Sequence};
use crate::steps::Step;

/// The options of a sequence in SQL, those that are given.
pub(super) fn options(identity: &Identity) -> String {
    let mut options = Vec::new();
    let mut push = |words: &str, value: Option<i64>| {
        options.extend(value.map(|value| format!("{words} {value}")));
    };
    push("START WITH", identity.start);
    push("INCREMENT BY", identity.increment);
    push("MINVALUE", identity.minimum);
    push("MAXVALUE", identity.maximum);
    push("CACHE", identity.cache);
    if identity.cycle {
        options.push("CYCLE".to_string());
    }
    options.join(" ")
}

/// `GENERATED … AS IDENTITY` with its options.
pub(super) fn generated(identity: &Identity) -> String {
    let name = (identity.sequence.iter()).map(|it| format!("SEQUENCE NAME {}", object(it)));
    let options = name.chain(Some(options(identity)).filter(|it| !it.is_empty()));
    let options = match options.collect::<Vec<_>>().join(" ").as_str() {
        "" => String::new(),
        options => format!(" ({options})"),
    };
    format!("GENERATED {} AS IDENTITY{options}", rows(identity.kind))
}

/// Which rows an identity is for, in SQL.
fn rows(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::Always => "ALWAYS",
        IdentityKind::ByDefault | IdentityKind::Serial => "BY DEFAULT",
    }
}

/// What `ALTER COLUMN` sets to make one identity another.
pub(super) fn changes(from: &Identity, to: &Identity) -> String {
    let mut changes = Vec::new();
    if from.kind != to.kind {
        changes.push(format!("SET GENERATED {}", rows(to.kind)));
    }
    let mut push = |words: &str, from: Option<i64>, to: Option<i64>, unset: &str| {
        if from != to {
            changes.push(match to {
                Some(value) => format!("SET {words} {value}"),
                None => format!("SET {unset}"),
            });
        }
    };
    push(
        "INCREMENT BY",
        from.increment,
        to.increment,
        "INCREMENT BY 1",
    );
    push("MINVALUE", from.minimum, to.minimum, "NO MINVALUE");
    push("MAXVALUE", from.maximum, to.maximum, "NO MAXVALUE");
    // A start that is not given moves with the bounds.
    push("START WITH", Some(first(from)), Some(first(to)), "");
    push("CACHE", from.cache, to.cache, "CACHE 1");
    if from.cycle != to.cycle {
        changes.push(
            if to.cycle {
                "SET CYCLE"
            } else {
                "SET NO CYCLE"
            }
            .to_string(),
        );
    }
    changes.join(" ")
}

/// The first value, given or not.
fn first(identity: &Identity) -> i64 {
    let descending = identity.increment.is_some_and(|increment| increment < 0);
    let first = if descending {
        identity.maximum.unwrap_or(-1)
    } else {
        identity.minimum.unwrap_or(1)
    };
    identity.start.unwrap_or(first)
}

/// Lets a new sequence go on behind the values that the column has.
pub(super) fn catch_up(table: &ObjectName, column: &str, identity: &Identity) -> Option<Step> {
    if identity.increment.is_some_and(|increment| increment < 0) {
        return None;
    }
    let first = identity.start.or(identity.minimum).unwrap_or(1);
    Some(Step::new(format!(
        "SELECT setval(pg_get_serial_sequence({name}, {text}), max({column})) FROM {table} \
         HAVING max({column}) >= {first}",
        name = literal(&object(table)),
        text = literal(column),
        column = quote(column),
        table = object(table),
    )))
}

/// The sequence of a serial column, under the name that `serial` gives it or the one asked for.
pub(super) struct Owned<'a> {
    name: ObjectName,
    column: String,
    identity: &'a Identity,
}

impl<'a> Owned<'a> {
    pub(super) fn new(table: &ObjectName, column: &str, identity: &'a Identity) -> Self {
        let usual = || ObjectName {
            schema: table.schema.clone(),
            name: names::of_sequence(&table.name, column),
        };
        Owned {
            name: identity.sequence.clone().unwrap_or_else(usual),
            column: format!("{}.{}", object(table), quote(column)),
            identity,
        }
    }

    /// Creates it over the type asked for, or else over that of its column.
    pub(super) fn create(&self, column_type: &ColumnType) -> Step {
        let data_type = self.identity.sequence_type.as_ref();
        create(&self.name, data_type.unwrap_or(column_type), self.identity)
    }

    pub(super) fn own(&self) -> Step {
        let (sequence, column) = (object(&self.name), &self.column);
        Step::new(format!("ALTER SEQUENCE {sequence} OWNED BY {column}"))
    }

    pub(super) fn next_value(&self) -> String {
        format!("nextval({}::regclass)", literal(&object(&self.name)))
    }
}

/// Takes a sequence that has not come as far as its new bounds to where it shall start: PostgreSQL
/// refuses bounds round another value. One that is beyond them stays, and is refused.
fn bring_inside(from: &Sequence, to: &Sequence) -> Option<Step> {
    let (before, after) = (Bounds::of(from), Bounds::of(to));
    let outside = if after.descending {
        (after.highest < before.highest).then(|| format!("last_value > {}", after.highest))
    } else {
        (after.lowest > before.lowest).then(|| format!("last_value < {}", after.lowest))
    };
    let name = object(&to.name);
    Some(Step::new(format!(
        "SELECT setval({}, {}, false) FROM {name} WHERE {}",
        literal(&name),
        after.first,
        outside?
    )))
}

/// `CREATE SEQUENCE` of a name, a type and a way to count.
fn create(name: &ObjectName, data_type: &ColumnType, counting: &Identity) -> Step {
    let options = match options(counting).as_str() {
        "" => String::new(),
        options => format!(" {options}"),
    };
    Step::new(format!(
        "CREATE SEQUENCE {} AS {}{options}",
        object(name),
        sql(data_type)
    ))
}

/// Creates a sequence of its own.
pub(super) fn create_free(sequence: &Sequence) -> Vec<Step> {
    let mut steps = vec![create(
        &sequence.name,
        &sequence.data_type,
        &sequence.counting(),
    )];
    steps.extend(sequence.owned_by.as_ref().map(|it| own(sequence, Some(it))));
    if let Some(text) = &sequence.comment {
        let on = CommentOn::Sequence(sequence.name.clone());
        steps.push(comment::set(&on, Some(text)));
    }
    steps
}

fn own(sequence: &Sequence, owner: Option<&OwnedBy>) -> Step {
    let owner = match owner {
        Some(it) => format!("{}.{}", object(&it.table), quote(&it.column)),
        None => "NONE".to_string(),
    };
    Step::new(format!(
        "ALTER SEQUENCE {} OWNED BY {owner}",
        object(&sequence.name)
    ))
}

/// Makes one sequence another; the value that it is at stays.
pub(super) fn alter_free(to: &Sequence, from: Option<&Sequence>, current: &Schema) -> Steps {
    let known = current.sequence(&to.name);
    let from = from.or(known.as_ref()).ok_or_else(|| {
        CompileError::new(format!("what the sequence `{}` is, is not known", to.name))
            .hint("the database has no such sequence: create it with `create_sequence`")
    })?;
    let mut clauses = Vec::new();
    if resolve(&from.data_type) != resolve(&to.data_type) {
        clauses.push(format!("AS {}", sql(&to.data_type)));
    }
    let counting = |it: &Sequence| without_defaults(&it.counting(), &it.data_type);
    let changes = changes(&counting(from), &counting(to)).replace("SET ", "");
    clauses.extend(Some(changes).filter(|it| !it.is_empty()));
    let mut steps = Vec::new();
    if !clauses.is_empty() {
        steps.extend(bring_inside(from, to));
        steps.push(Step::new(format!(
            "ALTER SEQUENCE {} {}",
            object(&to.name),
            clauses.join(" ")
        )));
    }
    if from.owned_by != to.owned_by {
        steps.push(own(to, to.owned_by.as_ref()));
    }
    if from.comment != to.comment {
        let on = CommentOn::Sequence(to.name.clone());
        steps.push(comment::set(&on, to.comment.as_deref()));
    }
    Ok(steps)
}

/// Gives the sequence that a column counts by the name asked for, or the usual one.
pub(super) fn rename_owned(table: &ObjectName, column: &str, identity: &Identity) -> Step {
    let name = match &identity.sequence {
        Some(name) => name.name.clone(),
        None => names::of_sequence(&table.name, column),
    };
    with_owned(
        table,
        column,
        "ALTER SEQUENCE ",
        &format!(" RENAME TO {}", quote(&name)),
    )
}

/// Drops the sequence that a column owns, whatever its name.
pub(super) fn drop_owned(table: &ObjectName, column: &str) -> Step {
    with_owned(table, column, "DROP SEQUENCE ", "")
}

/// Lets a serial's sequence count as far as the column's new type does.
pub(super) fn widen_owned(table: &ObjectName, column: &str, target: &ColumnType) -> Step {
    with_owned(
        table,
        column,
        "ALTER SEQUENCE ",
        &format!(" AS {}", sql(target)),
    )
}

/// A statement about the sequence that a column owns, whatever its name.
fn with_owned(table: &ObjectName, column: &str, before: &str, after: &str) -> Step {
    let after = match after {
        "" => String::new(),
        after => format!(" || {}", literal(after)),
    };
    let body = format!(
        "DECLARE\n    sequence text := pg_get_serial_sequence({}, {});\nBEGIN\n    \
         IF sequence IS NOT NULL THEN EXECUTE {} || sequence{after}; END IF;\nEND",
        literal(&object(table)),
        literal(column),
        literal(before)
    );
    Step::new(format!("DO {}", dollar_quoted(&body)))
}
