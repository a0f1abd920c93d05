//! Indexes.

use std::collections::BTreeMap;

use crate::script::{Names, builder};

/// An index of a table.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Index {
    /// The name, unquoted.
    pub name: String,
    /// What is indexed, in order.
    pub elements: Vec<IndexElement>,
    /// Whether two rows with the same key are refused.
    pub unique: bool,
    /// The access method (`btree`, `gin` …); the database's own when absent.
    pub method: Option<String>,
    /// Columns kept in the index besides its key.
    pub include: Vec<String>,
    /// Which rows are indexed, as an SQL expression; all of them when absent.
    pub predicate: Option<String>,
    /// Whether two NULLs count as equal, in a unique index.
    pub nulls_not_distinct: bool,
    /// The comment.
    pub comment: Option<String>,
    /// Whether it is built while rows are written, outside a transaction. It says how the index is
    /// made, not what it is: no comparison looks at it.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub concurrently: bool,
    /// Whether queries use it. A build that failed leaves an index that the database keeps up and no
    /// query uses: it is as good as missing.
    #[cfg_attr(
        feature = "serde",
        serde(default = "yes", skip_serializing_if = "is_yes")
    )]
    pub valid: bool,
    /// The statement that the database keeps of it, if limbec would write another: a rebuild of its
    /// table runs it again. No comparison looks at it.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub stored: Option<String>,
    /// What only one dialect knows, keyed `dialect.option`.
    pub options: BTreeMap<String, String>,
}

#[cfg(feature = "serde")]
fn yes() -> bool {
    true
}

#[cfg(feature = "serde")]
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_yes(value: &bool) -> bool {
    *value
}

/// The option by which revisions once said that an index was not valid.
const INVALID: &str = "postgresql.invalid";

builder! {
    constructors Index {
        /// Makes an index of a name and its columns, in order.
        ///
        /// ```
        /// use limbec_core::schema::Index;
        /// let index = Index::new("ix_users_email", &["email"]).unique().predicate("deleted_at IS NULL");
        /// assert!(index.unique);
        /// ```
        fn new(name: into String, columns: into Names) {
            Index {
                name,
                elements: columns.0.into_iter().map(IndexElement::column).collect(),
                unique: false,
                method: None,
                include: Vec::new(),
                predicate: None,
                nulls_not_distinct: false,
                comment: None,
                concurrently: false,
                valid: true,
                stored: None,
                options: BTreeMap::new(),
            }
        }
    }
    methods {
        /// Adds an element after the others: a column with an order, an expression.
        fn element(self, element: IndexElement) {
            self.elements.push(element);
        }
        /// Refuses two rows with the same key.
        fn unique(self) {
            self.unique = true;
        }
        /// Sets the access method: `gin`, `hash` …
        fn using(self, method: into String) {
            self.method = Some(method);
        }
        /// Keeps columns in the index besides its key.
        fn include(self, columns: into Names) {
            self.include = columns.0;
        }
        /// Indexes only the rows for which an SQL expression holds.
        fn predicate(self, expression: into String) {
            self.predicate = Some(expression);
        }
        /// Counts two NULLs as equal.
        fn nulls_not_distinct(self) {
            self.nulls_not_distinct = true;
        }
        /// Sets the comment.
        fn comment(self, text: into String) {
            self.comment = Some(text);
        }
        /// Builds it while rows are written, in a step of its own outside the transaction
        /// (PostgreSQL's `CREATE INDEX CONCURRENTLY`); SQLite builds it as any other.
        fn concurrently(self) {
            self.concurrently = true;
        }
        /// Sets what only one dialect knows, keyed `dialect.option`.
        fn option(self, key: into String, value: into String) {
            // A revision makes the index anew, and valid.
            if key != INVALID {
                self.options.insert(key, value);
            }
        }
    }
}

/// One key of an index: a column or an expression, with its order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IndexElement {
    /// What is indexed.
    pub key: IndexKey,
    /// Whether the order is descending.
    pub descending: bool,
    /// Whether NULLs come first; the order's own (first when descending) when absent.
    pub nulls_first: Option<bool>,
    /// The collation's name.
    pub collation: Option<String>,
    /// The operator class's name.
    pub operator_class: Option<String>,
}

/// What an index element is of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum IndexKey {
    /// A column, by its name.
    Column(String),
    /// An SQL expression.
    Expression(String),
}

impl IndexElement {
    fn of(key: IndexKey) -> Self {
        IndexElement {
            key,
            descending: false,
            nulls_first: None,
            collation: None,
            operator_class: None,
        }
    }
}

builder! {
    constructors IndexElement {
        /// Indexes a column.
        fn column(name: into String) {
            IndexElement::of(IndexKey::Column(name))
        }
        /// Indexes an SQL expression.
        fn expression(expression: into String) {
            IndexElement::of(IndexKey::Expression(expression))
        }
    }
    methods {
        /// Orders downwards.
        fn descending(self) {
            self.descending = true;
        }
        /// Puts NULLs first.
        fn nulls_first(self) {
            self.nulls_first = Some(true);
        }
        /// Puts NULLs last.
        fn nulls_last(self) {
            self.nulls_first = Some(false);
        }
        /// Sets the collation by its name.
        fn collation(self, name: into String) {
            self.collation = Some(name);
        }
        /// Sets the operator class by its name.
        fn operator_class(self, name: into String) {
            self.operator_class = Some(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_that_said_an_index_was_not_valid_makes_it_valid() {
        let index = Index::new("i", ["a"]).option(INVALID, "true");
        assert_eq!(index, Index::new("i", ["a"]));
    }
}
