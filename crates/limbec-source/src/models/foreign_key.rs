//! Foreign keys as a model writes them, before they have names and tables to refer to.

use limbec_core::schema::{Deferrable, ReferentialAction};
use proc_macro2::Span;

use super::constraint::{Validity, deferrable, quoted, text, validity};
use super::entries::Entries;
use super::{element, keys};
use crate::mistake::{At, Mistakes};
use crate::suggest::did_you_mean;

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
    pub(super) on_delete_columns: Vec<At<String>>,
    pub(super) deferrable: Option<Deferrable>,
    pub(super) match_full: bool,
    pub(super) period: bool,
    pub(super) validity: Validity,
    pub(super) comment: Option<String>,
    /// Whether the table stands apart from its columns, as in `table(a, b)`.
    pub(super) table_level: bool,
    pub(super) span: Span,
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
    let period = nested.set("period", mistakes).is_some();
    let validity = validity(nested, mistakes);
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
        on_delete_columns: actions.on_delete_columns,
        deferrable: actions.deferrable,
        match_full: actions.match_full,
        period,
        validity,
        comment,
        table_level: true,
        span: nested.span,
    })
}

/// Reads the foreign key of a column: `foreign_key = "owners.id"` and the keys beside it.
pub(super) fn for_column(
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
        on_delete_columns: actions.on_delete_columns,
        deferrable: actions.deferrable,
        match_full: actions.match_full,
        period: false,
        validity: Validity::default(),
        comment: None,
        table_level: false,
        span: target.span,
    })
}

struct Actions {
    on_delete: ReferentialAction,
    on_delete_columns: Vec<At<String>>,
    on_update: ReferentialAction,
    deferrable: Option<Deferrable>,
    match_full: bool,
}

fn actions(entries: &Entries, mistakes: &mut Mistakes) -> Actions {
    let (on_delete, on_delete_columns) = action(entries, "on_delete", mistakes);
    let (on_update, of_update) = action(entries, "on_update", mistakes);
    if let Some(column) = of_update.first() {
        mistakes.at(
            column.span,
            "an update sets all columns of the key: only `on_delete` can name some of them",
        );
    }
    Actions {
        on_delete,
        on_delete_columns,
        on_update,
        deferrable: deferrable(entries, mistakes),
        match_full: entries.set("match_full", mistakes).is_some(),
    }
}

/// Reads `cascade`, or `set null (a, b)` with the columns that are set.
fn action(
    entries: &Entries,
    key: &str,
    mistakes: &mut Mistakes,
) -> (ReferentialAction, Vec<At<String>>) {
    const WORDS: [&str; 5] = [
        "no action",
        "restrict",
        "cascade",
        "set null",
        "set default",
    ];
    let Some(text) = entries.text(key, mistakes) else {
        return Default::default();
    };
    let (words, columns) = element::words_and_columns(&text.value);
    if let Some(action) = ReferentialAction::from_sql(words) {
        let sets = matches!(
            action,
            ReferentialAction::SetNull | ReferentialAction::SetDefault
        );
        match columns {
            Some(columns) if sets || columns.is_empty() => {
                let at = |value| At {
                    value,
                    span: text.span,
                };
                return (action, columns.into_iter().map(at).collect());
            }
            _ => {
                mistakes
                    .at(
                        text.span,
                        format!("`{}` names no columns to set", text.value),
                    )
                    .help("write `on_delete = \"set null (a, b)\"`");
                return (action, Vec::new());
            }
        }
    }
    let help =
        did_you_mean(words, WORDS).unwrap_or_else(|| format!("the actions are {}", quoted(&WORDS)));
    mistakes
        .at(
            text.span,
            format!("`{}` is no action of a foreign key", text.value),
        )
        .help(help);
    Default::default()
}
