//! What was renamed, as somebody says who knows it.

use limbec_core::compare::LookAlike;
use limbec_core::schema::{ObjectName, Rename, Renamed, Schema, Table};

use crate::conversions::Uncastable;
use crate::error::{ProjectError, Result};
use crate::selection::Pattern;

/// Asks somebody whether two that look alike are the same.
pub type Ask<'a> = dyn FnMut(&LookAlike) -> Result<bool> + Send + 'a;

/// Asks somebody to say yes.
pub type Confirm<'a> = dyn FnMut(&str) -> Result<bool> + Send + 'a;

/// Asks somebody for the SQL expression by which a value becomes one of its new type.
pub type AskExpression<'a> = dyn FnMut(&Uncastable) -> Result<Option<String>> + Send + 'a;

/// The answers to what may have been renamed.
#[derive(Default)]
pub struct Answers<'a> {
    /// `posts.title=name`, as `--rename` has them.
    pub rename: &'a [String],
    /// `posts.title`, as `--no-rename` has them.
    pub no_rename: &'a [String],
    /// The tables that may lose policies and row level security, as `--unprotect` has them.
    pub unprotect: &'a [String],
    /// How values become those of their new types, as `--using` has it: `notes.key=SQL`.
    pub using: &'a [String],
    /// Asks what the flags of renames do not answer; without it, that is an error.
    pub ask: Option<Box<Ask<'a>>>,
    /// Asks whether a table may lose its protection; without it, that is an error.
    pub confirm: Option<Box<Confirm<'a>>>,
    /// Asks how a value becomes one of its new type; without it, the change is left to be finished.
    pub expression: Option<Box<AskExpression<'a>>>,
    /// What was asked and is not the same.
    apart: Vec<LookAlike>,
}

impl<'a> Answers<'a> {
    /// The answers of the two flags, where nobody can be asked.
    pub fn new(rename: &'a [String], no_rename: &'a [String]) -> Self {
        Answers {
            rename,
            no_rename,
            ..Answers::default()
        }
    }

    /// Reads `--rename`: tables first, since a column may be told by its table's new name.
    pub(crate) fn said(&self, current: &Schema, target: &Schema) -> Result<Vec<Rename>> {
        let mut renames = Vec::new();
        let mut rest = Vec::new();
        for said in self.rename {
            let (from, to) = said
                .split_once('=')
                .filter(|(from, to)| !from.is_empty() && !to.is_empty())
                .ok_or_else(|| {
                    ProjectError::new(format!("`--rename {said}` is not of the form `old=new`"))
                        .hint("write `--rename posts.title=name`, or `--rename posts=articles`")
                })?;
            match table(from, to, current, target) {
                Some(rename) => renames.push(rename),
                None => rest.push((from, to)),
            }
        }
        for (from, to) in rest {
            let found = in_each_table(from, to, current, target)
                .or_else(|| Some(vec![column(from, to, current, target, &renames)?]))
                .or_else(|| Some(vec![label(from, to, current, target)?]))
                .filter(|found| !found.is_empty());
            renames.extend(found.ok_or_else(|| {
                ProjectError::new(format!(
                    "`--rename {from}={to}`: the database has no table, column or label `{from}`, \
                     or the models have no `{to}` in its place"
                ))
                .hint(
                    "name the old one with its table or enumeration: `posts.title`, or with a \
                     pattern of tables: `*.title`; the new one stands alone, but for a table that \
                     moves to another schema: `jobs=archive.jobs`",
                )
            })?);
        }
        Ok(renames)
    }

    /// Settles what looks alike: what is the same after all, as somebody says. Where nobody can be
    /// asked, what no flag answers is an error.
    pub(crate) fn settle(&mut self, found: &[LookAlike], own: Option<&str>) -> Result<Vec<Rename>> {
        let is_apart = |it: &&LookAlike| {
            self.apart.contains(it) || self.no_rename.iter().any(|name| *name == it.before())
        };
        let open: Vec<&LookAlike> = found.iter().filter(|it| !is_apart(it)).collect();
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let Some(ask) = &mut self.ask else {
            return Err(unanswered(&open, own));
        };
        let mut same: Vec<&LookAlike> = Vec::new();
        for it in open {
            let taken =
                |other: &&LookAlike| other.before() == it.before() || other.after() == it.after();
            if same.iter().any(taken) {
                continue;
            }
            if ask(it)? {
                same.push(it);
            } else {
                self.apart.push(it.clone());
            }
        }
        Ok(same.into_iter().map(LookAlike::rename).collect())
    }
}

