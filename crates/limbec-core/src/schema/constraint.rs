//! Constraints: primary keys, uniques, checks and foreign keys.

use super::ObjectName;
use crate::script::{Names, builder};

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PrimaryKey {
    /// The constraint's name; the database's own when absent.
    pub name: Option<String>,
    /// The columns, in order.
    pub columns: Vec<String>,
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
            PrimaryKey { name: None, columns: columns.0, comment: None }
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
            CheckConstraint { name: None, expression, comment: None }
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
