//! Constraints and indexes as a model writes them, before they have names and tables to refer to.

use std::collections::BTreeMap;

use limbec_core::schema::{Deferrable, ReferentialAction};
use proc_macro2::Span;

use super::element;
use super::entries::{Entries, Form};
use super::keys;
use crate::mistake::{At, Mistakes};
use crate::suggest::did_you_mean;

/// A unique constraint.
#[derive(Debug)]
pub(super) struct Unique {
    pub(super) name: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    /// Empty at a column, whose own it is.
    pub(super) columns: Vec<At<String>>,
    pub(super) deferrable: Option<Deferrable>,
    pub(super) nulls_not_distinct: bool,
    pub(super) comment: Option<String>,
    pub(super) span: Span,
}

/// A check.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) name: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    pub(super) expression: String,
    pub(super) comment: Option<String>,
}

/// A primary key.
#[derive(Debug)]
pub(super) struct PrimaryKey {
    pub(super) name: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    pub(super) columns: Vec<At<String>>,
    pub(super) comment: Option<String>,
    pub(super) span: Span,
}

/// A foreign key.
#[derive(Debug)]
pub(super) struct ForeignKey {
    pub(super) name: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    pub(super) columns: Vec<At<String>>,
    /// The parts of the name between dots: schema, table, and at a column the column.
    pub(super) target: At<Vec<String>>,
    /// The columns referred to, where they stand apart from the table.
    pub(super) referred_columns: Vec<At<String>>,
    pub(super) on_delete: ReferentialAction,
    pub(super) on_update: ReferentialAction,
    pub(super) deferrable: Option<Deferrable>,
    pub(super) match_full: bool,
    pub(super) comment: Option<String>,
    /// Whether the table stands apart from its columns, as in `table(a, b)`.
    pub(super) table_level: bool,
    pub(super) span: Span,
}

/// Reads `unique`, `unique = "name"`, `unique(…)`; at a table the columns must be named.
pub(super) fn uniques(entries: &Entries, at_table: bool, mistakes: &mut Mistakes) -> Vec<Unique> {
    let forms = entries.forms("unique", &keys::UNIQUE, mistakes);
    let mut uniques = Vec::with_capacity(forms.len());
    for form in forms {
        let unique = match form {
            Form::Short(short) => Unique {
                name: short.value.map(|value| At {
                    value,
                    span: short.span,
                }),
                renamed_from: None,
                columns: Vec::new(),
                deferrable: None,
                nulls_not_distinct: false,
                comment: None,
                span: short.span,
            },
            Form::Nested(nested) => {
                let unique = Unique {
                    name: nested.text("name", mistakes),
                    renamed_from: nested.text("renamed_from", mistakes),
                    columns: nested.names("columns", mistakes).unwrap_or_default(),
                    deferrable: deferrable(&nested, mistakes),
                    nulls_not_distinct: nested.set("nulls_not_distinct", mistakes).is_some(),
                    comment: text(&nested, "comment", mistakes),
                    span: nested.span,
                };
                nested.finish(mistakes);
                unique
            }
        };
        if placed(
            !unique.columns.is_empty(),
            at_table,
            unique.span,
            "unique(columns = [\"a\", \"b\"])",
            mistakes,
        ) {
            uniques.push(unique);
        }
    }
    uniques
}

/// Whether a constraint names its columns at a table; at a column it may not name any.
pub(super) fn placed(
    named: bool,
    at_table: bool,
    span: Span,
    form: &str,
    mistakes: &mut Mistakes,
) -> bool {
    if named == at_table {
        return true;
    }
    if at_table {
        mistakes
            .at(span, "the columns are missing")
            .help(format!("write `{form}`"));
    } else {
        mistakes
            .at(span, "at a field the column is the field's own")
            .help(format!("write it at the struct: `#[table({form})]`"));
    }
    false
}

/// Reads the checks of a column (`check = "…"`, `check_name`) or of a table (`check(…)`, and the
/// short form).
pub(super) fn checks(entries: &Entries, mistakes: &mut Mistakes) -> Vec<Check> {
    let mut checks = Vec::new();
    for form in entries.forms("check", &keys::CHECK, mistakes) {
        match form {
            Form::Short(At {
                value: Some(expression),
                ..
            }) => {
                checks.push(Check {
                    name: None,
                    renamed_from: None,
                    expression,
                    comment: None,
                });
            }
            Form::Short(At { value: None, span }) => {
                mistakes
                    .at(span, "the condition is missing")
                    .help("write `check = \"price > 0\"`");
            }
            Form::Nested(nested) => {
                let span = nested.span;
                let name = nested.text("name", mistakes);
                let renamed_from = nested.text("renamed_from", mistakes);
                let expression = nested.text("expression", mistakes);
                let comment = text(&nested, "comment", mistakes);
                if let Some(expression) = expression {
                    checks.push(Check {
                        name,
                        renamed_from,
                        expression: expression.value,
                        comment,
                    });
                } else if !nested.has("expression") {
                    mistakes
                        .at(span, "the condition is missing")
                        .help("write `check(expression = \"a < b\")`");
                }
                nested.finish(mistakes);
            }
        }
    }
    checks
}

