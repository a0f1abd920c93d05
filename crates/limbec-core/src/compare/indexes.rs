//! The indexes of a table that both sides have.

use std::borrow::Cow;

use super::comments;
use super::judge::{Judge, Tables};
use super::plan::{Phase, Plan, Why};
use super::unknown::Unknown;
use crate::dialect::Place;
use crate::operations::{CommentOn, Operation};
use crate::schema::{Index, IndexElement, IndexKey, Schema, Table};

pub(super) fn compare(current: &Table, target: &Table, judge: &mut Judge<'_>, plan: &mut Plan) {
    let tables = Tables { current, target };
    let mut existing: Vec<&Index> = current.indexes.iter().collect();
    for wanted in &target.indexes {
        let found = existing
            .iter()
            .position(|it| judge.same_name(&it.name, &wanted.name))
            .map(|at| existing.remove(at));
        match found {
            Some(index) if same(index, wanted, tables, judge) => {
                let on = CommentOn::index(target.name.clone(), index.name.clone());
                comments::compare(on, index.comment.as_ref(), wanted.comment.as_ref(), plan);
            }
            found => {
                let why = match found {
                    Some(_) => Why::Changed,
                    None => Why::New,
                };
                if let Some(index) = found {
                    drop(target, index, why.clone(), plan);
                }
                create(target, wanted, why, plan);
            }
        }
    }
    for index in existing {
        drop(target, index, Why::Gone, plan);
    }
}

/// Takes the indexes away that are not valid, so that they count as missing, and drops those whose
/// names are wanted.
pub(super) fn set_invalid_aside(
    current: &mut Cow<'_, Schema>,
    target: &Schema,
    judge: &mut Judge<'_>,
    plan: &mut Plan,
) {
    let mut indexes = current.tables.iter().flat_map(|table| &table.indexes);
    if indexes.all(|it| it.valid) {
        return;
    }
    for table in &mut current.to_mut().tables {
        let wanted = target.tables.iter().find(|it| it.name == table.name);
        for mut index in table.take_invalid_indexes() {
            let is_wanted = |it: &Index| judge.same_name(&it.name, &index.name);
            if wanted.is_some_and(|it| it.indexes.iter().any(is_wanted)) {
                index.valid = true;
                drop(table, &index, Why::Changed, plan);
            } else {
                judge.unknown.push(Unknown::InvalidIndex {
                    table: table.name.clone(),
                    name: index.name.clone(),
                });
            }
        }
    }
}

pub(super) fn drop(table: &Table, index: &Index, why: Why, plan: &mut Plan) {
    let drop = Operation::DropIndex {
        table: table.name.clone(),
        name: index.name.clone(),
        index: Some(Box::new(index.clone())),
        concurrently: false,
    };
    plan.push(Phase::DropIndexes, why, drop);
}

pub(super) fn create(table: &Table, index: &Index, why: Why, plan: &mut Plan) {
    let create = Operation::CreateIndex {
        table: table.name.clone(),
        index: index.clone(),
    };
    plan.push(Phase::CreateIndexes, why, create);
}

pub(super) fn same(
    current: &Index,
    target: &Index,
    tables: Tables<'_>,
    judge: &mut Judge<'_>,
) -> bool {
    let method = method(target.method.as_deref());
    current.unique == target.unique
        && self::method(current.method.as_deref()) == method
        && judge.same_names(&current.include, &target.include)
        && current.nulls_not_distinct == target.nulls_not_distinct
        && current.elements.len() == target.elements.len()
        && current
            .elements
            .iter()
            .zip(&target.elements)
            .all(|(current, target)| same_element(current, target, &method, tables, judge))
        && judge.same_optional_expression(
            tables,
            &Place::Predicate,
            current.predicate.as_deref(),
            target.predicate.as_deref(),
        )
}

/// The access method that it is, said or not.
pub(super) fn method(said: Option<&str>) -> String {
    said.unwrap_or("btree").to_lowercase()
}

pub(super) fn same_element(
    current: &IndexElement,
    target: &IndexElement,
    method: &str,
    tables: Tables<'_>,
    judge: &mut Judge<'_>,
) -> bool {
    // NULLs stand first in a descending order unless it says otherwise.
    let nulls_first = |element: &IndexElement| element.nulls_first.unwrap_or(element.descending);
    let same_key = match (&current.key, &target.key) {
        (IndexKey::Column(a), IndexKey::Column(b)) => judge.same_name(a, b),
        (IndexKey::Expression(a), IndexKey::Expression(b)) => {
            judge.same_expression(tables, &Place::IndexElement, a, b)
        }
        // A model may spell a plain column as an expression, and a cast that changes nothing is
        // none to the database.
        (IndexKey::Column(name), IndexKey::Expression(expression)) => {
            let column = judge.dialect.quote(name);
            judge.same_expression(tables, &Place::IndexElement, &column, expression)
        }
        (IndexKey::Expression(expression), IndexKey::Column(name)) => {
            let column = judge.dialect.quote(name);
            judge.same_expression(tables, &Place::IndexElement, expression, &column)
        }
    };
    same_key
        && current.descending == target.descending
        && nulls_first(current) == nulls_first(target)
        && collation(current, tables.current) == collation(target, tables.target)
        && same_operator_class(current, target, method, tables, judge)
}

/// The collation by which an element is sorted: its own, or that of its column.
fn collation<'a>(element: &'a IndexElement, table: &'a Table) -> Option<&'a String> {
    let of_column = || table.column_named(column(element)?)?.collation.as_ref();
    element.collation.as_ref().or_else(of_column)
}

fn column(element: &IndexElement) -> Option<&str> {
    match &element.key {
        IndexKey::Column(name) => Some(name),
        IndexKey::Expression(_) => None,
    }
}

/// Whether two operator classes are one; a database says none where it is the default.
fn same_operator_class(
    current: &IndexElement,
    target: &IndexElement,
    method: &str,
    tables: Tables<'_>,
    judge: &Judge<'_>,
) -> bool {
    match (&current.operator_class, &target.operator_class) {
        (None, Some(class)) | (Some(class), None) => {
            let column = column(target).and_then(|name| tables.target.column_named(name));
            let column_type = column.map(|it| &it.column_type);
            judge
                .dialect
                .is_default_operator_class(class, method, column_type)
        }
        (current, target) => current == target,
    }
}
