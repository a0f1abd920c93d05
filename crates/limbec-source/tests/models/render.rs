//! Schemas as short text.

use std::fmt::Write as _;

use limbec_core::schema::{
    Column, Deferrable, ExcludeConstraint, ForeignKey, Index, IndexElement, IndexKey, Inheritance,
    ReferentialAction, Schema, Table,
};

/// Writes a schema, a line for each column, constraint and index.
pub(crate) fn schema(schema: &Schema) -> String {
    let mut out = String::new();
    if !schema.namespaces.is_empty() {
        let names: Vec<_> = schema
            .namespaces
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        let _ = writeln!(out, "namespaces {}", names.join(", "));
    }
    for enumeration in &schema.enums {
        let _ = writeln!(
            out,
            "enum {} ({})",
            enumeration.name,
            enumeration.labels.join(", ")
        );
    }
    for it in &schema.tables {
        table(it, &mut out);
    }
    out
}

fn table(table: &Table, out: &mut String) {
    let _ = writeln!(
        out,
        "table {}{}",
        table.name,
        comment(table.comment.as_deref())
    );
    match &table.inherits {
        Inheritance::None => {}
        Inheritance::Tables(parents) => {
            let parents: Vec<String> = parents.iter().map(ToString::to_string).collect();
            let _ = writeln!(out, "  inherits {}", parents.join(", "));
        }
        Inheritance::Partition { of, bound } => {
            let _ = writeln!(out, "  partition of {of} {bound}");
        }
    }
    if let Some(key) = &table.partition_by {
        let _ = writeln!(out, "  partition by {key}");
    }
    for (key, value) in &table.options {
        let _ = writeln!(out, "  option {key} = {value}");
    }
    for it in &table.columns {
        column(it, out);
    }
    if let Some(key) = &table.primary_key {
        let _ = writeln!(
            out,
            "  primary key {} ({}){}{}",
            name(key.name.as_ref()),
            ranged(&key.columns, key.without_overlaps),
            include(&key.include),
            deferrable(key.deferrable)
        );
    }
    for it in &table.uniques {
        let nulls = if it.nulls_not_distinct {
            " nulls not distinct"
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "  unique {} ({}){}{nulls}{}",
            name(it.name.as_ref()),
            ranged(&it.columns, it.without_overlaps),
            include(&it.include),
            deferrable(it.deferrable)
        );
    }
    for it in &table.checks {
        let _ = writeln!(
            out,
            "  check {} ({}){}{}",
            name(it.name.as_ref()),
            it.expression,
            if it.no_inherit { " no inherit" } else { "" },
            validity(it.not_valid, it.not_enforced)
        );
    }
    for it in &table.excludes {
        exclude(it, out);
    }
    for it in &table.foreign_keys {
        foreign_key(it, out);
    }
    for it in &table.indexes {
        index(it, out);
    }
}

fn column(column: &Column, out: &mut String) {
    let _ = write!(out, "  {} {:?}", column.name, column.column_type);
    if !column.nullable {
        out.push_str(" not null");
    }
    if let Some(default) = &column.default {
        let _ = write!(out, " default {default}");
    }
    if let Some(generated) = &column.generated {
        let kind = if generated.stored {
            "stored"
        } else {
            "virtual"
        };
        let _ = write!(out, " as ({}) {kind}", generated.expression);
    }
    if let Some(identity) = &column.identity {
        let _ = write!(out, " {:?}", identity.kind);
        let numbers = [
            ("start", identity.start),
            ("increment", identity.increment),
            ("minimum", identity.minimum),
            ("maximum", identity.maximum),
            ("cache", identity.cache),
        ];
        for (word, number) in numbers {
            if let Some(number) = number {
                let _ = write!(out, " {word} {number}");
            }
        }
        if identity.cycle {
            out.push_str(" cycle");
        }
    }
    if let Some(collation) = &column.collation {
        let _ = write!(out, " collate {collation}");
    }
    for (key, value) in &column.options {
        let _ = write!(out, " {key}={value}");
    }
    let _ = writeln!(out, "{}", comment(column.comment.as_deref()));
}

