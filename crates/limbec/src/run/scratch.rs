//! A place to prove a revision in: a database of its own, or one that is rolled back.

use std::collections::BTreeSet;

use limbec_core::compare::Unknown;
use limbec_core::schema::{ObjectName, Schema};

use super::prove::{Claim, ProofError, Stage, prove};
use super::scratch_database::{ANOTHER_PLACE, PREFIX, open, scratch_name};
use super::{Database, DatabaseUrl, Error, ErrorKind};
use crate::connection::Connection;

/// An empty copy of a database's kind, thrown away after use.
///
/// In memory if the driver has databases there. Else a database of its own if the role may create
/// one, else a schema inside a transaction that is rolled back, as the dialect knows them. The user's
/// own tables are never touched.
pub struct Scratch {
    url: DatabaseUrl,
}

impl Scratch {
    /// Prepares for proofs beside the database of a URL.
    pub fn beside(url: &DatabaseUrl) -> Self {
        Scratch { url: url.clone() }
    }

    /// Drops the scratch databases of this role that nobody uses any more: proofs that were killed have
    /// left them. Returns their names.
    ///
    /// # Errors
    /// When the server cannot be reached or asked. One that cannot be dropped stays.
    pub async fn remove_leftovers(&self) -> Result<Vec<String>, Error> {
        let question = self.url.dialect().scratch_leftovers(PREFIX);
        let Some(question) = question.filter(|_| self.url.in_memory().is_none()) else {
            return Ok(Vec::new());
        };
        let mut database = Database::connect(&self.url).await?;
        let answers = database.run(&[&question]).await;
        let answers = answers.map_err(|error| Error::statement(error.error, &question))?;
        let mut removed = Vec::new();
        for row in answers.into_iter().flat_map(|it| it.rows) {
            let [Some(name), Some(drop)] = row.as_slice() else {
                continue;
            };
            // Somebody may have come to use it meanwhile, or another process has dropped it.
            if database.run(&[drop]).await.is_ok() {
                removed.push(name.clone());
            }
        }
        Ok(removed)
    }

    /// Proves a revision: from the claim's start, its upgrade must lead to the target, and its downgrade
    /// back. Returns what the downgrade does not bring back, as [`prove`] does.
    ///
    /// The scratch copy holds what the revision can reach. Only if that fails, or raw SQL may reach
    /// anything, it holds the whole schema.
    ///
    /// # Errors
    /// When it does not, or no scratch place can be made.
    pub async fn prove(&self, claim: &Claim<'_>) -> Result<Vec<Unknown>, ProofError> {
        if let Some(part) = claim.part(self.url.dialect()) {
            let result = self.prove_as_it_is(&part.of(claim)).await;
            if !matches!(&result, Err(error) if error.is_of_the_part()) {
                return result;
            }
        }
        self.prove_as_it_is(claim).await
    }

    /// Does the same on a copy of all that the claim is about.
    ///
    /// # Errors
    /// As [`Scratch::prove`].
    pub async fn prove_as_it_is(&self, claim: &Claim<'_>) -> Result<Vec<Unknown>, ProofError> {
        match self.try_to_prove(claim).await {
            // What is left alone may use what the copy lacks: it is then left out.
            Err(error) if error.is_of_the_copy() && !claim.beside.is_empty() => {
                let claim = Claim {
                    beside: &[],
                    ..claim.clone()
                };
                self.try_to_prove(&claim).await
            }
            result => result,
        }
    }

