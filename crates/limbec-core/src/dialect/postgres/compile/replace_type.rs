//! A new type in the place of an old one, for what no `ALTER TYPE` and no `ALTER DOMAIN` does: the new
//! one takes the name, the columns are converted, the old one goes. What else stands on the type has
//! stepped aside before.

use super::{Steps, cast, composite, definition, domain, enumeration, rights};
use crate::dialect::CompileError;
use crate::dialect::postgres::names::{cut, in_namespace_of, object, quote};
use crate::dialect::postgres::types::{same, sql};
use crate::schema::{
    Column, ColumnType, Definition, Domain, EnumType, ObjectName, Schema, Table, Use,
};
use crate::steps::Step;

/// What a type is called while its successor takes its name.
const OLD: &str = "__old";

/// A type that is made anew, and the types that are made of it, which go with it.
pub(super) struct Replaced<'s> {
    root: ObjectName,
    /// Each behind what it is made of.
    others: Vec<Other<'s>>,
}

/// A type that is made of another.
#[derive(Clone, Copy)]
enum Other<'s> {
    Domain(&'s Domain),
    Composite(&'s Definition),
}

impl<'s> Other<'s> {
    fn name(self) -> &'s ObjectName {
        match self {
            Other::Domain(it) => &it.name,
            Other::Composite(it) => &it.name,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Other::Domain(_) => "DOMAIN",
            Other::Composite(_) => "TYPE",
        }
    }

    fn create(self) -> Steps {
        match self {
            Other::Domain(it) => Ok(domain::create(it)),
            Other::Composite(it) => definition::create(it),
        }
    }
}

impl<'s> Replaced<'s> {
    /// The types that must be made anew when this one is.
    pub(super) fn of(name: &ObjectName, schema: &'s Schema) -> Self {
        let domains = schema.domains.iter().map(Other::Domain);
        let composites = schema.definitions.iter();
        let composites = composites.filter(|it| composite::is_composite(it));
        let all: Vec<Other<'s>> = domains.chain(composites.map(Other::Composite)).collect();
        let mut found = Replaced {
            root: name.clone(),
            others: Vec::new(),
        };
        loop {
            let next = all.iter().copied().find(|it| {
                let is_made_of_one = match it {
                    Other::Domain(it) => found.holds(&it.base),
                    Other::Composite(it) => found.is_used_by(it),
                };
                is_made_of_one && !found.names(it.name())
            });
            match next {
                Some(other) => found.others.push(other),
                None => return found,
            }
        }
    }

    /// Whether it is one of them.
    pub(super) fn names(&self, name: &ObjectName) -> bool {
        self.root == *name || self.others.iter().any(|it| it.name() == name)
    }

    /// Whether an unqualified name is that of one of them.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.root.name == name || self.others.iter().any(|it| it.name().name == name)
    }

    /// Whether a definition depends on one of them.
    pub(super) fn is_used_by(&self, definition: &Definition) -> bool {
        let mut uses = definition.uses.iter();
        uses.any(|it| matches!(it, Use::Type { name } if self.names(name)))
    }

    /// Whether a column type is one of them, or an array of them.
    pub(super) fn holds(&self, column_type: &ColumnType) -> bool {
        match column_type {
            ColumnType::Enum(it) => self.names(&it.name),
            ColumnType::Named(it) => self.names(it),
            ColumnType::Array(element) => self.holds(element),
            ColumnType::Custom(text) => {
                let element = text.trim_end_matches("[]");
                let others = self.others.iter().map(|it| it.name());
                let mut all = others.chain([&self.root]);
                all.any(|it| object(it) == element)
            }
            _ => false,
        }
    }

    /// Whether a column of any table is of one of them.
    pub(super) fn has_columns(&self, schema: &Schema) -> bool {
        let columns = schema.tables.iter().flat_map(|it| &it.columns);
        columns.into_iter().any(|it| self.holds(&it.column_type))
    }
}

/// Makes another enumeration of one. A row with a label that is gone stops it.
pub(super) fn enumeration(to: &EnumType, current: &Schema) -> Steps {
    let replaced = Replaced::of(&to.name, current);
    let using = |column: &Column, _: &Table| Ok(Some(by_text(column)));
    replace(&replaced, "TYPE", enumeration::create(to), current, &using)
}

