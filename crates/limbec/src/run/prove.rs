//! Proves a revision on a scratch copy of the schema, before anybody sees it.

use std::fmt;

use limbec_core::compare::{Comparison, Created, Unknown, Verdicts, compare};
use limbec_core::dialect::{Dialect, FaultKind};
use limbec_core::operations::{CommentOn, Moved, Operation};
use limbec_core::reach::Reach;
use limbec_core::schema::{Definition, ObjectName, Schema, Use};

use super::execute::run_operations;
use super::invalid::Invalid;
use super::reflect::{reflect, reflect_inside};
use super::settle::settle;
use super::{Error, ErrorKind};
use crate::connection::Connection;

/// How a revision failed its proof.
#[derive(Debug)]
pub enum ProofError {
    /// The database refused it, or could not be asked.
    Failed {
        /// What was being done.
        stage: Stage,
        /// What went wrong.
        error: Error,
    },
    /// Definitions that seemed to be as the models want them are not, once everything else has changed:
    /// as they are then, by the new names. One that the database refuses to make again has no SQL.
    Outdated(Vec<Definition>),
    /// It ran, and the schema is not what it should be.
    Differs {
        /// What had been done.
        stage: Stage,
        /// What is still missing, as operations.
        remaining: Vec<Operation>,
    },
}

/// The stages of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Copying the schema as it is.
    Copy,
    /// Running the upgrade.
    Upgrade,
    /// Running the downgrade.
    Downgrade,
}

impl Stage {
    fn noun(self) -> &'static str {
        match self {
            Stage::Copy => "copy of the schema",
            Stage::Upgrade => "upgrade",
            Stage::Downgrade => "downgrade",
        }
    }
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ProofError::Failed { stage, error } => {
                write!(f, "the {} fails on a scratch copy: {error}", stage.noun())
            }
            ProofError::Outdated(definitions) => {
                f.write_str("these change with what they are over:")?;
                definitions.iter().try_for_each(|it| write!(f, "\n  {it}"))
            }
            ProofError::Differs { stage, remaining } => {
                let aim = match stage {
                    Stage::Downgrade => "what it started from",
                    _ => "what the models say",
                };
                write!(
                    f,
                    "after the {}, a scratch copy is not {aim}; it lacks:",
                    stage.noun()
                )?;
                remaining
                    .iter()
                    .try_for_each(|operation| write!(f, "\n  {operation}"))
            }
        }
    }
}

impl std::error::Error for ProofError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ProofError::Failed { error, .. } => Some(error),
            ProofError::Outdated(_) | ProofError::Differs { .. } => None,
        }
    }
}

/// What a proof is of: from `start`, the upgrade must lead to `target`, and the downgrade back.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// The schema before the revision.
    pub start: &'a Schema,
    /// The schema that the upgrade must lead to.
    pub target: &'a Schema,
    /// What the revision does.
    pub upgrade: &'a [Operation],
    /// What undoes it.
    pub downgrade: &'a [Operation],
    /// What the operations of the revisions before have created: the rest is left alone.
    pub created: &'a Created,
    /// The views, routines, triggers and their like that are left alone: they stand on the tables all
    /// the same, and must be there after the upgrade and as they were after the downgrade.
    pub beside: &'a [Definition],
}

impl<'a> Claim<'a> {
    /// A claim about a database of which everything is compared.
    pub fn new(
        (start, target): (&'a Schema, &'a Schema),
        (upgrade, downgrade): (&'a [Operation], &'a [Operation]),
        created: &'a Created,
    ) -> Self {
        Claim {
            start,
            target,
            upgrade,
            downgrade,
            created,
            beside: &[],
        }
    }

    /// The part of the claim that its operations can reach, which stands or falls with the whole; `None`
    /// if they may reach anything.
    pub fn part(&self, dialect: &dyn Dialect) -> Option<Part> {
        let operations = self.upgrade.iter().chain(self.downgrade);
        let schemas = [self.start, self.target];
        let reach = Reach::of(schemas, self.beside, operations, dialect)?;
        let beside = self.beside.iter().filter(|it| reach.has_definition(it));
        Some(Part {
            start: reach.part_of(self.start),
            target: reach.part_of(self.target),
            beside: beside.cloned().collect(),
        })
    }

    /// The schema that a scratch copy begins with: with what is left alone and stands on the tables.
    fn copy(&self) -> Schema {
        let mut copy = self.start.clone();
        let mut waiting: Vec<&Definition> = self.beside.iter().collect();
        loop {
            let (ready, rest): (Vec<&Definition>, Vec<&Definition>) =
                waiting.iter().partition(|it| stands_in(it, &copy));
            if ready.is_empty() {
                return copy;
            }
            copy.definitions.extend(ready.into_iter().cloned());
            waiting = rest;
        }
    }