    async fn try_to_prove(&self, claim: &Claim<'_>) -> Result<Vec<Unknown>, ProofError> {
        let name = scratch_name();
        if let Some(memory) = self.url.in_memory() {
            let mut scratch = Database::connect(&memory)
                .await
                .map_err(ProofError::no_place)?;
            return prove(&mut scratch, true, |it| it, claim).await;
        }
        let Some(place) = self.url.dialect().scratch_place(&name) else {
            return Err(ProofError::no_place(self.nowhere()));
        };
        let mut database = Database::connect(&self.url)
            .await
            .map_err(ProofError::no_place)?;
        let created = database.run(&[&place.hold, &place.create_database]).await;
        let failed = if let Err(error) = created {
            Error::statement(error.error, &place.create_database)
        } else {
            let own = claim.start.own_namespace.as_deref();
            let result = match open(&self.url, &mut database, &name, own).await {
                Ok(mut scratch) => prove(&mut scratch, true, |it| it, claim).await,
                Err(error) => Err(ProofError::no_place(error)),
            };
            drop_database(&mut database, &place.drop_database)
                .await
                .map_err(ProofError::no_place)?;
            // An extension or a role's rights may stop the copy there, and not in a schema.
            match result {
                Err(ProofError::Failed {
                    stage: Stage::Copy,
                    error,
                }) => error,
                result => return result,
            }
        };
        let Some(schema) = place.schema else {
            return Err(ProofError::no_place(failed));
        };
        let enter: Vec<&str> = schema.enter.iter().map(String::as_str).collect();
        if let Err(error) = database.run(&enter).await {
            let error = Error::statement(error.error, enter[error.index]);
            return Err(ProofError::no_place(no_right(&failed, error, &place.needs)));
        }
        let mut bare = claim.start.clone();
        bare.extensions.clear();
        // The user's own extensions and namespaces are there as well.
        let mut names = BTreeSet::new();
        for schema in [claim.start, claim.target] {
            names.extend(schema.namespaces.iter().map(|it| it.name.clone()));
            names.extend(schema.extensions.iter().map(|it| it.name.clone()));
        }
        let claim = Claim {
            start: &bare,
            ..claim.clone()
        };
        let keep = |schema| own_namespace(schema, &names);
        let result = prove(&mut database, false, keep, &claim).await;
        let leave: Vec<&str> = schema.leave.iter().map(String::as_str).collect();
        let _ = database.tidy(&leave).await;
        match result {
            Err(ProofError::Failed {
                stage: Stage::Copy,
                error,
            }) if error.kind() != ErrorKind::Interrupted => {
                let hint = format!("{}; or {ANOTHER_PLACE}", place.needs);
                Err(ProofError::no_place(error.with_hint(hint)))
            }
            result => result,
        }
    }
}

impl Scratch {
    fn nowhere(&self) -> Error {
        let dialect = self.url.dialect().name();
        Error::new(
            ErrorKind::Unsupported,
            format!("limbec knows no place on {dialect} to try a revision in"),
        )
    }
}

/// The error of a role that may make neither a database nor a namespace, if that is what it is.
fn no_right(database: &Error, namespace: Error, needs: &str) -> Error {
    let said = |error: &Error| error.database_error().map(|it| it.message.clone());
    let (Some(first), Some(second)) = (said(database), said(&namespace)) else {
        return namespace;
    };
    namespace
        .saying(format!(
            "there is no place to try the revision in: {first}, and {second}"
        ))
        .with_hint(format!("{needs}; or {ANOTHER_PLACE}"))
}

async fn drop_database(database: &mut Database, drop: &str) -> Result<(), Error> {
    let dropped = database.tidy(&[drop]).await;
    dropped
        .map(|_| ())
        .map_err(|error| Error::statement(error.error, drop))
}

/// What stands in the scratch schema, without the user's own objects in other ones.
fn own_namespace(mut schema: Schema, names: &BTreeSet<String>) -> Schema {
    schema.namespaces.retain(|it| names.contains(&it.name));
    schema.extensions.retain(|it| names.contains(&it.name));
    schema.sequences.retain(|it| it.name.schema.is_none());
    schema.tables.retain(|it| it.name.schema.is_none());
    schema.enums.retain(|it| it.name.schema.is_none());
    schema.domains.retain(|it| it.name.schema.is_none());
    let is_own = |it: &ObjectName| it.schema.is_none();
    schema
        .definitions
        .retain(|it| is_own(&it.name) && it.table.as_ref().is_none_or(is_own));
    schema
}
