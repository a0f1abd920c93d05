//! Proves a revision on a scratch copy of the schema, before anybody sees it.

use std::fmt;

use limbec_core::compare::{Verdicts, compare};
use limbec_core::operations::Operation;
use limbec_core::schema::Schema;

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
            ProofError::Differs { .. } => None,
        }
    }
}

/// Runs a revision up and down on an empty scratch database in which `start` is made first, and
/// compares what comes out.
///
/// `framed` says whether the scratch database takes transactions of its own; not so where the
/// caller holds one open that will be rolled back. `keep` takes out of what is reflected that
/// which does not belong to the scratch copy.
///
/// # Errors
/// When anything fails to run, the upgrade does not lead to `target`, or the downgrade does not
/// lead back.
pub async fn prove<C: Connection>(
    scratch: &mut C,
    framed: bool,
    keep: impl Fn(Schema) -> Schema,
    start: &Schema,
    target: &Schema,
    upgrade: &[Operation],
    downgrade: &[Operation],
) -> Result<(), ProofError> {
    let at = |stage: Stage| move |error| ProofError::Failed { stage, error };

    let invalid = Invalid::of(start, upgrade, scratch.dialect().lexicon());
    let copy = build(start, scratch);
    run_operations(scratch, &copy, framed)
        .await
        .map_err(at(Stage::Copy))?;
    let mut before = keep(read(scratch, framed).await.map_err(at(Stage::Copy))?);

    run_operations(scratch, upgrade, framed)
        .await
        .map_err(at(Stage::Upgrade))?;
    let mut after = keep(read(scratch, framed).await.map_err(at(Stage::Upgrade))?);
    invalid.mark(&mut after);
    let found = settle(scratch, !framed, &after, target)
        .await
        .map_err(at(Stage::Upgrade))?;
    if !found.planned.is_empty() {
        return Err(ProofError::Differs {
            stage: Stage::Upgrade,
            remaining: found.into_operations(),
        });
    }

    run_operations(scratch, downgrade, framed)
        .await
        .map_err(at(Stage::Downgrade))?;
    let back = keep(read(scratch, framed).await.map_err(at(Stage::Downgrade))?);
    invalid.forgive(&mut before, &back);
    let found = settle(scratch, !framed, &back, &before)
        .await
        .map_err(at(Stage::Downgrade))?;
    if !found.planned.is_empty() {
        return Err(ProofError::Differs {
            stage: Stage::Downgrade,
            remaining: found.into_operations(),
        });
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

    /// The error below, as the library's.
    pub fn into_error(self) -> Error {
        let message = self.to_string();
        match self {
            ProofError::Failed { error, .. } => {
                Error::new(error.kind(), message).with_statement_of(error)
            }
            ProofError::Differs { .. } => Error::new(ErrorKind::Check, message),
        }
    }
}
