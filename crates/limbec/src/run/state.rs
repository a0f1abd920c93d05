//! Where a database stands: its version rows, and what its journal says of each revision.

use std::collections::HashSet;
use std::fmt;

use limbec_core::dialect::{FaultKind, Row};
use limbec_core::journal;
use limbec_core::revision::{Direction, Graph, Plan, PlanStep};
use limbec_core::schema::ObjectName;
use limbec_core::text::one_line;

use super::home::Home;
use super::version::{VERSION_TABLE, Version};
use super::{Error, ErrorKind, Revisions};
use crate::connection::Connection;
use crate::report::elsewhere;

/// Where a database stands: its version rows, and what its journal says of the revisions. Read in one
/// flight.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    pub(crate) version: Version,
    pub(super) home: Home,
    pub(super) journal_exists: bool,
    pub(super) standings: Vec<Standing>,
    /// The revisions of rows that do not read.
    pub(super) unreadable: Vec<String>,
}

/// A revision that a run has left half applied, or half reverted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HalfDone {
    /// The revision.
    pub revision: String,
    /// Whether it was being reverted.
    pub reverting: bool,
    /// How many of its steps are done.
    pub done: usize,
    /// How many steps it had when it was begun.
    pub steps: usize,
}

impl fmt::Display for HalfDone {
    /// Writes `half applied: 2 of 3 steps`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let participle = if self.reverting {
            "reverted"
        } else {
            "applied"
        };
        write!(
            f,
            "half {participle}: {} of {} steps",
            self.done, self.steps
        )
    }
}

impl HalfDone {
    /// What `current` says of it.
    pub fn warning(&self) -> String {
        format!(
            "The revision {} is {self}; finish it: {}; or give it up: {}",
            self.revision,
            self.finish(),
            self.abandon()
        )
    }

    /// The command that finishes it.
    pub fn finish(&self) -> String {
        let id = &self.revision;
        if self.reverting {
            format!("limbec downgrade {id}-1")
        } else {
            format!("limbec upgrade {id}")
        }
    }

    /// The command that gives it up.
    pub fn abandon(&self) -> String {
        format!("limbec accept {} --abandon --reason \"…\"", self.revision)
    }
}

/// The last that the journal says of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) revision: String,
    /// Absent if a person has accepted it.
    pub(super) direction: Option<Direction>,
    pub(super) step: usize,
    pub(super) steps: usize,
    pub(super) done: bool,
    /// Whether a person has said that the step is done: the version rows do not tell it yet.
    settled: bool,
    /// Whether the step failed, so that nothing of it is there.
    failed: bool,
    /// Which statement of the step, counted from 1, and how many it has: those outside a
    /// transaction have a row each.
    pub(super) statement: (usize, usize),
    pub(super) checksum: Option<String>,
}

/// How far a revision has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Progress {
    /// How many of its steps are done.
    pub(super) done: usize,
    /// How many statements of the next step are done.
    pub(super) statements: usize,
    /// Whether the next statement was begun, and may be done as well.
    pub(super) started: bool,
    /// How many steps it had when it was begun; 0 if it was not.
    pub(super) steps: usize,
}

impl Progress {
    /// Whether all that is left of the revision's steps are its version rows.
    pub(super) fn is_concluded(&self, steps: usize) -> bool {
        self.steps == steps && self.done >= steps
    }

    /// Whether it was begun with another number of steps.
    pub(super) fn is_of_another(&self, steps: usize) -> bool {
        self.steps > 0 && self.steps != steps
    }
}

impl State {
    /// Reads where a database stands.
    ///
    /// # Errors
    /// When the database refuses the queries for another reason than that a table is not there yet, the
    /// search path leads to the version table of another namespace, which nobody has asked for.
    pub async fn read<C: Connection>(
        connection: &mut C,
        version_table: &ObjectName,
    ) -> Result<State, Error> {
        State::read_of(connection, version_table, None).await
    }

    /// Returns the version rows.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Reads no more of the journal than what it says of one revision: the state that stands behind a
    /// transaction's guard, which each revision of a long run asks for.
    pub(super) async fn read_of<C: Connection>(
        connection: &mut C,
        version_table: &ObjectName,
        revision: Option<&str>,
    ) -> Result<State, Error> {
        let place = Home::question(connection, version_table);
        let mut found = ask(connection, version_table, revision, place).await?;
        let home = Home::read(version_table, found.place.take());
        home.refuse_unasked(version_table)?;
        if !home.is_plain() && version_table.schema.is_none() {
            let qualified = home.qualified(version_table);
            found = ask(connection, &qualified, revision, None).await?;
        }
        let journal_exists = found.journal.is_some();
        let (standings, unreadable) = found.journal.unwrap_or_default().last();
        Ok(State {
            version: Version::of(found.versions),
            home,
            journal_exists,
            standings,
            unreadable,
        })
    }

