//! What a comparison could not decide, and what it cannot bring about.

use std::fmt;

use crate::dialect::Place;
use crate::operations::OptionsOf;
use crate::schema::{Definition, ObjectName, Rename, Renamed};

/// Something that could not be compared: it stays as it is, and no operation is planned for it.
///
/// `current` is the side of the database, `target` that of the models. Displayed as a sentence without
/// its full stop.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Unknown {
    /// Two expressions in one place: the database takes the target, and does not take its own text
    /// again.
    Expression {
        /// The table or domain.
        of: ObjectName,
        /// Where in it.
        place: Place,
        /// The text in the database.
        current: String,
        /// The text in the models.
        target: String,
        /// Why the database does not take the current one.
        reason: String,
    },
    /// Two statements that create one view, routine, trigger or the like, for the same reason.
    Definition {
        /// What the project declares.
        of: Box<Definition>,
        /// The statement in the database.
        current: String,
        /// The statement in the project.
        target: String,
        /// Why the database does not take the current one.
        reason: String,
    },
    /// An index of the database that is not valid, and that no model names.
    InvalidIndex {
        /// Its table.
        table: ObjectName,
        /// Its name.
        name: String,
    },
    /// An option that differs, in a database where no statement changes it.
    Option {
        /// What has it.
        of: OptionsOf,
        /// The option, keyed `dialect.option`.
        key: String,
        /// Its value in the database.
        current: Option<String>,
        /// Its value in the models.
        target: Option<String>,
    },
    /// An extension that is to be in another namespace.
    Extension {
        /// Where it is.
        current: ObjectName,
        /// Where it is to be.
        target: ObjectName,
    },
    /// A table that is to have its columns from other tables.
    Parents {
        /// The table.
        table: ObjectName,
        /// Those that it has them from.
        current: Vec<ObjectName>,
        /// Those that it is to have them from.
        target: Vec<ObjectName>,
    },
}

impl Unknown {
    /// What kind of thing it is, in one word.
    pub fn kind(&self) -> &'static str {
        match self {
            Unknown::Expression { .. } => "expression",
            Unknown::Definition { .. } => "definition",
            Unknown::InvalidIndex { .. } => "index",
            Unknown::Option { .. } => "option",
            Unknown::Extension { .. } => "extension",
            Unknown::Parents { .. } => "inheritance",
        }
    }

    /// The object that it is of.
    pub fn of(&self) -> &ObjectName {
        match self {
            Unknown::Expression { of, .. } => of,
            Unknown::Definition { of, .. } => &of.name,
            Unknown::InvalidIndex { table, .. }
            | Unknown::Parents { table, .. }
            | Unknown::Option {
                of:
                    OptionsOf::Table(table)
                    | OptionsOf::Column { table, .. }
                    | OptionsOf::Index { table, .. },
                ..
            } => table,
            Unknown::Extension { target, .. } => target,
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unknown::Expression {
                of,
                current,
                target,
                reason,
                ..
            } => write!(
                f,
                "an expression of `{of}` could not be compared (`{current}` in the database, `{target}` \
                 in the models): {reason}"
            ),
            Unknown::Definition {
                of,
                current,
                target,
                reason,
            } => write!(
                f,
                "the {of} could not be compared (`{current}` in the database, `{target}` in the \
                 project): {reason}"
            ),
            Unknown::InvalidIndex { table, name } => {
                write!(
                    f,
                    "the index `{name}`, which is not valid, of the table `{table}`"
                )
            }
            Unknown::Option { of, key, .. } => {
                write!(
                    f,
                    "the option `{key}` of `{of}` differs; change it by `op.execute`"
                )
            }
            Unknown::Extension { current, target } => write!(
                f,
                "the extension `{current}` is to be `{target}`; move it by hand, with \
                 `op.execute(\"ALTER EXTENSION {} SET SCHEMA …\")`, if it can be moved",
                target.name
            ),
            Unknown::Parents { table, .. } => write!(
                f,
                "the table `{table}` is to have its columns from other tables than it does; write \
                 the revision by hand, with `op.alter_inheritance`"
            ),
        }
    }
}

/// Something that the models ask for and that cannot be, displayed as a sentence with the way out.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Conflict {
    /// Something is said to be renamed, and the database has it by both names.
    Renamed(Rename),
    /// A table is to be partitioned otherwise, which no statement changes.
    Partitioned {
        /// The table.
        table: ObjectName,
        /// By what it is partitioned, if it is.
        current: Option<String>,
        /// By what it is to be partitioned, if it is.
        target: Option<String>,
    },
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Conflict::Renamed(rename) => {
                let noun = rename.object.noun();
                let old = &rename.from;
                let new = match &rename.object {
                    Renamed::Table { name } | Renamed::Enum { name } => name.to_string(),
                    other => other.name().to_string(),
                };
                let of = match rename.object.owner() {
                    Some(owner) => format!(" of `{owner}`"),
                    None => String::new(),
                };
                write!(
                    f,
                    "the {noun} `{new}`{of} is said to be renamed from `{old}`, but the database has \
                     both, and the models have no `{old}`: to drop `{old}`, take `renamed_from` out"
                )
            }
            Conflict::Partitioned {
                table,
                current,
                target,
            } => {
                let how = |key: &Option<String>| match key {
                    Some(key) => format!("partitioned by `{key}`"),
                    None => "not partitioned".to_string(),
                };
                write!(
                    f,
                    "the table `{table}` is {} and is to be {}, which no statement changes; make a \
                     table of a new name, copy the rows by `op.execute`, and rename both",
                    how(current),
                    how(target)
                )
            }
        }
    }
}
