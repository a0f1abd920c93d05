//! A new type in the place of an old one, for what no `ALTER TYPE` and no `ALTER DOMAIN` does: the new
//! one takes the name, the columns are converted, the old one goes. What else stands on the type has
//! stepped aside before.

use super::{Steps, cast, domain, enumeration, rights};
use crate::dialect::postgres::names::{cut, in_namespace_of, object, quote};
use crate::dialect::postgres::types::sql;
use crate::schema::{Column, ColumnType, Domain, EnumType, ObjectName, Schema, Table};
use crate::steps::Step;

/// What a type is called while its successor takes its name.
const OLD: &str = "__old";

/// A type that is made anew, and the domains that are made of it, which go with it.
pub(super) struct Replaced<'s> {
    root: ObjectName,
    /// Each behind what it is made of.
    domains: Vec<&'s Domain>,
}

impl<'s> Replaced<'s> {
    /// The types that must be made anew when this one is.
    pub(super) fn of(name: &ObjectName, schema: &'s Schema) -> Self {
        let mut found = Replaced {
            root: name.clone(),
            domains: Vec::new(),
        };
        loop {
            let mut others = schema.domains.iter();
            let next = others.find(|it| !found.names(&it.name) && found.holds(&it.base));
            match next {
                Some(domain) => found.domains.push(domain),
                None => return found,
            }
        }
    }

    /// Whether it is one of them.
    pub(super) fn names(&self, name: &ObjectName) -> bool {
        self.root == *name || self.domains.iter().any(|it| it.name == *name)
    }

    /// Whether an unqualified name is that of one of them.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.root.name == name || self.domains.iter().any(|it| it.name.name == name)
    }

    /// Whether a column type is one of them, or an array of them.
    pub(super) fn holds(&self, column_type: &ColumnType) -> bool {
        match column_type {
            ColumnType::Enum(it) => self.names(&it.name),
            ColumnType::Named(it) => self.names(it),
            ColumnType::Array(element) => self.holds(element),
            _ => false,
        }
    }
}

/// Makes another enumeration of one. A row with a label that is gone stops it.
pub(super) fn enumeration(to: &EnumType, current: &Schema) -> Vec<Step> {
    let replaced = Replaced::of(&to.name, current);
    replace(
        &replaced,
        "TYPE",
        enumeration::create(to),
        current,
        &|column, _| {
            let array = matches!(column.column_type, ColumnType::Array(_));
            let text = if array { "text[]" } else { "text" };
            let name = quote(&column.name);
            Some(format!("{name}::{text}::{}", sql(&column.column_type)))
        },
    )
}

/// Makes another domain of one.
pub(super) fn domain(from: &Domain, to: &Domain, current: &Schema) -> Steps {
    let replaced = Replaced::of(&to.name, current);
    Ok(replace(
        &replaced,
        "DOMAIN",
        domain::create(to),
        current,
        &|column, _| {
            // A cast that is asked for would cut what the conversion by itself refuses.
            if cast::is_implicit(&from.base, &to.base) {
                return None;
            }
            let brackets = match column.column_type {
                ColumnType::Array(_) => "[]",
                _ => "",
            };
            let (name, target) = (quote(&column.name), sql(&column.column_type));
            let (before, after) = (sql(&from.base), sql(&to.base));
            Some(format!(
                "{name}::{before}{brackets}::{after}{brackets}::{target}"
            ))
        },
    ))
}

fn replace(
    replaced: &Replaced<'_>,
    noun: &str,
    created: Vec<Step>,
    current: &Schema,
    using: &dyn Fn(&Column, &Table) -> Option<String>,
) -> Vec<Step> {
    let domains = || replaced.domains.iter().map(|it| ("DOMAIN", &it.name));
    let all: Vec<(&str, &ObjectName)> = [(noun, &replaced.root)]
        .into_iter()
        .chain(domains())
        .collect();
    let rights = all.iter().map(|(noun, name)| rights::of_type(noun, name));
    let (mut steps, restores): (Vec<Step>, Vec<Step>) = rights.unzip();
    for (noun, name) in &all {
        let old = quote(&old_name(&name.name));
        steps.push(Step::new(format!(
            "ALTER {noun} {} RENAME TO {old}",
            object(name)
        )));
    }
    steps.extend(created);
    for domain in &replaced.domains {
        steps.extend(domain::create(domain));
    }
    for table in &current.tables {
        let columns = table.columns.iter();
        let columns: Vec<_> = columns
            .filter(|it| replaced.holds(&it.column_type))
            .collect();
        if !columns.is_empty() {
            steps.push(conversion(table, &columns, using));
        }
    }
    for (noun, name) in all.iter().rev() {
        let old = in_namespace_of(name, &old_name(&name.name));
        steps.push(Step::new(format!("DROP {noun} {old}")));
    }
    steps.extend(restores);
    steps
}

/// The name of a type while its successor takes its name.
fn old_name(name: &str) -> String {
    let mut kept = cut(name);
    while kept.len() + OLD.len() > 63 {
        let end = kept.char_indices().next_back().map_or(0, |(at, _)| at);
        kept = &kept[..end];
    }
    format!("{kept}{OLD}")
}

/// One statement for all columns of a table, so that it is rewritten once.
fn conversion(
    table: &Table,
    columns: &[&Column],
    using: &dyn Fn(&Column, &Table) -> Option<String>,
) -> Step {
    let mut clauses = Vec::new();
    for column in columns {
        let name = quote(&column.name);
        if column.default.is_some() {
            clauses.push(format!("ALTER COLUMN {name} DROP DEFAULT"));
        }
        let target = sql(&column.column_type);
        let using = using(column, table).map_or(String::new(), |it| format!(" USING {it}"));
        clauses.push(format!("ALTER COLUMN {name} TYPE {target}{using}"));
        if let Some(default) = &column.default {
            // The new type reads the literal.
            let literal = default.split("::").next().unwrap_or(default);
            let default = if is_literal(literal) {
                literal
            } else {
                default
            };
            clauses.push(format!("ALTER COLUMN {name} SET DEFAULT {default}"));
        }
    }
    Step::new(format!(
        "ALTER TABLE {} {}",
        object(&table.name),
        clauses.join(", ")
    ))
}

fn is_literal(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('\'') && text.ends_with('\'') || text.parse::<f64>().is_ok()
}