/// What is to be known of two that look alike.
pub fn question(it: &LookAlike) -> String {
    let (noun, before) = (it.object.noun(), it.before());
    if it.moves() {
        return format!("Was the {noun} `{before}` moved to `{}`?", it.after());
    }
    format!(
        "Was the {noun} `{before}` renamed to `{}`?",
        it.object.name()
    )
}

/// The attribute that says so; `own` is the connection's own namespace.
pub fn attribute(it: &LookAlike, own: Option<&str>) -> String {
    let place = match &it.object {
        Renamed::Table { .. } => "table",
        Renamed::EnumValue { name, .. } => {
            return format!(
                "#[label(\"{name}\", renamed_from = \"{}\")] at its variant",
                it.from.name
            );
        }
        _ => "column",
    };
    let name = it.object.name();
    // Without its namespace, a name stands for one in the namespace that the object is in now.
    let from = if it.moves() {
        qualified(&it.from, own)
    } else {
        it.from.name.clone()
    };
    format!("#[{place}(renamed_from = \"{from}\")] at `{name}`")
}

/// A name of a table with its namespace.
fn qualified(name: &ObjectName, own: Option<&str>) -> String {
    match (&name.schema, own) {
        (None, Some(own)) => format!("{own}.{}", name.name),
        _ => name.to_string(),
    }
}

fn unanswered(open: &[&LookAlike], own: Option<&str>) -> ProjectError {
    let questions: Vec<String> = open.iter().map(|it| question(it)).collect();
    let first = open[0];
    let before = first.before();
    let after = match &first.object {
        Renamed::Table { name } if first.moves() => qualified(name, own),
        other => other.name().to_string(),
    };
    ProjectError::new(questions.join("\n  "))
        .hint(format!(
            "if it was, its values are kept: --rename {}, or {}",
            shell_word(&format!("{before}={after}")),
            attribute(first, own)
        ))
        .hint(format!(
            "if not, `{before}` is dropped: --no-rename {}",
            shell_word(&before)
        ))
}

