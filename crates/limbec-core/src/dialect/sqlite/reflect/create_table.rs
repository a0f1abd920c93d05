//! Reads the stored SQL of a table.
//!
//! Input: `CREATE TABLE …` as SQLite stores it. Output: the table with everything but the types
//! of its columns, which the pragma tells; `None` where something is not understood.

use std::collections::BTreeMap;

use super::super::lexicon::LEXICON;
use super::super::names::{is_keyword, text};
use super::cursor::{Cursor, split_commas, without_parentheses};
use super::{comment, options};
use crate::schema::{
    CheckConstraint, Column, ColumnType, Deferrable, ForeignKey, Generated, Identity, ObjectName,
    PrimaryKey, ReferentialAction, Table, UniqueConstraint,
};
use crate::sql::{Token, TokenKind};

/// Reads a table.
pub(super) fn read(sql: &str) -> Option<Table> {
    let mut cursor = Cursor::new(sql);
    let begins = cursor.words(&["CREATE", "TABLE"]);
    if !begins {
        return None;
    }
    let mut table = Table::new(cursor.name()?);
    table.comment = cursor.comment().and_then(comment::read);
    if !cursor.symbol("(") {
        return None;
    }
    loop {
        if !cursor.symbol(",") && !begins_constraint(cursor.peek()?) && !table.columns.is_empty() {
            return None;
        }
        if begins_constraint(cursor.peek()?) {
            table_constraint(&mut cursor, &mut table)?;
        } else {
            column(&mut cursor, &mut table)?;
        }
        if cursor.symbol(")") {
            break;
        }
    }
    table_options(&mut cursor, &mut table)?;
    spell_columns_as_declared(&mut table);
    Some(table)
}

fn begins_constraint(token: Token<'_>) -> bool {
    ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]
        .iter()
        .any(|word| token.is_word(word))
}

fn table_options(cursor: &mut Cursor<'_>, table: &mut Table) -> Option<()> {
    while !cursor.at_end() {
        let option = if cursor.words(&["WITHOUT", "ROWID"]) {
            options::WITHOUT_ROWID
        } else if cursor.word("STRICT") {
            options::STRICT
        } else {
            return None;
        };
        set(&mut table.options, option, "true");
        if !cursor.symbol(",") && !cursor.at_end() {
            return None;
        }
    }
    Some(())
}

fn set(options: &mut BTreeMap<String, String>, key: &str, value: &str) {
    options.insert(key.to_string(), value.to_string());
}

fn column(cursor: &mut Cursor<'_>, table: &mut Table) -> Option<()> {
    let mut column = Column::new(cursor.name()?, ColumnType::Custom(String::new()));
    column.comment = cursor.comment().and_then(comment::read);
    column_type(cursor)?;
    let mut name = None;
    loop {
        let token = cursor.peek()?;
        if token.is_symbol(",") || token.is_symbol(")") {
            break;
        }
        if cursor.word("CONSTRAINT") {
            name = Some(cursor.name()?);
            continue;
        }
        if begins_foreign_table_constraint(cursor) {
            break;
        }
        column_constraint(cursor, table, &mut column, name.take())?;
    }
    table.columns.push(column);
    Some(())
}

/// SQLite lets the comma before a table constraint go; `PRIMARY KEY (`, `UNIQUE (` and `FOREIGN`
/// are no constraints of a column.
fn begins_foreign_table_constraint(cursor: &Cursor<'_>) -> bool {
    let is = |token: Option<Token<'_>>, symbol| token.is_some_and(|it| it.is_symbol(symbol));
    cursor.peek().is_some_and(|token| {
        token.is_word("FOREIGN") || (token.is_word("UNIQUE") && is(cursor.peek_second(), "("))
    })
}

fn column_type(cursor: &mut Cursor<'_>) -> Option<()> {
    const ENDS: [&str; 11] = [
        "CONSTRAINT",
        "PRIMARY",
        "NOT",
        "NULL",
        "UNIQUE",
        "CHECK",
        "DEFAULT",
        "COLLATE",
        "REFERENCES",
        "AS",
        "FOREIGN",
    ];
    let mut any = false;
    while let Some(token) = cursor.peek() {
        let generated = token.is_word("GENERATED")
            && cursor.peek_second().is_some_and(|it| it.is_word("ALWAYS"));
        if generated
            || token.name(&LEXICON).is_none()
            || ENDS.iter().any(|word| token.is_word(word))
        {
            break;
        }
        cursor.next();
        any = true;
    }
    if any && cursor.peek()?.is_symbol("(") {
        cursor.parenthesised()?;
    }
    Some(())
}

