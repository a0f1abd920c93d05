//! Where a database stands: its version rows, and what its journal says of each revision.

use std::collections::BTreeMap;
use std::fmt;

use limbec_core::dialect::{Dialect, FaultKind, Row};
use limbec_core::journal;
use limbec_core::revision::{Direction, Graph, Plan, PlanStep};
use limbec_core::schema::ObjectName;
use limbec_core::text::one_line;

use super::home::Home;
use super::version::{VERSION_TABLE, Version};
use super::{Error, ErrorKind, Revisions};
use crate::connection::{Answer, Connection, DatabaseError};
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
    /// `upgrade`, `downgrade`, `accept`.
    pub(super) direction: String,
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
        let (mut tables, place) = ask(connection, version_table, revision, place).await?;
        let home = Home::read(version_table, place);
        home.refuse_unasked(version_table)?;
        if !home.is_plain() && version_table.schema.is_none() {
            let qualified = home.qualified(version_table);
            (tables, _) = ask(connection, &qualified, revision, None).await?;
        }
        let (rows, journal) = tables;
        let mut state = State {
            version: Version::of(rows),
            home,
            journal_exists: journal.is_some(),
            ..State::default()
        };
        for row in journal.unwrap_or_default() {
            match standing(row) {
                Ok(standing) => state.standings.push(standing),
                Err(revision) => state.unreadable.push(revision),
            }
        }
        Ok(state)
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
        let standings: BTreeMap<&str, &Standing> = self
            .standings
            .iter()
            .map(|it| (it.revision.as_str(), it))
            .collect();
        let mut changed = Vec::new();
        let unfinished = self
            .unfinished()
            .and_then(|it| graph.index_of(&it.revision));
        for index in applied.into_iter().chain(unfinished) {
            let id = graph.id(index);
            let Some(standing) = standings.get(id) else {
                continue;
            };
            let Some(then) = &standing.checksum else {
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
            .any(|step| step.id() == id && word(step.direction) == standing.direction);
        if continues || (plan.is_empty() && standing.direction == word(direction)) {
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
            .find(|it| it.revision == id && it.is_unfinished() && it.direction == word(direction));
        found.map_or_else(Progress::default, |it| Progress {
            done: it.steps_done(),
            statements: it.statements_done(),
            started: !it.done && !it.failed,
            steps: it.steps,
        })
    }
}

impl Standing {
    fn is_unfinished(&self) -> bool {
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
            reverting: self.direction == word(Direction::Down),
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

/// The rows of the version table and of the journal; none of a table that is missing.
type Tables = (Option<Vec<Row>>, Option<Vec<Row>>);

/// Reads the version table and the journal, and asks where they stand, in one flight.
async fn ask<C: Connection>(
    connection: &mut C,
    version_table: &ObjectName,
    revision: Option<&str>,
    place: Option<String>,
) -> Result<(Tables, Option<Row>), Error> {
    let dialect = connection.dialect();
    let versions = dialect.version_table(version_table.clone());
    let log = dialect.journal(journal::name(version_table));
    let mut questions = vec![versions.select(), log.standing(revision)];
    questions.extend(place);
    let sent: Vec<&str> = questions.iter().map(String::as_str).collect();
    let mut answers = connection.ask(&sent).await.into_iter().zip(&questions);
    let mut next = || {
        let answered = answers.next().map(|(answer, sql)| {
            present(answer, dialect).map_err(|error| Error::statement(error, sql))
        });
        answered.transpose().map(Option::flatten)
    };
    let tables = (next()?, next()?);
    let place = next()?.unwrap_or_default().into_iter().next();
    Ok((tables, place))
}

/// The rows of an answer; `None` where the table is missing.
fn present(
    answer: Result<Answer, DatabaseError>,
    dialect: &dyn Dialect,
) -> Result<Option<Vec<Row>>, DatabaseError> {
    match answer {
        Ok(answer) => Ok(Some(answer.rows)),
        Err(error) if !error.is(FaultKind::MissingTable, dialect) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Reads a row; gives its revision if it does not read.
fn standing(row: Row) -> Result<Standing, String> {
    let name = row.first().cloned().flatten().unwrap_or_default();
    let unreadable = || name.clone();
    let [revision, direction, step, steps, state, checksum] =
        <[Option<String>; 6]>::try_from(row).map_err(|_| unreadable())?;
    let number = |value: Option<String>| value.and_then(|it| it.parse::<usize>().ok());
    let step = number(step).filter(|step| *step > 0);
    let (word, statement) = journal::read_state(state.as_deref().unwrap_or_default());
    Ok(Standing {
        revision: revision.ok_or_else(unreadable)?,
        direction: direction.ok_or_else(unreadable)?,
        step: step.ok_or_else(unreadable)?,
        steps: number(steps).ok_or_else(unreadable)?,
        done: matches!(word, "done" | "settled"),
        settled: word == "settled",
        failed: word == "failed",
        statement: statement.unwrap_or((1, 1)),
        checksum,
    })
}
