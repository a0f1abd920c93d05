//! One folder a database, with the same file names in each.
//!
//! A dialect is pure: it names queries and consumes their rows, makes steps of operations, and
//! never touches a connection. Nothing outside `dialect/<name>/` writes SQL or asks which dialect
//! it has; shared code asks for [`Capabilities`] and folded names.

#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod journal;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;

use std::borrow::Cow;
use std::fmt;

use crate::journal::{Journal, Lease};
use crate::operations::Operation;
use crate::schema::{Column, ColumnType, Definition, ObjectName, Schema, Sequence, Table};
use crate::steps::Step;

/// A row of a query's answer: every value as text, `None` for NULL.
pub type Row = Vec<Option<String>>;

/// The names of all dialects, of those too that this build is without.
pub const NAMES: &[&str] = &["postgresql", "sqlite"];

/// The dialects of this build.
pub const ALL: &[&dyn Dialect] = &[
    #[cfg(feature = "postgres")]
    &postgres::Postgres,
    #[cfg(feature = "sqlite")]
    &sqlite::Sqlite,
];

/// Looks a dialect up by its name (`postgresql`, `sqlite`).
pub fn by_name(name: &str) -> Option<&'static dyn Dialect> {
    ALL.iter().copied().find(|dialect| dialect.name() == name)
}

/// What a database can do, for shared code to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Namespaces other than the connection's own.
    pub namespaces: bool,
    /// Enumerations as types of their own.
    pub native_enums: bool,
    /// Whether there are extensions, domains and sequences of their own, and comments on all that
    /// has a name.
    pub named_objects: bool,
    /// A primary key, unique or foreign key always has a name.
    pub constraints_are_named: bool,
    /// Whether a foreign key holds fast the key it refers to and the types on both sides, so that
    /// it must go before they change.
    pub keys_bind_their_targets: bool,
    /// Whether a column that counts its values up has the one type that can: when it stops, its
    /// type is to be stated.
    pub identity_is_a_type: bool,
    /// Whether options change without the object that has them being made anew.
    pub options_change: bool,
    /// Whether an answer of [`Dialect::canonical`] is an expression that can be asked again, until
    /// it no longer changes.
    pub canonical_is_sql: bool,
}

/// Something a database lacks, found when SQL is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The column it is about, of the table that is compiled.
    pub column: Option<String>,
}

impl CompileError {
    /// Makes an error of a message.
    pub fn new(message: impl Into<String>) -> Self {
        CompileError {
            message: message.into(),
            hint: None,
            column: None,
        }
    }

    /// Adds what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says which column of a table it is about.
    #[cfg(feature = "sqlite")]
    pub(crate) fn of_column(mut self, table: &ObjectName, column: &str) -> Self {
        self.message = format!("column `{table}.{column}`: {}", self.message);
        self.column = Some(column.to_string());
        self
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CompileError {}

/// A catalogue that does not read as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReflectError(pub String);

impl fmt::Display for ReflectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReflectError {}

/// Makes a schema of the catalogue's rows. It takes them as they come, so that they need not be held
/// together.
pub trait CatalogueReader: Send {
    /// Takes a row of the answer to a query of [`Dialect::catalogue`], by the query's place there.
    /// The answers come in the order of the queries.
    ///
    /// # Errors
    /// When the row is not what the query asks for.
    fn row(&mut self, query: usize, row: &[Option<&str>]) -> Result<(), ReflectError>;

    /// Makes the schema, when all rows have come.
    ///
    /// # Errors
    /// When the rows do not fit together.
    fn finish(self: Box<Self>) -> Result<Schema, ReflectError>;
}

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

/// How an operation stands to the transaction of its revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// It runs in one transaction with its neighbours.
    Shared,
    /// It has a transaction of its own, committed before what follows.
    Own,
    /// It runs outside any transaction.
    Outside,
}

/// What a transaction of a revision, or a statement outside of one, begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits<'a> {
    /// How long a statement waits for a lock, with its unit; `0` for ever.
    pub lock_timeout: &'a str,
    /// How long a statement takes, with its unit; `0` for ever, the server's own when absent.
    pub statement_timeout: Option<&'a str>,
    /// Whether the lock of the migrations is waited for: others hold it for a moment, while they look
    /// who has the lease.
    pub waits: bool,
    /// The revision, for whoever looks at the server's sessions.
    pub revision: &'a str,
}

