//! Names and strings as SQL.

use std::borrow::Cow;

use super::{LEXICON, Sqlite};
use crate::dialect::{CompileError, Names};
use crate::schema::ObjectName;
use crate::sql::Lexicon;

impl Names for Sqlite {
    fn fold_name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        fold(name)
    }

    fn lexicon(&self) -> &'static Lexicon {
        &LEXICON
    }

    fn quote(&self, name: &str) -> String {
        quote(name)
    }
}

/// The form in which two spellings of a name are equal: SQLite folds ASCII letters only.
pub(super) fn fold(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Whether two names are one to SQLite.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// Quotes a name where that is needed. Upper-case letters count as a need, so that the SQL reads
/// the same whether or not its reader folds case.
pub(super) fn quote(name: &str) -> String {
    let mut bytes = name.bytes();
    let begins = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let goes_on =
        bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if begins && goes_on && !is_keyword(name) {
        name.to_string()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Quotes names and joins them by commas.
pub(super) fn quote_all<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| quote(name)).collect();
    quoted.join(", ")
}

/// A collation's name: SQLite's own ones stand bare, as everyone writes them.
pub(super) fn collation(name: &str) -> String {
    if ["BINARY", "NOCASE", "RTRIM"].contains(&name) {
        name.to_string()
    } else {
        quote(name)
    }
}

/// A string as SQL.
pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// The name of an object, which stands in no schema.
pub(super) fn plain(name: &ObjectName) -> Result<&str, CompileError> {
    match &name.schema {
        None => Ok(&name.name),
        Some(schema) => Err(CompileError::new(format!(
            "SQLite has no schemas, but `{name}` stands in the schema `{schema}`"
        ))
        .hint("leave the schema out of the model, or name the table without it")),
    }
}

/// The quoted name of an object, which stands in no schema.
pub(super) fn quote_plain(name: &ObjectName) -> Result<String, CompileError> {
    plain(name).map(quote)
}

/// Whether a word means something to SQLite's grammar, whatever its case.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.binary_search(&&*fold(word)).is_ok()
}

/// SQLite's keywords in their order, with `true` and `false`, which it reads as values where no
/// column has the name.
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "abort", "action", "add", "after", "all", "alter", "always", "analyze", "and", "as", "asc",
    "attach", "autoincrement", "before", "begin", "between", "by", "cascade", "case", "cast",
    "check", "collate", "column", "commit", "conflict", "constraint", "create", "cross", "current",
    "current_date", "current_time", "current_timestamp", "database", "default", "deferrable",
    "deferred", "delete", "desc", "detach", "distinct", "do", "drop", "each", "else", "end",
    "escape", "except", "exclude", "exclusive", "exists", "explain", "fail", "false", "filter",
    "first", "following", "for", "foreign", "from", "full", "generated", "glob", "group", "groups",
    "having", "if", "ignore", "immediate", "in", "index", "indexed", "initially", "inner", "insert",
    "instead", "intersect", "into", "is", "isnull", "join", "key", "last", "left", "like", "limit",
    "match", "materialized", "natural", "no", "not", "nothing", "notnull", "null", "nulls", "of",
    "offset", "on", "or", "order", "others", "outer", "over", "partition", "plan", "pragma",
    "preceding", "primary", "query", "raise", "range", "recursive", "references", "regexp",
    "reindex", "release", "rename", "replace", "restrict", "returning", "right", "rollback", "row",
    "rows", "savepoint", "select", "set", "stored", "strict", "table", "temp", "temporary", "then",
    "ties", "to", "transaction", "trigger", "true", "unbounded", "union", "unique", "update",
    "using", "vacuum", "values", "view", "virtual", "when", "where", "window", "with", "within",
    "without",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_in_order() {
        assert!(KEYWORDS.is_sorted());
        assert!(is_keyword("SELECT") && is_keyword("false") && !is_keyword("users"));
    }

    #[test]
    fn quotes_where_needed() {
        for plain in ["users", "_a1", "created_at"] {
            assert_eq!(quote(plain), plain);
        }
        for quoted in ["order", "MixedCase", "a b", "größe", "1a", "", "a]b"] {
            assert_eq!(quote(quoted), format!("\"{quoted}\""));
        }
        assert_eq!(quote(r#"a"b"#), r#""a""b""#);
        assert_eq!(text("it's"), "'it''s'");
    }
}
