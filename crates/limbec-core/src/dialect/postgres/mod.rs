//! PostgreSQL 13 and newer.

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
    Backup, Capabilities, CatalogueReader, CompileError, Dialect, Expression, Frame, Isolation,
    Limits, Place, Row, ScratchFrame, ScratchPlace, VersionTable,
};
use crate::journal::{Journal, Lease};
use crate::operations::Operation;
use crate::schema::{Column, ColumnType, Definition, ObjectName, Schema, Sequence, Table};
use crate::steps::Step;

pub use lock::session_probe;

/// PostgreSQL 13 and newer.
#[derive(Debug, Clone, Copy)]
pub struct Postgres;

impl Dialect for Postgres {
    fn name(&self) -> &'static str {
        "postgresql"
    }

    fn answers_to(&self, name: &str) -> bool {
        matches!(name, "postgresql" | "postgres")
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            namespaces: true,
            native_enums: true,
            named_objects: true,
            constraints_are_named: true,
            keys_bind_their_targets: true,
            identity_is_a_type: false,
            canonical_is_sql: true,
            options_change: true,
        }
    }

    fn is_default_operator_class(
        &self,
        class: &str,
        method: &str,
        of: Option<&ColumnType>,
    ) -> bool {
        compile::is_default_operator_class(class, method, of)
    }

    fn fold_name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(names::cut(name))
    }

    fn quote(&self, name: &str) -> String {
        names::quote(name)
    }

    fn type_sql(&self, column_type: &ColumnType) -> Result<String, CompileError> {
        Ok(types::sql(column_type))
    }

    fn same_type(&self, current: &ColumnType, target: &ColumnType) -> bool {
        types::same(current, target)
    }

    fn same_identity(&self, current: &Column, target: &Column) -> bool {
        types::same_identity(current, target)
    }

    fn same_sequence(&self, current: &Sequence, target: &Sequence) -> bool {
        types::same_sequence(current, target)
    }

    fn default_sql<'a>(&self, expression: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(expression)
    }

    fn same_text(&self, a: &str, b: &str) -> bool {
        canonical::same_text(a, b)
    }

    fn canonical(&self, expression: &Expression) -> Vec<String> {
        canonical::statements(expression)
    }

    fn scratch_frame(&self, in_transaction: bool) -> ScratchFrame {
        transaction::scratch_frame(in_transaction)
    }

    fn scratch_place(&self, name: &str) -> Option<ScratchPlace> {
        Some(transaction::scratch_place(name))
    }

    fn definition(&self, statement: &str) -> Result<Option<Definition>, CompileError> {
        Ok(definition::created(statement)?.map(|it| it.definition))
    }

    fn catalogue(&self) -> &'static [&'static str] {
        reflect::QUERIES
    }

    fn snapshot(&self) -> (&'static str, &'static str) {
        transaction::SNAPSHOT
    }

    fn reader(&self) -> Box<dyn CatalogueReader> {
        Box::new(reflect::Reader::default())
    }

    fn same_option(&self, option: &str, current: &str, target: &str) -> bool {
        compile::options::same(option, current, target)
    }

    fn option_place(
        &self,
        option: &str,
        table: &Table,
        schema: &Schema,
    ) -> Option<(Vec<(String, String)>, Place)> {
        compile::options::place(option, table, schema)
    }

    fn parents(&self, table: &Table) -> Vec<ObjectName> {
        compile::options::parents(table)
    }

    fn is_partition(&self, table: &Table) -> bool {
        table.options.contains_key(compile::options::PARTITION_OF)
    }

    fn needs_schema(&self, operation: &Operation) -> bool {
        compile::needs_schema(operation)
    }

    fn compile(&self, operation: &Operation, current: &Schema) -> Result<Vec<Step>, CompileError> {
        compile::compile(operation, current)
    }

    fn frame(&self, _operations: &[Operation]) -> Frame {
        transaction::frame()
    }

    fn isolation(&self, operation: &Operation) -> Isolation {
        compile::isolation(operation)
    }

    fn must_commit(&self, operations: &[Operation], before: &Operation) -> bool {
        compile::adds_label_used_by(operations, before)
    }

    fn enter(&self, limits: &Limits<'_>) -> Option<String> {
        Some(transaction::enter(limits))
    }

    fn is_lost(&self, sqlstate: Option<&str>) -> bool {
        sqlstate == Some(transaction::LOST)
    }

    fn counted(&self, sql: &str) -> Option<String> {
        Some(transaction::counted(sql))
    }

    fn enter_outside(&self, limits: &Limits<'_>) -> Option<String> {
        Some(transaction::enter_outside(limits))
    }

    fn leave(&self, before: &Row) -> Option<String> {
        Some(transaction::leave(before))
    }

    fn is_contention(&self, sqlstate: Option<&str>, _message: &str) -> bool {
        transaction::is_contention(sqlstate)
    }

    fn advice(&self, sqlstate: Option<&str>, _message: &str) -> Option<&'static str> {
        transaction::advice(sqlstate)
    }

    fn blockers(&self) -> Option<String> {
        Some(lock::blockers())
    }

    fn holder(&self) -> Option<String> {
        Some(lock::holder())
    }

    fn lease(&self, name: ObjectName) -> Option<Box<dyn Lease>> {
        Some(Box::new(lock::Table::new(&name)))
    }

    fn journal(&self, name: ObjectName) -> Box<dyn Journal> {
        Box::new(journal::Log::new(&name))
    }

    fn backup(&self) -> Option<&'static dyn Backup> {
        backup::backup()
    }

    fn version_table(&self, name: ObjectName) -> Box<dyn VersionTable> {
        Box::new(version_table::Table::new(&name))
    }

    fn lock(&self) -> Option<(String, String)> {
        Some(lock::queries())
    }
}
