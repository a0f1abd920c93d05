//! Storage parameters and other options of tables, columns and indexes, by their keys.
//!
//! A key that has no meaning of its own here is a storage parameter (`fillfactor`,
//! `toast.autovacuum_enabled`), which the server knows or refuses.

use std::collections::BTreeMap;

use super::{Steps, inheritance};
use crate::dialect::postgres::names::{self, in_namespace_of, object, quote};
use crate::dialect::postgres::types::resolve;
use crate::operations::{AlterOptions, Operation, OptionsOf};
use crate::schema::{ColumnType, DefinitionKind, ObjectName, Schema, Table};
use crate::steps::Step;

const PREFIX: &str = "postgresql.";
pub(super) const UNLOGGED: &str = "postgresql.unlogged";
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
const OWN: [&str; 11] = [
    UNLOGGED,
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

/// What of a new table's options follows its creation.
pub(super) fn after_table(table: &Table) -> Vec<Step> {
    const LATER: [&str; 4] = [ROW_LEVEL_SECURITY, REPLICA_IDENTITY, CLUSTER_ON, OF_TYPE];
    let later = table.options.iter();
    later
        .filter(|(key, _)| LATER.contains(&key.as_str()))
        .flat_map(|(key, value)| of_table(&table.name, key, None, Some(value)))
        .collect()
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

/// Changes options, and fields that a revision spells as options.
pub(super) fn alter(change: &AlterOptions, current: &Schema) -> Steps {
    let mut steps = match &change.of {
        OptionsOf::Table(name) => inheritance::alter_by_options(name, change, current)?,
        _ => Vec::new(),
    };
    for (key, to) in &change.to {
        if !key.starts_with(PREFIX) || Table::is_field(key) {
            continue;
        }
        let to = to.as_deref();
        let from = change.from.get(key).and_then(Option::as_deref);
        match &change.of {
            OptionsOf::Table(name) => {
                let known = names::table(name, current).and_then(|it| it.options.get(key));
                let from = from.or(known.map(String::as_str));
                steps.extend(of_table(name, key, from, to));
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

/// Sets one option of a table, or leaves it to the database.
fn of_table(table: &ObjectName, key: &str, from: Option<&str>, to: Option<&str>) -> Vec<Step> {
    let step = |clause: String| table_step(table, &clause);
    let one = |clause: String| vec![step(clause)];
    match key {
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
        parameter => one(set(parameter, to)),
    }
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

/// The table of which other roles may see or change rows after the operation.
pub(super) fn opens(operation: &Operation) -> Option<&ObjectName> {
    match operation {
        Operation::DropDefinition { definition } if definition.kind == DefinitionKind::Policy => {
            definition.table.as_ref()
        }
        Operation::AlterOptions { change } => {
            let OptionsOf::Table(table) = &change.of else {
                return None;
            };
            let value = |of: &BTreeMap<String, Option<String>>| of.get(ROW_LEVEL_SECURITY).cloned();
            let (from, to) = (value(&change.from)?, value(&change.to)?);
            let is_weaker = match (from.as_deref(), to.as_deref()) {
                (Some("force"), to) => to != Some("force"),
                (Some(_), to) => to.is_none(),
                (None, _) => false,
            };
            is_weaker.then_some(table)
        }
        _ => None,
    }
}