fn foreign_key(key: &ForeignKey, out: &mut String) {
    let _ = write!(
        out,
        "  foreign key {} ({}) -> {} ({})",
        name(key.name.as_ref()),
        key.columns.join(", "),
        key.referred_table,
        key.referred_columns.join(", ")
    );
    for (event, action) in [("delete", key.on_delete), ("update", key.on_update)] {
        if action != ReferentialAction::NoAction {
            let _ = write!(out, " on {event} {}", action.sql().to_lowercase());
        }
        if event == "delete" && !key.on_delete_columns.is_empty() {
            let _ = write!(out, " ({})", key.on_delete_columns.join(", "));
        }
    }
    if key.period {
        out.push_str(" period");
    }
    out.push_str(validity(key.not_valid, key.not_enforced));
    if key.match_full {
        out.push_str(" match full");
    }
    let _ = writeln!(out, "{}", deferrable(key.deferrable));
}

fn exclude(exclude: &ExcludeConstraint, out: &mut String) {
    let elements = exclude.elements.iter();
    let elements: Vec<String> = elements
        .map(|it| format!("{} with {}", element(&it.element), it.operator))
        .collect();
    let _ = write!(
        out,
        "  exclude {} ({}){}",
        name(exclude.name.as_ref()),
        elements.join(", "),
        include(&exclude.include)
    );
    if let Some(method) = &exclude.method {
        let _ = write!(out, " using {method}");
    }
    if let Some(predicate) = &exclude.predicate {
        let _ = write!(out, " where {predicate}");
    }
    let _ = writeln!(
        out,
        "{}{}",
        deferrable(exclude.deferrable),
        comment(exclude.comment.as_deref())
    );
}

fn ranged(columns: &[String], range: bool) -> String {
    let end = if range { " without overlaps" } else { "" };
    format!("{}{end}", columns.join(", "))
}

fn include(columns: &[String]) -> String {
    match columns {
        [] => String::new(),
        columns => format!(" include ({})", columns.join(", ")),
    }
}

fn validity(not_valid: bool, not_enforced: bool) -> &'static str {
    match (not_valid, not_enforced) {
        (true, true) => " not valid not enforced",
        (true, false) => " not valid",
        (false, true) => " not enforced",
        (false, false) => "",
    }
}

fn index(index: &Index, out: &mut String) {
    let unique = if index.unique { "unique " } else { "" };
    let elements: Vec<String> = index.elements.iter().map(element).collect();
    let _ = write!(
        out,
        "  {unique}index {} ({})",
        index.name,
        elements.join(", ")
    );
    if let Some(method) = &index.method {
        let _ = write!(out, " using {method}");
    }
    out.push_str(&include(&index.include));
    if index.nulls_not_distinct {
        out.push_str(" nulls not distinct");
    }
    if let Some(predicate) = &index.predicate {
        let _ = write!(out, " where {predicate}");
    }
    for (key, value) in &index.options {
        let _ = write!(out, " {key}={value}");
    }
    let _ = writeln!(out, "{}", comment(index.comment.as_deref()));
}

fn element(element: &IndexElement) -> String {
    let mut text = match &element.key {
        IndexKey::Column(name) => name.clone(),
        IndexKey::Expression(expression) => format!("({expression})"),
    };
    if let Some(collation) = &element.collation {
        let _ = write!(text, " collate {collation}");
    }
    if let Some(class) = &element.operator_class {
        let _ = write!(text, " {class}");
    }
    if element.descending {
        text.push_str(" desc");
    }
    match element.nulls_first {
        Some(true) => text.push_str(" nulls first"),
        Some(false) => text.push_str(" nulls last"),
        None => {}
    }
    text
}

fn deferrable(deferrable: Option<Deferrable>) -> &'static str {
    match deferrable {
        None => "",
        Some(Deferrable::InitiallyImmediate) => " deferrable",
        Some(Deferrable::InitiallyDeferred) => " initially deferred",
    }
}

fn name(name: Option<&String>) -> &str {
    name.map_or("(unnamed)", String::as_str)
}

fn comment(comment: Option<&str>) -> String {
    comment.map_or_else(String::new, |comment| format!(" -- {comment:?}"))
}
