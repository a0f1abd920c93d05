//! Constraints: primary keys, uniques, checks, foreign keys and exclusions.

use super::{IndexElement, IndexKey, ObjectName};
use crate::script::{Names, builder};

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PrimaryKey {
    /// The constraint's name; the database's own when absent.
    pub name: Option<String>,
    /// The columns, in order.
    pub columns: Vec<String>,
    /// Columns kept in its index besides the key.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub include: Vec<String>,
    /// When it is checked, where it may be put off.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub deferrable: Option<Deferrable>,
    /// Whether the last column is a range that may not overlap another of the same key.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub without_overlaps: bool,
    /// The comment.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub comment: Option<String>,
}

builder! {
    constructors PrimaryKey {
        /// Makes a primary key of its columns, in order.
        fn new(columns: into Names) {
            PrimaryKey {
                name: None,
                columns: columns.0,
                include: Vec::new(),
                deferrable: None,
                without_overlaps: false,
                comment: None,
            }
        }
    }
    methods {
        /// Names the constraint.
        fn name(self, name: into String) {
            self.name = Some(name);
        }
        /// Sets the comment.
        fn comment(self, text: into String) {
            self.comment = Some(text);
        }
        /// Keeps columns in its index besides the key.
        fn include(self, columns: into Names) {
            self.include = columns.0;
        }
        /// Lets a transaction put the check off.
        fn deferrable(self) {
            self.deferrable = Some(Deferrable::InitiallyImmediate);
        }
        /// Checks at the end of the transaction.
        fn initially_deferred(self) {
            self.deferrable = Some(Deferrable::InitiallyDeferred);
        }
        /// Lets the ranges of the last column not overlap for one key (PostgreSQL 18).
        fn without_overlaps(self) {
            self.without_overlaps = true;
        }
    }
}

/// A unique constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct UniqueConstraint {
    /// The constraint's name; the database's own when absent.
    pub name: Option<String>,
    /// The columns, in order.
    pub columns: Vec<String>,
    /// When it is checked, where it may be put off.
    pub deferrable: Option<Deferrable>,
    /// Whether two NULLs count as equal.
    pub nulls_not_distinct: bool,
    /// Columns kept in its index besides the key.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub include: Vec<String>,
    /// Whether the last column is a range that may not overlap another of the same key.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub without_overlaps: bool,
    /// The comment.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub comment: Option<String>,
}

