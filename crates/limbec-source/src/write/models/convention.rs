//! Which names must be said: those that the naming convention would not give.
//!
//! The convention is followed as the reader follows it, over all tables in their order. A name that
//! is given is taken, which may change what others get: so it goes round until nothing changes.

use limbec_core::schema::{NameParts, NamingConvention};

use super::sketch::{Placed, Sketch};
use crate::models::naming::{Names, Of, column_of_check};
use crate::models::words_of;

/// Marks what must be named.
pub(super) fn mark_names(sketches: &mut [Sketch<'_>], convention: &NamingConvention) {
    while mark_once(sketches, convention) {}
}

fn mark_once(sketches: &mut [Sketch<'_>], convention: &NamingConvention) -> bool {
    let mut names = Names::default();
    for sketch in &*sketches {
        let name = &sketch.table.name;
        names.take(Of::Relation, name.schema.as_deref(), &name.name);
        take_given(sketch, &mut names);
    }
    let mut changed = false;
    for sketch in sketches {
        changed |= mark_table(sketch, convention, &mut names);
    }
    changed
}

fn take_given(sketch: &Sketch<'_>, names: &mut Names) {
    let schema = sketch.table.name.schema.as_deref();
    let mut take = |of, name: Option<&String>| {
        if let Some(name) = name {
            names.take(of, schema, name);
        }
    };
    let key = sketch.table.primary_key.as_ref();
    take(
        Of::Both,
        key.filter(|_| sketch.key_named)
            .and_then(|it| it.name.as_ref()),
    );
    for it in sketch.uniques.iter().filter(|it| it.named) {
        take(Of::Both, it.it.name.as_ref());
    }
    for it in sketch.excludes.iter().filter(|it| it.named) {
        take(Of::Both, it.it.name.as_ref());
    }
    for it in sketch.indexes.iter().filter(|it| it.named) {
        take(Of::Relation, Some(&it.it.name));
    }
    for it in sketch.checks.iter().filter(|it| it.named) {
        take(Of::Constraint, it.it.name.as_ref());
    }
    for it in sketch.foreign_keys.iter().filter(|it| it.named) {
        take(Of::Constraint, it.it.name.as_ref());
    }
}

fn mark_table(sketch: &mut Sketch<'_>, convention: &NamingConvention, names: &mut Names) -> bool {
    let table = sketch.table;
    let schema = table.name.schema.as_deref();
    let mut changed = false;
    let mut mark =
        |named: &mut bool, of, pattern: &str, name: Option<&String>, parts: NameParts<'_>| {
            if *named {
                return;
            }
            let parts = NameParts {
                table: &table.name.name,
                ..parts
            };
            let chosen = names.choose(of, schema, pattern, parts);
            if name.is_some_and(|name| *name != chosen) {
                *named = true;
                changed = true;
            }
        };
    let columns: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
    for Placed { it, named, .. } in &mut sketch.checks {
        let of: Vec<String> = column_of_check(&it.expression, &columns)
            .into_iter()
            .collect();
        mark(
            named,
            Of::Constraint,
            &convention.check,
            it.name.as_ref(),
            parts(&of),
        );
    }
    if let Some(key) = &table.primary_key {
        let named = &mut sketch.key_named;
        mark(
            named,
            Of::Both,
            &convention.primary_key,
            key.name.as_ref(),
            parts(&key.columns),
        );
    }
    for Placed { it, named, .. } in &mut sketch.uniques {
        mark(
            named,
            Of::Both,
            &convention.unique,
            it.name.as_ref(),
            parts(&it.columns),
        );
    }
    for Placed { it, named, .. } in &mut sketch.excludes {
        let words = words_of(it.elements.iter().map(|it| &it.element));
        mark(
            named,
            Of::Both,
            &convention.exclude,
            it.name.as_ref(),
            parts(&words),
        );
    }
    for Placed { it, named, .. } in &mut sketch.foreign_keys {
        let parts = NameParts {
            referred_table: &it.referred_table.name,
            referred_columns: &it.referred_columns,
            ..parts(&it.columns)
        };
        mark(
            named,
            Of::Constraint,
            &convention.foreign_key,
            it.name.as_ref(),
            parts,
        );
    }
    for Placed { it, named, .. } in &mut sketch.indexes {
        let words = words_of(&it.elements);
        mark(
            named,
            Of::Relation,
            &convention.index,
            Some(&it.name),
            parts(&words),
        );
    }
    changed
}

fn parts(columns: &[String]) -> NameParts<'_> {
    NameParts {
        columns,
        ..NameParts::default()
    }
}
