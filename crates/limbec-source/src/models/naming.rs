//! Names for the constraints and indexes that a model leaves unnamed.
//!
//! PostgreSQL's own rules, where a pattern is PostgreSQL's own: what it would have called the
//! constraint, a too long name shortened as it does, a taken one numbered as it does. Other long
//! names are shortened as SQLAlchemy does (`ix_…_4f1c`). So a database made by hand or by Alembic
//! compares equal.

use std::collections::BTreeSet;

use limbec_core::schema::{NameParts, NamingConvention};
use limbec_core::sql::TokenKind;

use super::lexicon::{LEXICON, tokens};
use super::md5;

/// The longest name that PostgreSQL keeps, in bytes.
const LONGEST: usize = 63;

/// The names taken so far.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Tables and indexes, by namespace.
    relations: BTreeSet<(Option<String>, String)>,
    /// Constraints, by namespace.
    constraints: BTreeSet<(Option<String>, String)>,
}

/// What a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// A table, or an index that is no constraint's.
    Relation,
    /// A primary key or a unique constraint, which is an index too.
    Both,
    /// A foreign key or a check.
    Constraint,
}

impl Names {
    /// Takes a name that is given.
    pub(crate) fn take(&mut self, of: Of, schema: Option<&str>, name: &str) {
        let name = (schema.map(str::to_string), name.to_string());
        if of != Of::Constraint {
            self.relations.insert(name.clone());
        }
        if of != Of::Relation {
            self.constraints.insert(name);
        }
    }

    fn is_free(&self, of: Of, schema: Option<&str>, name: &str) -> bool {
        let name = (schema.map(str::to_string), name.to_string());
        (of == Of::Constraint || !self.relations.contains(&name))
            && (of == Of::Relation || !self.constraints.contains(&name))
    }

    /// Finds and takes a name by a pattern.
    pub(crate) fn choose(
        &mut self,
        of: Of,
        schema: Option<&str>,
        pattern: &str,
        parts: NameParts<'_>,
    ) -> String {
        let mut number = 0_u32;
        loop {
            let suffix = if number == 0 {
                String::new()
            } else {
                number.to_string()
            };
            let name = fill(pattern, &suffix, parts);
            if self.is_free(of, schema, &name) {
                self.take(of, schema, &name);
                return name;
            }
            number += 1;
        }
    }
}

/// Fills a pattern, the number after it, and keeps to the length that fits.
fn fill(pattern: &str, number: &str, parts: NameParts<'_>) -> String {
    let columns = parts.columns.join("_");
    let own = pattern
        .strip_prefix("{table}_")
        .map(|rest| (rest, rest.strip_prefix("{columns}_")))
        .filter(|(rest, label)| !label.unwrap_or(rest).contains('{'));
    if let Some((rest, label)) = own {
        let second = label
            .filter(|_| !columns.is_empty())
            .map(|_| columns.as_str());
        return object_name(
            parts.table,
            second,
            &format!("{}{number}", label.unwrap_or(rest)),
        );
    }
    let name = NamingConvention::fill(pattern, parts);
    shortened(&name, number)
}

/// PostgreSQL's `makeObjectName`: shortens the longer of the two names until all fits.
fn object_name(first: &str, second: Option<&str>, label: &str) -> String {
    let available = LONGEST.saturating_sub(label.len() + 1 + usize::from(second.is_some()));
    let (mut a, mut b) = (first.len(), second.map_or(0, str::len));
    while a + b > available {
        if a > b {
            a -= 1;
        } else {
            b -= 1;
        }
    }
    let first = clipped(first, a);
    match second {
        Some(second) => format!("{first}_{}_{label}", clipped(second, b)),
        None => format!("{first}_{label}"),
    }
}

/// SQLAlchemy's way with names that are too long: the beginning, and four digits of a checksum.
fn shortened(name: &str, number: &str) -> String {
    if name.len() + number.len() <= LONGEST {
        return format!("{name}{number}");
    }
    let digits = md5::hex(name.as_bytes());
    let kept = clipped(name, LONGEST - 8);
    format!("{kept}_{}{number}", &digits[digits.len() - 4..])
}

