//! What only PostgreSQL knows of tables, columns and indexes: options, by their keys.
//!
//! A key that has no meaning of its own here is a storage parameter (`fillfactor`,
//! `toast.autovacuum_enabled`), which the server knows or refuses.

use std::collections::BTreeMap;

use super::Steps;
use crate::dialect::postgres::canonical::same_text;
use crate::dialect::postgres::names::{self, in_namespace_of, object, quote};
use crate::dialect::postgres::types::{resolve, sql};
use crate::dialect::{CompileError, Place};
use crate::operations::{AlterOptions, OptionsOf};
use crate::schema::{ColumnType, ObjectName, Schema, Table};
use crate::sql::{TokenKind, tokens};
use crate::steps::Step;

const PREFIX: &str = "postgresql.";
pub(in super::super) const UNLOGGED: &str = "postgresql.unlogged";
pub(in super::super) const PARTITION_BY: &str = "postgresql.partition_by";
pub(in super::super) const PARTITION_OF: &str = "postgresql.partition_of";
pub(in super::super) const BOUND: &str = "postgresql.bound";
pub(in super::super) const INHERITS: &str = "postgresql.inherits";
const TABLESPACE: &str = "postgresql.tablespace";
const ACCESS_METHOD: &str = "postgresql.access_method";
const ROW_LEVEL_SECURITY: &str = "postgresql.row_level_security";
const REPLICA_IDENTITY: &str = "postgresql.replica_identity";
const CLUSTER_ON: &str = "postgresql.cluster_on";
const CLUSTERED: &str = "postgresql.clustered";
const OF_TYPE: &str = "postgresql.of_type";
const STORAGE: &str = "postgresql.storage";
const COMPRESSION: &str = "postgresql.compression";
const STATISTICS: &str = "postgresql.statistics";

/// The keys that are no storage parameters.
const OWN: [&str; 15] = [
    UNLOGGED,
    PARTITION_BY,
    PARTITION_OF,
    BOUND,
    INHERITS,
    TABLESPACE,
    ACCESS_METHOD,
    ROW_LEVEL_SECURITY,
    REPLICA_IDENTITY,
    CLUSTER_ON,
    CLUSTERED,
    OF_TYPE,
    STORAGE,
    COMPRESSION,
    STATISTICS,
];

type Options = BTreeMap<String, String>;

/// The storage parameters among options, without their prefix.
fn parameters(options: &Options) -> impl Iterator<Item = (&str, &str)> {
    let own = |key: &&String| OWN.contains(&key.as_str());
    let rest = options.iter().filter(move |(key, _)| !own(key));
    rest.filter_map(|(key, value)| Some((key.strip_prefix(PREFIX)?, value.as_str())))
}

/// ` WITH (…)`, or nothing.
pub(super) fn with(options: &Options) -> String {
    let all: Vec<_> = parameters(options)
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    if all.is_empty() {
        String::new()
    } else {
        format!(" WITH ({})", all.join(", "))
    }
}

/// ` TABLESPACE …`, or nothing.
pub(super) fn tablespace(options: &Options) -> String {
    let name = options.get(TABLESPACE);
    name.map_or_else(String::new, |it| format!(" TABLESPACE {}", quote(it)))
}

/// ` USING …` of a table, or nothing.
pub(super) fn access_method(options: &Options) -> String {
    let name = options.get(ACCESS_METHOD);
    name.map_or_else(String::new, |it| format!(" USING {}", quote(it)))
}

/// Whether an option is set to hold.
pub(super) fn holds(options: &Options, key: &str) -> bool {
    options.get(key).is_some_and(|it| it == "true")
}

/// The names in an option: `"a, billing.b"`.
pub(super) fn names_in(text: &str) -> Vec<ObjectName> {
    let mut names: Vec<ObjectName> = Vec::new();
    let mut dot = false;
    for token in tokens(text).filter(|it| it.kind != TokenKind::Comment) {
        if token.is_symbol(".") {
            dot = true;
        } else if let Some(name) = token.name() {
            match names.pop() {
                Some(before) if dot => names.push(ObjectName::qualified(before.name, name)),
                before => {
                    names.extend(before);
                    names.push(ObjectName::new(name));
                }
            }
            dot = false;
        }
    }
    names
}

