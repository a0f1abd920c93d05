//! A constraint of any kind, and the ways to point at one.

use crate::schema::{
    CheckConstraint, ExcludeConstraint, ForeignKey, PrimaryKey, Table, UniqueConstraint,
};

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
    Exclude(ExcludeConstraint),
}

impl Constraint {
    /// The constraint's name, where it has one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Constraint::PrimaryKey(it) => it.name.as_deref(),
            Constraint::Unique(it) => it.name.as_deref(),
            Constraint::Check(it) => it.name.as_deref(),
            Constraint::ForeignKey(it) => it.name.as_deref(),
            Constraint::Exclude(it) => it.name.as_deref(),
        }
    }

    /// What kind of constraint it is, in words.
    pub fn noun(&self) -> &'static str {
        match self {
            Constraint::PrimaryKey(_) => "primary key",
            Constraint::Unique(_) => "unique constraint",
            Constraint::Check(_) => "check",
            Constraint::ForeignKey(_) => "foreign key",
            Constraint::Exclude(_) => "exclusion constraint",
        }
    }

    /// The constraint's comment.
    pub fn comment(&self) -> Option<&str> {
        match self {
            Constraint::PrimaryKey(it) => it.comment.as_deref(),
            Constraint::Unique(it) => it.comment.as_deref(),
            Constraint::Check(it) => it.comment.as_deref(),
            Constraint::ForeignKey(it) => it.comment.as_deref(),
            Constraint::Exclude(it) => it.comment.as_deref(),
        }
    }

    /// Gives it another name, or none.
    pub fn set_name(&mut self, name: Option<&str>) {
        let own = match self {
            Constraint::PrimaryKey(it) => &mut it.name,
            Constraint::Unique(it) => &mut it.name,
            Constraint::Check(it) => &mut it.name,
            Constraint::ForeignKey(it) => &mut it.name,
            Constraint::Exclude(it) => &mut it.name,
        };
        *own = name.map(String::from);
    }

    /// Adds the constraint to a table in memory.
    pub fn add_to(self, table: &mut Table) {
        match self {
            Constraint::PrimaryKey(it) => table.primary_key = Some(it),
            Constraint::Unique(it) => table.uniques.push(it),
            Constraint::Check(it) => table.checks.push(it),
            Constraint::ForeignKey(it) => table.foreign_keys.push(it),
            Constraint::Exclude(it) => table.excludes.push(it),
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
        let excludes = table.excludes.iter().cloned().map(Constraint::Exclude);
        key.chain(uniques).chain(checks).chain(keys).chain(excludes)
    }

    /// The columns that it is over, as far as it names any.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Constraint::PrimaryKey(it) => names(&it.columns).collect(),
            Constraint::Unique(it) => names(&it.columns).collect(),
            Constraint::ForeignKey(it) => names(&it.columns).collect(),
            Constraint::Exclude(it) => it.columns().collect(),
            Constraint::Check(_) => Vec::new(),
        }
    }

    /// The columns that its index keeps besides.
    pub fn included(&self) -> &[String] {
        match self {
            Constraint::PrimaryKey(it) => &it.include,
            Constraint::Unique(it) => &it.include,
            Constraint::Exclude(it) => &it.include,
            Constraint::ForeignKey(_) | Constraint::Check(_) => &[],
        }
    }

    /// Whether it goes with a column: it names it, in its key or beside it.
    pub fn names_column(&self, column: &str) -> bool {
        self.columns().contains(&column) || self.included().iter().any(|it| it == column)
    }

    /// Whether the rows that were there before it are yet to be looked at.
    pub fn is_not_valid(&self) -> bool {
        match self {
            Constraint::Check(it) => it.not_valid,
            Constraint::ForeignKey(it) => it.not_valid,
            _ => false,
        }
    }

    /// The constraint, with the rows before it looked at or not.
    #[must_use]
    pub fn with_not_valid(mut self, not_valid: bool) -> Self {
        match &mut self {
            Constraint::Check(it) => it.not_valid = not_valid,
            Constraint::ForeignKey(it) => it.not_valid = not_valid,
            _ => {}
        }
        self
    }
}

fn names(columns: &[String]) -> impl Iterator<Item = &str> {
    columns.iter().map(String::as_str)
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
    ForeignKey => ForeignKey,
    ExcludeConstraint => Exclude
);