    /// Leaves out of a schema after the upgrade what is left alone.
    fn without_beside(&self, after: &mut Schema) {
        let renamed = |table: &ObjectName| {
            self.upgrade
                .iter()
                .fold(table.clone(), |name, it| match it {
                    Operation::RenameTable { from, to } if *from == name => ObjectName {
                        schema: from.schema.clone(),
                        name: to.clone(),
                    },
                    Operation::Move {
                        kind: Moved::Table,
                        from,
                        to,
                    } if *from == name => to.clone(),
                    _ => name,
                })
        };
        let is_beside = |it: &Definition| {
            self.beside.iter().any(|other| {
                let table = other.table.as_ref().map(renamed);
                (it.kind, &it.name, &it.arguments, &it.table)
                    == (other.kind, &other.name, &other.arguments, &table)
            })
        };
        after.definitions.retain(|it| !is_beside(it));
    }

    /// What the operations have created when the upgrade has run.
    fn created_after(&self, dialect: &dyn Dialect) -> Created {
        let mut created = self.created.clone();
        for operation in self.upgrade {
            created.follow(operation, dialect);
        }
        created
    }
}

/// The part of the schemas of a [`Claim`] that its operations can reach.
#[derive(Debug, Clone)]
pub struct Part {
    start: Schema,
    target: Schema,
    beside: Vec<Definition>,
}

impl Part {
    /// Whether it is the whole claim.
    pub fn is_all_of(&self, claim: &Claim<'_>) -> bool {
        self.start == *claim.start && self.target == *claim.target && self.beside == claim.beside
    }

    /// The claim that it is a part of, about nothing else.
    pub fn of<'a>(&'a self, claim: &Claim<'a>) -> Claim<'a> {
        Claim {
            start: &self.start,
            target: &self.target,
            beside: &self.beside,
            ..claim.clone()
        }
    }
}

/// Whether all that a definition stands on is in a schema.
fn stands_in(definition: &Definition, schema: &Schema) -> bool {
    let holds = |name: &ObjectName| {
        let mut views = schema.definitions.iter().filter(|it| it.kind.is_relation());
        schema.table(name).is_some() || views.any(|it| it.name == *name)
    };
    definition.table.as_ref().is_none_or(holds)
        && (definition.uses.iter().filter_map(Use::relation)).all(holds)
}

/// Proves a claim on an empty scratch database, in which the schema at its start is made first.
///
/// `framed` says whether the scratch database takes transactions of its own; not so where the
/// caller holds one open that will be rolled back. `keep` takes out of what is reflected that
/// which does not belong to the scratch copy.
///
/// Returns what the downgrade does not bring back, as sentences: what only one database knows of an
/// object, and no operation says.
///
/// # Errors
/// When anything fails to run, the upgrade does not lead to the target, or the downgrade does not
/// lead back.
pub async fn prove<C: Connection>(
    scratch: &mut C,
    framed: bool,
    keep: impl Fn(Schema) -> Schema,
    claim: &Claim<'_>,
) -> Result<Vec<Unknown>, ProofError> {
    let at = |stage: Stage| move |error| ProofError::Failed { stage, error };
    let dialect = scratch.dialect();

    let invalid = Invalid::of(claim.start, claim.upgrade, dialect.lexicon());
    let mut copy = build(&claim.copy(), scratch);
    if framed && copy.iter().any(|it| makes_namespace(it).is_some()) {
        // A new database may have one already.
        let there = read(scratch, framed).await.map_err(at(Stage::Copy))?;
        let is_there = |name: &str| there.namespaces.iter().any(|it| it.name == name);
        copy.retain(|it| !makes_namespace(it).is_some_and(is_there));
    }
    run_operations(scratch, &copy, framed)
        .await
        .map_err(at(Stage::Copy))?;
    let mut before = keep(read(scratch, framed).await.map_err(at(Stage::Copy))?);

    run_operations(scratch, claim.upgrade, framed)
        .await
        .map_err(|error| refused(Stage::Upgrade, error, claim, dialect))?;
    let mut after = keep(read(scratch, framed).await.map_err(at(Stage::Upgrade))?);
    invalid.mark(&mut after);
    claim.without_beside(&mut after);
    let mut found = settle(scratch, !framed, &after, claim.target)
        .await
        .map_err(at(Stage::Upgrade))?;
    found.leave_alone(&claim.created_after(dialect), claim.target, dialect);
    if !found.planned.is_empty() {
        return Err(differs(Stage::Upgrade, found, &after));
    }
    try_rows(scratch, claim, &after)
        .await
        .map_err(at(Stage::Upgrade))?;

    run_operations(scratch, claim.downgrade, framed)
        .await
        .map_err(|error| refused(Stage::Downgrade, error, claim, dialect))?;
    let back = keep(read(scratch, framed).await.map_err(at(Stage::Downgrade))?);
    invalid.forgive(&mut before, &back);
    let found = settle(scratch, !framed, &back, &before)
        .await
        .map_err(at(Stage::Downgrade))?;
    if !found.planned.is_empty() {
        return Err(differs(Stage::Downgrade, found, &back));
    }
    Ok(found.unknown)
}

