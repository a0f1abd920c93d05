//! Primary keys, uniques and checks as a model writes them, before they have names.

use std::collections::BTreeMap;

use limbec_core::schema::Deferrable;
use proc_macro2::Span;

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
    pub(super) include: Vec<At<String>>,
    pub(super) without_overlaps: bool,
    pub(super) comment: Option<String>,
    pub(super) span: Span,
}

/// A check.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) name: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    pub(super) expression: String,
    pub(super) no_inherit: bool,
    pub(super) validity: Validity,
    pub(super) comment: Option<String>,
}

/// Which rows a constraint is checked for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Validity {
    pub(super) not_valid: bool,
    pub(super) not_enforced: bool,
}

/// A primary key.
#[derive(Debug)]
pub(super) struct PrimaryKey {
    pub(super) name: Option<At<String>>,
    pub(super) renamed_from: Option<At<String>>,
    pub(super) columns: Vec<At<String>>,
    pub(super) include: Vec<At<String>>,
    pub(super) deferrable: Option<Deferrable>,
    pub(super) without_overlaps: bool,
    pub(super) comment: Option<String>,
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
                include: Vec::new(),
                without_overlaps: false,
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
                    include: nested.names("include", mistakes).unwrap_or_default(),
                    without_overlaps: nested.set("without_overlaps", mistakes).is_some(),
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
                    no_inherit: false,
                    validity: Validity::default(),
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
                let no_inherit = nested.set("no_inherit", mistakes).is_some();
                let validity = validity(&nested, mistakes);
                let comment = text(&nested, "comment", mistakes);
                if let Some(expression) = expression {
                    checks.push(Check {
                        name,
                        renamed_from,
                        expression: expression.value,
                        no_inherit,
                        validity,
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
            include: nested.names("include", mistakes).unwrap_or_default(),
            deferrable: deferrable(&nested, mistakes),
            without_overlaps: nested.set("without_overlaps", mistakes).is_some(),
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

/// Reads `not_valid` and `not_enforced`.
pub(super) fn validity(entries: &Entries, mistakes: &mut Mistakes) -> Validity {
    Validity {
        not_valid: entries.set("not_valid", mistakes).is_some(),
        not_enforced: entries.set("not_enforced", mistakes).is_some(),
    }
}

/// Reads `deferrable`, `deferrable = "initially deferred"` and `initially_deferred`.
pub(super) fn deferrable(entries: &Entries, mistakes: &mut Mistakes) -> Option<Deferrable> {
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

pub(super) fn text(entries: &Entries, key: &str, mistakes: &mut Mistakes) -> Option<String> {
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

pub(super) fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}
