//! Patterns of tables: `users`, `order*`, `billing.*`.
//!
//! `*` stands for any letters, `?` for one. Without a dot a pattern means the connection's own
//! schema; `*.*` is every table.

use limbec_core::dialect::Dialect;
use limbec_core::schema::ObjectName;

/// A pattern of tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// As it was written.
    pub(crate) text: String,
    schema: Option<String>,
    table: String,
}

impl Pattern {
    /// Reads a pattern; `Err` says what is wrong with it.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('.').collect();
        let (schema, table) = match parts.as_slice() {
            [table] => (None, *table),
            [schema, table] => (Some(*schema), *table),
            _ => {
                return Err(format!(
                    "`{text}` has more than one dot: a pattern is `table` or `schema.table`"
                ));
            }
        };
        if table.trim().is_empty() || schema.is_some_and(|it| it.trim().is_empty()) {
            return Err(format!(
                "`{text}` names no table: a pattern is `table` or `schema.table`, with `*` for any \
                 letters and `?` for one"
            ));
        }
        Ok(Pattern {
            text: text.to_string(),
            schema: schema.map(str::to_string),
            table: table.to_string(),
        })
    }

    /// Whether it means a table; `own` is the connection's own schema, by its name.
    pub(crate) fn matches(
        &self,
        name: &ObjectName,
        own: Option<&str>,
        dialect: &dyn Dialect,
    ) -> bool {
        let schema = name.schema.as_deref().or(own);
        let in_schema = match &self.schema {
            None => schema == own,
            Some(pattern) => matches(pattern, schema.unwrap_or_default(), dialect),
        };
        in_schema && matches(&self.table, &name.name, dialect)
    }
}

fn matches(pattern: &str, name: &str, dialect: &dyn Dialect) -> bool {
    let pattern: Vec<char> = dialect.fold_name(pattern).chars().collect();
    let name: Vec<char> = dialect.fold_name(name).chars().collect();
    glob(&pattern, &name)
}

/// Goes back to the last `*` where the letters behind it do not fit.
fn glob(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match &mut star {
                Some((at, taken)) => {
                    *taken += 1;
                    (p, n) = (*at + 1, *taken);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use limbec_core::dialect::{postgres::Postgres, sqlite::Sqlite};

    fn meant(pattern: &str, schema: Option<&str>, table: &str) -> bool {
        let name = ObjectName {
            schema: schema.map(str::to_string),
            name: table.to_string(),
        };
        let pattern = Pattern::read(pattern).unwrap();
        pattern.matches(&name, Some("public"), &Postgres)
    }

    #[test]
    fn tables_by_their_names() {
        assert!(meant("users", None, "users"));
        assert!(meant("public.users", None, "users"));
        assert!(meant("users", Some("public"), "users"));
        assert!(!meant("users", Some("billing"), "users"));
        assert!(!meant("users", None, "users2"));
        assert!(meant("billing.*", Some("billing"), "users"));
        assert!(meant("*.*", Some("billing"), "users") && meant("*.*", None, "users"));
        assert!(meant("*", None, "users") && !meant("*", Some("billing"), "users"));
        assert!(meant("*_ar?hive*", None, "a_b_archive_2"));
        assert!(!meant("a*b", None, "aXbc") && meant("a*b", None, "abab"));
        assert!(!meant("Users", None, "users"));
        let name = ObjectName::new("users");
        assert!(
            Pattern::read("USERS")
                .unwrap()
                .matches(&name, None, &Sqlite)
        );
    }

    #[test]
    fn what_is_no_pattern() {
        for text in ["", ".", "a.", ".b", "a.b.c", " "] {
            assert!(Pattern::read(text).is_err(), "{text}");
        }
    }
}