    /// Says which version table this is, if it is not in the connection's own namespace.
    pub fn elsewhere(&self) -> Option<String> {
        let own = self.home.own_beside().filter(|_| self.home.exists)?;
        let table = self.home.qualified(&VERSION_TABLE.into());
        Some(elsewhere(&table, own))
    }

    /// Returns the revision that a run has left half applied or half reverted, if there is one.
    pub fn half_done(&self) -> Option<HalfDone> {
        self.unfinished().map(Standing::half_done)
    }

    /// Returns every revision that a run has left half done.
    pub(super) fn all_half_done(&self) -> Vec<HalfDone> {
        let unfinished = self.standings.iter().filter(|it| it.is_unfinished());
        unfinished.map(Standing::half_done).collect()
    }

    /// Returns the revision that a run has left half done, by its id or the beginning of one.
    pub(super) fn half_done_of(&self, id: &str) -> Option<HalfDone> {
        let mut all = self.all_half_done().into_iter();
        all.find(|it| !id.is_empty() && it.revision.starts_with(id))
    }

    /// The revision that a run has left half done, if there is one.
    pub(super) fn unfinished(&self) -> Option<&Standing> {
        self.standings.iter().find(|it| it.is_unfinished())
    }

    /// Refuses to go on where a revision is no longer what was applied.
    pub(super) fn refuse_changed<R: Revisions>(&self, revisions: &R) -> Result<(), Error> {
        refuse(&self.changed(revisions)?)
    }

    /// Returns the applied revisions whose files now say something else, in the graph's order.
    ///
    /// # Errors
    /// When a version row is unknown, or a revision does not read.
    pub fn changed<R: Revisions>(&self, revisions: &R) -> Result<Vec<String>, Error> {
        if self.standings.iter().all(|it| it.checksum.is_none()) {
            return Ok(Vec::new());
        }
        let graph = revisions.graph();
        let applied = graph.applied(&self.version.rows)?;
        let mut checksums = vec![None; graph.len()];
        for standing in &self.standings {
            if let Some(index) = graph.index_of(&standing.revision) {
                checksums[index] = standing.checksum.as_deref();
            }
        }
        let mut changed = Vec::new();
        let unfinished = self
            .unfinished()
            .and_then(|it| graph.index_of(&it.revision));
        for index in applied.into_iter().chain(unfinished) {
            let (id, Some(then)) = (graph.id(index), checksums[index]) else {
                continue;
            };
            if revisions.has_changed(id, then)? {
                changed.push(id.to_string());
            }
        }
        changed.dedup();
        Ok(changed)
    }

    /// Whether what the journal says of a revision counts: anybody with the right to write there can add a
    /// row about a revision that never was.
    fn counts(&self, revision: &str, graph: &Graph) -> bool {
        graph.index_of(revision).is_some() || self.version.rows.iter().any(|row| row == revision)
    }

    /// What the journal says of revisions that neither the project nor the version table knows, and which
    /// therefore counts for nothing, in words.
    pub(super) fn of_nobody(&self, graph: &Graph) -> Vec<String> {
        let half_done = self.all_half_done().into_iter();
        let half_done = half_done.map(|it| (it.to_string(), it.revision));
        let unreadable = self.unreadable.iter();
        let unreadable =
            unreadable.map(|it| ("in a row that does not read".to_string(), it.clone()));
        let rows = half_done.chain(unreadable);
        rows.filter(|(_, revision)| !self.counts(revision, graph))
            .map(|(what, revision)| {
                format!(
                    "The journal has the revision `{id}` {what}; no file and no version row has that id, so \
                     this run goes on without it (limbec accept {id} --abandon --reason \"…\" ends this \
                     warning)",
                    id = one_line(&revision)
                )
            })
            .collect()
    }

    /// Refuses to pass over a revision that is half done, or whose row in the journal does not read.
    pub(super) fn refuse_unfinished(
        &self,
        graph: &Graph,
        plan: &Plan<'_>,
        direction: Direction,
    ) -> Result<(), Error> {
        if let Some(id) = self.unreadable.iter().find(|it| self.counts(it, graph)) {
            return Err(Error::new(
                ErrorKind::Statement,
                format!(
                    "the journal's last row about the revision `{id}` does not read: was it changed by hand?"
                ),
            ));
        }
        let mut unfinished = self.standings.iter().filter(|it| it.is_unfinished());
        let Some(standing) = unfinished.find(|it| self.counts(&it.revision, graph)) else {
            return Ok(());
        };
        let id = &standing.revision;
        let continues = plan
            .steps
            .iter()
            .any(|step| step.id() == id && standing.direction == Some(step.direction));
        if continues || (plan.is_empty() && standing.direction == Some(direction)) {
            return Ok(());
        }
        let half = standing.half_done();
        Err(Error::new(
            ErrorKind::Conflict,
            format!("the revision `{id}` is {half}"),
        )
        .with_hint(format!(
            "finish it first: {}; or give it up, which leaves the schema as it is: {}",
            half.finish(),
            half.abandon()
        )))
    }

