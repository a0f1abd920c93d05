//! The commands that list: `current`, `history`, `heads`, `show`, `check`.

use std::collections::BTreeSet;

use limbec_core::revision::Range;

use super::args::{Current, Heads, History};
use super::{Context, Status, failed, log};
use crate::blocking::block_on;
use crate::report::{Failure, Level, Marks, arrow, as_called, block, line, log_line};

impl Context<'_> {
    pub(super) fn current(&mut self, options: &Current) -> Result<Status, Failure> {
        let url = self.database_url()?;
        let standing = block_on(self.migrations.check(&url));
        let standing = standing.map_err(|error| self.failure(&error))?;
        let rows = standing.current;
        let graph = self.revisions_graph();
        let found = graph.current(&rows);
        let current = found.map_err(|error| self.revision_failure(&error))?;
        let missing = graph.missing_heads(&rows);
        let missing = missing.map_err(|error| self.revision_failure(&error))?;
        if options.verbose {
            self.line(format!("Current revision(s) for {url}:"));
        }
        for it in &current {
            self.revision(it.revision, options.verbose);
        }
        if let Some(half_done) = &standing.half_done {
            let text = as_called(&half_done.warning(), self.program);
            log(self.err, log_line(Level::Warning, "current", &text));
        }
        self.warn_of_drift("current", &standing.drift);
        if !options.check_heads || (missing.is_empty() && standing.half_done.is_none()) {
            return Ok(Status::Done);
        }
        if missing.is_empty() {
            return Ok(Status::Different);
        }
        let missing: Vec<&str> = missing.iter().map(|index| graph.id(*index)).collect();
        let all = if graph.heads().len() > 1 {
            "heads"
        } else {
            "head"
        };
        let mut failure = failed("Database is not on all head revisions", None);
        failure.details.push(("missing", missing.join(", ")));
        let hint = format!("run: {} upgrade {all}", self.program);
        failure.hints.push(hint);
        log(self.err, failure.text());
        Ok(Status::Different)
    }

    pub(super) fn history(&mut self, options: &History) -> Result<Status, Failure> {
        let range = Range::parse(options.range.as_deref().unwrap_or(":"));
        let range = range.map_err(|error| self.revision_failure(&error))?;
        let rows = if options.indicate_current || range.names_current() {
            self.rows()?
        } else {
            Vec::new()
        };
        let graph = self.revisions_graph();
        let listed = graph.history(&range, &rows);
        let listed = listed.map_err(|error| self.revision_failure(&error))?;
        let mut current = BTreeSet::new();
        if options.indicate_current {
            let found = graph.current(&rows);
            let found = found.map_err(|error| self.revision_failure(&error))?;
            current.extend(found.into_iter().map(|it| it.revision));
        }
        for index in listed {
            let marks = Marks {
                current: current.contains(&index),
            };
            let text = if options.verbose {
                block(graph, index, marks)
            } else {
                arrow(graph, index, marks)
            };
            self.line(text);
        }
        Ok(Status::Done)
    }

    pub(super) fn heads(&mut self, options: &Heads) -> Result<Status, Failure> {
        let heads = self
            .revisions_graph()
            .heads_listing(options.resolve_dependencies);
        for head in &heads {
            self.revision(head.revision, options.verbose);
        }
        if heads.iter().filter(|head| !head.effective).count() > 1 {
            self.info(
                "heads",
                "There are several heads; `limbec merge` joins them",
            );
        }
        Ok(Status::Done)
    }

    pub(super) fn show(&mut self, revision: &str) -> Result<Status, Failure> {
        let found = self.resolve(revision)?;
        if found.is_empty() {
            let message = format!("No revision files indicated by symbol '{revision}'");
            return Err(failed(&message, None));
        }
        for index in found {
            self.revision(index, true);
        }
        Ok(Status::Done)
    }

    /// Whether this program can serve with the database as it is. There are no models in a program,
    /// so this is about revisions alone.
    pub(super) fn check(&mut self) -> Result<Status, Failure> {
        let url = self.database_url()?;
        let standing = block_on(self.migrations.check(&url));
        let standing = standing.map_err(|error| self.failure(&error))?;
        let text = standing.to_string();
        let mut letters = text.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        let sentence: String = first.chain(letters).collect();
        self.line(format!("{sentence}."));
        self.warn_of_drift("check", &standing.drift);
        let judged = standing.judge(self.revisions_graph(), self.settings.when_ahead);
        Ok(if standing.pending.is_empty() && judged.is_ok() {
            Status::Done
        } else {
            Status::Different
        })
    }

    /// Says where the version table and the journal disagree.
    fn warn_of_drift(&mut self, topic: &str, drift: &[String]) {
        for sentence in drift {
            let text = as_called(sentence, self.program);
            log(self.err, log_line(Level::Warning, topic, &text));
        }
    }

    fn revision(&mut self, index: usize, verbose: bool) {
        let graph = self.revisions_graph();
        let text = if verbose {
            block(graph, index, Marks::default())
        } else {
            line(graph, index, Marks::default())
        };
        self.line(text);
    }
}