/// Reads `primary_key(…)` of a table.
pub(super) fn primary_key(entries: &Entries, mistakes: &mut Mistakes) -> Option<PrimaryKey> {
    let mut keys = Vec::new();
    for nested in entries.nested("primary_key", &keys::PRIMARY_KEY, mistakes) {
        let key = PrimaryKey {
            name: nested.text("name", mistakes),
            renamed_from: nested.text("renamed_from", mistakes),
            columns: nested.names("columns", mistakes).unwrap_or_default(),
            comment: text(&nested, "comment", mistakes),
            span: nested.span,
        };
        if key.columns.is_empty() && !nested.has("columns") {
            mistakes
                .at(key.span, "the columns are missing")
                .help("write `primary_key(columns = [\"a\", \"b\"])`");
        }
        nested.finish(mistakes);
        keys.push(key);
    }
    if let [first, second, ..] = keys.as_slice() {
        let other = mistakes.place(first.span);
        mistakes
            .at(second.span, "a table has one primary key")
            .other(other, "first given here");
    }
    keys.into_iter().next()
}

/// Reads `foreign_key(…)` of a table.
pub(super) fn foreign_keys(entries: &Entries, mistakes: &mut Mistakes) -> Vec<ForeignKey> {
    let mut foreign_keys = Vec::new();
    for nested in entries.nested("foreign_key", &keys::FOREIGN_KEY, mistakes) {
        foreign_keys.extend(foreign_key(&nested, mistakes));
        nested.finish(mistakes);
    }
    foreign_keys
}

fn foreign_key(nested: &Entries, mistakes: &mut Mistakes) -> Option<ForeignKey> {
    let columns = nested.names("columns", mistakes);
    let references = nested.text("references", mistakes);
    let referred_columns = nested.names("referred_columns", mistakes);
    let name = nested.text("name", mistakes);
    let renamed_from = nested.text("renamed_from", mistakes);
    let actions = actions(nested, mistakes);
    let comment = text(nested, "comment", mistakes);
    for (missing, key) in [
        (columns.is_none(), "columns"),
        (references.is_none(), "references"),
    ] {
        if missing && !nested.has(key) {
            mistakes
                .at(nested.span, format!("`{key}` is missing"))
                .help(
                    "write `foreign_key(columns = [\"a\", \"b\"], references = \"others(a, b)\")`",
                );
        }
    }
    let (columns, references) = (columns?, references?);
    let Some((parts, in_parentheses)) = element::table_and_columns(&references.value) else {
        mistakes
            .at(
                references.span,
                format!("`{}` names no table", references.value),
            )
            .help("write `references = \"table(a, b)\"`, or `references = \"schema.table(a, b)\"`");
        return None;
    };
    let mut referred: Vec<At<String>> = in_parentheses
        .into_iter()
        .map(|value| At {
            value,
            span: references.span,
        })
        .collect();
    if let Some(apart) = referred_columns {
        if !referred.is_empty() {
            mistakes
                .at(apart[0].span, "`references` names the columns already")
                .help("keep one of the two");
        }
        referred = apart;
    }
    if !referred.is_empty() && referred.len() != columns.len() {
        mistakes.at(
            nested.span,
            format!("{} column(s) refer to {}", columns.len(), referred.len()),
        );
        return None;
    }
    Some(ForeignKey {
        name,
        renamed_from,
        columns,
        target: At {
            value: parts,
            span: references.span,
        },
        referred_columns: referred,
        on_delete: actions.on_delete,
        on_update: actions.on_update,
        deferrable: actions.deferrable,
        match_full: actions.match_full,
        comment,
        table_level: true,
        span: nested.span,
    })
}