    /// Notes that a step has run.
    pub(super) fn step_done(&mut self, step: &PlanStep<'_>, purge: bool) {
        let rows = &mut self.version.rows;
        if purge {
            rows.clear();
        }
        rows.retain(|row| !step.rows_delete.contains(&row.as_str()));
        rows.extend(step.rows_insert.iter().map(ToString::to_string));
        rows.sort();
        self.version.table_exists = true;
        self.journal_exists = true;
        self.standings.retain(|it| it.revision != step.id());
    }

    /// How far a revision has come in a direction.
    pub(super) fn progress(&self, id: &str, direction: Direction) -> Progress {
        let found = self
            .standings
            .iter()
            .find(|it| it.revision == id && it.is_unfinished() && it.direction == Some(direction));
        found.map_or_else(Progress::default, |it| Progress {
            done: it.steps_done(),
            statements: it.statements_done(),
            started: !it.done && !it.failed,
            steps: it.steps,
        })
    }
}

impl Standing {
    pub(super) fn is_unfinished(&self) -> bool {
        !self.done || self.settled || self.steps_done() < self.steps
    }

    /// Whether the row is of the last statement of its step.
    fn is_last_statement(&self) -> bool {
        self.statement.0 >= self.statement.1
    }

    fn steps_done(&self) -> usize {
        let is_done = self.done && self.is_last_statement();
        if is_done { self.step } else { self.step - 1 }
    }

    fn statements_done(&self) -> usize {
        match self.statement.0 {
            _ if self.done && self.is_last_statement() => 0,
            number if self.done => number,
            number => number - 1,
        }
    }

    fn half_done(&self) -> HalfDone {
        HalfDone {
            revision: self.revision.clone(),
            reverting: self.direction == Some(Direction::Down),
            done: self.steps_done(),
            steps: self.steps,
        }
    }
}

/// Refuses to go on with revisions that are no longer what was applied.
pub(crate) fn refuse(changed: &[String]) -> Result<(), Error> {
    let Some(first) = changed.first() else {
        return Ok(());
    };
    Err(
        Error::new(ErrorKind::Changed, changed_in_words(changed)).with_hint(format!(
            "bring the file back and put the change into a new revision; where the database is \
             right as it is: limbec accept {first} --reason \"…\""
        )),
    )
}

/// Revisions that are no longer what was applied, in words.
pub(crate) fn changed_in_words(changed: &[String]) -> String {
    match changed {
        [one] => format!("the revision `{one}` is not what was applied: its file has changed"),
        several => format!(
            "{} revisions are not what was applied, their files have changed: {}",
            several.len(),
            several.join(", ")
        ),
    }
}

/// The journal's word for a direction.
pub(super) fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "upgrade",
        Direction::Down => "downgrade",
        Direction::Stamp => "stamp",
    }
}

/// What a database answers; nothing of a table that is missing.
#[derive(Default)]
struct Found {
    versions: Option<Vec<String>>,
    journal: Option<Journal>,
    place: Option<Row>,
}

/// Reads the version table and the journal, and asks where they stand, in one flight.
async fn ask<C: Connection>(
    connection: &mut C,
    version_table: &ObjectName,
    revision: Option<&str>,
    place: Option<String>,
) -> Result<Found, Error> {
    let dialect = connection.dialect();
    let versions = dialect.version_table(version_table.clone()).select();
    let standing = dialect
        .journal(journal::name(version_table))
        .standing(revision);
    let questions: Vec<&str> = [versions.as_str(), &standing]
        .into_iter()
        .chain(place.as_deref())
        .collect();

    let (mut versions, mut journal, mut place) = (Vec::new(), Journal::default(), None);
    let mut take = |question: usize, row: &[Option<&str>]| match question {
        0 => versions.extend(row.iter().flatten().map(ToString::to_string)),
        1 => journal.take(row),
        _ => place = Some(row.iter().map(|it| it.map(String::from)).collect()),
    };
    let answers = connection.stream(&questions, &mut take).await;

    let mut is_there = Vec::with_capacity(questions.len());
    for (answer, sql) in answers.into_iter().zip(questions) {
        is_there.push(match answer {
            Ok(()) => true,
            Err(error) if error.is(FaultKind::MissingTable, dialect) => false,
            Err(error) => return Err(Error::statement(error, sql)),
        });
    }
    let is_there = |question: usize| is_there.get(question) == Some(&true);
    Ok(Found {
        versions: is_there(0).then_some(versions),
        journal: is_there(1).then_some(journal),
        place,
    })
}

