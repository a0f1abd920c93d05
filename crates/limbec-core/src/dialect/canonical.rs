//! Whether two spellings are equal: by their text, and by the judgement of the database.

use std::borrow::Cow;

use crate::schema::{ColumnType, ObjectName, Schema};

/// An SQL expression in the place where it stands, for the database to judge.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Expression {
    /// The table's name, which an expression may use to qualify its columns.
    pub table: String,
    /// The table's columns with their types in the dialect's SQL, in order.
    pub columns: Vec<(String, String)>,
    /// Where it stands.
    pub place: Place,
    /// Its text.
    pub text: String,
}

/// Where an expression stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The default of a column of a type.
    Default {
        /// The type in the dialect's SQL.
        column_type: String,
    },
    /// The value of a computed column of a type.
    Generated {
        /// The type in the dialect's SQL.
        column_type: String,
    },
    /// A check constraint.
    Check,
    /// By what a table is partitioned.
    PartitionKey,
    /// Which rows a partition of a table holds.
    PartitionBound {
        /// By what the table is partitioned.
        key: String,
    },
    /// A rule of a domain over a type.
    DomainCheck {
        /// The type in the dialect's SQL.
        column_type: String,
    },
    /// An element of an index.
    IndexElement,
    /// The predicate of an index.
    Predicate,
    /// Nowhere: it is the statement that creates a view, routine, trigger or policy. The columns
    /// do not matter.
    Definition,
}

/// How an experiment is framed that leaves nothing behind, inside a transaction or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScratchFrame {
    /// The statements that begin it.
    pub begin: Vec<String>,
    /// The statements that undo it; a second time does no harm.
    pub rollback: Vec<String>,
}

/// The SQL that makes a place to try a revision in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScratchPlace {
    /// Shows for as long as the session lasts that the database is in use; comes first.
    pub hold: String,
    /// Creates an empty database of its own.
    pub create_database: String,
    /// Drops it.
    pub drop_database: String,
    /// What a role needs that may make no place, in a sentence.
    pub needs: String,
    /// For roles that may not create one; `None` if the database cannot undo DDL.
    pub schema: Option<ScratchSchema>,
}

/// The SQL that gives a new database a namespace, and makes it that of its connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScratchHome {
    /// Leads connections to the namespace; runs on the connection that has made the database.
    pub beside: String,
    /// Makes the namespace; runs in the database.
    pub inside: String,
}

/// The SQL that makes an empty namespace for the time of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScratchSchema {
    /// Opens a transaction and makes an empty namespace its own.
    pub enter: Vec<String>,
    /// Rolls it back.
    pub leave: Vec<String>,
}

/// What a database holds to be equal.
pub trait Judge {
    /// Whether two expressions are the same text but for white space, the case of keywords and
    /// redundant parentheses.
    fn same_text(&self, a: &str, b: &str) -> bool;

    /// The statements that make the database judge an expression; none if it cannot be asked. The
    /// rows of the last one are equal for equal expressions. The statements run inside
    /// [`Judge::scratch_frame`] (on a database in memory if the dialect has one), and leave nothing
    /// behind.
    fn canonical(&self, _expression: &Expression) -> Vec<String> {
        Vec::new()
    }

    /// The frame round the statements of [`Judge::canonical`], on a connection that may be in a
    /// transaction already: a transaction that is rolled back, or a savepoint inside the one that
    /// is open. The savepoint stays after its rollback, so that a second rollback does no harm.
    fn scratch_frame(&self, in_transaction: bool) -> ScratchFrame {
        let (begin, rollback) = if in_transaction {
            (
                "SAVEPOINT limbec_scratch",
                "ROLLBACK TO SAVEPOINT limbec_scratch",
            )
        } else {
            ("BEGIN", "ROLLBACK")
        };
        ScratchFrame {
            begin: vec![begin.to_string()],
            rollback: vec![rollback.to_string()],
        }
    }

    /// The query that lists the scratch databases that nobody uses any more, of this role: each with the
    /// statement that drops it, which fails if somebody does. Their names begin with the prefix and the
    /// second of their making, in ten digits. `None` if nothing can be left.
    fn scratch_leftovers(&self, _prefix: &str) -> Option<String> {
        None
    }

    /// How a new scratch database gets the connection's own namespace, if it has one of its own name.
    fn scratch_home(&self, _database: &str, _own: &str) -> Option<ScratchHome> {
        None
    }

    /// How a scratch place of a name is made beside the database; `None` if the dialect knows none.
    fn scratch_place(&self, _name: &str) -> Option<ScratchPlace> {
        None
    }

    /// The statements that show whether rows can be written and read, if the database takes defaults,
    /// triggers and views that it can't run: each with the table or view that it is about. They change
    /// nothing.
    fn trials(&self, _schema: &Schema) -> Vec<(ObjectName, String)> {
        Vec::new()
    }

    /// The default as this database is given it: a model's `now()` may have another name here.
    fn default_sql<'a>(&self, expression: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(expression)
    }

    /// Whether an operator class is the one that an index by this method uses anyway for a type,
    /// which may not be known.
    fn is_default_operator_class(
        &self,
        _class: &str,
        _method: &str,
        _of: Option<&ColumnType>,
    ) -> bool {
        false
    }

    /// Whether two values of an option are equal; `current` is reflected.
    fn same_option(&self, _option: &str, current: &str, target: &str) -> bool {
        current == target
    }
}