/// The longest beginning of at most so many bytes that ends with a whole character.
fn clipped(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The column that PostgreSQL names a check by: the one that its expression mentions, where it
/// mentions one only.
pub(crate) fn column_of_check(expression: &str, columns: &[String]) -> Option<String> {
    let all: Vec<_> = tokens(expression)
        .filter(|token| token.kind != TokenKind::Comment)
        .collect();
    let mut mentioned: Option<&String> = None;
    for (at, token) in all.iter().enumerate() {
        // `length(…)` is a call and `date '…'` a literal, whatever columns there are.
        let after = all.get(at + 1);
        let is_column =
            after.is_none_or(|next| !next.is_symbol("(") && next.kind != TokenKind::Text);
        let (Some(name), true) = (token.name(&LEXICON), is_column) else {
            continue;
        };
        let name = if token.kind == TokenKind::Word {
            name.to_lowercase()
        } else {
            name
        };
        let Some(column) = columns.iter().find(|column| **column == name) else {
            continue;
        };
        if mentioned.is_some_and(|other| other != column) {
            return None;
        }
        mentioned = Some(column);
    }
    mentioned.cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(pattern: &str, table: &str, columns: &[&str]) -> String {
        let columns: Vec<String> = columns.iter().map(ToString::to_string).collect();
        fill(
            pattern,
            "",
            NameParts {
                table,
                columns: &columns,
                ..NameParts::default()
            },
        )
    }

    #[test]
    fn long_names_are_shortened_as_postgresql_does() {
        let (t40, c40) = ("t".repeat(40), "c".repeat(40));
        assert_eq!(
            name("{table}_{columns}_key", &t40, &[&c40]),
            format!("{}_{}_key", "t".repeat(29), "c".repeat(29))
        );
        assert_eq!(
            name("{table}_pkey", &"t".repeat(70), &[]),
            format!("{}_pkey", "t".repeat(58))
        );
        assert_eq!(
            name("{table}_{columns}_fkey", "t", &[&"c".repeat(70)]),
            format!("t_{}_fkey", "c".repeat(56))
        );
        let wide = name("{table}_{columns}_key", &"ä".repeat(30), &["b"]);
        assert!(wide.len() <= LONGEST && wide.ends_with("_b_key"));
    }

    #[test]
    fn other_long_names_are_shortened_as_sqlalchemy_does() {
        let long = name("ix_{table}_{columns}", &"t".repeat(40), &[&"c".repeat(40)]);
        assert_eq!(long.len(), 60);
        assert!(long.starts_with(&format!("ix_{}_ccc", "t".repeat(40))));
    }

    #[test]
    fn taken_names_are_numbered() {
        let mut names = Names::default();
        let columns = ["b".to_string()];
        let parts = NameParts {
            table: "a",
            columns: &columns,
            ..NameParts::default()
        };
        let mut choose = |of, schema| names.choose(of, schema, "{table}_{columns}_key", parts);
        assert_eq!(choose(Of::Both, None), "a_b_key");
        assert_eq!(choose(Of::Both, None), "a_b_key1");
        assert_eq!(choose(Of::Constraint, None), "a_b_key2");
        assert_eq!(choose(Of::Both, Some("s")), "a_b_key");
    }

    #[test]
    fn a_check_is_named_by_its_only_column() {
        let columns = [
            "price".to_string(),
            "length".to_string(),
            "date".to_string(),
        ];
        let of = |expression| column_of_check(expression, &columns);
        assert_eq!(of("price > 0 and PRICE < 10").as_deref(), Some("price"));
        assert_eq!(of("price > length"), None);
        assert_eq!(of("length(price) > 1").as_deref(), Some("price"));
        assert_eq!(of("price > date '2020-01-01'").as_deref(), Some("price"));
        assert_eq!(of("true"), None);
    }
}
