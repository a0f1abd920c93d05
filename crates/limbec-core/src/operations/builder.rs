//! The `op` of a revision: directives are called on it, operations come out.

use super::{
    AlterColumn, AlterOptions, CommentOn, Constraint, ConstraintRef, Moved, Operation, Timeout,
};
use crate::schema::{
    CheckConstraint, Column, Definition, Domain, EnumType, ExcludeConstraint, ForeignKey, Index,
    Inheritance, ObjectName, PrimaryKey, Sequence, Table, UniqueConstraint,
};
use crate::script::{Arguments, CallError, Value};

/// Collects the operations of a revision in the order of its calls.
///
/// ```
/// use limbec_core::operations::Operations;
/// use limbec_core::schema::{Column, Text};
/// let mut op = Operations::new();
/// op.add_column("collections", Column::new("description", Text));
/// assert_eq!(op.into_vec().len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Operations {
    list: Vec<Operation>,
}

impl Operations {
    /// Starts with no operation.
    pub fn new() -> Self {
        Operations::default()
    }

    /// Gives the operations in their order.
    pub fn into_vec(self) -> Vec<Operation> {
        self.list
    }
}

/// Declares the directives once, for Rust and for the reader of revisions.
macro_rules! directives {
    ($($(#[$meta:meta])* fn $name:ident($($a:ident: $t:ident $($i:ident)?),*) $body:block)*) => {
        impl Operations {
            $($(#[$meta])*
            pub fn $name(&mut self, $($a: crate::script::parameter!($t $($i)?)),*) {
                $(crate::script::argument!($a $t $($i)?);)*
                self.list.push($body);
            })*

            /// The names of the directives.
            pub const DIRECTIVES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// Calls a directive by its name, as in `op.add_column(…)`.
            ///
            /// # Errors
            /// When there is no such directive, or an argument does not fit.
            pub fn call(&mut self, directive: &str, arguments: Vec<Value>) -> Result<(), CallError> {
                let mut arguments = Arguments::new(arguments);
                match directive {
                    $(stringify!($name) => {
                        $(let $a: crate::script::owned!($t $($i)?) = arguments.take(stringify!($a))?;)*
                        arguments.finish()?;
                        self.$name($($a),*);
                    })*
                    _ => return Err(CallError {
                        message: format!("there is no directive `op.{directive}`"),
                        argument: None,
                        known: Self::DIRECTIVES.to_vec(),
                    }),
                }
                Ok(())
            }
        }
    };
}

directives! {
    /// Creates a namespace.
    fn create_schema(name: into String) {
        Operation::CreateSchema { name }
    }
    /// Drops an empty namespace.
    fn drop_schema(name: into String) {
        Operation::DropSchema { name }
    }
    /// Installs an extension, where its name gives a namespace into that (PostgreSQL).
    fn create_extension(name: into ObjectName) {
        Operation::CreateExtension { name }
    }
    /// Removes an extension (PostgreSQL).
    fn drop_extension(name: into ObjectName) {
        Operation::DropExtension { name }
    }
    /// Creates a domain (PostgreSQL).
    fn create_domain(domain: Domain) {
        Operation::CreateDomain { domain }
    }
    /// Drops a domain (PostgreSQL).
    fn drop_domain(name: into ObjectName) {
        Operation::DropDomain { name, domain: None }
    }
    /// Changes a domain to the one given (PostgreSQL).
    fn alter_domain(domain: Domain) {
        Operation::AlterDomain { to: domain, from: None }
    }
    /// Creates a sequence of its own (PostgreSQL).
    fn create_sequence(sequence: Sequence) {
        Operation::CreateSequence { sequence }
    }
    /// Drops a sequence (PostgreSQL).
    fn drop_sequence(name: into ObjectName) {
        Operation::DropSequence { name, sequence: None }
    }
    /// Changes a sequence to the one given (PostgreSQL); the value it is at stays.
    fn alter_sequence(sequence: Sequence) {
        Operation::AlterSequence { to: sequence, from: None }
    }
    /// Creates an enumeration: a native type on PostgreSQL, nothing by itself on SQLite.
    fn create_enum(enumeration: EnumType) {
        Operation::CreateEnum { enumeration }
    }
    /// Drops an enumeration.
    fn drop_enum(name: into ObjectName) {
        Operation::DropEnum { name, enumeration: None }
    }
    /// Changes the labels of an enumeration to those given.
    fn alter_enum(enumeration: EnumType) {
        Operation::AlterEnum { to: enumeration, from: None }
    }
    /// Renames an enumeration within its namespace.
    fn rename_enum(from: into ObjectName, to: into String) {
        Operation::RenameEnum { from, to }
    }
    /// Renames a label of an enumeration; rows that hold it hold the new one.
    fn rename_enum_value(enumeration: into ObjectName, from: into String, to: into String) {
        Operation::RenameEnumValue { enumeration, from, to }
    }
    /// Moves a table to another namespace, with its rows, its indexes and the sequences of its columns
    /// (PostgreSQL): `op.move_table("jobs", ObjectName::qualified("archive", "jobs"))`.
    fn move_table(from: into ObjectName, to: into ObjectName) {
        Operation::Move { kind: Moved::Table, from, to }
    }
    /// Moves an enumeration to another namespace (PostgreSQL).
    fn move_enum(from: into ObjectName, to: into ObjectName) {
        Operation::Move { kind: Moved::Enum, from, to }
    }
    /// Moves a domain to another namespace (PostgreSQL).
    fn move_domain(from: into ObjectName, to: into ObjectName) {
        Operation::Move { kind: Moved::Domain, from, to }
    }
    /// Moves a sequence to another namespace; the value it is at stays (PostgreSQL).
    fn move_sequence(from: into ObjectName, to: into ObjectName) {
        Operation::Move { kind: Moved::Sequence, from, to }
    }
    /// Creates a table; its indexes come by [`Operations::create_index`].
    fn create_table(table: Table) {
        Operation::CreateTable { table }
    }
    /// Drops a table and its rows.
    fn drop_table(name: into ObjectName) {
        Operation::DropTable { name, table: None }
    }
    /// Renames a table within its namespace.
    fn rename_table(from: into ObjectName, to: into String) {
        Operation::RenameTable { from, to }
    }
    /// Adds a column after the others.
    fn add_column(table: into ObjectName, column: Column) {
        Operation::AddColumn { table, column }
    }
    /// Drops a column and its values.
    fn drop_column(table: into ObjectName, name: into String) {
        Operation::DropColumn { table, name, column: None }
    }
    /// Renames a column.
    fn rename_column(table: into ObjectName, from: into String, to: into String) {
        Operation::RenameColumn { table, from, to }
    }
    /// Changes a column.
    fn alter_column(table: into ObjectName, change: AlterColumn) {
        Operation::AlterColumn { table, change }
    }
    /// Adds a primary key.
    fn create_primary_key(table: into ObjectName, key: PrimaryKey) {
        Operation::CreateConstraint { table, constraint: Constraint::PrimaryKey(key) }
    }
    /// Adds a unique constraint.
    fn create_unique_constraint(table: into ObjectName, constraint: UniqueConstraint) {
        Operation::CreateConstraint { table, constraint: Constraint::Unique(constraint) }
    }
    /// Adds a check constraint.
    fn create_check_constraint(table: into ObjectName, constraint: CheckConstraint) {
        Operation::CreateConstraint { table, constraint: Constraint::Check(constraint) }
    }
    /// Adds a foreign key.
    fn create_foreign_key(table: into ObjectName, key: ForeignKey) {
        Operation::CreateConstraint { table, constraint: Constraint::ForeignKey(key) }
    }
    /// Adds an exclusion constraint (PostgreSQL).
    fn create_exclude_constraint(table: into ObjectName, constraint: ExcludeConstraint) {
        Operation::CreateConstraint { table, constraint: Constraint::Exclude(constraint) }
    }
    /// Looks at the rows that were there before a check or foreign key that is `not_valid`
    /// (PostgreSQL): readers and writers go on meanwhile.
    fn validate_constraint(table: into ObjectName, name: into String) {
        Operation::ValidateConstraint { table, name, definition: None }
    }
    /// Drops a constraint: by its name, or by its definition where it has none.
    fn drop_constraint(table: into ObjectName, constraint: into ConstraintRef) {
        Operation::DropConstraint { table, constraint, definition: None }
    }
    /// Renames a constraint.
    fn rename_constraint(table: into ObjectName, from: into String, to: into String) {
        Operation::RenameConstraint { table, from, to }
    }
    /// Creates an index.
    fn create_index(table: into ObjectName, index: Index) {
        Operation::CreateIndex { table, index }
    }
    /// Drops an index.
    fn drop_index(table: into ObjectName, name: into String) {
        Operation::DropIndex { table, name, index: None, concurrently: false }
    }
    /// Drops an index while rows are read and written, in a step of its own outside the
    /// transaction (PostgreSQL's `DROP INDEX CONCURRENTLY`).
    fn drop_index_concurrently(table: into ObjectName, name: into String) {
        Operation::DropIndex { table, name, index: None, concurrently: true }
    }
    /// Renames an index.
    fn rename_index(table: into ObjectName, from: into String, to: into String) {
        Operation::RenameIndex { table, from, to }
    }
    /// Sets the comment of a table.
    fn create_table_comment(table: into ObjectName, comment: into String) {
        Operation::CreateTableComment { table, comment, from: None }
    }
    /// Removes the comment of a table.
    fn drop_table_comment(table: into ObjectName) {
        Operation::DropTableComment { table, from: None }
    }
    /// Changes which tables a table has columns of, or which rows a partition holds (PostgreSQL):
    /// it is taken from the ones and put to the others (`ATTACH PARTITION`, `INHERIT`).
    fn alter_inheritance(table: into ObjectName, to: Inheritance) {
        Operation::AlterInheritance { table, to, from: None }
    }
    /// Changes what only one dialect knows of a table, a column or an index.
    fn alter_options(change: AlterOptions) {
        Operation::AlterOptions { change }
    }
    /// Sets the comment of an object other than a table or a column.
    fn create_comment(on: CommentOn, comment: into String) {
        Operation::CreateComment { on, comment, from: None }
    }
    /// Removes the comment of an object other than a table or a column.
    fn drop_comment(on: CommentOn) {
        Operation::DropComment { on, from: None }
    }
    /// Creates a view, function, trigger or their like.
    fn create_definition(definition: Definition) {
        Operation::CreateDefinition { definition }
    }
    /// Puts a new view, function, trigger or their like in the place of one of its name; grants on
    /// it stay.
    fn replace_definition(definition: Definition) {
        Operation::ReplaceDefinition { to: definition, from: None }
    }
    /// Drops a view, function, trigger or their like.
    fn drop_definition(definition: Definition) {
        Operation::DropDefinition { definition }
    }
    /// Runs SQL as it stands, one statement or several, on every database.
    fn execute(sql: into String) {
        Operation::Execute { sql, dialect: None, autocommit: false }
    }
    /// Runs SQL in a step of its own that is committed before what follows, or outside any
    /// transaction where the database wants it so (`VACUUM`): one statement or several. A comment
    /// line `-- autocommit` above a statement says the same.
    fn execute_autocommit(sql: into String) {
        Operation::Execute { sql, dialect: None, autocommit: true }
    }
    /// Sets how long the following statements of the revision wait for a lock (PostgreSQL): `"5s"`.
    fn lock_timeout(time: into String) {
        Operation::SetTimeout { timeout: Timeout::Lock, time }
    }
    /// Sets how long each following statement of the revision may take (PostgreSQL): `"10min"`.
    fn statement_timeout(time: into String) {
        Operation::SetTimeout { timeout: Timeout::Statement, time }
    }
    /// Runs SQL as it stands on one kind of database only: `"postgresql"` or `"sqlite"`.
    fn execute_on(dialect: into String, sql: into String) {
        Operation::Execute { sql, dialect: Some(dialect), autocommit: false }
    }
    /// Runs SQL as `execute_autocommit` does, on one kind of database only.
    fn execute_autocommit_on(dialect: into String, sql: into String) {
        Operation::Execute { sql, dialect: Some(dialect), autocommit: true }
    }
}