fn column_constraint(
    cursor: &mut Cursor<'_>,
    table: &mut Table,
    column: &mut Column,
    name: Option<String>,
) -> Option<()> {
    if cursor.words(&["PRIMARY", "KEY"]) {
        let descending = !cursor.word("ASC") && cursor.word("DESC");
        if descending {
            // Not the row's number, as an ascending INTEGER PRIMARY KEY would be, and only this
            // spelling says so.
            return None;
        }
        if let Some(action) = on_conflict(cursor)? {
            set(&mut table.options, options::PRIMARY_KEY_CONFLICT, action);
        }
        if cursor.word("AUTOINCREMENT") {
            column.identity = Some(Box::new(Identity::by_default()));
        }
        table.primary_key = Some(PrimaryKey {
            name,
            ..PrimaryKey::new([column.name.as_str()])
        });
    } else if cursor.words(&["NOT", "NULL"]) {
        column.nullable = false;
        if let Some(name) = name {
            set(&mut column.options, options::NOT_NULL_NAME, &name);
        }
        if let Some(action) = on_conflict(cursor)? {
            set(&mut column.options, options::NOT_NULL_CONFLICT, action);
        }
    } else if cursor.word("NULL") {
        on_conflict(cursor)?;
    } else if cursor.word("UNIQUE") {
        let columns = vec![column.name.clone()];
        unique(cursor, table, name, columns)?;
    } else if cursor.word("CHECK") {
        check(cursor, table, name)?;
    } else if cursor.word("DEFAULT") {
        column.default = Some(default(cursor)?);
    } else if cursor.word("COLLATE") {
        column.collation = Some(cursor.name()?);
    } else if cursor.word("REFERENCES") {
        let columns = vec![column.name.clone()];
        references(cursor, table, name, columns)?;
    } else if cursor.peek()?.is_word("GENERATED") || cursor.peek()?.is_word("AS") {
        cursor.words(&["GENERATED", "ALWAYS"]);
        column.generated = Some(generated(cursor)?);
    } else {
        // `DEFERRABLE` may stand apart from the `REFERENCES` it belongs to.
        let deferrable = deferrable(cursor)?;
        table.foreign_keys.last_mut()?.deferrable = deferrable;
    }
    Some(())
}

fn default(cursor: &mut Cursor<'_>) -> Option<String> {
    if cursor.peek()?.is_symbol("(") {
        return Some(without_parentheses(cursor.parenthesised()?).to_string());
    }
    let token = cursor.next()?;
    Some(match token.kind {
        TokenKind::Symbol => format!("{}{}", token.text, cursor.next()?.text),
        // A quoted name, and a bare word that is no keyword, is a string here.
        TokenKind::QuotedName => text(&token.name(&LEXICON)?),
        TokenKind::Word if !is_keyword(token.text) => text(token.text),
        _ => token.text.to_string(),
    })
}

fn generated(cursor: &mut Cursor<'_>) -> Option<Generated> {
    if !cursor.word("AS") {
        return None;
    }
    let expression = without_parentheses(cursor.parenthesised()?).to_string();
    let stored = cursor.word("STORED");
    if !stored {
        cursor.word("VIRTUAL");
    }
    Some(Generated { expression, stored })
}

fn table_constraint(cursor: &mut Cursor<'_>, table: &mut Table) -> Option<()> {
    let name = if cursor.word("CONSTRAINT") {
        Some(cursor.name()?)
    } else {
        None
    };
    if cursor.words(&["PRIMARY", "KEY"]) {
        primary_key(cursor, table, name)
    } else if cursor.word("UNIQUE") {
        let elements = cursor.parenthesised()?;
        let (columns, plain) = element_names(elements)?;
        if !plain {
            let key = options::of_unique(options::UNIQUE, &columns);
            set(&mut table.options, &key, elements.trim());
        }
        unique(cursor, table, name, columns)
    } else if cursor.word("CHECK") {
        check(cursor, table, name)
    } else if cursor.words(&["FOREIGN", "KEY"]) {
        let (columns, _) = element_names(cursor.parenthesised()?)?;
        if !cursor.word("REFERENCES") {
            return None;
        }
        references(cursor, table, name, columns)
    } else {
        None
    }
}

fn primary_key(cursor: &mut Cursor<'_>, table: &mut Table, name: Option<String>) -> Option<()> {
    let mut elements = cursor.parenthesised()?.trim();
    let last = elements.len().checked_sub("AUTOINCREMENT".len());
    let counts = last.and_then(|at| elements.get(at..));
    if counts.is_some_and(|word| word.eq_ignore_ascii_case("AUTOINCREMENT")) {
        elements = elements[..last?].trim_end();
        let (columns, _) = element_names(elements)?;
        let counted = |column: &&mut Column| column.name.eq_ignore_ascii_case(&columns[0]);
        table.columns.iter_mut().find(counted)?.identity = Some(Box::new(Identity::by_default()));
    }
    let (columns, plain) = element_names(elements)?;
    if !plain {
        set(&mut table.options, options::PRIMARY_KEY, elements);
    }
    if let Some(action) = on_conflict(cursor)? {
        set(&mut table.options, options::PRIMARY_KEY_CONFLICT, action);
    }
    table.primary_key = Some(PrimaryKey {
        name,
        ..PrimaryKey::new(columns)
    });
    Some(())
}

