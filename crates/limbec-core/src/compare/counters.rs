//! Columns that count by a sequence of their own, said in one way on both sides.
//!
//! The database knows one thing: a sequence that a column owns and whose next value is its default. In
//! words it is `serial`, or a sequence and a default. Here the sequence stands for itself wherever it
//! must be there before its column or outlives it: if another default takes from it, if it has a
//! comment, if its type is too narrow, if it goes to another column or loses its default. Else it is a
//! serial column's.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::keys::{Key, key_of};
use crate::dialect::Dialect;
use crate::schema::{Column, ColumnType, IdentityKind, ObjectName, Schema, Table};
use crate::sql::{Lexicon, Token, TokenKind, tokens};

/// A column that counts by a sequence of its own.
struct Counter {
    sequence: ObjectName,
    table: ObjectName,
    column: String,
    data_type: ColumnType,
    /// Whether it is a serial column; else the sequence and the default are there.
    is_serial: bool,
}

impl Counter {
    fn is_of(&self, other: &Counter, dialect: &dyn Dialect) -> bool {
        key_of(dialect, &self.table) == key_of(dialect, &other.table)
            && dialect.fold_name(&self.column) == dialect.fold_name(&other.column)
    }
}

/// Says both sides in the same way.
pub(super) fn align<'a>(
    current: &mut Cow<'a, Schema>,
    target: &mut Cow<'a, Schema>,
    dialect: &dyn Dialect,
) {
    if !dialect.capabilities().named_objects {
        return;
    }
    let own = current.own_namespace.clone();
    let here = counters(current, &[], own.as_deref(), dialect);
    let there = counters(target, &here, own.as_deref(), dialect);
    let apart = apart(
        &here,
        &there,
        [&**current, &**target],
        own.as_deref(),
        dialect,
    );
    for (schema, counters) in [(current, &here), (target, &there)] {
        for counter in counters {
            let is_apart = apart.contains(&key_of(dialect, &counter.sequence));
            if counter.is_serial && is_apart {
                schema.to_mut().set_apart(counter, dialect);
            } else if !counter.is_serial && !is_apart {
                schema.to_mut().join(counter, dialect);
            }
        }
    }
}

/// The sequences by which serial columns of a schema count.
pub(super) fn of_serials(schema: &Schema, dialect: &dyn Dialect) -> BTreeSet<Key> {
    let counters = counters(schema, &[], None, dialect);
    let serials = counters.iter().filter(|it| it.is_serial);
    serials.map(|it| key_of(dialect, &it.sequence)).collect()
}

/// The counting columns of a schema. A serial column that does not name its sequence keeps the one that
/// it has on the other side.
fn counters(
    schema: &Schema,
    others: &[Counter],
    own: Option<&str>,
    dialect: &dyn Dialect,
) -> Vec<Counter> {
    let mut found = Vec::new();
    for (table, column) in columns(schema) {
        let Some(identity) = &column.identity else {
            continue;
        };
        if identity.kind != IdentityKind::Serial {
            continue;
        }
        let mut counter = Counter {
            sequence: table.name.clone(),
            table: table.name.clone(),
            column: column.name.clone(),
            data_type: column.column_type.clone(),
            is_serial: true,
        };
        let same = others.iter().find(|it| it.is_of(&counter, dialect));
        let usual = || {
            let usual = dialect.name_of_sequence(&table.name.name, &column.name)?;
            Some(table.name.beside(usual))
        };
        let named = identity.sequence.clone();
        let Some(name) = named
            .or_else(|| same.map(|it| it.sequence.clone()))
            .or_else(usual)
        else {
            continue;
        };
        counter.sequence = name;
        if let Some(data_type) = &identity.sequence_type {
            counter.data_type = data_type.clone();
        } else if let Some(same) =
            same.filter(|it| width(&it.data_type) > width(&counter.data_type))
        {
            // Any type will do that holds the column's values.
            counter.data_type = same.data_type.clone();
        }
        found.push(counter);
    }
    let spelled_out = schema.sequences.iter().filter(|it| it.comment.is_none());
    found.extend(spelled_out.filter_map(|sequence| {
        let owner = sequence.owned_by.as_ref()?;
        let table = key_of(dialect, &owner.table);
        let (table, column) = columns(schema).find(|(it, column)| {
            key_of(dialect, &it.name) == table
                && dialect.fold_name(&column.name) == dialect.fold_name(&owner.column)
        })?;
        let counts = !column.nullable
            && column.identity.is_none()
            && column.generated.is_none()
            && width(&column.column_type) > 0;
        let next = next_value(column.default.as_deref()?, own, dialect.lexicon())?;
        let is_next = key_of(dialect, &next) == key_of(dialect, &sequence.name);
        (counts && is_next).then(|| Counter {
            sequence: sequence.name.clone(),
            table: table.name.clone(),
            column: column.name.clone(),
            data_type: sequence.data_type.clone(),
            is_serial: false,
        })
    }));
    found
}

