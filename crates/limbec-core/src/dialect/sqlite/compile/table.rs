//! `CREATE TABLE`, and what stands in it.

use super::super::names::{plain, quote, quote_all, quote_plain, text};
use super::super::reflect::{ENUM, comment_sql, options};
use super::super::{canonical, names, types};
use super::elsewhere;
use crate::dialect::CompileError;
use crate::operations::Constraint;
use crate::schema::{
    CheckConstraint, Column, ColumnType, Deferrable, EnumType, ForeignKey, Inheritance, ObjectName,
    ReferentialAction, Table, UniqueConstraint,
};

/// `CREATE TABLE` by the name given, which a rebuild chooses.
pub(super) fn create(table: &Table, name: &str) -> Result<String, CompileError> {
    plain(&table.name)?;
    if let Inheritance::Partition { of, .. } = &table.inherits {
        return Err(CompileError::new(format!(
            "SQLite has no partitions, so `{}` cannot be one of `{of}`",
            table.name
        ))
        .hint("make it on PostgreSQL only, by `op.execute_on(\"postgresql\", \"…\")`"));
    }
    let mut items = Vec::new();
    for column in &table.columns {
        items.push(column_sql(table, column)?);
    }
    let counts = |column: &Column| column.identity.is_some();
    for constraint in Constraint::all_of(table) {
        elsewhere::refuse(&table.name, &constraint)?;
    }
    if let Some(key) = &table.primary_key
        && !table.columns.iter().any(counts)
    {
        let elements = table.options.get(options::PRIMARY_KEY);
        items.push(format!(
            "{}PRIMARY KEY ({}){}",
            named(key.name.as_ref()),
            elements.cloned().unwrap_or_else(|| quote_all(&key.columns)),
            on_conflict(table.options.get(options::PRIMARY_KEY_CONFLICT)),
        ));
    }
    for unique in &table.uniques {
        items.push(unique_sql(table, unique)?);
    }
    for check in &table.checks {
        items.push(check_sql(check));
    }
    for key in &table.foreign_keys {
        items.push(foreign_key_sql(key)?);
    }
    let ends: Vec<&str> = [
        (options::WITHOUT_ROWID, "WITHOUT ROWID"),
        (options::STRICT, "STRICT"),
    ]
    .into_iter()
    .filter(|(option, _)| table.options.contains_key(*option))
    .map(|(_, words)| words)
    .collect();
    let end = if ends.is_empty() {
        String::new()
    } else {
        format!(" {}", ends.join(", "))
    };
    Ok(format!(
        "CREATE TABLE {}{} (\n    {}\n){end}",
        quote(name),
        comment_sql(table.comment.as_ref()),
        items.join(",\n    ")
    ))
}

/// `CONSTRAINT name `, where there is a name.
fn named(name: Option<&String>) -> String {
    name.map(|name| format!("CONSTRAINT {} ", quote(name)))
        .unwrap_or_default()
}

fn on_conflict(action: Option<&String>) -> String {
    action
        .map(|action| format!(" ON CONFLICT {action}"))
        .unwrap_or_default()
}

/// A column as it stands in `CREATE TABLE` and after `ADD COLUMN`.
pub(super) fn column_sql(table: &Table, column: &Column) -> Result<String, CompileError> {
    let at = |error: CompileError| error.of_column(&table.name, &column.name);
    let mut sql = format!(
        "{}{}",
        quote(&column.name),
        comment_sql(column.comment.as_ref())
    );
    let mut add = |text: &str| {
        sql.push(' ');
        sql.push_str(text);
    };
    let counts = identity_sql(table, column).map_err(at)?;
    if let Some(counts) = &counts {
        add(counts);
    } else {
        let declared = match column.options.get(options::KEY_TYPE) {
            Some(declared) => declared.clone(),
            None => types::declared(table, &column.column_type).map_err(at)?,
        };
        if !declared.is_empty() {
            add(&declared);
        }
    }
    if let ColumnType::Enum(enumeration) = &column.column_type {
        add(&enum_check(&column.name, enumeration));
    }
    if let Some(collation) = &column.collation {
        add(&format!("COLLATE {}", names::collation(collation)));
    }
    if let Some(default) = &column.default {
        add(&format!("DEFAULT {}", canonical::default_clause(default)));
    }
    let nullable_key = column.options.contains_key(options::NULLABLE_KEY);
    let refuses_null = (!column.nullable || table.in_primary_key(&column.name)) && !nullable_key;
    if refuses_null && counts.is_none() {
        add(&format!(
            "{}NOT NULL{}",
            named(column.options.get(options::NOT_NULL_NAME)),
            on_conflict(column.options.get(options::NOT_NULL_CONFLICT))
        ));
    }
    if let Some(generated) = &column.generated {
        add(&format!(
            "GENERATED ALWAYS AS {} {}",
            canonical::enclosed(&generated.expression),
            if generated.stored {
                "STORED"
            } else {
                "VIRTUAL"
            }
        ));
    }
    Ok(sql)
}

