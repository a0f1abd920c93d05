//! SQLite.

/// SQLite, embedded.
#[derive(Debug, Clone, Copy)]
pub struct Sqlite;

use std::borrow::Cow;

use super::{
    Capabilities, CompileError, Dialect, Expression, Frame, ReflectError, Row, ScratchFrame,
    ScratchPlace, VersionTable,
};
use crate::operations::Operation;
use crate::schema::{Column, ColumnType, ObjectName, Schema};
use crate::steps::Step;

#[allow(unused_variables, clippy::unimplemented)]
impl Dialect for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }
    fn capabilities(&self) -> Capabilities {
        unimplemented!()
    }
    fn fold_name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        unimplemented!()
    }
    fn quote(&self, name: &str) -> String {
        unimplemented!()
    }
    fn type_sql(&self, column_type: &ColumnType) -> Result<String, CompileError> {
        unimplemented!()
    }
    fn same_type(&self, current: &ColumnType, target: &ColumnType) -> bool {
        unimplemented!()
    }
    fn same_identity(&self, current: &Column, target: &Column) -> bool {
        unimplemented!()
    }
    fn default_sql<'a>(&self, expression: &'a str) -> Cow<'a, str> {
        unimplemented!()
    }
    fn same_text(&self, a: &str, b: &str) -> bool {
        unimplemented!()
    }
    fn canonical(&self, expression: &Expression) -> Vec<String> {
        unimplemented!()
    }
    fn scratch_frame(&self, in_transaction: bool) -> ScratchFrame {
        unimplemented!()
    }
    fn scratch_place(&self, name: &str) -> Option<ScratchPlace> {
        unimplemented!()
    }
    fn catalogue(&self) -> &'static [&'static str] {
        unimplemented!()
    }
    fn snapshot(&self) -> (&'static str, &'static str) {
        unimplemented!()
    }
    fn read_catalogue(&self, answers: Vec<Vec<Row>>) -> Result<Schema, ReflectError> {
        unimplemented!()
    }
    fn needs_schema(&self, operation: &Operation) -> bool {
        unimplemented!()
    }
    fn compile(&self, operation: &Operation, current: &Schema) -> Result<Vec<Step>, CompileError> {
        unimplemented!()
    }
    fn frame(&self, operations: &[Operation]) -> Frame {
        unimplemented!()
    }
    fn version_table(&self, name: ObjectName) -> Box<dyn VersionTable> {
        unimplemented!()
    }
    fn lock(&self) -> Option<(String, String)> {
        unimplemented!()
    }
}
