//! What a revision does: one variant a directive, named like Alembic's `op.*`.
//!
//! Plain data. [`crate::compare`] produces operations, revision files hold them, dialects compile
//! them, [`Operation::invert`] reverses them and [`apply`] carries them out on a [`Schema`] in
//! memory. An operation that compare makes carries what its inverse needs; one read from a file
//! carries what the file says.
//!
//! [`Schema`]: crate::schema::Schema

mod adds;
mod alter_column;
mod apply;
mod builder;
mod comment;
mod constraint;
mod describe;
mod invert;
mod options;
mod own;
mod rename;
mod uses;

pub use adds::only_adds;
pub use alter_column::{AlterColumn, ColumnChange};
pub use apply::{ApplyError, apply};
pub use builder::Operations;
pub use comment::CommentOn;
pub use constraint::{Constraint, ConstraintRef};
pub(crate) use describe::raw_in_words;
pub use invert::create_with_indexes;
pub(crate) use invert::overwrites;
pub use options::{AlterOptions, OptionsOf};
#[cfg(feature = "sqlite")]
pub(crate) use rename::{relabel_table, rename_constraint};

use crate::schema::{
    Column, Definition, Domain, EnumType, Index, Inheritance, ObjectName, Sequence, Table,
};

/// A limit to the time of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Timeout {
    /// How long it waits for a lock.
    Lock,
    /// How long it takes in all.
    Statement,
}

/// A kind of object that moves from one namespace to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Moved {
    /// A table, with its indexes and the sequences of its columns.
    Table,
    /// An enumeration.
    Enum,
    /// A domain.
    Domain,
    /// A sequence, with the value that it is at.
    Sequence,
}