/// Reads the foreign key of a column: `foreign_key = "owners.id"` and the keys beside it.
pub(super) fn column_foreign_key(
    entries: &Entries,
    column: &At<String>,
    mistakes: &mut Mistakes,
) -> Option<ForeignKey> {
    let target = entries.text("foreign_key", mistakes);
    let name = entries.text("foreign_key_name", mistakes);
    let actions = actions(entries, mistakes);
    if target.is_none() {
        let alone = [
            "foreign_key_name",
            "on_delete",
            "on_update",
            "deferrable",
            "initially_deferred",
            "match_full",
        ];
        if let Some(key) = alone
            .iter()
            .find(|key| entries.has(key) && !entries.has("foreign_key"))
        {
            let help = match *key {
                "deferrable" | "initially_deferred" => {
                    "add `foreign_key = \"table.column\"`, or write `unique(deferrable)`"
                }
                _ => "add `foreign_key = \"table.column\"`",
            };
            mistakes
                .at(
                    entries.span_of(key),
                    format!("`{key}` says nothing without `foreign_key`"),
                )
                .help(help);
        }
    }
    let target = target?;
    let parts = element::dotted(&target.value).filter(|parts| parts.len() <= 3);
    let Some(parts) = parts else {
        mistakes
            .at(target.span, format!("`{}` names no column", target.value))
            .help("write `foreign_key = \"table.column\"`, or `\"schema.table.column\"`");
        return None;
    };
    Some(ForeignKey {
        name,
        renamed_from: None,
        columns: vec![column.clone()],
        target: At {
            value: parts,
            span: target.span,
        },
        referred_columns: Vec::new(),
        on_delete: actions.on_delete,
        on_update: actions.on_update,
        deferrable: actions.deferrable,
        match_full: actions.match_full,
        comment: None,
        table_level: false,
        span: target.span,
    })
}

struct Actions {
    on_delete: ReferentialAction,
    on_update: ReferentialAction,
    deferrable: Option<Deferrable>,
    match_full: bool,
}

fn actions(entries: &Entries, mistakes: &mut Mistakes) -> Actions {
    Actions {
        on_delete: action(entries, "on_delete", mistakes),
        on_update: action(entries, "on_update", mistakes),
        deferrable: deferrable(entries, mistakes),
        match_full: entries.set("match_full", mistakes).is_some(),
    }
}

fn action(entries: &Entries, key: &str, mistakes: &mut Mistakes) -> ReferentialAction {
    const WORDS: [&str; 5] = [
        "no action",
        "restrict",
        "cascade",
        "set null",
        "set default",
    ];
    let Some(text) = entries.text(key, mistakes) else {
        return ReferentialAction::default();
    };
    if let Some(action) = ReferentialAction::from_sql(&text.value) {
        return action;
    }
    let help = did_you_mean(&text.value, WORDS)
        .unwrap_or_else(|| format!("the actions are {}", quoted(&WORDS)));
    mistakes
        .at(
            text.span,
            format!("`{}` is no action of a foreign key", text.value),
        )
        .help(help);
    ReferentialAction::default()
}

/// Reads `deferrable`, `deferrable = "initially deferred"` and `initially_deferred`.
fn deferrable(entries: &Entries, mistakes: &mut Mistakes) -> Option<Deferrable> {
    let later = entries
        .set("initially_deferred", mistakes)
        .map(|_| Deferrable::InitiallyDeferred);
    let when = entries.flag_or_text("deferrable", mistakes);
    let given = when.and_then(|when| {
        let words = when
            .value
            .as_deref()
            .unwrap_or("initially immediate")
            .replace('_', " ")
            .to_lowercase();
        match words.trim() {
            "initially immediate" => Some(Deferrable::InitiallyImmediate),
            "initially deferred" => Some(Deferrable::InitiallyDeferred),
            _ => {
                mistakes
                    .at(
                        when.span,
                        format!("`{words}` is not when a constraint is checked"),
                    )
                    .help("write `deferrable` or `deferrable = \"initially deferred\"`");
                None
            }
        }
    });
    later.or(given)
}

fn text(entries: &Entries, key: &str, mistakes: &mut Mistakes) -> Option<String> {
    entries.text(key, mistakes).map(|it| it.value)
}

/// Reads `option("dialect.name" = "value")`.
pub(super) fn options(entries: &Entries, mistakes: &mut Mistakes) -> BTreeMap<String, String> {
    const DIALECTS: [&str; 4] = ["postgresql", "sqlite", "mysql", "mariadb"];
    let mut options = BTreeMap::new();
    for (key, value) in entries.pairs("option", mistakes) {
        let dialect = key
            .value
            .split_once('.')
            .filter(|(_, name)| !name.is_empty())
            .map(|(dialect, _)| dialect);
        match dialect {
            Some(dialect) if DIALECTS.contains(&dialect) => {
                if options.insert(key.value.clone(), value).is_some() {
                    mistakes.at(
                        key.span,
                        format!("the option `{}` is given twice", key.value),
                    );
                }
            }
            _ => {
                let help = dialect.and_then(|dialect| did_you_mean(dialect, DIALECTS));
                mistakes
                    .at(
                        key.span,
                        format!("`{}` is no option of a database", key.value),
                    )
                    .help(help.unwrap_or_else(|| {
                        format!(
                            "an option begins with the database it is for: {}",
                            quoted(&DIALECTS)
                        )
                    }));
            }
        }
    }
    options
}

fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
