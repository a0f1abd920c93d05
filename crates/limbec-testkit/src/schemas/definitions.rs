//! Views, functions, triggers and policies over the tables of a schema.

use limbec_core::dialect::postgres::Postgres;
use limbec_core::dialect::sqlite::Sqlite;
use limbec_core::dialect::{Dialect, Types as _};
use limbec_core::schema::{Column, DefinitionKind, ObjectName, Schema, Table, in_order};

use super::Extras;
use super::build::{NAMESPACES, Names, comment, distinct};
use super::expressions::{condition, quote};
use super::families::{DEFINITIONS, pick};
use super::recipe::DefinitionRecipe;

/// Adds what recipes ask for and can be had.
pub(super) fn add(
    schema: &mut Schema,
    recipes: &[DefinitionRecipe],
    names: &mut Names,
    extras: Extras,
) {
    if schema.tables.is_empty() {
        return;
    }
    let is_server = extras.namespaces;
    let dialect: &dyn Dialect = if is_server { &Postgres } else { &Sqlite };
    for recipe in recipes {
        let kind = pick(extras.definitions, recipe.kind);
        let name = pick(&DEFINITIONS, recipe.name);
        if !names.take(name) {
            continue;
        }
        let mut name = ObjectName::new(name);
        if extras.namespaces {
            name.schema = recipe.namespace.map(|it| pick(&NAMESPACES, it).to_string());
        }
        let made = Made {
            name: &name,
            recipe,
            table: &schema.tables[recipe.table % schema.tables.len()],
        };
        let Some(sql) = made.sql(kind) else {
            continue;
        };
        if let Ok(Some(definition)) = dialect.definition(&sql) {
            schema.definitions.push(definition.sql(sql));
        }
    }
    schema.definitions = in_order(std::mem::take(&mut schema.definitions), dialect.lexicon());
}

/// What a definition is made of.
struct Made<'a> {
    name: &'a ObjectName,
    recipe: &'a DefinitionRecipe,
    table: &'a Table,
}

impl Made<'_> {
    fn sql(&self, kind: DefinitionKind) -> Option<String> {
        let (name, table) = (called(self.name), called(&self.table.name));
        // What stands on a table has no namespace of its own.
        let bare = quote(&self.name.name);
        // A trigger is SQLite's here, which has no comments.
        let comment = comment(self.recipe.comment)
            .map(|it| it.replace('\'', "''"))
            .filter(|_| kind != DefinitionKind::Trigger);
        let commented = |what: &str| {
            let comment = comment.as_deref();
            comment.map_or(String::new(), |it| {
                format!(";\nCOMMENT ON {what} IS '{it}'")
            })
        };
        Some(match kind {
            DefinitionKind::View => {
                let query = self.query()?;
                format!("CREATE VIEW {name} AS {query}")
            }
            DefinitionKind::MaterializedView => {
                let comment = commented(&format!("MATERIALIZED VIEW {name}"));
                format!(
                    "CREATE MATERIALIZED VIEW {name} AS {}{comment}",
                    self.query()?
                )
            }
            DefinitionKind::Function => {
                let column = self.column(0);
                let of = Postgres.type_sql(&column.column_type).ok()?;
                let argument = Column {
                    name: "given".to_string(),
                    ..column.clone()
                };
                let number = self.recipe.condition.map_or(0, |it| it.1);
                let test = condition(&argument, number);
                let comment = commented(&format!("FUNCTION {name}(given {of})"));
                format!(
                    "CREATE FUNCTION {name}(given {of}) RETURNS boolean LANGUAGE sql IMMUTABLE \
                     AS $$ SELECT {test} $${comment}"
                )
            }
            DefinitionKind::Policy => {
                let comment = commented(&format!("POLICY {bare} ON {table}"));
                format!(
                    "CREATE POLICY {bare} ON {table} USING ({}){comment}",
                    self.condition()?
                )
            }
            DefinitionKind::Statistics => {
                let columns = self.columns()?;
                if columns.len() < 2 {
                    return None;
                }
                let comment = commented(&format!("STATISTICS {name}"));
                format!(
                    "CREATE STATISTICS {name} ON {} FROM {table}{comment}",
                    columns.join(", ")
                )
            }
            DefinitionKind::Trigger => {
                let column = quote(&self.column(0).name);
                format!(
                    "CREATE TRIGGER {name} AFTER UPDATE OF {column} ON {table} \
                     BEGIN SELECT count(*) FROM {table} WHERE {}; END",
                    self.condition()?
                )
            }
            _ => return None,
        })
    }

    fn column(&self, number: usize) -> &Column {
        let numbers = self.recipe.columns.as_deref().unwrap_or_default();
        let number = numbers.get(number).copied().unwrap_or_default();
        &self.table.columns[number % self.table.columns.len()]
    }

    /// The columns that are asked for, where the type of each can be compared.
    fn columns(&self) -> Option<Vec<String>> {
        let numbers = self.recipe.columns.as_deref()?;
        let columns = distinct(numbers, self.table, |_| true);
        Some(columns.iter().map(|it| quote(it)).collect())
    }

    fn condition(&self) -> Option<String> {
        let (column, kind) = self.recipe.condition?;
        Some(condition(&pick(&self.table.columns, column), kind))
    }

    fn query(&self) -> Option<String> {
        let columns = self.columns().map_or("*".to_string(), |it| it.join(", "));
        let table = called(&self.table.name);
        let test = self.condition();
        let test = test.map_or(String::new(), |it| format!(" WHERE {it}"));
        Some(format!("SELECT {columns} FROM {table}{test}"))
    }
}

/// A name with its namespace, as SQL calls it.
fn called(name: &ObjectName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(&name.name)),
        None => quote(&name.name),
    }
}
