//! A column that is to be computed: PostgreSQL knows no way but to drop it and add it anew, with
//! what stands on it.

use super::super::lexicon::LEXICON;
use super::{Steps, column, constraint, index};
use crate::dialect::postgres::names::{in_namespace_of, object, quote};
use crate::operations::Constraint;
use crate::schema::{Column, Index, IndexElement, IndexKey, Table};
use crate::sql::mentions;
use crate::steps::Step;

/// Makes the column of a table the one given.
pub(super) fn replace(table: &Table, before: &Column, after: &Column) -> Steps {
    let name = object(&table.name);
    let stands = |constraint: &Constraint| match constraint {
        Constraint::Check(it) => mentions(&it.expression, &before.name, &LEXICON),
        Constraint::Exclude(it) => {
            let elements = it.elements.iter().map(|it| &it.element);
            constraint.names_column(&before.name)
                || over(elements, it.predicate.as_deref(), &before.name)
        }
        key => key.names_column(&before.name),
    };
    let constraints: Vec<_> = Constraint::all_of(table).filter(stands).collect();
    let indexes = table.indexes.iter().filter(|it| is_on(it, &before.name));
    let indexes: Vec<&Index> = indexes.collect();
    let mut steps = Vec::new();
    for it in &indexes {
        let index = in_namespace_of(&table.name, &it.name);
        steps.push(Step::new(format!("DROP INDEX {index}")));
    }
    for it in constraints.iter().filter_map(Constraint::name) {
        let constraint = quote(it);
        steps.push(Step::new(format!(
            "ALTER TABLE {name} DROP CONSTRAINT {constraint}"
        )));
    }
    let column = quote(&before.name);
    steps.push(Step::new(format!(
        "ALTER TABLE {name} DROP COLUMN {column}"
    )));
    steps.extend(column::add(&table.name, after)?);
    for it in &constraints {
        steps.extend(constraint::add(&table.name, it));
    }
    for it in indexes {
        steps.extend(index::create(&table.name, it));
    }
    Ok(steps)
}

fn is_on(index: &Index, column: &str) -> bool {
    index.include.iter().any(|it| it == column)
        || over(&index.elements, index.predicate.as_deref(), column)
}

/// Whether an index of these elements and predicate is over a column.
fn over<'e>(
    elements: impl IntoIterator<Item = &'e IndexElement>,
    predicate: Option<&str>,
    column: &str,
) -> bool {
    predicate.is_some_and(|it| mentions(it, column, &LEXICON))
        || (elements.into_iter()).any(|element| match &element.key {
            IndexKey::Column(name) => name == column,
            IndexKey::Expression(expression) => mentions(expression, column, &LEXICON),
        })
}
