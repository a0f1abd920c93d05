//! Sequences behind columns: identities, and the long form of `serial`.

use crate::dialect::postgres::names::{cut, in_namespace_of, literal, object, quote};
use crate::dialect::postgres::version_table::dollar_quoted;
use crate::schema::{Identity, IdentityKind, ObjectName};
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
    let options = match options(identity).as_str() {
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
    let descending = to.increment.is_some_and(|increment| increment < 0);
    let mut push = |words: &str, from: Option<i64>, to: Option<i64>, unset: &str| {
        if from != to {
            changes.push(match to {
                Some(value) => format!("SET {words} {value}"),
                None => format!("SET {unset}"),
            });
        }
    };
    let first = if descending {
        to.maximum.unwrap_or(-1)
    } else {
        to.minimum.unwrap_or(1)
    };
    push(
        "INCREMENT BY",
        from.increment,
        to.increment,
        "INCREMENT BY 1",
    );
    push("MINVALUE", from.minimum, to.minimum, "NO MINVALUE");
    push("MAXVALUE", from.maximum, to.maximum, "NO MAXVALUE");
    push(
        "START WITH",
        from.start,
        to.start,
        &format!("START WITH {first}"),
    );
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

/// The sequence of a serial column, under the name that `serial` gives it.
pub(super) struct Owned {
    sequence: String,
    column: String,
}

impl Owned {
    pub(super) fn new(table: &ObjectName, column: &str) -> Self {
        let name = sequence_name(&table.name, column);
        Owned {
            sequence: in_namespace_of(table, &name),
            column: format!("{}.{}", object(table), quote(column)),
        }
    }

    pub(super) fn create(&self, identity: &Identity, column_type: &str) -> Step {
        let options = match options(identity).as_str() {
            "" => String::new(),
            options => format!(" {options}"),
        };
        let sequence = &self.sequence;
        Step::new(format!(
            "CREATE SEQUENCE {sequence} AS {column_type}{options}"
        ))
    }

    pub(super) fn own(&self) -> Step {
        let Owned { sequence, column } = self;
        Step::new(format!("ALTER SEQUENCE {sequence} OWNED BY {column}"))
    }

    pub(super) fn next_value(&self) -> String {
        format!("nextval({}::regclass)", literal(&self.sequence))
    }
}

/// Drops the sequence that a column owns, whatever its name.
pub(super) fn drop_owned(table: &ObjectName, column: &str) -> Step {
    let body = format!(
        "DECLARE\n    sequence text := pg_get_serial_sequence({}, {});\nBEGIN\n    \
         IF sequence IS NOT NULL THEN EXECUTE 'DROP SEQUENCE ' || sequence; END IF;\nEND",
        literal(&object(table)),
        literal(column)
    );
    Step::new(format!("DO {}", dollar_quoted(&body)))
}

/// PostgreSQL's own name for a serial column's sequence: the longer of the two parts is cut
/// until all of it fits.
fn sequence_name(table: &str, column: &str) -> String {
    const ROOM: usize = 63 - "__seq".len();
    let (mut table_room, mut column_room) = (table.len(), column.len());
    while table_room + column_room > ROOM {
        if table_room > column_room {
            table_room -= 1;
        } else {
            column_room -= 1;
        }
    }
    let cut_to = |name: &str, room: usize| {
        let mut end = room;
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name[..end].to_string()
    };
    let name = format!(
        "{}_{}_seq",
        cut_to(table, table_room),
        cut_to(column, column_room)
    );
    cut(&name).to_string()
}
