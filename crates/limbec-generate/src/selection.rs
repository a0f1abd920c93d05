//! Patterns of tables: `users`, `order*`, `billing.*`, and what they leave of a schema.
//!
//! `*` stands for any letters, `?` for one. Without a dot a pattern means the connection's own
//! schema; `*.*` is every table.

use std::collections::BTreeSet;

use limbec::run::VERSION_TABLE;
use limbec_core::dialect::Dialect;
use limbec_core::journal;
use limbec_core::schema::{Inheritance, ObjectName, Schema, Table};

/// A pattern of tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As it was written.
    pub text: String,
    schema: Option<String>,
    table: String,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When the text is no pattern; says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
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
    pub fn matches(&self, name: &ObjectName, own: Option<&str>, dialect: &dyn Dialect) -> bool {
        let schema = name.schema.as_deref().or(own);
        let in_schema = match &self.schema {
            None => schema == own,
            Some(pattern) => matches(pattern, schema.unwrap_or_default(), dialect),
        };
        in_schema && matches(&self.table, &name.name, dialect)
    }

    /// Whether it means a table by the letters of its name as they are.
    pub(crate) fn matches_exactly(&self, name: &ObjectName, own: Option<&str>) -> bool {
        let fits = |pattern: &str, name: &str| {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            glob(&letters(pattern), &letters(name))
        };
        let schema = name.schema.as_deref().or(own);
        let in_schema = match &self.schema {
            None => schema == own,
            Some(pattern) => fits(pattern, schema.unwrap_or_default()),
        };
        in_schema && fits(&self.table, &name.name)
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

/// Who makes and drops partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Partitions {
    /// The models and revisions, as any other table.
    #[default]
    Managed,
    /// Somebody else: an extension such as pg_partman, a job of the service.
    Unmanaged,
}

/// The tables that a project answers for: `include` and `exclude` of `limbec.toml`.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// All tables where it is absent.
    pub include: Option<Vec<Pattern>>,
    /// The tables that take no part, whatever `include` says.
    pub exclude: Vec<Pattern>,
    /// Whether partitions take part.
    pub partitions: Partitions,
}

impl Selection {
    /// Whether a table takes part.
    fn holds(&self, name: &ObjectName, own: Option<&str>, dialect: &dyn Dialect) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|it| it.matches(name, own, dialect));
        self.include.as_deref().is_none_or(any) && !any(&self.exclude)
    }

    fn excludes(&self, name: &ObjectName, own: Option<&str>, dialect: &dyn Dialect) -> bool {
        let mut patterns = self.exclude.iter();
        patterns.any(|it| it.matches(name, own, dialect))
    }

    /// Takes out of a schema what others make and drop: the tables that extensions keep, and partitions if
    /// `limbec.toml` says so.
    fn take_out_kept(&self, schema: &mut Schema, extensions: &[ObjectName], dialect: &dyn Dialect) {
        let goes = |table: &Table| {
            let is_partition = matches!(table.inherits, Inheritance::Partition { .. });
            (is_partition && self.partitions == Partitions::Unmanaged)
                || extensions
                    .iter()
                    .any(|it| dialect.is_kept_by(it, &table.name))
        };
        if !schema.tables.iter().any(goes) {
            return;
        }
        let gone = schema.tables.iter().filter(|it| goes(it));
        let gone: BTreeSet<ObjectName> = gone.map(|it| it.name.clone()).collect();
        let is_gone = |name: &ObjectName| gone.contains(name);
        let names = Out {
            relation: &is_gone,
            other: &|_| false,
        };
        take_out(schema, &|table| gone.contains(&table.name), &names);
    }

    /// Whether no pattern leaves a table out.
    pub fn is_everything(&self) -> bool {
        self.include.is_none() && self.exclude.is_empty()
    }

    /// Takes the tables that take no part out of a reflected schema, and with them limbec's own.
    pub fn narrow(&self, schema: &mut Schema, dialect: &dyn Dialect) {
        schema.tables.retain(|it| !is_own(&it.name));
        let extensions = schema.extensions.clone();
        self.take_out_kept(schema, &extensions, dialect);
        if self.is_everything() {
            return;
        }
        let own = schema.own_namespace.clone();
        let out = |name: &ObjectName| !self.holds(name, own.as_deref(), dialect);
        let other = |name: &ObjectName| self.excludes(name, own.as_deref(), dialect);
        let names = Out {
            relation: &out,
            other: &other,
        };
        take_out(schema, &|table| out(&table.name), &names);
    }

    /// Takes the tables that take no part out of both sides of a comparison, and limbec's own that
    /// no model names out of the current side. A table that a model refers to stays, on both sides
    /// as it is in the database, so that nothing of it changes.
    pub(crate) fn narrow_both(
        &self,
        current: &mut Schema,
        target: &mut Schema,
        dialect: &dyn Dialect,
    ) {
        current
            .tables
            .retain(|it| !is_own(&it.name) || target.table(&it.name).is_some());
        let extensions = current.extensions.clone();
        self.take_out_kept(current, &extensions, dialect);
        self.take_out_kept(target, &extensions, dialect);
        if self.is_everything() {
            return;
        }
        let own = current.own_namespace.clone();
        let out = |name: &ObjectName| !self.holds(name, own.as_deref(), dialect);
        let referred: BTreeSet<ObjectName> = target
            .tables
            .iter()
            .filter(|it| !out(&it.name))
            .flat_map(|it| &it.foreign_keys)
            .map(|it| it.referred_table.clone())
            .filter(|name| out(name) && target.table(name).is_some())
            .collect();
        for table in &mut target.tables {
            if let Some(existing) = current.table(&table.name)
                && referred.contains(&table.name)
            {
                table.clone_from(existing);
            }
        }
        let goes = |table: &Table| out(&table.name) && !referred.contains(&table.name);
        let other = |name: &ObjectName| self.excludes(name, own.as_deref(), dialect);
        let names = Out {
            relation: &out,
            other: &other,
        };
        take_out(current, &goes, &names);
        take_out(target, &goes, &names);
        // A key to what limbec does not answer for, and that no model names, is left alone.
        for table in &mut current.tables {
            table
                .foreign_keys
                .retain(|it| !out(&it.referred_table) || referred.contains(&it.referred_table));
        }
    }
}

