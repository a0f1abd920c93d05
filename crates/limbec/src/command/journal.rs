//! The commands about what ran, and who runs it: `log`, `accept`, `locks`.

use super::args::{Accept, Locks, Log};
use super::{Context, Status, failed};
use crate::blocking::block_on;
use crate::open::Open as _;
use crate::report::{self, Failure};
use crate::run::{self, Database, Migrator};

impl Context<'_> {
    pub(super) fn log(&mut self, options: &Log) -> Result<Status, Failure> {
        let url = self.database_url()?;
        // A revision that this program lacks is in the journal by its full id.
        let revision = options.revision.as_deref().map(|given| {
            let graph = self.revisions_graph();
            match graph.resolve(given, &[]).as_deref() {
                Ok([index]) => graph.id(*index).to_string(),
                _ => given.to_string(),
            }
        });
        let entries = block_on(async {
            let mut database = (&url).open_to_read().await?;
            let table = self.settings.version_table(url.dialect());
            run::log(&mut database, &table, revision.as_deref(), options.number).await
        });
        let entries = entries.map_err(|error| self.failure(&error))?;
        if entries.is_empty() {
            self.info("log", "Nothing has run on this database");
        }
        for entry in &entries {
            self.line(report::entry(entry));
            if options.verbose {
                self.line(report::entry_details(entry));
            }
        }
        Ok(Status::Done)
    }

    pub(super) fn accept(&mut self, options: &Accept) -> Result<Status, Failure> {
        let reason = options.reason.trim();
        if reason.is_empty() {
            let hint = format!("whoever reads `{} log` wants to know why", self.program);
            return Err(failed("The reason is empty", Some(&hint)));
        }
        let url = self.database_url()?;
        let abandons = options.what == run::Accept::Abandon;
        let id = match self.resolve(&options.revision) {
            // What is given up may have no file any more.
            Err(_) if abandons => options.revision.as_str(),
            found => match found?.as_slice() {
                [index] => self.revisions_graph().id(*index),
                _ => return Err(failed("Accept one revision at a time", None)),
            },
        };
        let accepted = block_on(async {
            let mut database = Database::connect(&url).await?;
            let mut migrator =
                Migrator::new(&mut database, self.revisions).settings(self.settings.clone());
            migrator.accept(id, options.what, reason).await
        });
        let abandoned = accepted.map_err(|error| self.failure(&error))?;
        let text = abandoned.map_or_else(
            || format!("Accepted {id}"),
            |half| report::abandoned(&half, self.program),
        );
        self.info("log", &text);
        Ok(Status::Done)
    }

    pub(super) fn locks(&mut self, options: &Locks) -> Result<Status, Failure> {
        let url = self.database_url()?;
        let table = self.settings.version_table(url.dialect());
        let found = block_on(async {
            let mut database = (&url).open_to_read().await?;
            run::locks(&mut database, &table).await
        });
        let found = found.map_err(|error| self.failure(&error))?;
        for line in report::locks(&found) {
            self.line(line);
        }
        if !options.clear {
            return Ok(Status::Done);
        }
        if let Some(session) = &found.session {
            self.info("locks", &report::end_of_a_session(session));
        }
        if found.lease.is_some() && !options.yes {
            let hint = format!("say it a second time: {} locks --clear --yes", self.program);
            let message = "Clear the lease? Nobody can be asked here";
            return Err(failed(message, Some(&hint)));
        }
        let cleared = block_on(async {
            let mut database = (&url).open_to_read().await?;
            run::clear_lease(&mut database, &table).await
        });
        let cleared = cleared.map_err(|error| self.failure(&error))?;
        self.line(report::cleared(cleared));
        Ok(Status::Done)
    }
}
