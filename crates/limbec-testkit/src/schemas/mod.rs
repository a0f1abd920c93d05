//! Random schemas that a database can hold, and pairs of them that a revision leads between.
//!
//! A strategy makes a *recipe*: numbers and lists that always mean a valid schema, whatever
//! proptest takes out of them. `build` makes the schema, so that shrinking ends in the few
//! tables, columns and edits that a failure needs.
//!
//! A column's name tells the family of its type, so that a type changes only into one that its
//! values can be cast to.

mod build;
mod definitions;
mod edit;
mod expressions;
mod families;
mod recipe;
mod rows;

use limbec_core::schema::{DefinitionKind, Schema};
use proptest::prelude::*;

use build::build;
use edit::{apply, edits};
use recipe::recipe;

pub use rows::rows;

/// What the schemas may hold beyond what every database does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extras {
    /// Arrays, and defaults that make them.
    pub arrays: bool,
    /// Tables in namespaces, the connection's own among them by its name.
    pub namespaces: bool,
    /// Identities with options on any integer column, and `serial`.
    pub sequences: bool,
    /// Access methods, INCLUDE, operator classes, NULLS FIRST and LAST.
    pub rich_indexes: bool,
    /// Uniques that are deferrable.
    pub deferrable_uniques: bool,
    /// Computed columns that are not stored.
    pub virtual_columns: bool,
    /// Names of collations.
    pub collations: &'static [&'static str],
    /// What there is beside the tables: views, functions, triggers, policies.
    pub definitions: &'static [DefinitionKind],
}

impl Extras {
    /// What only PostgreSQL holds.
    pub const POSTGRES: Extras = Extras {
        arrays: true,
        namespaces: true,
        sequences: true,
        rich_indexes: true,
        deferrable_uniques: true,
        virtual_columns: false,
        collations: &["C", "POSIX"],
        definitions: &[],
    };

    /// What only PostgreSQL holds, with views and their like.
    pub const POSTGRES_WITH_DEFINITIONS: Extras = Extras {
        definitions: &[
            DefinitionKind::View,
            DefinitionKind::MaterializedView,
            DefinitionKind::Function,
            DefinitionKind::Policy,
            DefinitionKind::Statistics,
        ],
        ..Extras::POSTGRES
    };

    /// What only SQLite holds.
    pub const SQLITE: Extras = Extras {
        arrays: false,
        namespaces: false,
        sequences: false,
        rich_indexes: false,
        deferrable_uniques: false,
        virtual_columns: true,
        collations: &["NOCASE", "RTRIM"],
        definitions: &[],
    };

    /// What only SQLite holds, with views and triggers.
    pub const SQLITE_WITH_DEFINITIONS: Extras = Extras {
        definitions: &[DefinitionKind::View, DefinitionKind::Trigger],
        ..Extras::SQLITE
    };
}

/// A schema.
pub fn schema(extras: Extras) -> impl Strategy<Value = Schema> {
    recipe(extras).prop_map(move |recipe| build(&recipe, extras))
}

/// A schema, and what becomes of it: by a few edits, or another one altogether that shares names
/// with it.
pub fn pair(extras: Extras) -> impl Strategy<Value = (Schema, Schema)> {
    let other = prop_oneof![
        3 => edits(extras).prop_map(|edits| (None, edits)),
        1 => recipe(extras).prop_map(|other| (Some(other), Vec::new())),
    ];
    (recipe(extras), other).prop_map(move |(recipe, (other, edits))| {
        let after = other.unwrap_or_else(|| apply(recipe.clone(), &edits));
        (build(&recipe, extras), build(&after, extras))
    })
}
