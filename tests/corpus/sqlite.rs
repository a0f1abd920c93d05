//! SQLite's schemas, held against each other by what SQLite itself tells of them.

use limbec_core::dialect::sqlite::LEXICON;
use limbec_core::sql::{Token, TokenKind, tokens};
use limbec_testkit::corpus::{Corpus, SchemaFile};
use limbec_testkit::sqlite::sqlite3;

use super::{adopt, exceptions};
use crate::command::{Database, Sandbox};

#[test]
fn own_schemas_are_adopted() {
    Corpus::own().check("sqlite", adopted);
}

#[test]
#[ignore = "`cargo xtask corpus FOLDER` runs it"]
fn real_schemas_are_adopted() {
    Corpus::of_environment().check("sqlite", adopted);
}

fn adopted(SchemaFile { name, sql }: &SchemaFile) {
    let sandbox = Sandbox::new(Database::Sqlite);
    sandbox.sql(sql);
    if let Err(why) = adopt(&sandbox) {
        exceptions::hold_stop("sqlite", name, &why);
        return;
    }
    let on_copy = |line: &str| sandbox.run(&format!("limbec --url sqlite:copy.db {line}"));
    on_copy("upgrade head").succeeds();
    let agree = "No new upgrade operations detected.\n";
    on_copy("check").succeeds().prints(agree);
    let (original, copy) = (told(&sandbox, "app.db"), told(&sandbox, "copy.db"));
    let differences = exceptions::differences(&original, &copy);
    exceptions::hold("sqlite", name, 3, differences);
    on_copy("downgrade base").succeeds();
    assert_eq!(told(&sandbox, "copy.db"), Vec::<String>::new());
}

/// Everything but SQLite's own, the version table and the log; what a virtual table keeps its data in comes
/// with it.
const OURS: &str = "tbl_name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name NOT IN ('alembic_version', 'limbec_log')";

/// What SQLite tells of a file's schema, a fact a line, in an order of their own.
fn told(sandbox: &Sandbox, database: &str) -> Vec<String> {
    let path = sandbox.path().join(database);
    let ask = |query: &str| sqlite3(&path, query).unwrap();
    let mut facts: Vec<String> = Vec::new();
    let pragmas = [
        "SELECT 'FOREIGN KEY', t.name, group_concat(k.\"from\"), k.\"table\", \
         group_concat(coalesce(k.\"to\", '')), k.on_update, k.on_delete \
         FROM tables t, pragma_foreign_key_list(t.name) k GROUP BY t.name, k.id, k.\"table\"",
        "SELECT 'KEY', t.name, i.origin, i.\"unique\", i.partial, (SELECT group_concat(coalesce(x.name, \
         '(…)') || ' ' || x.\"desc\" || ' ' || x.coll) FROM pragma_index_xinfo(i.name) x WHERE x.key) \
         FROM tables t, pragma_index_list(t.name) i",
        "SELECT 'TABLE', t.name, l.wr, l.strict FROM tables t JOIN pragma_table_list(t.name) l",
    ];
    for pragma in pragmas {
        let query = format!(
            "WITH tables AS (SELECT name FROM sqlite_schema WHERE type = 'table' AND {OURS}) {pragma};"
        );
        let answer = ask(&query);
        facts.extend(
            answer
                .lines()
                .map(|it| usual_types(&it.replacen('|', " ", 1))),
        );
    }
    // A row's own number is never NULL, whatever its column says.
    let columns = ask(&format!(
        "SELECT json_array(format('%s|%s|%s|%s|%s|%s|%s', t.name, c.cid, c.name, upper(c.type), \
         iif(upper(c.type) = 'INTEGER' AND c.pk = 1, 1, c.\"notnull\"), c.pk, c.hidden), \
         coalesce(c.dflt_value, '')) FROM sqlite_schema t, pragma_table_xinfo(t.name) c \
         WHERE t.type = 'table' AND {OURS};"
    ));
    for row in columns.lines() {
        let [column, default]: [String; 2] = serde_json::from_str(row).unwrap();
        let default = plain(tokens(&default, &LEXICON));
        facts.push(format!("COLUMN {}|{default}", usual_types(&column)));
    }
    let stored = ask(&format!(
        "SELECT json_array(type, name, sql) FROM sqlite_schema WHERE {OURS} AND sql <> '';"
    ));
    for row in stored.lines() {
        let [kind, name, sql]: [String; 3] = serde_json::from_str(row).unwrap();
        if kind == "table" && !sql.to_uppercase().starts_with("CREATE VIRTUAL") {
            facts.extend(
                rules(&sql)
                    .into_iter()
                    .map(|it| format!("RULE {name}: {it}")),
            );
        } else {
            let kind = kind.to_uppercase();
            facts.push(format!("{kind} {name}: {}", plain(tokens(&sql, &LEXICON))));
        }
    }
    facts.sort();
    facts
}

/// A column with the names that mean one type made one. The copy has limbec's own name of a type
/// where the original has another that compares equal.
fn usual_types(fact: &str) -> String {
    const ALIASES: [(&str, &str); 9] = [
        ("|INT|", "|INTEGER|"),
        ("|JSON|", "|JSON_TEXT|"),
        ("|UUID|", "|UUID_TEXT|"),
        ("|FLOAT|", "|DOUBLE PRECISION|"),
        ("|DOUBLE|", "|DOUBLE PRECISION|"),
        ("|BOOL|", "|BOOLEAN|"),
        ("|BIGSERIAL|", "|BIGINT|"),
        ("|DECIMAL", "|NUMERIC"),
        (", ", ","),
    ];
    ALIASES
        .iter()
        .fold(fact.to_string(), |fact, (from, to)| fact.replace(from, to))
}

/// What no pragma tells of a table: checks, computed values, collations, what may be put off.
fn rules(sql: &str) -> Vec<String> {
    let all: Vec<Token<'_>> = tokens(sql, &LEXICON)
        .filter(|it| it.kind != TokenKind::Comment)
        .collect();
    let mut rules = Vec::new();
    for (at, token) in all.iter().enumerate() {
        let word = |word: &str| token.is_word(word);
        if (word("CHECK") || word("AS")) && all.get(at + 1).is_some_and(|it| it.is_symbol("(")) {
            let end = closing(&all, at + 1);
            rules.push(plain(all[at..end].iter().copied()));
        } else if word("AUTOINCREMENT") || word("DEFERRABLE") || word("DEFERRED") {
            rules.push(token.text.to_uppercase());
        } else if word("COLLATE") || word("CONFLICT") {
            rules.push(plain(all[at..(at + 2).min(all.len())].iter().copied()));
        }
    }
    rules
}

fn closing(all: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in all.iter().enumerate().skip(open) {
        depth += usize::from(token.is_symbol("("));
        depth -= usize::from(token.is_symbol(")"));
        if depth == 0 {
            return at + 1;
        }
    }
    all.len()
}

/// Tokens with one space between them, in one case but for strings; without parentheses, quotes of
/// names, and words that say what goes without saying.
fn plain<'a>(tokens: impl Iterator<Item = Token<'a>>) -> String {
    let says = |it: &Token<'_>| {
        let usual = it.is_symbol("(") || it.is_symbol(")") || it.is_word("ASC");
        it.kind != TokenKind::Comment && !usual
    };
    let words = tokens.filter(says).map(|it| match it.kind {
        TokenKind::Word | TokenKind::QuotedName => {
            it.name(&LEXICON).unwrap_or_default().to_lowercase()
        }
        _ => it.text.to_string(),
    });
    words.collect::<Vec<_>>().join(" ")
}
