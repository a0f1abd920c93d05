//! Whether raw SQL only adds to what is there, so that a program which knows nothing of it works on.

use super::{Lexicon, Token, TokenKind, split, tokens};

/// What a `CREATE` makes beside what is there. A unique index, a view in place of another, a
/// function or a trigger may change what an older program meets.
const CREATED: [&str; 7] = [
    "TABLE",
    "INDEX",
    "SEQUENCE",
    "SCHEMA",
    "EXTENSION",
    "TYPE",
    "DOMAIN",
];

/// Words by which a new column asks something of rows that an older program writes.
const DEMANDS: [&str; 4] = ["UNIQUE", "PRIMARY", "REFERENCES", "CHECK"];

/// Whether every statement of a text is seen to add and do nothing else. What cannot be seen does
/// not count as adding.
///
/// ```
/// use limbec_core::sql::{Lexicon, only_adds};
/// let only_adds = |text| only_adds(text, &Lexicon::STANDARD);
/// assert!(only_adds("CREATE TABLE a (id int); ALTER TABLE b ADD COLUMN c text"));
/// assert!(!only_adds("ALTER TABLE b ADD COLUMN c text NOT NULL"));
/// assert!(!only_adds("UPDATE b SET c = ''"));
/// ```
pub fn only_adds(text: &str, lexicon: &Lexicon) -> bool {
    split(text, lexicon).into_iter().all(|statement| {
        let tokens: Vec<Token<'_>> = tokens(statement, lexicon)
            .filter(|token| token.kind != TokenKind::Comment)
            .collect();
        adds(&tokens, lexicon)
    })
}

fn adds(statement: &[Token<'_>], lexicon: &Lexicon) -> bool {
    let word = |at: usize, word: &str| statement.get(at).is_some_and(|it| it.is_word(word));
    if word(0, "CREATE") {
        let what = usize::from(word(1, "UNLOGGED")) + 1;
        return CREATED.iter().any(|it| word(what, it));
    }
    if word(0, "COMMENT") && word(1, "ON") {
        return true;
    }
    if !(word(0, "ALTER") && word(1, "TABLE")) {
        return false;
    }
    let Some(first) = statement.iter().position(|it| it.is_word("ADD")) else {
        return false;
    };
    is_table(&statement[2..first], lexicon) && changes(&statement[first..]).all(adds_column)
}

/// Whether this is the name of a table and no change of it.
fn is_table(tokens: &[Token<'_>], lexicon: &Lexicon) -> bool {
    let modifiers = ["IF", "EXISTS", "ONLY"];
    let is_modifier = |it: &&Token<'_>| modifiers.iter().any(|word| it.is_word(word));
    let name: Vec<_> = tokens.iter().skip_while(is_modifier).collect();
    match name.as_slice() {
        [table] => table.name(lexicon).is_some(),
        [schema, dot, table] => {
            schema.name(lexicon).is_some() && dot.is_symbol(".") && table.name(lexicon).is_some()
        }
        _ => false,
    }
}

/// Divides the changes of an `ALTER TABLE` at the commas between them.
fn changes<'s, 't>(tokens: &'s [Token<'t>]) -> impl Iterator<Item = &'s [Token<'t>]> {
    let mut depth = 0_usize;
    tokens.split(move |token| {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        }
        depth == 0 && token.is_symbol(",")
    })
}

/// Whether a change adds a column that an older program need not know.
fn adds_column(change: &[Token<'_>]) -> bool {
    let has = |word: &str| change.iter().any(|it| it.is_word(word));
    let begins_constraint = change.get(1).is_none_or(|token| {
        ["CONSTRAINT", "FOREIGN", "EXCLUDE"]
            .iter()
            .any(|it| token.is_word(it))
    });
    let has_value = has("DEFAULT") || has("GENERATED");
    change[0].is_word("ADD")
        && !begins_constraint
        && !DEMANDS.iter().any(|it| has(it))
        && (has_value || !is_not_null(change))
}

fn is_not_null(change: &[Token<'_>]) -> bool {
    change
        .windows(2)
        .any(|two| two[0].is_word("NOT") && two[1].is_word("NULL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_program_does_not_notice() {
        for sql in [
            "",
            "-- nothing\n",
            "create table a (id int primary key, b int not null unique)",
            "CREATE UNLOGGED TABLE a ()",
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON a (b)",
            "CREATE TYPE mood AS ENUM ('sad')",
            "COMMENT ON TABLE a IS 'all, of; them'",
            "ALTER TABLE a ADD b text",
            "ALTER TABLE IF EXISTS ONLY \"my app\".a ADD COLUMN IF NOT EXISTS b numeric(3, 2)",
            "ALTER TABLE a ADD COLUMN b text DEFAULT 'x' NOT NULL, ADD c int",
        ] {
            assert!(only_adds(sql, &Lexicon::STANDARD), "{sql}");
        }
    }

    #[test]
    fn what_it_does_notice_or_might() {
        for sql in [
            "SELECT 1",
            "DROP TABLE a",
            "CREATE UNIQUE INDEX i ON a (b)",
            "CREATE OR REPLACE VIEW v AS SELECT 1",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE TABLE a (); INSERT INTO b VALUES (1)",
            "ALTER TABLE a RENAME TO b",
            "ALTER TABLE a ADD b text NOT NULL",
            "ALTER TABLE a ADD b int REFERENCES c",
            "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)",
            "ALTER TABLE a ADD UNIQUE (b)",
            "ALTER TABLE a ADD COLUMN b text, DROP COLUMN c",
            "ALTER TABLE a ALTER b SET DEFAULT 1, ADD c text",
            "ALTER TABLE a ALTER b ADD GENERATED ALWAYS AS IDENTITY",
            "ALTER TABLE a",
            "ALTER",
        ] {
            assert!(!only_adds(sql, &Lexicon::STANDARD), "{sql}");
        }
    }
}