/// A check with its name.
pub(super) fn check_sql(check: &CheckConstraint) -> String {
    format!(
        "{}CHECK {}",
        named(check.name.as_ref()),
        canonical::enclosed(&check.expression)
    )
}

/// The name of the check by which an enumeration is kept, with a space, which no other name is
/// likely to have.
pub(super) fn enum_name(enumeration: &EnumType) -> String {
    format!("{ENUM}{}", enumeration.name)
}

/// The check by which an enumeration is kept.
pub(super) fn enum_check(column: &str, enumeration: &EnumType) -> String {
    format!(
        "CONSTRAINT {} CHECK ({} IN ({}))",
        quote(&enum_name(enumeration)),
        quote(column),
        labels(enumeration)
    )
}

/// The labels as SQL, with commas.
pub(super) fn labels(enumeration: &EnumType) -> String {
    let labels: Vec<String> = enumeration.labels.iter().map(|label| text(label)).collect();
    labels.join(", ")
}

/// `INTEGER PRIMARY KEY AUTOINCREMENT`: all that SQLite has of an identity.
fn identity_sql(table: &Table, column: &Column) -> Result<Option<String>, CompileError> {
    let Some(identity) = &column.identity else {
        return Ok(None);
    };
    let key = table
        .primary_key
        .as_ref()
        .filter(|key| key.columns == [column.name.as_str()]);
    let Some(key) = key.filter(|_| types::is_integer(&column.column_type)) else {
        return Err(CompileError::new(
            "SQLite counts values up only in an integer column that alone is the primary key",
        )
        .hint("drop the identity, or make the column the primary key"));
    };
    if !types::is_plain(identity) {
        return Err(CompileError::new(
            "SQLite's AUTOINCREMENT has no start, increment, minimum, maximum, cache or cycle",
        )
        .hint("leave the options of the identity out, or set them by `op.execute_on(\"postgresql\", …)`"));
    }
    if table.options.contains_key(options::WITHOUT_ROWID) {
        return Err(CompileError::new(
            "a table WITHOUT ROWID cannot count values up",
        ));
    }
    Ok(Some(format!(
        "INTEGER {}PRIMARY KEY{} AUTOINCREMENT",
        named(key.name.as_ref()),
        on_conflict(table.options.get(options::PRIMARY_KEY_CONFLICT))
    )))
}

fn unique_sql(table: &Table, unique: &UniqueConstraint) -> Result<String, CompileError> {
    let at = |what: &str| {
        Err(CompileError::new(format!(
            "the unique constraint on `{}` ({}): SQLite has no {what}",
            table.name,
            unique.columns.join(", ")
        )))
    };
    if unique.deferrable.is_some() {
        return at("DEFERRABLE for unique constraints");
    }
    if unique.nulls_not_distinct {
        return at("NULLS NOT DISTINCT");
    }
    let option = |prefix| {
        table
            .options
            .get(&options::of_unique(prefix, &unique.columns))
    };
    Ok(format!(
        "{}UNIQUE ({}){}",
        named(unique.name.as_ref()),
        option(options::UNIQUE)
            .cloned()
            .unwrap_or_else(|| quote_all(&unique.columns)),
        on_conflict(option(options::UNIQUE_CONFLICT))
    ))
}

fn foreign_key_sql(key: &ForeignKey) -> Result<String, CompileError> {
    Ok(format!(
        "{}FOREIGN KEY ({}) {}",
        named(key.name.as_ref()),
        quote_all(&key.columns),
        referred_sql(key)?
    ))
}

/// A foreign key as it stands in the definition of its one column.
pub(super) fn references_sql(key: &ForeignKey) -> Result<String, CompileError> {
    Ok(format!(
        "{}{}",
        named(key.name.as_ref()),
        referred_sql(key)?
    ))
}

fn referred_sql(key: &ForeignKey) -> Result<String, CompileError> {
    let mut sql = format!("REFERENCES {}", quote_plain(&key.referred_table)?);
    let mut add = |text: &str| sql.push_str(text);
    if !key.referred_columns.is_empty() {
        add(&format!(" ({})", quote_all(&key.referred_columns)));
    }
    if key.match_full {
        add(" MATCH FULL");
    }
    for (when, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        if action != ReferentialAction::NoAction {
            add(&format!(" ON {when} {}", action.sql()));
        }
    }
    match key.deferrable {
        None => {}
        Some(Deferrable::InitiallyImmediate) => add(" DEFERRABLE"),
        Some(Deferrable::InitiallyDeferred) => add(" DEFERRABLE INITIALLY DEFERRED"),
    }
    Ok(sql)
}

/// The steps' name for a table that is being rebuilt.
pub(super) fn new_name(name: &ObjectName) -> String {
    format!("limbec_new_{}", name.name)
}