builder! {
    constructors UniqueConstraint {
        /// Makes a unique constraint of its columns, in order.
        fn new(columns: into Names) {
            UniqueConstraint {
                name: None,
                columns: columns.0,
                deferrable: None,
                nulls_not_distinct: false,
                include: Vec::new(),
                without_overlaps: false,
                comment: None,
            }
        }
    }
    methods {
        /// Names the constraint.
        fn name(self, name: into String) {
            self.name = Some(name);
        }
        /// Sets the comment.
        fn comment(self, text: into String) {
            self.comment = Some(text);
        }
        /// Lets a transaction put the check off.
        fn deferrable(self) {
            self.deferrable = Some(Deferrable::InitiallyImmediate);
        }
        /// Checks at the end of the transaction.
        fn initially_deferred(self) {
            self.deferrable = Some(Deferrable::InitiallyDeferred);
        }
        /// Counts two NULLs as equal.
        fn nulls_not_distinct(self) {
            self.nulls_not_distinct = true;
        }
        /// Keeps columns in its index besides the key.
        fn include(self, columns: into Names) {
            self.include = columns.0;
        }
        /// Lets the ranges of the last column not overlap for one key (PostgreSQL 18).
        fn without_overlaps(self) {
            self.without_overlaps = true;
        }
    }
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CheckConstraint {
    /// The constraint's name; the database's own when absent.
    pub name: Option<String>,
    /// The condition, as an SQL expression.
    pub expression: String,
    /// Whether tables that inherit from this one go without it.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub no_inherit: bool,
    /// Whether the rows that were there before it have not been looked at.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub not_valid: bool,
    /// Whether the database only knows of it, and checks nothing.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub not_enforced: bool,
    /// The comment.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub comment: Option<String>,
}

builder! {
    constructors CheckConstraint {
        /// Makes a check of its condition, an SQL expression.
        fn new(expression: into String) {
            CheckConstraint {
                name: None,
                expression,
                no_inherit: false,
                not_valid: false,
                not_enforced: false,
                comment: None,
            }
        }
    }
    methods {
        /// Keeps it from tables that inherit from this one.
        fn no_inherit(self) {
            self.no_inherit = true;
        }
        /// Leaves the rows that are there unchecked, until it is validated.
        fn not_valid(self) {
            self.not_valid = true;
        }
        /// Lets the database know of it, and check nothing (PostgreSQL 18).
        fn not_enforced(self) {
            self.not_enforced = true;
        }
        /// Names the constraint.
        fn name(self, name: into String) {
            self.name = Some(name);
        }
        /// Sets the comment.
        fn comment(self, text: into String) {
            self.comment = Some(text);
        }
    }
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ForeignKey {
    /// The constraint's name; the database's own when absent.
    pub name: Option<String>,
    /// The columns that refer, in order.
    pub columns: Vec<String>,
    /// The table referred to.
    pub referred_table: ObjectName,
    /// The columns referred to, in order.
    pub referred_columns: Vec<String>,
    /// What happens to the row when the one it refers to is deleted.
    pub on_delete: ReferentialAction,
    /// What happens to the row when the key it refers to changes.
    pub on_update: ReferentialAction,
    /// When it is checked, where it may be put off.
    pub deferrable: Option<Deferrable>,
    /// Whether a key with some columns NULL is refused (`MATCH FULL`).
    pub match_full: bool,
    /// The columns that a delete sets to NULL or their defaults; all of the key's when empty.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub on_delete_columns: Vec<String>,
    /// Whether the last column is a range that the referred ranges must cover.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub period: bool,
    /// Whether the rows that were there before it have not been looked at.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub not_valid: bool,
    /// Whether the database only knows of it, and checks nothing.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub not_enforced: bool,
    /// The comment.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub comment: Option<String>,
}

builder! {
    constructors ForeignKey {
        /// Makes a foreign key of the columns that refer, the table and the columns referred to.
        ///
        /// ```
        /// use limbec_core::schema::{ForeignKey, ReferentialAction::Cascade};
        /// let key = ForeignKey::new(&["owner_id"], "owners", &["id"]).on_delete(Cascade);
        /// assert_eq!(key.referred_table.name, "owners");
        /// ```
        fn new(columns: into Names, referred_table: into ObjectName, referred_columns: into Names) {
            ForeignKey {
                name: None,
                columns: columns.0,
                referred_table,
                referred_columns: referred_columns.0,
                on_delete: ReferentialAction::NoAction,
                on_update: ReferentialAction::NoAction,
                deferrable: None,
                match_full: false,
                on_delete_columns: Vec::new(),
                period: false,
                not_valid: false,
                not_enforced: false,
                comment: None,
            }
        }
    }
    methods {
        /// Names the constraint.
        fn name(self, name: into String) {
            self.name = Some(name);
        }
        /// Sets the comment.
        fn comment(self, text: into String) {
            self.comment = Some(text);
        }
        /// Sets what a delete of the referred row does.
        fn on_delete(self, action: ReferentialAction) {
            self.on_delete = action;
        }
        /// Sets what an update of the referred key does.
        fn on_update(self, action: ReferentialAction) {
            self.on_update = action;
        }
        /// Lets a transaction put the check off.
        fn deferrable(self) {
            self.deferrable = Some(Deferrable::InitiallyImmediate);
        }
        /// Checks at the end of the transaction.
        fn initially_deferred(self) {
            self.deferrable = Some(Deferrable::InitiallyDeferred);
        }
        /// Refuses a key with only some of its columns NULL.
        fn match_full(self) {
            self.match_full = true;
        }
        /// Names the columns that a delete of the referred row sets; the others stay.
        fn on_delete_columns(self, columns: into Names) {
            self.on_delete_columns = columns.0;
        }
        /// Wants the referred ranges of the last column to cover its own (PostgreSQL 18).
        fn period(self) {
            self.period = true;
        }
        /// Leaves the rows that are there unchecked, until it is validated.
        fn not_valid(self) {
            self.not_valid = true;
        }
        /// Lets the database know of it, and check nothing (PostgreSQL 18).
        fn not_enforced(self) {
            self.not_enforced = true;
        }
    }
}

/// An exclusion constraint: no two rows for which all its operators hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExcludeConstraint {
    /// The constraint's name; the database's own when absent.
    pub name: Option<String>,
    /// The access method of its index (`gist` …); the database's own when absent.
    pub method: Option<String>,
    /// What is compared, in order.
    pub elements: Vec<ExcludeElement>,
    /// Columns kept in its index besides the key.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub include: Vec<String>,
    /// Which rows it is about, as an SQL expression; all of them when absent.
    pub predicate: Option<String>,
    /// When it is checked, where it may be put off.
    pub deferrable: Option<Deferrable>,
    /// The comment.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub comment: Option<String>,
}

/// What an exclusion constraint compares, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExcludeElement {
    /// A column or an expression.
    pub element: IndexElement,
    /// The operator between two rows: `=`, `&&`.
    pub operator: String,
}

