//! Rows that raw SQL replaces while the foreign keys are off.
//!
//! A row that takes the place of one with the same key leaves no reference that leads nowhere, so
//! nothing tells afterwards that `ON DELETE` should have run for the old one.

use super::super::lexicon::LEXICON;
use super::super::names::same;
use super::super::reflect::options;
use super::raw::words;
use crate::schema::{ReferentialAction, Schema, Table};
use crate::sql::Token;

/// The table whose rows a statement may replace, where others follow their deletion.
pub(super) fn followed_table<'s>(statement: &str, current: &'s Schema) -> Option<&'s Table> {
    let words: Vec<Token<'_>> = words(statement).collect();
    let target = target(&words)?;
    let table = current
        .tables
        .iter()
        .find(|it| same(&it.name.name, &target))?;
    ((says_replace(&words) || table_says_replace(table)) && is_followed(table, current))
        .then_some(table)
}

/// The table that `INSERT INTO`, `REPLACE INTO` and `UPDATE` change.
fn target(words: &[Token<'_>]) -> Option<String> {
    let verb = words
        .iter()
        .position(|it| it.is_word("INTO") || it.is_word("UPDATE"))?;
    let rest = &words[verb + 1..];
    let rest = match rest {
        [or, _, rest @ ..] if or.is_word("OR") => rest,
        rest => rest,
    };
    match rest {
        [_, dot, name, ..] if dot.is_symbol(".") => name.name(&LEXICON),
        [name, ..] => name.name(&LEXICON),
        [] => None,
    }
}

fn says_replace(words: &[Token<'_>]) -> bool {
    let is_replace = |it: &Token<'_>| it.is_word("REPLACE");
    words.first().is_some_and(is_replace)
        || words
            .windows(2)
            .any(|it| it[0].is_word("OR") && is_replace(&it[1]))
}

/// Whether a constraint of the table says `ON CONFLICT REPLACE`.
fn table_says_replace(table: &Table) -> bool {
    table.options.iter().any(|(key, action)| {
        let is_conflict =
            key == options::PRIMARY_KEY_CONFLICT || key.starts_with(options::UNIQUE_CONFLICT);
        is_conflict && action.eq_ignore_ascii_case("REPLACE")
    })
}

/// Whether rows of other tables go or change with those of a table.
fn is_followed(table: &Table, current: &Schema) -> bool {
    let mut keys = current.tables.iter().flat_map(|it| &it.foreign_keys);
    keys.any(|key| {
        let refuses = [ReferentialAction::NoAction, ReferentialAction::Restrict];
        same(&key.referred_table.name, &table.name.name) && !refuses.contains(&key.on_delete)
    })
}
