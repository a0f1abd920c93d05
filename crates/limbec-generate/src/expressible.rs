//! Whether the database can hold what the models ask for, before anything is compared.

use limbec_core::dialect::{CompileError, Dialect};
use limbec_core::operations::{Operation, create_with_indexes};
use limbec_core::schema::{Index, IndexKey, ObjectName, Schema, Table};
use limbec_source::diagnostic::Diagnostic;

use crate::error::{ProjectError, Result};
use crate::models::Target;

/// Something that the database cannot hold, with the table and the column it is about.
struct Lack {
    table: Option<ObjectName>,
    column: Option<String>,
    index: Option<Index>,
    error: CompileError,
}

/// Fails with all that the database cannot hold, each at its place in the models.
pub(crate) fn check(target: &Target, dialect: &dyn Dialect) -> Result<()> {
    let schema = &target.schema;
    let mut lacks = Vec::new();
    for table in &schema.tables {
        of_table(table.clone(), dialect, &mut lacks);
    }
    for definition in schema.definitions.iter().cloned() {
        let create = Operation::CreateDefinition { definition };
        lacks.extend(refused(&create, dialect).map(|error| Lack {
            table: None,
            column: None,
            index: None,
            error,
        }));
    }
    if lacks.is_empty() {
        return Ok(());
    }
    Err(told(target, dialect, lacks))
}

/// The lacks of a table: of one that has several columns that cannot be, each is told.
fn of_table(mut table: Table, dialect: &dyn Dialect, lacks: &mut Vec<Lack>) {
    let lack = |table: &Table, column, error| Lack {
        table: Some(table.name.clone()),
        column,
        index: None,
        error,
    };
    let mut operations = create_with_indexes(table.clone()).into_iter();
    while let Some(error) = operations.next().and_then(|it| refused(&it, dialect)) {
        let column = error.column.clone();
        lacks.push(lack(&table, column.clone(), error));
        let Some(column) = column else { break };
        table.columns.retain(|it| it.name != column);
        operations = create_with_indexes(table.clone()).into_iter();
    }
    for index in operations {
        if let Some(error) = refused(&index, dialect) {
            let column = only_column(&index);
            let index = match index {
                Operation::CreateIndex { index, .. } => Some(index),
                _ => None,
            };
            lacks.push(Lack {
                index,
                ..lack(&table, column, error)
            });
        }
    }
}

fn refused(operation: &Operation, dialect: &dyn Dialect) -> Option<CompileError> {
    dialect.compile(operation, &Schema::default()).err()
}

/// The column of an index that is on one alone.
fn only_column(create: &Operation) -> Option<String> {
    let Operation::CreateIndex { index, .. } = create else {
        return None;
    };
    match &index.elements[..] {
        [element] => match &element.key {
            IndexKey::Column(name) => Some(name.clone()),
            IndexKey::Expression(_) => None,
        },
        _ => None,
    }
}

fn told(target: &Target, dialect: &dyn Dialect, lacks: Vec<Lack>) -> ProjectError {
    let headline = format!(
        "Can't proceed with --autogenerate option; {} cannot hold what the models ask for",
        dialect.name()
    );
    let mut diagnostics = Vec::new();
    let mut elsewhere = Vec::new();
    for lack in lacks {
        match place(target, &lack) {
            Some((path, span)) => diagnostics.push(Diagnostic {
                help: lack.error.hint.into_iter().collect(),
                ..Diagnostic::new(path, span, lack.error.message)
            }),
            None => elsewhere.push(lack.error),
        }
    }
    let lines: String = elsewhere.iter().map(|it| format!("\n  {it}")).collect();
    let colon = if lines.is_empty() { "" } else { ":" };
    let mut hints: Vec<String> = elsewhere.into_iter().filter_map(|it| it.hint).collect();
    hints.dedup();
    ProjectError::diagnostics(format!("{headline}{colon}{lines}"), diagnostics, |path| {
        target.places.text(path).to_string()
    })
    .hints(hints)
}

fn place(target: &Target, lack: &Lack) -> Option<(String, std::ops::Range<usize>)> {
    let places = &target.places;
    let table = lack.table.as_ref()?;
    if let Some(index) = &lack.index {
        let (table, _) = places.declared(table, None)?;
        // What the database lacks is a word of the index's own.
        let own = [Some(&index.name), index.method.as_ref()];
        let mut words = own.into_iter().flatten().chain(&index.include);
        let texts = places.texts_of(table);
        if let Some(text) = words.find_map(|word| texts.iter().find(|it| it.value == *word)) {
            return Some((table.path.clone(), text.span.clone()));
        }
    }
    let (declared, span) = places.declared(table, lack.column.as_deref())?;
    Some((declared.path.clone(), span.clone()))
}