/// Whether a table is limbec's own: the version table and those beside it.
fn is_own(table: &ObjectName) -> bool {
    journal::is_own(table, &VERSION_TABLE.into())
}

/// Takes tables out of a schema, with what only they use, and what else takes no part by its name.
fn take_out(schema: &mut Schema, goes: &dyn Fn(&Table) -> bool, out: &Out<'_>) {
    let (gone, kept): (Vec<&Table>, Vec<&Table>) = schema.tables.iter().partition(|it| goes(it));
    let types = |tables: &[&Table]| -> BTreeSet<ObjectName> {
        let columns = tables.iter().flat_map(|it| &it.columns);
        columns
            .filter_map(|it| it.column_type.named().cloned())
            .collect()
    };
    let (of_gone, of_kept) = (types(&gone), types(&kept));
    let names: BTreeSet<ObjectName> = gone.iter().map(|it| it.name.clone()).collect();
    let stays = |name: &ObjectName| {
        of_kept.contains(name) || !(of_gone.contains(name) || (out.other)(name))
    };
    schema.enums.retain(|it| stays(&it.name));
    schema.domains.retain(|it| stays(&it.name));
    schema.sequences.retain(|it| {
        let owner = it.owned_by.as_ref().map(|it| &it.table);
        !owner.is_some_and(|it| names.contains(it)) && !(out.other)(&it.name)
    });
    schema.definitions.retain(|it| match &it.table {
        Some(table) => !names.contains(table) && !(out.relation)(table),
        None if it.kind.is_relation() => !(out.relation)(&it.name),
        None => !(out.other)(&it.name),
    });
    let all_in: BTreeSet<String> = names.iter().filter_map(|it| it.schema.clone()).collect();
    schema.tables.retain(|it| !goes(it));
    let left: BTreeSet<&str> = (schema.tables.iter().map(|it| &it.name))
        .chain(schema.enums.iter().map(|it| &it.name))
        .chain(schema.domains.iter().map(|it| &it.name))
        .chain(schema.sequences.iter().map(|it| &it.name))
        .chain(schema.definitions.iter().map(|it| &it.name))
        .filter_map(|it| it.schema.as_deref())
        .collect();
    let emptied = |name: &str| all_in.contains(name) && !left.contains(name);
    schema.namespaces.retain(|it| !emptied(&it.name));
}

/// What takes no part, by its name.
struct Out<'a> {
    /// Tables and views.
    relation: &'a dyn Fn(&ObjectName) -> bool,
    /// Types, sequences, routines: those that `exclude` names.
    other: &'a dyn Fn(&ObjectName) -> bool,
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
    fn limbecs_own_tables_take_no_part() {
        let names = ["alembic_version", "limbec_lock", "limbec_log", "users"];
        let mut reflected = Schema {
            tables: names.map(Table::new).into(),
            ..Schema::default()
        };
        let left = |schema: &Schema| -> Vec<String> {
            schema.tables.iter().map(|it| it.name.to_string()).collect()
        };
        let mut current = reflected.clone();
        let mut target = Schema {
            tables: vec![Table::new("limbec_log")],
            ..Schema::default()
        };
        let selection = Selection::default();
        selection.narrow(&mut reflected, &Sqlite);
        assert_eq!(left(&reflected), ["users"]);
        // A model that names one wins.
        selection.narrow_both(&mut current, &mut target, &Sqlite);
        assert_eq!(left(&current), ["limbec_log", "users"]);
    }

    #[test]
    fn what_is_no_pattern() {
        for text in ["", ".", "a.", ".b", "a.b.c", " "] {
            assert!(Pattern::read(text).is_err(), "{text}");
        }
    }
}