/// Makes another composite type of one. Attributes keep their values by their names.
pub(super) fn composite(from: &Definition, to: &Definition, current: &Schema) -> Steps {
    let replaced = Replaced::of(&to.name, current);
    let by_place = composite::has_same_attributes(from, to);
    let using = |column: &Column, table: &Table| {
        if by_place {
            return Ok(Some(by_text(column)));
        }
        let of_itself = ColumnType::Custom(object(&to.name));
        if !same(&column.column_type, &of_itself) {
            return Err(CompileError::new(format!(
                "the attributes of `{}` get another order, and `{}.{}` holds it within another type",
                to.name, table.name, column.name
            ))
            .hint("add new attributes behind the others: this is done in place"));
        }
        Ok(composite::conversion(&quote(&column.name), from, to))
    };
    replace(&replaced, "TYPE", definition::create(to)?, current, &using)
}

/// Makes another domain of one.
pub(super) fn domain(from: &Domain, to: &Domain, current: &Schema) -> Steps {
    let replaced = Replaced::of(&to.name, current);
    let using = |column: &Column, _: &Table| {
        if !is_of_domain(&column.column_type) {
            return Ok(Some(by_text(column)));
        }
        // A cast that is asked for would cut what the conversion by itself refuses.
        if cast::is_implicit(&from.base, &to.base) {
            return Ok(None);
        }
        let brackets = match column.column_type {
            ColumnType::Array(_) => "[]",
            _ => "",
        };
        let (name, target) = (quote(&column.name), sql(&column.column_type));
        let (before, after) = (sql(&from.base), sql(&to.base));
        Ok(Some(format!(
            "{name}::{before}{brackets}::{after}{brackets}::{target}"
        )))
    };
    replace(&replaced, "DOMAIN", domain::create(to), current, &using)
}

/// Whether a column is of a domain or an array of one, and not of a type that holds one.
fn is_of_domain(column_type: &ColumnType) -> bool {
    match column_type {
        ColumnType::Array(element) => is_of_domain(element),
        ColumnType::Custom(_) => false,
        _ => true,
    }
}

/// Values that the new type reads as the old one wrote them.
fn by_text(column: &Column) -> String {
    let target = sql(&column.column_type);
    let text = if target.ends_with("[]") {
        "text[]"
    } else {
        "text"
    };
    format!("{}::{text}::{target}", quote(&column.name))
}

/// The expression that converts a column, if one is needed.
type Using<'u> = dyn Fn(&Column, &Table) -> Result<Option<String>, CompileError> + 'u;

fn replace(
    replaced: &Replaced<'_>,
    noun: &str,
    created: Vec<Step>,
    current: &Schema,
    using: &Using<'_>,
) -> Steps {
    let others = || replaced.others.iter().map(|it| (it.noun(), it.name()));
    let all: Vec<(&str, &ObjectName)> = [(noun, &replaced.root)]
        .into_iter()
        .chain(others())
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
    for other in &replaced.others {
        steps.extend(other.create()?);
    }
    for table in &current.tables {
        let columns = table.columns.iter();
        let columns: Vec<_> = columns
            .filter(|it| replaced.holds(&it.column_type))
            .collect();
        if !columns.is_empty() {
            steps.push(conversion(table, &columns, using)?);
        }
    }
    for (noun, name) in all.iter().rev() {
        let old = in_namespace_of(name, &old_name(&name.name));
        steps.push(Step::new(format!("DROP {noun} {old}")));
    }
    steps.extend(restores);
    Ok(steps)
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
fn conversion(table: &Table, columns: &[&Column], using: &Using<'_>) -> Result<Step, CompileError> {
    let mut clauses = Vec::new();
    for column in columns {
        let name = quote(&column.name);
        if column.default.is_some() {
            clauses.push(format!("ALTER COLUMN {name} DROP DEFAULT"));
        }
        let target = sql(&column.column_type);
        let using = using(column, table)?.map_or(String::new(), |it| format!(" USING {it}"));
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
    Ok(Step::new(format!(
        "ALTER TABLE {} {}",
        object(&table.name),
        clauses.join(", ")
    )))
}

fn is_literal(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('\'') && text.ends_with('\'') || text.parse::<f64>().is_ok()
}