/// One directive of a revision.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(tag = "operation", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Operation {
    /// Creates a namespace.
    CreateSchema {
        /// Its name.
        name: String,
    },
    /// Drops an empty namespace.
    DropSchema {
        /// Its name.
        name: String,
    },
    /// Installs an extension.
    CreateExtension {
        /// Its name, and the namespace for what it brings.
        name: ObjectName,
    },
    /// Removes an extension.
    DropExtension {
        /// Its name, and the namespace for what it brought.
        name: ObjectName,
    },
    /// Creates a domain.
    CreateDomain {
        /// The domain.
        domain: Domain,
    },
    /// Drops a domain.
    DropDomain {
        /// Its name.
        name: ObjectName,
        /// What it was, where known.
        domain: Option<Domain>,
    },
    /// Changes a domain.
    AlterDomain {
        /// The domain as it shall be.
        to: Domain,
        /// The domain before, where known.
        from: Option<Domain>,
    },
    /// Creates a sequence of its own.
    CreateSequence {
        /// The sequence.
        sequence: Sequence,
    },
    /// Drops a sequence.
    DropSequence {
        /// Its name.
        name: ObjectName,
        /// What it was, where known.
        sequence: Option<Sequence>,
    },
    /// Changes a sequence.
    AlterSequence {
        /// The sequence as it shall be.
        to: Sequence,
        /// The sequence before, where known.
        from: Option<Sequence>,
    },
    /// Creates an enumeration.
    CreateEnum {
        /// The enumeration.
        enumeration: EnumType,
    },
    /// Drops an enumeration.
    DropEnum {
        /// Its name.
        name: ObjectName,
        /// What it was, where known.
        enumeration: Option<EnumType>,
    },
    /// Changes the labels of an enumeration.
    AlterEnum {
        /// The enumeration with its new labels.
        to: EnumType,
        /// The enumeration before, where known.
        from: Option<EnumType>,
    },
    /// Renames an enumeration.
    RenameEnum {
        /// Its name before.
        from: ObjectName,
        /// Its name after, in the same namespace.
        to: String,
    },
    /// Moves an object to another namespace, with all that belongs to it.
    Move {
        /// What kind of object it is.
        kind: Moved,
        /// Its name before.
        from: ObjectName,
        /// Its name after.
        to: ObjectName,
    },
    /// Renames a label of an enumeration.
    RenameEnumValue {
        /// The enumeration.
        enumeration: ObjectName,
        /// The label before.
        from: String,
        /// The label after.
        to: String,
    },
    /// Creates a table without its indexes.
    CreateTable {
        /// The table.
        table: Table,
    },
    /// Drops a table.
    DropTable {
        /// Its name.
        name: ObjectName,
        /// What it was, indexes included, where known.
        table: Option<Box<Table>>,
    },
    /// Renames a table.
    RenameTable {
        /// Its name before.
        from: ObjectName,
        /// Its name after, in the same namespace.
        to: String,
    },
    /// Adds a column.
    AddColumn {
        /// The table.
        table: ObjectName,
        /// The column.
        column: Column,
    },
    /// Drops a column.
    DropColumn {
        /// The table.
        table: ObjectName,
        /// The column's name.
        name: String,
        /// What it was, where known.
        column: Option<Box<Column>>,
    },
    /// Renames a column.
    RenameColumn {
        /// The table.
        table: ObjectName,
        /// Its name before.
        from: String,
        /// Its name after.
        to: String,
    },
    /// Changes a column.
    AlterColumn {
        /// The table.
        table: ObjectName,
        /// What changes, and what it was.
        change: AlterColumn,
    },
    /// Adds a constraint.
    CreateConstraint {
        /// The table.
        table: ObjectName,
        /// The constraint.
        constraint: Constraint,
    },
    /// Drops a constraint.
    DropConstraint {
        /// The table.
        table: ObjectName,
        /// Which one.
        constraint: ConstraintRef,
        /// What it was, where known.
        definition: Option<Constraint>,
    },
    /// Looks at the rows that were there before a constraint that is not valid.
    ValidateConstraint {
        /// The table.
        table: ObjectName,
        /// The constraint's name.
        name: String,
        /// What it was, where known.
        definition: Option<Constraint>,
    },
    /// Renames a constraint.
    RenameConstraint {
        /// The table.
        table: ObjectName,
        /// Its name before.
        from: String,
        /// Its name after.
        to: String,
    },
    /// Creates an index.
    CreateIndex {
        /// The table.
        table: ObjectName,
        /// The index.
        index: Index,
    },
    /// Drops an index.
    DropIndex {
        /// The table.
        table: ObjectName,
        /// The index's name.
        name: String,
        /// What it was, where known.
        index: Option<Box<Index>>,
        /// Whether it goes while rows are read and written, outside the transaction.
        #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
        concurrently: bool,
    },
    /// Renames an index.
    RenameIndex {
        /// The table.
        table: ObjectName,
        /// Its name before.
        from: String,
        /// Its name after.
        to: String,
    },
    /// Sets the comment of a table.
    CreateTableComment {
        /// The table.
        table: ObjectName,
        /// The comment.
        comment: String,
        /// The comment before, where there was one.
        from: Option<String>,
    },
    /// Removes the comment of a table.
    DropTableComment {
        /// The table.
        table: ObjectName,
        /// The comment before, where known.
        from: Option<String>,
    },
    /// Changes which tables a table has columns of, or which rows a partition holds.
    AlterInheritance {
        /// The table.
        table: ObjectName,
        /// What it becomes.
        to: Inheritance,
        /// What it was, where known.
        from: Option<Inheritance>,
    },
    /// Changes what only one dialect knows of a table, a column or an index.
    AlterOptions {
        /// Which options change, and what they were.
        change: AlterOptions,
    },
    /// Sets the comment of any other object.
    CreateComment {
        /// The object.
        on: CommentOn,
        /// The comment.
        comment: String,
        /// The comment before, where there was one.
        from: Option<String>,
    },
    /// Removes the comment of any other object.
    DropComment {
        /// The object.
        on: CommentOn,
        /// The comment before, where known.
        from: Option<String>,
    },
    /// Creates a view, function, trigger or their like.
    CreateDefinition {
        /// What is created.
        definition: Definition,
    },
    /// Puts a new view, function, trigger or their like in the place of one of its name.
    ReplaceDefinition {
        /// What it becomes.
        to: Definition,
        /// What it was, where known.
        from: Option<Box<Definition>>,
    },
    /// Drops a view, function, trigger or their like.
    DropDefinition {
        /// Its kind and name, and its SQL where known.
        definition: Definition,
    },
    /// Sets how long the statements that follow in the revision may wait or run.
    SetTimeout {
        /// Which limit.
        timeout: Timeout,
        /// The time with its unit: `500ms`, `5s`, `10min`; `0` for no limit.
        time: String,
    },
    /// Runs SQL as it stands.
    Execute {
        /// The SQL, one statement or several.
        sql: String,
        /// The only dialect it is for; every one when absent.
        dialect: Option<String>,
        /// Whether each statement is committed before what follows it, or runs outside any
        /// transaction if the database wants it so. A comment line `-- autocommit` above a
        /// statement says the same of that one.
        autocommit: bool,
    },
}
