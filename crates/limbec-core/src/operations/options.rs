//! Changes to what only one dialect knows of a table, a column or an index.

use std::collections::BTreeMap;
use std::fmt;

use crate::schema::{ObjectName, Schema, Table};
use crate::script::builder;

/// New values for some options, keyed `dialect.option`; one that is `None` goes back to what the
/// database does by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AlterOptions {
    /// Whose options they are.
    pub of: OptionsOf,
    /// The options that change, with their new values.
    pub to: BTreeMap<String, Option<String>>,
    /// The same options with the values they had; empty in what was read from a file.
    pub from: BTreeMap<String, Option<String>>,
}

/// What has options.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum OptionsOf {
    /// A table.
    Table(ObjectName),
    /// A column.
    Column {
        /// Its table.
        table: ObjectName,
        /// Its name.
        name: String,
    },
    /// An index.
    Index {
        /// Its table.
        table: ObjectName,
        /// Its name.
        name: String,
    },
}

impl AlterOptions {
    fn of(of: OptionsOf) -> Self {
        AlterOptions {
            of,
            to: BTreeMap::new(),
            from: BTreeMap::new(),
        }
    }
}

builder! {
    constructors AlterOptions {
        /// Changes options of a table.
        ///
        /// ```
        /// use limbec_core::operations::AlterOptions;
        /// let change = AlterOptions::table("jobs").set("postgresql.fillfactor", "70");
        /// assert_eq!(change.to.len(), 1);
        /// ```
        fn table(name: into ObjectName) {
            AlterOptions::of(OptionsOf::Table(name))
        }
        /// Changes options of a column.
        fn column(table: into ObjectName, name: into String) {
            AlterOptions::of(OptionsOf::Column { table, name })
        }
        /// Changes options of an index.
        fn index(table: into ObjectName, name: into String) {
            AlterOptions::of(OptionsOf::Index { table, name })
        }
    }
    methods {
        /// Sets an option.
        fn set(self, key: into String, value: into String) {
            self.to.insert(key, Some(value));
        }
        /// Leaves an option to the database.
        fn reset(self, key: into String) {
            self.to.insert(key, None);
        }
    }
}

impl AlterOptions {
    /// Changes the options of the object in a schema; `None` where it is not there.
    pub(super) fn carry_out(&self, schema: &mut Schema) -> Option<()> {
        let options = match &self.of {
            OptionsOf::Table(name) => {
                set_all(schema.table_mut(name)?, &self.to);
                return Some(());
            }
            OptionsOf::Column { table, name } => {
                let mut columns = schema.table_mut(table)?.columns.iter_mut();
                &mut columns.find(|it| it.name == *name)?.options
            }
            OptionsOf::Index { table, name } => {
                let mut indexes = schema.table_mut(table)?.indexes.iter_mut();
                &mut indexes.find(|it| it.name == *name)?.options
            }
        };
        for (key, value) in &self.to {
            match value {
                Some(value) => options.insert(key.clone(), value.clone()),
                None => options.remove(key),
            };
        }
        Some(())
    }

    /// The table before and after, as far as the change and what is known of the table say.
    #[cfg(feature = "postgres")]
    pub(crate) fn on_table(&self, known: &Table) -> (Table, Table) {
        let (mut before, mut after) = (known.clone(), known.clone());
        set_all(&mut before, &self.from);
        set_all(&mut after, &self.to);
        (before, after)
    }
}

fn set_all(table: &mut Table, options: &BTreeMap<String, Option<String>>) {
    for (option, value) in options {
        table.set_option(option, value.clone());
    }
}

impl fmt::Display for AlterOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<&str> = self
            .to
            .keys()
            .map(|key| key.split_once('.').map_or(key.as_str(), |(_, name)| name))
            .collect();
        write!(f, "{}: {}", self.of, keys.join(", "))
    }
}

impl fmt::Display for OptionsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OptionsOf::Table(name) => write!(f, "{name}"),
            OptionsOf::Column { table, name } => write!(f, "{table}.{name}"),
            OptionsOf::Index { table, name } => write!(f, "{name} on {table}"),
        }
    }
}