/// The sequences that stand for themselves.
fn apart(
    here: &[Counter],
    there: &[Counter],
    schemas: [&Schema; 2],
    own: Option<&str>,
    dialect: &dyn Dialect,
) -> BTreeSet<Key> {
    let mut apart = BTreeSet::new();
    for (schema, counters) in schemas.into_iter().zip([here, there]) {
        let spelled_out: Vec<&Counter> = counters.iter().filter(|it| !it.is_serial).collect();
        for (table, column) in columns(schema) {
            let counts = spelled_out
                .iter()
                .any(|it| it.table == table.name && it.column == column.name);
            if let Some(default) = column.default.as_deref().filter(|_| !counts) {
                let named = named(default, own, dialect.lexicon());
                apart.extend(named.iter().map(|it| key_of(dialect, it)));
            }
        }
        let free = (schema.sequences.iter()).filter(|it| {
            !spelled_out
                .iter()
                .any(|counter| counter.sequence == it.name)
        });
        apart.extend(free.map(|it| key_of(dialect, &it.name)));
    }
    for it in here {
        let key = key_of(dialect, &it.sequence);
        let same = there
            .iter()
            .find(|other| key_of(dialect, &other.sequence) == key);
        let stays = same.is_none_or(|other| {
            it.is_of(other, dialect) && width(&it.data_type) >= width(&other.data_type)
        });
        if !stays {
            apart.insert(key);
        }
    }
    apart
}

fn columns(schema: &Schema) -> impl Iterator<Item = (&Table, &Column)> {
    let tables = schema.tables.iter();
    tables.flat_map(|table| table.columns.iter().map(move |column| (table, column)))
}

/// How far an integer type counts; 0 for any other type.
fn width(column_type: &ColumnType) -> u8 {
    match column_type {
        ColumnType::SmallInteger => 2,
        ColumnType::Integer => 4,
        ColumnType::BigInteger => 8,
        _ => 0,
    }
}

/// The sequence whose next value a default is, and nothing more.
fn next_value(default: &str, own: Option<&str>, lexicon: &Lexicon) -> Option<ObjectName> {
    let all: Vec<Token<'_>> = tokens(default, lexicon)
        .filter(|it| it.kind != TokenKind::Comment)
        .collect();
    let [call, open, name, rest @ ..] = all.as_slice() else {
        return None;
    };
    let is_whole = match rest {
        [close] => close.is_symbol(")"),
        [cast, of, close] => cast.is_symbol("::") && of.is_word("regclass") && close.is_symbol(")"),
        _ => false,
    };
    let is_next = call.is_word("nextval") && open.is_symbol("(") && name.kind == TokenKind::Text;
    (is_next && is_whole).then(|| object_in(name.text, own, lexicon))?
}

/// The objects that the strings of an expression may name.
fn named(expression: &str, own: Option<&str>, lexicon: &Lexicon) -> Vec<ObjectName> {
    let texts = tokens(expression, lexicon).filter(|it| it.kind == TokenKind::Text);
    texts
        .filter_map(|it| object_in(it.text, own, lexicon))
        .collect()
}

/// The name that a string holds, with or without its namespace.
fn object_in(string: &str, own: Option<&str>, lexicon: &Lexicon) -> Option<ObjectName> {
    let inside = string.trim_matches('\'').replace("''", "'");
    let all: Vec<Token<'_>> = tokens(&inside, lexicon).collect();
    let name = |it: &Token<'_>| match it.kind {
        TokenKind::Word => Some(it.text.to_lowercase()),
        _ => it.name(lexicon),
    };
    match all.as_slice() {
        [only] => Some(ObjectName::new(name(only)?)),
        [namespace, dot, only] if dot.is_symbol(".") => {
            Some(ObjectName::qualified(name(namespace)?, name(only)?).within(own))
        }
        _ => None,
    }
}

impl Schema {
    fn counting(&mut self, counter: &Counter) -> Option<&mut Column> {
        let table = self.table_mut(&counter.table)?;
        table
            .columns
            .iter_mut()
            .find(|it| it.name == counter.column)
    }

    /// Gives a serial column's sequence a place of its own.
    fn set_apart(&mut self, counter: &Counter, dialect: &dyn Dialect) {
        let name = counter.sequence.clone();
        let quoted = match &name.schema {
            Some(schema) => format!("{}.{}", dialect.quote(schema), dialect.quote(&name.name)),
            None => dialect.quote(&name.name),
        };
        let default = format!("nextval('{}'::regclass)", quoted.replace('\'', "''"));
        let Some(column) = self.counting(counter) else {
            return;
        };
        if let Some(identity) = &mut column.identity {
            identity.sequence = Some(name);
            identity.sequence_type = Some(counter.data_type.clone());
        }
        let sequence = column.set_apart(&counter.table);
        column.default = Some(default);
        let is_there = self.sequences.iter().any(|it| it.name == counter.sequence);
        self.sequences.extend(sequence.filter(|_| !is_there));
    }

    /// Makes a sequence and the default that takes from it a serial column.
    fn join(&mut self, counter: &Counter, dialect: &dyn Dialect) {
        let mut sequences = self.sequences.iter();
        let Some(at) = sequences.position(|it| it.name == counter.sequence) else {
            return;
        };
        let sequence = self.sequences.remove(at);
        if let Some(column) = self.counting(counter) {
            let usual = dialect.name_of_sequence(&counter.table.name, &counter.column);
            let is_usual = usual.is_some_and(|it| counter.table.beside(it) == sequence.name);
            let mut identity = sequence.counting();
            let is_of_column = sequence.data_type == column.column_type;
            identity.sequence_type = Some(sequence.data_type).filter(|_| !is_of_column);
            identity.sequence = Some(sequence.name).filter(|_| !is_usual);
            column.identity = Some(Box::new(identity));
            column.default = None;
        }
    }
}
