//! A table as a struct, an enumeration as an enum.

use limbec_core::schema::{Column, EnumType};

use super::super::literal;
use super::attribute::{Item, attribute};
use super::items;
use super::names::{TypeNames, fields, variants};
use super::rust_type::RustTypes;
use super::sketch::{Placed, Sketch};
use crate::models::cases::Case;

/// Writes an enumeration.
pub(super) fn enumeration(it: &EnumType, names: &TypeNames) -> String {
    let rust_name = names.enumeration(&it.name);
    let mut items = Vec::new();
    if Case::Snake.of(rust_name.trim_start_matches("r#")) != it.name.name {
        items.push(Item::text("name", &it.name.name));
    }
    items.extend(it.name.schema.as_deref().map(|it| Item::text("schema", it)));
    let (variants, case) = variants(&it.labels);
    items.extend(case.map(|case| Item::text("rename_all", case)));
    let (doc, comment) = comment(it.comment.as_deref(), 0);
    items.extend(comment);
    let mut text = doc;
    text.push_str("#[derive(Enum)]\n");
    text.push_str(&attribute("enumeration", &items, 0));
    text.push_str(&format!("pub enum {rust_name} {{\n"));
    for ((variant, made), label) in variants.into_iter().zip(&it.labels) {
        if !made {
            text.push_str(&format!("    #[label({})]\n", literal::text(label)));
        }
        text.push_str(&format!("    {variant},\n"));
    }
    text.push_str("}\n");
    text
}

/// Writes a table. `spelled_out` says of which columns the type must be spelled out; what a model
/// cannot say goes to `unsaid`.
pub(super) fn table(
    sketch: &Sketch<'_>,
    names: &TypeNames,
    types: &mut RustTypes<'_>,
    spelled_out: impl Fn(&Column) -> bool,
    unsaid: &mut Vec<String>,
) -> String {
    let table = sketch.table;
    let rust_name = names.table(&table.name);
    let (doc, comment) = comment(table.comment.as_deref(), 0);
    let mut text = doc;
    text.push_str("#[derive(Table)]\n");
    text.push_str(&attribute(
        "table",
        &table_items(sketch, rust_name, comment, unsaid),
        0,
    ));
    if table.columns.is_empty() {
        text.push_str(&format!("pub struct {rust_name} {{}}\n"));
        return text;
    }
    text.push_str(&format!("pub struct {rust_name} {{\n"));
    let idents = fields(table.columns.iter().map(|it| it.name.as_str()));
    for (at, (column, ident)) in table.columns.iter().zip(&idents).enumerate() {
        text.push_str(&field(sketch, at, column, ident, types, &spelled_out));
    }
    text.push_str("}\n");
    text
}

fn table_items(
    sketch: &Sketch<'_>,
    rust_name: &str,
    comment: Option<Item>,
    unsaid: &mut Vec<String>,
) -> Vec<Item> {
    let table = sketch.table;
    let mut all = Vec::new();
    if Case::Snake.of(rust_name.trim_start_matches("r#")) != table.name.name {
        all.push(Item::text("name", &table.name.name));
    }
    all.extend(
        table
            .name
            .schema
            .as_deref()
            .map(|it| Item::text("schema", it)),
    );
    all.extend(comment);
    all.extend(primary_key(sketch));
    all.extend(here(&sketch.uniques, None).into_iter().map(items::unique));
    for index in here(&sketch.indexes, None) {
        match items::index(index) {
            Some(item) => all.push(item),
            None => unsaid.push(format!("the index `{}` of `{}`", index.it.name, table.name)),
        }
    }
    all.extend(items::checks(&here(&sketch.checks, None)));
    all.extend(
        here(&sketch.foreign_keys, None)
            .into_iter()
            .flat_map(items::foreign_key),
    );
    for exclude in &sketch.excludes {
        match items::exclude(exclude) {
            Some(item) => all.push(item),
            None => {
                let name = exclude.it.name.as_deref().unwrap_or_default();
                unsaid.push(format!(
                    "the exclusion constraint `{name}` of `{}`",
                    table.name
                ));
            }
        }
    }
    all.extend(items::inheritance(table));
    all.extend(items::options(&table.options));
    all
}

