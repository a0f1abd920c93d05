//! Downgrades through revisions that are not known here, by the SQL that the journal keeps of them.
//!
//! Whoever can write the journal can put SQL there, and it runs with the rights of whoever downgrades: so it
//! is given to a person first, and what runs is what was given, whatever the journal holds by then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use limbec_core::revision::{Direction, Graph, Header, PlanStep};

use super::ahead::{Newer, ahead, last_upgrades};
use super::journal::{LogEntry, log};
use super::{
    Content, DryRun, Error, ErrorKind, Event, Migrator, Outcome, Revisions, Settings, State,
};
use crate::connection::Connection;

/// SQL that the database keeps, by which a revision would be reverted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct KeptSql {
    /// The revision.
    pub revision: String,
    /// Its message, as the database has it.
    pub message: String,
    /// The SQL.
    pub sql: String,
}

impl<C: Connection, R: Revisions> Migrator<'_, C, R> {
    /// Downgrades to a target, also through revisions that are not known here, by the SQL that the
    /// journal keeps of them.
    ///
    /// `approve` is given that SQL before anything runs, unless there is none; its error ends the
    /// downgrade. The SQL runs with the rights of this connection, and whoever may write the journal may
    /// have written it: somebody who can tell must have read it. It is told as [`Event::Kept`] before.
    ///
    /// # Errors
    /// As [`Migrator::upgrade`], when the journal does not know how to revert a revision, and when `approve`
    /// refuses.
    pub async fn downgrade_from_database(
        &mut self,
        target: &str,
        approve: impl FnOnce(&[KeptSql]) -> Result<(), Error>,
    ) -> Result<Outcome, Error> {
        let mut revisions =
            FromDatabase::read(self.revisions, &self.settings, self.connection).await?;
        let mut migrator =
            Migrator::new(&mut *self.connection, &revisions).settings(self.settings.clone());
        let found = migrator.dry_run(target, Direction::Down).await?;
        let planned: BTreeSet<&str> = found.plan.steps.iter().map(PlanStep::id).collect();
        let kept = revisions.kept(&planned);
        drop(migrator);
        for sql in &kept {
            (self.observer)(Event::Kept { sql });
        }
        if !kept.is_empty() {
            approve(&kept)?;
        }
        revisions.approved = kept.into_iter().map(|it| it.revision).collect();
        let observer = &mut self.observer;
        Migrator::new(&mut *self.connection, &revisions)
            .settings(self.settings.clone())
            .observe(observer)
            .downgrade(target)
            .await
    }

    /// Works out what [`Migrator::downgrade_from_database`] would run, and hands it to `show`.
    ///
    /// # Errors
    /// As [`Migrator::dry_run`], and when the journal does not know how to revert a revision.
    pub async fn dry_run_from_database<T>(
        &mut self,
        target: &str,
        show: impl FnOnce(&DryRun<'_>) -> T,
    ) -> Result<T, Error> {
        let revisions = FromDatabase::read(self.revisions, &self.settings, self.connection).await?;
        let mut migrator =
            Migrator::new(&mut *self.connection, &revisions).settings(self.settings.clone());
        let found = migrator.dry_run(target, Direction::Down).await?;
        Ok(show(&found))
    }
}

/// The revisions of a project, with those that only the database's journal still knows. These can
/// only be reverted, by the SQL that was kept when they were applied.
struct FromDatabase<'r, R> {
    inner: &'r R,
    graph: Graph,
    revert: BTreeMap<String, Option<String>>,
    /// Those whose SQL somebody has seen.
    approved: BTreeSet<String>,
}

impl<'r, R: Revisions> FromDatabase<'r, R> {
    /// Adds what a database's journal knows to a project.
    ///
    /// # Errors
    /// When the database cannot be read, or the revisions do not fit together.
    async fn read<C: Connection>(
        inner: &'r R,
        settings: &Settings,
        connection: &mut C,
    ) -> Result<Self, Error> {
        let table = settings.version_table(connection.dialect());
        let state = State::read(connection, &table).await?;
        let log = log(connection, &table, None, None).await?;
        FromDatabase::new(inner, &state.version.rows, &log)
    }

    fn new(inner: &'r R, rows: &[String], log: &[LogEntry]) -> Result<Self, Error> {
        let mut headers = inner.graph().revisions().to_vec();
        let mut revert = BTreeMap::new();
        let newer = ahead(inner.graph(), rows, log).unwrap_or_default();
        let applied = last_upgrades(log);
        for Newer { id, message, .. } in newer.revisions {
            let Some(entry) = applied.get(id.as_str()) else {
                continue;
            };
            headers.push(Header {
                id: id.clone(),
                message,
                revises: entry.revises.clone(),
                depends_on: entry.depends_on.clone(),
                path: format!("(journal)/{id}"),
                ..Header::default()
            });
            revert.insert(id, entry.revert_sql.clone());
        }
        let graph = Graph::new(headers).map_err(|errors| {
            let words: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Error::new(
                ErrorKind::Revision,
                format!(
                    "the revisions of the journal do not fit to the files: {}",
                    words.join("; ")
                ),
            )
        })?;
        Ok(FromDatabase {
            inner,
            graph,
            approved: revert.keys().cloned().collect(),
            revert,
        })
    }

    /// The SQL that the database keeps of some revisions, the newest first.
    fn kept(&self, revisions: &BTreeSet<&str>) -> Vec<KeptSql> {
        let graph = &self.graph;
        let newest_first = graph.topological().iter().rev();
        let kept = newest_first.filter_map(|index| {
            let header = graph.revision(*index);
            let sql = self.revert.get(&header.id)?.clone()?;
            revisions.contains(header.id.as_str()).then(|| KeptSql {
                revision: header.id.clone(),
                message: header.message.clone(),
                sql,
            })
        });
        kept.collect()
    }
}

impl<R: Revisions> Revisions for FromDatabase<'_, R> {
    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn read(&self, id: &str) -> Result<Arc<Content>, Error> {
        match self.revert.get(id) {
            None => self.inner.read(id),
            Some(Some(_)) if !self.approved.contains(id) => Err(Error::new(
                ErrorKind::Conflict,
                format!(
                    "nobody was shown the SQL by which `{id}` would be reverted: the database has changed meanwhile"
                ),
            )),
            Some(Some(sql)) => Ok(Arc::new(Content {
                kept: Some(sql.clone()),
                ..Content::default()
            })),
            Some(None) => Err(Error::new(
                ErrorKind::Revision,
                format!("the journal holds no SQL that reverts the revision `{id}`"),
            )
            .with_hint("revert it with the program, or the files, that know it")),
        }
    }

    fn has_changed(&self, id: &str, then: &str) -> Result<bool, Error> {
        match self.revert.get(id) {
            None => self.inner.has_changed(id, then),
            Some(_) => Ok(false),
        }
    }
}