/// How a transaction of one revision is framed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// Runs before the first step; the last statement opens the transaction.
    pub begin: Vec<Step>,
    /// Runs after the last step; the last statement commits.
    pub commit: Vec<Step>,
    /// Undoes the transaction after a failure.
    pub rollback: Vec<Step>,
    /// Runs after the transaction, however it ended.
    pub restore: Vec<Step>,
}

/// Operations of a revision that are compiled as one.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// The operations, in order.
    pub operations: &'a [Operation],
    /// Whether foreign keys do nothing while they run, so that what they would have done or
    /// refused is to be looked for.
    pub keys_off: bool,
}

/// Something that belongs to one operation of a [`Batch`], counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Of<T> {
    /// Which operation.
    pub operation: usize,
    /// What belongs to it.
    pub item: T,
}

impl<T> Of<T> {
    /// Makes what belongs to an operation.
    pub fn new(operation: usize, item: T) -> Self {
        Of { operation, item }
    }
}

/// How an experiment is framed that leaves nothing behind, inside a transaction or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScratchFrame {
    /// Begins it.
    pub begin: String,
    /// Undoes it.
    pub rollback: String,
}

/// How a database that is a file is copied beside itself.
pub trait Backup: Sync {
    /// The query for the path of the file; empty for a database in memory.
    fn file(&self) -> &'static str;
    /// The query for the query that tells (`1`) whether any table but limbec's own holds a row.
    fn rows_question(&self, own_tables: &[&str]) -> String;
    /// The statement that writes the copy to a path where no file is.
    fn copy(&self, to: &str) -> String;
}

/// The SQL that makes a place to try a revision in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScratchPlace {
    /// Creates an empty database of its own.
    pub create_database: String,
    /// Drops it.
    pub drop_database: String,
    /// Opens a transaction and makes an empty namespace its own.
    pub enter_schema: Vec<String>,
    /// Rolls it back.
    pub leave_schema: String,
}

/// The SQL of the version table.
///
/// Rows are the maximal elements of the applied revisions; one column, `version_num`.
pub trait VersionTable: Send + Sync {
    /// Reads the rows. The database answers an error for which
    /// [`VersionTable::is_missing`] holds when there is no such table yet.
    fn select(&self) -> String;
    /// Whether an error (its SQLSTATE where there is one, and its text) says that the version
    /// table does not exist.
    fn is_missing(&self, sqlstate: Option<&str>, message: &str) -> bool;
    /// Creates the table where it is missing, wide enough for an id of so many characters, and
    /// widens it where it is too narrow.
    fn ensure(&self, longest_id: usize) -> Vec<Step>;
    /// Inserts a row.
    fn insert(&self, id: &str) -> Step;
    /// Replaces a row; exactly one row must change.
    fn update(&self, from: &str, to: &str) -> Step;
    /// Deletes a row; exactly one row must go.
    fn delete(&self, id: &str) -> Step;
    /// Deletes every row.
    fn purge(&self) -> Step;
}

/// A database as limbec knows it.
pub trait Dialect: fmt::Debug + Send + Sync {
    /// The name: `postgresql`, `sqlite`.
    fn name(&self) -> &'static str;