/// What a journal says of the revisions since the last stamp: its rows in order, each as its standing or
/// as the revision that it is about if it does not read.
#[derive(Default)]
struct Journal(Vec<Result<Standing, String>>);

impl Journal {
    fn take(&mut self, row: &[Option<&str>]) {
        if row.get(1) == Some(&Some(word(Direction::Stamp))) {
            self.0.clear();
        } else {
            self.0.push(standing(row));
        }
    }

    /// The last row about each revision: the standings, and the revisions of rows that do not read.
    fn last(self) -> (Vec<Standing>, Vec<String>) {
        let mut seen = HashSet::with_capacity(self.0.len());
        let is_last = self.0.iter().rev().map(|row| match row {
            Ok(Standing { revision, .. }) | Err(revision) => seen.insert(revision.as_str()),
        });
        let is_last: Vec<bool> = is_last.collect();

        let (mut standings, mut unreadable) = (Vec::with_capacity(self.0.len()), Vec::new());
        for (row, is_last) in self.0.into_iter().zip(is_last.into_iter().rev()) {
            match row {
                Ok(standing) if is_last => standings.push(standing),
                Err(revision) if is_last => unreadable.push(revision),
                _ => {}
            }
        }
        (standings, unreadable)
    }
}

/// Reads a row; gives its revision if it does not read.
fn standing(row: &[Option<&str>]) -> Result<Standing, String> {
    let unreadable = || {
        row.first()
            .copied()
            .flatten()
            .unwrap_or_default()
            .to_string()
    };
    let [revision, direction, step, steps, state, checksum] =
        <[Option<&str>; 6]>::try_from(row).map_err(|_| unreadable())?;
    let number = |value: Option<&str>| value.and_then(|it| it.parse::<usize>().ok());
    let step = number(step).filter(|step| *step > 0);
    let (state, statement) = journal::read_state(state.unwrap_or_default());
    let direction = direction.ok_or_else(unreadable)?;
    let directions = [Direction::Up, Direction::Down];
    Ok(Standing {
        revision: revision.ok_or_else(unreadable)?.to_string(),
        direction: directions.into_iter().find(|it| word(*it) == direction),
        step: step.ok_or_else(unreadable)?,
        steps: number(steps).ok_or_else(unreadable)?,
        done: matches!(state, "done" | "settled"),
        settled: state == "settled",
        failed: state == "failed",
        statement: statement.unwrap_or((1, 1)),
        checksum: checksum.map(String::from),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last<const N: usize>(rows: [(&str, &str, &str); N]) -> (Vec<String>, Vec<String>) {
        let mut journal = Journal::default();
        for (revision, direction, state) in rows {
            let step = (!state.is_empty()).then_some("1");
            let row = [revision, direction].map(Some);
            journal.take(&[row[0], row[1], step, Some("1"), Some(state), None]);
        }
        let (standings, unreadable) = journal.last();
        let words = standings.iter().map(|it| {
            let direction = it.direction.map_or("accept", word);
            let state = if it.done { "done" } else { "begun" };
            format!("{} {direction} {state}", it.revision)
        });
        (words.collect(), unreadable)
    }

    #[test]
    fn the_last_row_of_each_revision_counts() {
        let rows = [
            ("a", "upgrade", "done"),
            ("b", "upgrade", "started"),
            ("a", "downgrade", "done"),
            ("c", "upgrade", "done"),
            ("b", "accept", "done"),
        ];
        let expected = ["a downgrade done", "c upgrade done", "b accept done"];
        assert_eq!(last(rows), (expected.map(String::from).into(), vec![]));
    }

    #[test]
    fn what_stands_before_a_stamp_is_forgotten() {
        let rows = [
            ("a", "upgrade", "started"),
            ("b", "stamp", "done"),
            ("c", "upgrade", "done"),
        ];
        assert_eq!(last(rows), (vec!["c upgrade done".to_string()], vec![]));
    }

    #[test]
    fn a_row_that_does_not_read_counts_if_it_is_the_last() {
        let rows = [
            ("a", "upgrade", ""),
            ("b", "upgrade", ""),
            ("a", "upgrade", "done"),
        ];
        let expected = vec!["a upgrade done".to_string()];
        assert_eq!(last(rows), (expected, vec!["b".to_string()]));
    }
}