/// The tables that a table has columns of.
pub(in super::super) fn parents(table: &Table) -> Vec<ObjectName> {
    let texts = [PARTITION_OF, INHERITS].map(|key| table.options.get(key));
    let texts = texts.into_iter().flatten();
    texts.flat_map(|it| own_names_in(it)).collect()
}

/// The names in an option, without the namespace that is the connection's own in most databases:
/// they are reflected without it.
fn own_names_in(text: &str) -> Vec<ObjectName> {
    let mut names = names_in(text);
    for name in &mut names {
        name.schema.take_if(|schema| schema == "public");
    }
    names
}

/// The bound as it stands behind `PARTITION OF`.
pub(super) fn bound(table: &Table) -> Result<String, CompileError> {
    let text = table.options.get(BOUND).ok_or_else(|| {
        CompileError::new(format!(
            "the partition `{}` does not say which rows it holds",
            table.name
        ))
        .hint("say it: `bound = \"FOR VALUES FROM (…) TO (…)\"`, or `bound = \"DEFAULT\"`")
    })?;
    Ok(bound_sql(text))
}

fn bound_sql(text: &str) -> String {
    let first = tokens(text).find(|it| it.kind != TokenKind::Comment);
    let whole = first.is_some_and(|it| it.is_word("FOR") || it.is_word("DEFAULT"));
    if whole {
        text.to_string()
    } else {
        format!("FOR VALUES {text}")
    }
}

/// Whether two values of an option are one.
pub(in super::super) fn same(option: &str, current: &str, target: &str) -> bool {
    match option {
        PARTITION_OF | INHERITS | OF_TYPE => own_names_in(current) == own_names_in(target),
        PARTITION_BY => same_text(current, target),
        BOUND => same_text(&bound_sql(current), &bound_sql(target)),
        _ => current == target || current.eq_ignore_ascii_case(target),
    }
}

/// Where the server judges the value of a table's option.
pub(in super::super) fn place(
    option: &str,
    table: &Table,
    schema: &Schema,
) -> Option<(Vec<(String, String)>, Place)> {
    let parent = |table: &Table| {
        let parent = names_in(table.options.get(PARTITION_OF)?).pop()?;
        schema.table(&parent)
    };
    // A partition of a partition has the columns of the table above both.
    let columns = |table: &Table| {
        let mut above = Some(table);
        for _ in 0..schema.tables.len() {
            above = above.and_then(|it| {
                if it.columns.is_empty() {
                    parent(it)
                } else {
                    Some(it)
                }
            });
        }
        let columns = above.into_iter().flat_map(|it| &it.columns);
        columns
            .map(|it| (it.name.clone(), sql(&it.column_type)))
            .collect::<Vec<_>>()
    };
    match option {
        PARTITION_BY => Some((columns(table), Place::PartitionKey)),
        BOUND => {
            let parent = parent(table)?;
            let key = parent.options.get(PARTITION_BY)?.clone();
            Some((columns(parent), Place::PartitionBound { key }))
        }
        _ => None,
    }
}

/// The statements by which the server spells a partition's key or bound.
pub(in super::super) fn canonical(
    name: &str,
    columns: &str,
    place: &Place,
    text: &str,
) -> Option<Vec<String>> {
    let (table, part) = (format!("pg_temp.{}", quote(name)), "pg_temp.limbec_part");
    match place {
        Place::PartitionKey => Some(vec![
            format!("CREATE TABLE {table} ({columns}) PARTITION BY {text}"),
            format!(
                "SELECT pg_get_partkeydef({}::regclass)",
                names::literal(&table)
            ),
        ]),
        Place::PartitionBound { key } => Some(vec![
            format!("CREATE TABLE {table} ({columns}) PARTITION BY {key}"),
            format!(
                "CREATE TABLE {part} PARTITION OF {table} {}",
                bound_sql(text)
            ),
            format!(
                "SELECT pg_get_expr(relpartbound, oid) FROM pg_catalog.pg_class \
                 WHERE oid = '{part}'::regclass"
            ),
        ]),
        _ => None,
    }
}

/// What of a new table's options follows its creation.
pub(super) fn after_table(table: &Table) -> Steps {
    const LATER: [&str; 4] = [ROW_LEVEL_SECURITY, REPLICA_IDENTITY, CLUSTER_ON, OF_TYPE];
    let later = table.options.iter();
    later
        .filter(|(key, _)| LATER.contains(&key.as_str()))
        .map(|(key, value)| of_table(&table.name, key, None, Some(value)))
        .collect::<Result<Vec<_>, _>>()
        .map(|steps| steps.concat())
}