/// A word as it is typed in a shell.
fn shell_word(text: &str) -> String {
    let is_plain = |it: char| it.is_alphanumeric() || "._=-".contains(it);
    if text.chars().all(is_plain) {
        text.to_string()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// The object that a text names in the database.
fn object_name(text: &str, current: &Schema) -> Option<ObjectName> {
    let name = match text.split('.').collect::<Vec<_>>()[..] {
        [name] => ObjectName::new(name),
        [schema, name] => ObjectName::qualified(schema, name),
        _ => return None,
    };
    Some(name.within(current.own_namespace.as_deref()))
}

fn table(from: &str, to: &str, current: &Schema, target: &Schema) -> Option<Rename> {
    let before = object_name(from, current)?;
    let name = if to.contains('.') {
        object_name(to, current)?
    } else {
        ObjectName {
            schema: before.schema.clone(),
            name: to.to_string(),
        }
    };
    current.table(&before)?;
    target.table(&name)?;
    Some(Rename {
        object: Renamed::Table { name },
        from: before,
        once: true,
    })
}

/// The column of every table that a pattern means, that loses the one and gets the other; `None` for
/// what is no pattern.
fn in_each_table(from: &str, to: &str, current: &Schema, target: &Schema) -> Option<Vec<Rename>> {
    let (tables, from) = from.rsplit_once('.')?;
    if !tables.contains(['*', '?']) {
        return None;
    }
    let pattern = Pattern::read(tables).ok()?;
    let own = current.own_namespace.as_deref();
    let is_meant = |table: &&Table| {
        let has = |name: &str| table.column_named(name).is_some();
        let before = current.table(&table.name);
        let had = |name: &str| before.is_some_and(|it| it.column_named(name).is_some());
        pattern.matches_exactly(&table.name, own) && had(from) && !has(from) && has(to) && !had(to)
    };
    let renamed = target.tables.iter().filter(is_meant).map(|table| Rename {
        object: Renamed::Column {
            table: table.name.clone(),
            name: to.to_string(),
        },
        from: ObjectName::new(from),
        once: true,
    });
    Some(renamed.collect())
}

/// A label, told by its enumeration.
fn label(from: &str, to: &str, current: &Schema, target: &Schema) -> Option<Rename> {
    let own = current.own_namespace.as_deref();
    // A label may hold dots: the enumeration's name ends at one of them.
    let mut dots = from.match_indices('.').map(|(at, _)| at);
    dots.find_map(|at| {
        let (owner, label) = (object_name(&from[..at], current)?, &from[at + 1..]);
        let has = |schema: &Schema, label: &str| {
            let known = (schema.enums.iter()).find(|it| it.name.clone().within(own) == owner);
            known.is_some_and(|it| it.labels.iter().any(|it| it == label))
        };
        (has(current, label) && has(target, to)).then(|| Rename {
            object: Renamed::EnumValue {
                enumeration: owner.clone(),
                name: to.to_string(),
            },
            from: ObjectName::new(label),
            once: true,
        })
    })
}

/// The table may be told by its old name or by its new one.
fn column(
    from: &str,
    to: &str,
    current: &Schema,
    target: &Schema,
    said: &[Rename],
) -> Option<Rename> {
    let (owner, from) = from.rsplit_once('.')?;
    let owner = object_name(owner, current)?;
    let renamed = target.renames.iter().chain(said);
    let tables = renamed.filter_map(|it| match &it.object {
        Renamed::Table { name } => Some((it.from.clone(), name.clone())),
        _ => None,
    });
    let pair = tables
        .filter(|(before, now)| current.table(before).is_some() && target.table(now).is_some())
        .find(|(before, now)| *before == owner || *now == owner)
        .unwrap_or((owner.clone(), owner.clone()));
    let has =
        |table: Option<&Table>, name: &str| table.is_some_and(|it| it.column_named(name).is_some());
    let known = has(current.table(&pair.0), from) && has(target.table(&pair.1), to);
    known.then(|| Rename {
        object: Renamed::Column {
            table: pair.1,
            name: to.to_string(),
        },
        from: ObjectName::new(from),
        once: true,
    })
}

#[cfg(test)]
mod tests {
    use limbec_core::schema::{Column, Text};

    use super::*;

    #[test]
    fn a_flag_may_give_the_own_namespace() {
        let with = |table: &str, column: &str| {
            let mut schema = Schema::default().within("public");
            let table = Table::new(table).column(Column::new(column, Text));
            schema.tables.push(table);
            schema
        };
        let current = with("posts", "title");
        let said = |flag: &str, target: &Schema| {
            let flags = [flag.to_string()];
            let found = Answers::new(&flags, &[]).said(&current, target);
            found.map(|it| it.into_iter().map(|it| it.object).collect::<Vec<_>>())
        };
        let table = Renamed::Table {
            name: ObjectName::new("articles"),
        };
        let found = said("public.posts=articles", &with("articles", "title"));
        assert_eq!(found.ok(), Some(vec![table]));
        let column = Renamed::Column {
            table: ObjectName::new("posts"),
            name: "name".into(),
        };
        let found = said("public.posts.title=name", &with("posts", "name"));
        assert_eq!(found.ok(), Some(vec![column]));
        assert!(said("other.posts=articles", &with("articles", "title")).is_err());
    }

    #[test]
    fn a_table_moves_to_a_name_in_full() {
        let schema = |name: &ObjectName| {
            let mut schema = Schema::default().within("public");
            let table = Table::new(name.clone()).column(Column::new("id", Text));
            schema.tables.push(table);
            schema
        };
        let (here, there) = (
            ObjectName::new("jobs"),
            ObjectName::qualified("old", "jobs"),
        );
        let said = |flag: &str, from: &ObjectName, to: &ObjectName| {
            let flags = [flag.to_string()];
            let found = Answers::new(&flags, &[]).said(&schema(from), &schema(to));
            found.map(|it| {
                it.into_iter()
                    .map(|it| (it.from, it.object))
                    .collect::<Vec<_>>()
            })
        };
        let moved = |from: &ObjectName, to: &ObjectName| {
            vec![(from.clone(), Renamed::Table { name: to.clone() })]
        };
        let away = said("jobs=old.jobs", &here, &there);
        assert_eq!(away.ok(), Some(moved(&here, &there)));
        let back = said("old.jobs=public.jobs", &there, &here);
        assert_eq!(back.ok(), Some(moved(&there, &here)));
        assert!(said("jobs=older.jobs", &here, &there).is_err());
    }
}