    /// Whether `op.execute_on(name, …)` and SQL files of that dialect are for this one.
    fn answers_to(&self, name: &str) -> bool {
        name == self.name()
    }

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// The form in which two spellings of one name are equal: case folded, cut to the length that
    /// the database keeps.
    fn fold_name<'a>(&self, name: &'a str) -> Cow<'a, str>;

    /// Whether an operator class is the one that an index by this method has anyway over a type, which
    /// may not be known.
    fn is_default_operator_class(
        &self,
        _class: &str,
        _method: &str,
        _of: Option<&ColumnType>,
    ) -> bool {
        false
    }

    /// Quotes a name where that is needed.
    fn quote(&self, name: &str) -> String;

    /// The type in the dialect's own SQL.
    ///
    /// # Errors
    /// When the database has no such type.
    fn type_sql(&self, column_type: &ColumnType) -> Result<String, CompileError>;

    /// Whether a type reflected from the database is the one a model asks for.
    fn same_type(&self, current: &ColumnType, target: &ColumnType) -> bool;

    /// Whether the identities (and with them the types) of two columns are one to the database;
    /// `current` is reflected.
    fn same_identity(&self, current: &Column, target: &Column) -> bool;

    /// Whether two columns allow NULL alike; `current` is reflected.
    fn same_nullability(&self, current: &Column, target: &Column) -> bool {
        current.nullable == target.nullable
    }

    /// Whether two sequences count alike, whatever their names, owners and comments; `current` is
    /// reflected.
    fn same_sequence(&self, current: &Sequence, target: &Sequence) -> bool;

    /// The default as this database is given it: a model's `now()` may have another name here.
    fn default_sql<'a>(&self, expression: &'a str) -> Cow<'a, str>;

    /// Whether two expressions are the same text but for white space, the case of keywords and
    /// redundant parentheses.
    fn same_text(&self, a: &str, b: &str) -> bool;

    /// The statements that lead the database to judge an expression; the last one answers with
    /// rows that are equal for equal expressions; none where it can't be asked. They run inside a transaction that is rolled
    /// back (on a database in memory where the dialect has one), and leave nothing behind.
    fn canonical(&self, expression: &Expression) -> Vec<String>;

    /// The frame round the statements of [`Dialect::canonical`], on a connection that may be in a
    /// transaction already.
    fn scratch_frame(&self, in_transaction: bool) -> ScratchFrame;

    /// How a scratch place of a name is made beside the database; `None` if the dialect knows none.
    fn scratch_place(&self, name: &str) -> Option<ScratchPlace>;

    /// What a statement creates that is kept as its SQL, without that SQL; `None` where it is
    /// nothing of the kind.
    ///
    /// # Errors
    /// When the statement begins like one that does and does not read on.
    fn definition(&self, statement: &str) -> Result<Option<Definition>, CompileError>;

    /// The queries that read the catalogue: a fixed number, whatever the number of tables. They
    /// run in the order given; [`Dialect::reader`] takes their rows in that order.
    fn catalogue(&self) -> &'static [&'static str];

    /// The statements round the queries that make of them one snapshot.
    fn snapshot(&self) -> (&'static str, &'static str);

    /// Begins to read the answers to [`Dialect::catalogue`].
    fn reader(&self) -> Box<dyn CatalogueReader>;

    /// Makes a schema of answers that are held together.
    ///
    /// # Errors
    /// When a row is not what the query asks for.
    fn read_catalogue(&self, answers: &[Vec<Row>]) -> Result<Schema, ReflectError> {
        let mut reader = self.reader();
        for (query, rows) in answers.iter().enumerate() {
            for row in rows {
                let row: Vec<Option<&str>> = row.iter().map(Option::as_deref).collect();
                reader.row(query, &row)?;
            }
        }
        reader.finish()
    }

    /// Whether two values of an option are one; `current` is reflected.
    fn same_option(&self, _option: &str, current: &str, target: &str) -> bool {
        current == target
    }

    /// Where the value of a table's option stands, with the columns it is over, where the database
    /// is to judge it. `schema` is that of the table.
    fn option_place(
        &self,
        _option: &str,
        _table: &Table,
        _schema: &Schema,
    ) -> Option<(Vec<(String, String)>, Place)> {
        None
    }

    /// The tables that a table has columns of: the one that it is a partition of, those that it
    /// inherits from.
    fn parents(&self, _table: &Table) -> Vec<ObjectName> {
        Vec::new()
    }

    /// Whether a table has all its columns and keys from another one.
    fn is_partition(&self, _table: &Table) -> bool {
        false
    }

    /// Whether compiling the operation needs the current schema of the database.
    fn needs_schema(&self, operation: &Operation) -> bool;

    /// Follows an operation in a reflected schema where what reflection would find afterwards is
    /// known for sure; else answers `false`, and the schema is to be read again.
    fn follow(&self, _schema: &mut Schema, _operation: &Operation) -> bool {
        false
    }

    /// Makes steps of an operation. `current` is the schema before it; it may be empty where
    /// [`Dialect::needs_schema`] does not hold.
    ///
    /// # Errors
    /// When the database cannot do what the operation asks for; names the object and the option.
    fn compile(&self, operation: &Operation, current: &Schema) -> Result<Vec<Step>, CompileError>;

    /// The operations of a revision, cut into those that are compiled as one: several changes to a
    /// table may be one rebuild of it.
    fn batches<'a>(&self, operations: &'a [Operation]) -> Vec<Batch<'a>> {
        let each = operations.chunks(1);
        each.map(|operations| Batch {
            operations,
            keys_off: false,
        })
        .collect()
    }

    /// Whether compiling a batch needs the current schema of the database.
    fn batch_needs_schema(&self, batch: &Batch<'_>) -> bool {
        batch.operations.iter().any(|it| self.needs_schema(it))
    }

    /// Makes steps of a batch; `current` is the schema before it.
    ///
    /// # Errors
    /// As [`Dialect::compile`].
    fn compile_batch(
        &self,
        batch: &Batch<'_>,
        current: &Schema,
    ) -> Result<Vec<Of<Step>>, Of<CompileError>> {
        let mut steps = Vec::new();
        for (at, operation) in batch.operations.iter().enumerate() {
            let compiled = self.compile(operation, current);
            let compiled = compiled.map_err(|error| Of::new(at, error))?;
            steps.extend(compiled.into_iter().map(|step| Of::new(at, step)));
        }
        Ok(steps)
    }

    /// The transaction round one revision of these operations.
    fn frame(&self, operations: &[Operation]) -> Frame;

    /// How an operation stands to the transaction of its revision; raw SQL is given one statement
    /// at a time.
    fn isolation(&self, operation: &Operation) -> Isolation;

    /// Whether the transaction that runs some operations must be committed before another one can
    /// build on them.
    fn must_commit(&self, _operations: &[Operation], _before: &Operation) -> bool {
        false
    }

    /// The query with which each transaction begins: it sets the limits, and fails where this
    /// process must not go on. `None` where there is nothing to set.
    fn enter(&self, limits: &Limits<'_>) -> Option<String>;

    /// Whether [`Dialect::enter`] failed because this process must not go on.
    fn is_lost(&self, sqlstate: Option<&str>) -> bool;

    /// The statement as one that fails as [`Dialect::enter`] does unless it changes a row, where
    /// the database can say so; else the number of rows is looked at.
    fn counted(&self, sql: &str) -> Option<String>;

    /// Sets the limits round a statement outside of transactions, and answers with the values
    /// before; [`Dialect::leave`] brings them back.
    fn enter_outside(&self, limits: &Limits<'_>) -> Option<String>;

    /// Makes of a step what a script has in its place, which nobody looks at while it runs.
    fn in_script(&self, step: Step) -> Vec<Step> {
        vec![step]
    }

    /// Brings back what [`Dialect::enter_outside`] answered with.
    fn leave(&self, before: &Row) -> Option<String>;

    /// Whether an error says that another session was in the way, and a second try may succeed.
    fn is_contention(&self, sqlstate: Option<&str>, message: &str) -> bool;

    /// What to do about an error, where the database does not say it.
    fn advice(&self, sqlstate: Option<&str>, message: &str) -> Option<&'static str>;

    /// The query that lists the sessions in the way of this one, the oldest transaction first:
    /// pid, application, state, seconds of its transaction, the statement, the relation.
    fn blockers(&self) -> Option<String>;

    /// The query that names the session with the lock of the migrations: its process, its
    /// application's name, the seconds since it connected, its client's address; what it does
    /// (`active`, `idle`), for how many seconds, its statement, and the processes that it waits for.
    fn holder(&self) -> Option<String>;

    /// The lease's SQL, for a table of a name; `None` where the transaction itself locks.
    fn lease(&self, name: ObjectName) -> Option<Box<dyn Lease>>;

    /// The journal's SQL, for a table of a name.
    fn journal(&self, name: ObjectName) -> Box<dyn Journal>;

    /// How the database is copied before a revision that may lose data, where it is a file.
    fn backup(&self) -> Option<&'static dyn Backup>;

    /// The version table's SQL, for a table of a name.
    fn version_table(&self, name: ObjectName) -> Box<dyn VersionTable>;

    /// The query that tries to take the lock of this database's migrations without waiting, and
    /// the one that gives it back; a row `t` means taken. `None` where the transaction itself
    /// locks.
    fn lock(&self) -> Option<(String, String)>;
}