/// What of a new column's options follows its creation.
pub(super) fn after_column(
    table: &ObjectName,
    name: &str,
    column_type: &ColumnType,
    options: &Options,
) -> Vec<Step> {
    let known = options.iter().filter(|(key, _)| key.starts_with(PREFIX));
    known
        .map(|(key, value)| of_column(table, name, key, Some(value), Some(column_type)))
        .collect()
}

/// What of a new index's options follows its creation.
pub(super) fn after_index(table: &ObjectName, name: &str, options: &Options) -> Vec<Step> {
    let mut steps = Vec::new();
    if holds(options, CLUSTERED) {
        steps.push(table_step(table, &format!("CLUSTER ON {}", quote(name))));
    }
    if holds(options, REPLICA_IDENTITY) {
        let clause = format!("REPLICA IDENTITY USING INDEX {}", quote(name));
        steps.push(table_step(table, &clause));
    }
    steps
}

fn table_step(table: &ObjectName, clause: &str) -> Step {
    Step::new(format!("ALTER TABLE {} {clause}", object(table)))
}

/// Changes options.
pub(super) fn alter(change: &AlterOptions, current: &Schema) -> Steps {
    let mut steps = Vec::new();
    for (key, to) in &change.to {
        if !key.starts_with(PREFIX) {
            continue;
        }
        let to = to.as_deref();
        let from = change.from.get(key).and_then(Option::as_deref);
        match &change.of {
            OptionsOf::Table(name) => {
                let known = names::table(name, current).and_then(|it| it.options.get(key));
                let from = from.or(known.map(String::as_str));
                let already = steps
                    .iter()
                    .any(|it: &Step| it.sql.contains("ATTACH PARTITION"));
                match key.as_str() {
                    PARTITION_OF | BOUND if already => {}
                    PARTITION_OF | BOUND => steps.extend(move_partition(change, name, current)?),
                    _ => steps.extend(of_table(name, key, from, to)?),
                }
            }
            OptionsOf::Column { table, name } => {
                let column = names::table(table, current).and_then(|it| names::column(name, it));
                let column_type = column.map(|it| &it.column_type);
                steps.push(of_column(table, name, key, to, column_type));
            }
            OptionsOf::Index { table, name } => steps.push(of_index(table, name, key, to)),
        }
    }
    Ok(steps)
}

/// A partition of other rows, or of another table.
fn move_partition(change: &AlterOptions, name: &ObjectName, current: &Schema) -> Steps {
    let known = names::table(name, current);
    let value = |key: &str, new: bool| {
        let said = if new { &change.to } else { &change.from };
        let said = said.get(key).cloned();
        let kept = known.and_then(|it| it.options.get(key).cloned());
        said.unwrap_or(kept)
    };
    let mut steps = Vec::new();
    let table = |text: &str| names_in(text).pop().map(|it| object(&it));
    if let Some(parent) = value(PARTITION_OF, false).and_then(|it| table(&it)) {
        steps.push(Step::new(format!(
            "ALTER TABLE {parent} DETACH PARTITION {}",
            object(name)
        )));
    }
    if let (Some(parent), Some(bound)) = (
        value(PARTITION_OF, true).and_then(|it| table(&it)),
        value(BOUND, true),
    ) {
        steps.push(Step::new(format!(
            "ALTER TABLE {parent} ATTACH PARTITION {} {}",
            object(name),
            bound_sql(&bound)
        )));
    }
    Ok(steps)
}

