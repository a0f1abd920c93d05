//! SQLite, embedded.
//!
//! Whatever a model says is kept in the SQL that SQLite stores, so that what is read back is what
//! was created: types by distinct declared names, enumerations as named checks,
//! comments as comments of the SQL. Input and output are the [`Dialect`]'s; each method lives in
//! the file of its name.
//!
//! Invariant: what the library that runs can do by its own `ALTER TABLE` is done so, since it then
//! checks views and triggers itself; everything else is a rebuild of the table.

mod backup;
mod canonical;
mod compile;
mod definition;
mod journal;
mod lock;
mod names;
mod reflect;
mod transaction;
mod types;
mod version_table;

use std::borrow::Cow;

use super::{
    Backup, Batch, Capabilities, CatalogueReader, CompileError, Dialect, Expression, Frame,
    Isolation, Limits, Of, Row, ScratchFrame, ScratchPlace, VersionTable,
};
use crate::journal::{Journal, Lease};
use crate::operations::Operation;
use crate::schema::{Column, ColumnType, Definition, ObjectName, Schema, Sequence};
use crate::steps::Step;

pub use transaction::{RESTORE, Restore};

/// The oldest library that does what every revision needs (`DROP COLUMN`, `RETURNING`).
pub const OLDEST_LIBRARY: u32 = 3_035_000;

/// SQLite, embedded, with what its library can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sqlite {
    /// `ALTER TABLE` sets and drops `NOT NULL`, adds checks and drops constraints.
    alters_constraints: bool,
}

/// SQLite of the oldest library that will do: right for a script that some other library runs.
#[allow(
    non_upper_case_globals,
    reason = "a dialect is written as PostgreSQL's is, which has no fields"
)]
pub const Sqlite: Sqlite = Sqlite {
    alters_constraints: false,
};

impl Sqlite {
    /// SQLite of a library's version, as the library numbers itself: 3.53.1 is 3053001.
    ///
    /// ```
    /// use limbec_core::dialect::sqlite::Sqlite;
    /// assert_eq!(*Sqlite::of_library(3_040_001), Sqlite);
    /// assert_ne!(*Sqlite::of_library(3_053_001), Sqlite);
    /// ```
    pub fn of_library(version: u32) -> &'static Self {
        const ALTERS_CONSTRAINTS: Sqlite = Sqlite {
            alters_constraints: true,
        };
        match version {
            3_053_000.. => &ALTERS_CONSTRAINTS,
            _ => &Sqlite,
        }
    }
}

impl Dialect for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            namespaces: false,
            native_enums: false,
            named_objects: false,
            constraints_are_named: false,
            keys_bind_their_targets: false,
            identity_is_a_type: true,
            canonical_is_sql: false,
            options_change: false,
        }
    }

    fn fold_name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        names::fold(name)
    }

    fn quote(&self, name: &str) -> String {
        names::quote(name)
    }

    fn type_sql(&self, column_type: &ColumnType) -> Result<String, CompileError> {
        types::sql(column_type)
    }

    fn same_type(&self, current: &ColumnType, target: &ColumnType) -> bool {
        types::same(current, target)
    }

    fn same_identity(&self, current: &Column, target: &Column) -> bool {
        types::same_identity(current, target)
    }

    fn same_nullability(&self, current: &Column, target: &Column) -> bool {
        types::allows_null(current) == types::allows_null(target)
    }

    fn same_sequence(&self, current: &Sequence, target: &Sequence) -> bool {
        current == target
    }

    fn default_sql<'a>(&self, expression: &'a str) -> Cow<'a, str> {
        canonical::default_sql(expression)
    }

    fn same_text(&self, a: &str, b: &str) -> bool {
        canonical::same_text(a, b)
    }

    fn canonical(&self, expression: &Expression) -> Vec<String> {
        canonical::canonical(expression)
    }

    fn scratch_frame(&self, in_transaction: bool) -> ScratchFrame {
        transaction::scratch_frame(in_transaction)
    }

    fn scratch_place(&self, _name: &str) -> Option<ScratchPlace> {
        None
    }

    fn definition(&self, statement: &str) -> Result<Option<Definition>, CompileError> {
        definition::created(statement)
    }

    fn catalogue(&self) -> &'static [&'static str] {
        reflect::CATALOGUE
    }

    fn snapshot(&self) -> (&'static str, &'static str) {
        transaction::SNAPSHOT
    }

    fn reader(&self) -> Box<dyn CatalogueReader> {
        Box::new(reflect::Reader::default())
    }

    fn needs_schema(&self, operation: &Operation) -> bool {
        compile::needs_schema(operation)
    }

    fn follow(&self, schema: &mut Schema, operation: &Operation) -> bool {
        reflect::follow(schema, operation)
    }

    fn compile(&self, operation: &Operation, current: &Schema) -> Result<Vec<Step>, CompileError> {
        compile::compile(*self, operation, current)
    }

    fn batches<'a>(&self, operations: &'a [Operation]) -> Vec<Batch<'a>> {
        compile::batches(*self, operations)
    }

    fn batch_needs_schema(&self, batch: &Batch<'_>) -> bool {
        batch.keys_off || batch.operations.iter().any(|it| self.needs_schema(it))
    }

    fn compile_batch(
        &self,
        batch: &Batch<'_>,
        current: &Schema,
    ) -> Result<Vec<Of<Step>>, Of<CompileError>> {
        compile::compile_batch(*self, batch, current)
    }

    fn in_script(&self, step: Step) -> Vec<Step> {
        compile::in_script(step)
    }

    fn frame(&self, operations: &[Operation]) -> Frame {
        transaction::frame(*self, operations)
    }

    fn isolation(&self, operation: &Operation) -> Isolation {
        compile::isolation(operation)
    }

    fn enter(&self, _limits: &Limits<'_>) -> Option<String> {
        None
    }

    fn is_lost(&self, _sqlstate: Option<&str>) -> bool {
        false
    }

    fn counted(&self, _sql: &str) -> Option<String> {
        None
    }

    fn enter_outside(&self, _limits: &Limits<'_>) -> Option<String> {
        None
    }

    fn leave(&self, _before: &Row) -> Option<String> {
        None
    }

    fn is_contention(&self, _sqlstate: Option<&str>, message: &str) -> bool {
        transaction::is_contention(message)
    }

    fn advice(&self, _sqlstate: Option<&str>, message: &str) -> Option<&'static str> {
        transaction::advice(message)
    }

    fn blockers(&self) -> Option<String> {
        None
    }

    fn holder(&self) -> Option<String> {
        None
    }

    fn lease(&self, _name: ObjectName) -> Option<Box<dyn Lease>> {
        None
    }

    fn journal(&self, name: ObjectName) -> Box<dyn Journal> {
        Box::new(journal::Log::new(name))
    }

    fn backup(&self) -> Option<&'static dyn Backup> {
        Some(&backup::VacuumInto)
    }

    fn version_table(&self, name: ObjectName) -> Box<dyn VersionTable> {
        version_table::new(name)
    }

    fn lock(&self) -> Option<(String, String)> {
        lock::lock()
    }
}