fn unique(
    cursor: &mut Cursor<'_>,
    table: &mut Table,
    name: Option<String>,
    columns: Vec<String>,
) -> Option<()> {
    if let Some(action) = on_conflict(cursor)? {
        let key = options::of_unique(options::UNIQUE_CONFLICT, &columns);
        set(&mut table.options, &key, action);
    }
    table.uniques.push(UniqueConstraint {
        name,
        ..UniqueConstraint::new(columns)
    });
    Some(())
}

fn check(cursor: &mut Cursor<'_>, table: &mut Table, name: Option<String>) -> Option<()> {
    let expression = without_parentheses(cursor.parenthesised()?).to_string();
    // Accepted and without an effect.
    on_conflict(cursor)?;
    table.checks.push(CheckConstraint {
        name,
        ..CheckConstraint::new(expression)
    });
    Some(())
}

fn references(
    cursor: &mut Cursor<'_>,
    table: &mut Table,
    name: Option<String>,
    columns: Vec<String>,
) -> Option<()> {
    let referred = ObjectName::new(cursor.name()?);
    let referred_columns = match cursor.peek()? {
        open if open.is_symbol("(") => element_names(cursor.parenthesised()?)?.0,
        _ => Vec::new(),
    };
    let mut key = ForeignKey::new(columns, referred, referred_columns);
    key.name = name;
    loop {
        if cursor.words(&["ON", "DELETE"]) {
            key.on_delete = action(cursor)?;
        } else if cursor.words(&["ON", "UPDATE"]) {
            key.on_update = action(cursor)?;
        } else if cursor.word("MATCH") {
            key.match_full = cursor.name()?.eq_ignore_ascii_case("FULL");
        } else {
            break;
        }
    }
    let token = cursor.peek()?;
    let puts_off = token.is_word("NOT")
        && cursor
            .peek_second()
            .is_some_and(|it| it.is_word("DEFERRABLE"));
    if puts_off || token.is_word("DEFERRABLE") {
        key.deferrable = deferrable(cursor)?;
    }
    table.foreign_keys.push(key);
    Some(())
}

fn action(cursor: &mut Cursor<'_>) -> Option<ReferentialAction> {
    let first = cursor.next()?.text;
    if first.eq_ignore_ascii_case("SET") || first.eq_ignore_ascii_case("NO") {
        let second = cursor.next()?.text;
        ReferentialAction::from_sql(&format!("{first} {second}"))
    } else {
        ReferentialAction::from_sql(first)
    }
}

#[allow(clippy::option_option, reason = "the outer one is `not understood`")]
fn deferrable(cursor: &mut Cursor<'_>) -> Option<Option<Deferrable>> {
    let never = cursor.word("NOT");
    if !cursor.word("DEFERRABLE") {
        return None;
    }
    let deferred = cursor.words(&["INITIALLY", "DEFERRED"]);
    if !deferred {
        cursor.words(&["INITIALLY", "IMMEDIATE"]);
    }
    Some(match (never, deferred) {
        (true, _) => None,
        (false, true) => Some(Deferrable::InitiallyDeferred),
        (false, false) => Some(Deferrable::InitiallyImmediate),
    })
}

#[allow(clippy::option_option, reason = "the outer one is `not understood`")]
fn on_conflict<'a>(cursor: &mut Cursor<'a>) -> Option<Option<&'a str>> {
    if !cursor.words(&["ON", "CONFLICT"]) {
        return Some(None);
    }
    cursor.next().map(|token| Some(token.text))
}

/// The columns of a list, and whether they stand there without a collation or an order of their
/// own.
fn element_names(list: &str) -> Option<(Vec<String>, bool)> {
    let mut names = Vec::new();
    let mut plain = true;
    for element in split_commas(list) {
        let mut cursor = Cursor::new(element);
        names.push(cursor.name()?);
        cursor.word("ASC");
        plain &= cursor.at_end();
    }
    Some((names, plain))
}

/// Constraints may spell a column in another case than its declaration.
fn spell_columns_as_declared(table: &mut Table) {
    let declared: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
    let spell = |names: &mut Vec<String>| {
        for name in names {
            if let Some(known) = declared.iter().find(|it| it.eq_ignore_ascii_case(name)) {
                name.clone_from(known);
            }
        }
    };
    if let Some(key) = &mut table.primary_key {
        spell(&mut key.columns);
    }
    for unique in &mut table.uniques {
        let written = unique.columns.clone();
        spell(&mut unique.columns);
        for prefix in [options::UNIQUE, options::UNIQUE_CONFLICT] {
            let value = table.options.remove(&options::of_unique(prefix, &written));
            if let Some(value) = value {
                let key = options::of_unique(prefix, &unique.columns);
                table.options.insert(key, value);
            }
        }
    }
    for key in &mut table.foreign_keys {
        spell(&mut key.columns);
    }
}