/// Sets one option of a table, or leaves it to the database.
fn of_table(table: &ObjectName, key: &str, from: Option<&str>, to: Option<&str>) -> Steps {
    let step = |clause: String| table_step(table, &clause);
    let one = |clause: String| vec![step(clause)];
    Ok(match key {
        UNLOGGED => one(if to == Some("true") {
            "SET UNLOGGED".into()
        } else {
            "SET LOGGED".into()
        }),
        TABLESPACE => one(format!(
            "SET TABLESPACE {}",
            quote(to.unwrap_or("pg_default"))
        )),
        ACCESS_METHOD => one(format!("SET ACCESS METHOD {}", quote(to.unwrap_or("heap")))),
        ROW_LEVEL_SECURITY => {
            let (on, forced) = match to {
                Some(it) if it.eq_ignore_ascii_case("force") => (true, true),
                Some(it) => (!it.eq_ignore_ascii_case("disable"), false),
                None => (false, false),
            };
            let mut clauses = vec![if on { "ENABLE" } else { "DISABLE" }];
            if forced || from.is_some_and(|it| it.eq_ignore_ascii_case("force")) {
                clauses.push(if forced { "FORCE" } else { "NO FORCE" });
            }
            let clause = |it: &str| step(format!("{it} ROW LEVEL SECURITY"));
            clauses.into_iter().map(clause).collect()
        }
        REPLICA_IDENTITY => one(match to {
            None => "REPLICA IDENTITY DEFAULT".into(),
            Some(it)
                if ["full", "nothing", "default"]
                    .iter()
                    .any(|w| it.eq_ignore_ascii_case(w)) =>
            {
                format!("REPLICA IDENTITY {}", it.to_ascii_uppercase())
            }
            Some(index) => format!("REPLICA IDENTITY USING INDEX {}", quote(index)),
        }),
        CLUSTER_ON => one(match to {
            Some(index) => format!("CLUSTER ON {}", quote(index)),
            None => "SET WITHOUT CLUSTER".into(),
        }),
        OF_TYPE => one(match to {
            Some(name) => format!("OF {name}"),
            None => "NOT OF".into(),
        }),
        INHERITS => {
            let names = |text: Option<&str>| text.map(names_in).unwrap_or_default();
            let (from, to) = (names(from), names(to));
            let gone = from.iter().filter(|it| !to.contains(it));
            let new = to.iter().filter(|it| !from.contains(it));
            let gone = gone.map(|it| step(format!("NO INHERIT {}", object(it))));
            gone.chain(new.map(|it| step(format!("INHERIT {}", object(it)))))
                .collect()
        }
        PARTITION_BY => {
            let wanted = to.map_or_else(|| "not at all".to_string(), |it| format!("by `{it}`"));
            return Err(CompileError::new(format!(
                "the table `{table}` is to be partitioned {wanted}: PostgreSQL cannot change how a \
                 table is partitioned"
            ))
            .hint("make a table of a new name, copy the rows by `op.execute`, and rename both"));
        }
        parameter => one(set(parameter, to)),
    })
}

/// `SET (…)` or `RESET (…)` of a storage parameter.
fn set(key: &str, to: Option<&str>) -> String {
    let name = key.strip_prefix(PREFIX).unwrap_or(key);
    match to {
        Some(value) => format!("SET ({name}={value})"),
        None => format!("RESET ({name})"),
    }
}

fn of_column(
    table: &ObjectName,
    name: &str,
    key: &str,
    to: Option<&str>,
    column_type: Option<&ColumnType>,
) -> Step {
    let clause = match key {
        STORAGE => {
            // PostgreSQL 16 is the first to know SET STORAGE DEFAULT.
            let usual = match column_type.map(resolve) {
                Some(ColumnType::Numeric { .. } | ColumnType::Inet | ColumnType::Cidr) => "MAIN",
                _ => "EXTENDED",
            };
            format!("SET STORAGE {}", to.unwrap_or(usual).to_ascii_uppercase())
        }
        COMPRESSION => format!("SET COMPRESSION {}", to.unwrap_or("default")),
        STATISTICS => format!("SET STATISTICS {}", to.unwrap_or("-1")),
        parameter => set(parameter, to),
    };
    table_step(table, &format!("ALTER COLUMN {} {clause}", quote(name)))
}

fn of_index(table: &ObjectName, name: &str, key: &str, to: Option<&str>) -> Step {
    let index = in_namespace_of(table, name);
    match (key, to) {
        (CLUSTERED, Some("true")) => table_step(table, &format!("CLUSTER ON {}", quote(name))),
        (CLUSTERED, _) => table_step(table, "SET WITHOUT CLUSTER"),
        (REPLICA_IDENTITY, Some("true")) => table_step(
            table,
            &format!("REPLICA IDENTITY USING INDEX {}", quote(name)),
        ),
        (REPLICA_IDENTITY, _) => table_step(table, "REPLICA IDENTITY DEFAULT"),
        (TABLESPACE, to) => Step::new(format!(
            "ALTER INDEX {index} SET TABLESPACE {}",
            quote(to.unwrap_or("pg_default"))
        )),
        (parameter, to) => Step::new(format!("ALTER INDEX {index} {}", set(parameter, to))),
    }
}
