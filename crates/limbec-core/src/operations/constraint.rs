//! A constraint of any kind, and the ways to point at one.

use crate::schema::{CheckConstraint, ForeignKey, PrimaryKey, Table, UniqueConstraint};

/// A constraint of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(missing_docs)]
pub enum Constraint {
    PrimaryKey(PrimaryKey),
    Unique(UniqueConstraint),
    Check(CheckConstraint),
    ForeignKey(ForeignKey),
}

impl Constraint {
    /// The constraint's name, where it has one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Constraint::PrimaryKey(it) => it.name.as_deref(),
            Constraint::Unique(it) => it.name.as_deref(),
            Constraint::Check(it) => it.name.as_deref(),
            Constraint::ForeignKey(it) => it.name.as_deref(),
        }
    }

    /// The constraint's comment.
    pub fn comment(&self) -> Option<&str> {
        match self {
            Constraint::PrimaryKey(it) => it.comment.as_deref(),
            Constraint::Unique(it) => it.comment.as_deref(),
            Constraint::Check(it) => it.comment.as_deref(),
            Constraint::ForeignKey(it) => it.comment.as_deref(),
        }
    }

    /// Gives it another name.
    pub(crate) fn set_name(&mut self, name: &str) {
        let own = match self {
            Constraint::PrimaryKey(it) => &mut it.name,
            Constraint::Unique(it) => &mut it.name,
            Constraint::Check(it) => &mut it.name,
            Constraint::ForeignKey(it) => &mut it.name,
        };
        *own = Some(name.to_string());
    }

    /// Adds the constraint to a table in memory.
    pub fn add_to(self, table: &mut Table) {
        match self {
            Constraint::PrimaryKey(it) => table.primary_key = Some(it),
            Constraint::Unique(it) => table.uniques.push(it),
            Constraint::Check(it) => table.checks.push(it),
            Constraint::ForeignKey(it) => table.foreign_keys.push(it),
        }
    }

    /// Every constraint of a table.
    pub fn all_of(table: &Table) -> impl Iterator<Item = Constraint> + '_ {
        let key = table
            .primary_key
            .iter()
            .cloned()
            .map(Constraint::PrimaryKey);
        let uniques = table.uniques.iter().cloned().map(Constraint::Unique);
        let checks = table.checks.iter().cloned().map(Constraint::Check);
        let keys = table
            .foreign_keys
            .iter()
            .cloned()
            .map(Constraint::ForeignKey);
        key.chain(uniques).chain(checks).chain(keys)
    }
}

/// Which constraint of a table is meant: by its name, or by its definition where it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ConstraintRef {
    /// By name.
    Named(String),
    /// By definition: SQLite lets constraints go unnamed.
    Unnamed(Constraint),
}

impl ConstraintRef {
    /// Points at a constraint by the best handle it has.
    pub fn to(constraint: &Constraint) -> Self {
        match constraint.name() {
            Some(name) => ConstraintRef::Named(name.to_string()),
            None => ConstraintRef::Unnamed(constraint.clone()),
        }
    }
}

impl From<&str> for ConstraintRef {
    fn from(name: &str) -> Self {
        ConstraintRef::Named(name.to_string())
    }
}

impl From<String> for ConstraintRef {
    fn from(name: String) -> Self {
        ConstraintRef::Named(name)
    }
}

macro_rules! from_definition {
    ($($type:ident => $variant:ident),*) => {
        $(impl From<$type> for ConstraintRef {
            fn from(it: $type) -> Self {
                ConstraintRef::Unnamed(Constraint::$variant(it))
            }
        })*
    };
}

from_definition!(
    PrimaryKey => PrimaryKey,
    UniqueConstraint => Unique,
    CheckConstraint => Check,
    ForeignKey => ForeignKey
);