builder! {
    constructors ExcludeConstraint {
        /// Makes an exclusion constraint of the access method of its index.
        ///
        /// ```
        /// use limbec_core::schema::{ExcludeConstraint, IndexElement};
        /// let no_overlap = ExcludeConstraint::using("gist")
        ///     .with(IndexElement::column("room"), "=")
        ///     .with(IndexElement::column("during"), "&&");
        /// assert_eq!(no_overlap.elements[1].operator, "&&");
        /// ```
        fn using(method: into String) {
            ExcludeConstraint {
                name: None,
                method: Some(method),
                elements: Vec::new(),
                include: Vec::new(),
                predicate: None,
                deferrable: None,
                comment: None,
            }
        }
    }
    methods {
        /// Names the constraint.
        fn name(self, name: into String) {
            self.name = Some(name);
        }
        /// Sets the comment.
        fn comment(self, text: into String) {
            self.comment = Some(text);
        }
        /// Compares an element of two rows by an operator, after the elements before it.
        fn with(self, element: IndexElement, operator: into String) {
            self.elements.push(ExcludeElement { element, operator });
        }
        /// Keeps columns in its index besides the key.
        fn include(self, columns: into Names) {
            self.include = columns.0;
        }
        /// Looks only at the rows for which an SQL expression holds.
        fn predicate(self, expression: into String) {
            self.predicate = Some(expression);
        }
        /// Lets a transaction put the check off.
        fn deferrable(self) {
            self.deferrable = Some(Deferrable::InitiallyImmediate);
        }
        /// Checks at the end of the transaction.
        fn initially_deferred(self) {
            self.deferrable = Some(Deferrable::InitiallyDeferred);
        }
    }
}

impl ExcludeConstraint {
    /// The columns among its elements.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.elements.iter().filter_map(|it| match &it.element.key {
            IndexKey::Column(name) => Some(name.as_str()),
            IndexKey::Expression(_) => None,
        })
    }
}

/// When a constraint that may be put off is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Deferrable {
    /// After each statement, unless the transaction says otherwise.
    InitiallyImmediate,
    /// At the end of the transaction.
    InitiallyDeferred,
}

/// What a foreign key does when the row it refers to goes or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ReferentialAction {
    /// Refuses, at the end of the statement (SQL's default).
    #[default]
    NoAction,
    /// Refuses at once.
    Restrict,
    /// Deletes or changes along.
    Cascade,
    /// Sets the referring columns to NULL.
    SetNull,
    /// Sets the referring columns to their defaults.
    SetDefault,
}

impl ReferentialAction {
    /// Every action, with the name a revision spells it by and SQL's words.
    pub const ALL: [(ReferentialAction, &'static str, &'static str); 5] = [
        (ReferentialAction::NoAction, "NoAction", "NO ACTION"),
        (ReferentialAction::Restrict, "Restrict", "RESTRICT"),
        (ReferentialAction::Cascade, "Cascade", "CASCADE"),
        (ReferentialAction::SetNull, "SetNull", "SET NULL"),
        (ReferentialAction::SetDefault, "SetDefault", "SET DEFAULT"),
    ];

    pub(crate) fn constant(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, constant, _)| *constant == name)
            .map(|(action, ..)| *action)
    }

    /// Reads SQL's words, whatever their case and spacing (`_` counts as a space).
    pub fn from_sql(words: &str) -> Option<Self> {
        let words = words.replace('_', " ").to_ascii_uppercase();
        Self::ALL
            .iter()
            .find(|(.., sql)| *sql == words.trim())
            .map(|(action, ..)| *action)
    }

    /// The name a revision spells it by.
    pub fn name(self) -> &'static str {
        Self::ALL[self.index()].1
    }

    /// SQL's words.
    pub fn sql(self) -> &'static str {
        Self::ALL[self.index()].2
    }

    fn index(self) -> usize {
        self as usize
    }
}