/// What is still missing: if it is definitions alone that are there, they are outdated.
fn differs(stage: Stage, found: Comparison, now: &Schema) -> ProofError {
    let remaining = found.into_operations();
    let mut outdated: Vec<Definition> = Vec::new();
    for operation in &remaining {
        let definition = match operation {
            Operation::ReplaceDefinition { to, .. } => to,
            Operation::DropDefinition { definition }
            | Operation::CreateDefinition { definition } => definition,
            _ => return ProofError::Differs { stage, remaining },
        };
        let Some(known) = now.definitions.iter().find(|it| it.is_same(definition)) else {
            return ProofError::Differs { stage, remaining };
        };
        if !outdated.iter().any(|it| it.is_same(known)) {
            let mut known = known.clone();
            if stage == Stage::Downgrade {
                known.sql.clear();
            }
            outdated.push(known);
        }
    }
    ProofError::Outdated(outdated)
}

/// Why a run failed: what was made again as it was, and is refused, is outdated.
fn refused(stage: Stage, error: Error, claim: &Claim<'_>, dialect: &dyn Dialect) -> ProofError {
    let failed = error.failed_statement();
    let made = failed.and_then(|it| dialect.definition(&it.sql).ok().flatten());
    let named = |all: &[Definition], it: &Definition| all.iter().find(|of| of.is_same(it)).cloned();
    let known = made.and_then(|it| {
        named(&claim.target.definitions, &it)?;
        named(&claim.start.definitions, &it)
    });
    match known {
        Some(mut known) => {
            known.sql.clear();
            ProofError::Outdated(vec![known])
        }
        None => ProofError::Failed { stage, error },
    }
}

/// Finds out whether rows can be written and read, of what the upgrade has changed.
async fn try_rows<C: Connection>(
    scratch: &mut C,
    claim: &Claim<'_>,
    after: &Schema,
) -> Result<(), Error> {
    let dialect = scratch.dialect();
    let stays = |name: &ObjectName| {
        let start = claim.start;
        let of = |it: &&Definition| it.name == *name || it.table.as_ref() == Some(name);
        let here = start.definitions.iter().filter(of);
        start.table(name) == after.table(name) && here.eq(after.definitions.iter().filter(of))
    };
    for (name, sql) in dialect.trials(after) {
        if stays(&name) {
            continue;
        }
        let Err(failed) = scratch.run(&[&sql]).await else {
            continue;
        };
        // It may be left out of what limbec looks at.
        if failed.error.is(FaultKind::MissingTable, dialect) {
            continue;
        }
        let wrong = failed.error.message.clone();
        let hint = if after.table(&name).is_some() {
            "the revision was not written: the database does not know this. Let the service give the \
             value in place of the default, or write it with what the database has"
        } else {
            "the revision was not written: correct what it selects"
        };
        return Err(Error::statement(failed.error, &sql)
            .saying(format!(
                "no row of `{name}` could be written or read: {wrong}"
            ))
            .of_operation(None, Some(format!("trying {name}")))
            .with_hint(hint));
    }
    Ok(())
}

async fn read<C: Connection>(scratch: &mut C, framed: bool) -> Result<Schema, Error> {
    if framed {
        reflect(scratch).await
    } else {
        reflect_inside(scratch).await
    }
}

/// The namespace that an operation makes, or says something of.
fn makes_namespace(operation: &Operation) -> Option<&str> {
    match operation {
        Operation::CreateSchema { name }
        | Operation::CreateComment {
            on: CommentOn::Schema(name),
            ..
        } => Some(name),
        _ => None,
    }
}

/// The operations that make a schema from nothing.
fn build<C: Connection>(schema: &Schema, scratch: &C) -> Vec<Operation> {
    let nothing = Schema::default();
    compare(&nothing, schema, scratch.dialect(), &Verdicts::default()).into_operations()
}

impl ProofError {
    pub(super) fn no_place(error: Error) -> Self {
        ProofError::Failed {
            stage: Stage::Copy,
            error,
        }
    }

    /// Whether the revision itself was not tried yet.
    pub(super) fn is_of_the_copy(&self) -> bool {
        matches!(
            self,
            ProofError::Failed {
                stage: Stage::Copy,
                ..
            }
        )
    }

    /// Whether a proof of the whole may come to something else: of a part, it has failed.
    pub(super) fn is_of_the_part(&self) -> bool {
        match self {
            ProofError::Failed { error, .. } => error.kind() != ErrorKind::Interrupted,
            ProofError::Differs { .. } => true,
            ProofError::Outdated(_) => false,
        }
    }

    /// The error below, as the library's.
    pub fn into_error(self) -> Error {
        let message = self.to_string();
        match self {
            ProofError::Failed { error, .. } if error.kind() == ErrorKind::Interrupted => error,
            ProofError::Failed { error, .. } => {
                Error::new(error.kind(), message).with_statement_of(error)
            }
            ProofError::Outdated(_) | ProofError::Differs { .. } => {
                Error::new(ErrorKind::Check, message)
            }
        }
    }
}