fn primary_key(sketch: &Sketch<'_>) -> Option<Item> {
    let Some(key) = &sketch.table.primary_key else {
        return Some(Item::flag("no_primary_key"));
    };
    if sketch.key_at_fields {
        let name = key.name.as_deref().filter(|_| sketch.key_named);
        return name.map(|name| Item::text("primary_key_name", name));
    }
    Some(items::primary_key(key, sketch.key_named))
}

/// What stands at a field, or with no field at the struct.
fn here<'s, 'a, T>(all: &'s [Placed<'a, T>], field: Option<usize>) -> Vec<&'s Placed<'a, T>> {
    all.iter().filter(|it| it.field == field).collect()
}

fn field(
    sketch: &Sketch<'_>,
    at: usize,
    column: &Column,
    ident: &str,
    types: &mut RustTypes<'_>,
    spelled_out: impl Fn(&Column) -> bool,
) -> String {
    let here_at = Some(at);
    let in_key = sketch.table.in_primary_key(&column.name);
    let (doc, comment) = comment(column.comment.as_deref(), 4);
    let field_type = types.of(&column.column_type, spelled_out(column));
    let mut all = Vec::new();
    // Another form of a letter that is not ASCII would be another identifier to the compiler.
    if ident.trim_start_matches("r#") != column.name || !column.name.is_ascii() {
        all.push(Item::text("name", &column.name));
    }
    if in_key && sketch.key_at_fields {
        all.push(Item::flag("primary_key"));
    }
    all.extend(column.identity.as_deref().map(items::identity));
    all.extend(field_type.items);
    all.extend(
        here(&sketch.uniques, here_at)
            .into_iter()
            .map(items::unique),
    );
    all.extend(
        here(&sketch.indexes, here_at)
            .into_iter()
            .filter_map(items::index),
    );
    all.extend(
        here(&sketch.foreign_keys, here_at)
            .into_iter()
            .flat_map(items::foreign_key),
    );
    all.extend(column.default.as_deref().map(default));
    all.extend(column.generated.as_ref().map(|it| {
        let key = if it.stored {
            "generated"
        } else {
            "generated_virtual"
        };
        Item::text(key, &it.expression)
    }));
    all.extend(items::checks(&here(&sketch.checks, here_at)));
    all.extend(
        column
            .collation
            .as_deref()
            .map(|it| Item::text("collation", it)),
    );
    all.extend(comment);
    all.extend(items::options(&column.options));

    let rust = if column.nullable && !in_key {
        format!("Option<{}>", field_type.rust)
    } else {
        field_type.rust
    };
    let mut text = doc;
    text.push_str(&attribute("column", &all, 4));
    let line = format!("    pub {ident}: {rust},\n");
    if line.chars().count() > 101 {
        text.push_str(&format!("    pub {ident}:\n        {rust},\n"));
    } else {
        text.push_str(&line);
    }
    text
}

/// A default: numbers and booleans stand bare.
pub(super) fn default(expression: &str) -> Item {
    let number = expression.len() <= 18
        && !expression.is_empty()
        && expression.bytes().all(|byte| byte.is_ascii_digit())
        && (expression == "0" || !expression.starts_with('0'));
    if number || ["true", "false"].contains(&expression) {
        Item::bare("server_default", expression)
    } else {
        Item::text("server_default", expression)
    }
}

/// A comment as the doc comment that it is read from, and the item that says so; where no doc
/// comment holds it, as an item alone.
pub(super) fn comment(comment: Option<&str>, indent: usize) -> (String, Option<Item>) {
    let Some(comment) = comment else {
        return (String::new(), None);
    };
    let whole = comment.trim() == comment
        && comment.split('\n').all(|line| line.trim_end() == line)
        && !comment
            .chars()
            .any(|c| c != '\n' && literal::must_be_escaped(c));
    if !whole {
        return (String::new(), Some(Item::text("comment", comment)));
    }
    let margin = " ".repeat(indent);
    let lines = comment.split('\n').map(|line| {
        let space = if line.is_empty() { "" } else { " " };
        format!("{margin}///{space}{line}\n")
    });
    (lines.collect(), Some(Item::flag("comment")))
}
