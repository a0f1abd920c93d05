//! A database on which revisions are tried as the command would run them.

mod shown;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use limbec::connection::{Answer, Connection, StatementError};
use limbec::run::{
    Claim, Database, DatabaseUrl, ProofError, Scratch, prove, reflect, run_operations, settle_by,
};
use limbec_core::compare::{Comparison, Created, Planned, Verdicts, compare, refill};
use limbec_core::dialect::Dialect;
use limbec_core::dialect::sqlite::{OLDEST_LIBRARY, Sqlite};
use limbec_core::operations::{Operation, apply};
use limbec_core::revision::Header;
use limbec_core::schema::{Definition, Schema};
use limbec_core::sql::Lexicon;
use limbec_core::steps::{Audience, Knowledge, RevisionPlan, Statement, parts};
use limbec_source::revisions::{Body, read_body};
use limbec_source::write::{NewRevision, Remarks, write_revision};
use limbec_testkit::postgres::{EMPTY, TestDatabase, schema_dump, test_database};

pub(crate) use self::shown::listed;
use self::shown::shown;
use crate::planned;

/// The beginning of the names that PostgreSQL cuts.
const TOO_LONG: &str = "a_name_of_seventy_bytes";

/// The newest library of SQLite whose SQL differs from that of older ones.
const NEWEST_LIBRARY: u32 = 3_053_000;

/// A connection that is spoken to as if its database were another version of its kind.
pub(crate) struct Link {
    database: Database,
    dialect: &'static dyn Dialect,
    /// What was sent.
    sent: Vec<String>,
    others: Option<Others>,
}

/// Other sessions, which write and read wherever the runner has no transaction open.
struct Others {
    database: Database,
    statements: Vec<String>,
    /// Whether the runner has a transaction open.
    is_open: bool,
    /// What failed, with the statement of the runner before it.
    failed: Vec<String>,
}

impl Others {
    /// Follows what the runner sends, and takes its turn if it can.
    async fn follow(&mut self, statements: &[&str]) {
        let mut changed = false;
        for statement in statements {
            let word = statement.split_whitespace().next().unwrap_or_default();
            match word.trim_end_matches(';') {
                "BEGIN" => self.is_open = true,
                "COMMIT" | "ROLLBACK" => (self.is_open, changed) = (false, true),
                "SELECT" | "SET" => {}
                _ => changed = true,
            }
        }
        if self.is_open || !changed {
            return;
        }
        let behind = statements.iter().rev().take(2).rev();
        let behind: Vec<&str> = behind.copied().collect();
        for statement in &self.statements {
            if let Err(error) = rolled_back(&mut self.database, statement).await {
                let error = format!("after `{}`: {error}: {statement}", behind.join("; "));
                self.failed.push(error);
            }
        }
    }
}

/// Runs a statement in a transaction that is rolled back.
async fn rolled_back<C: Connection>(database: &mut C, statement: &str) -> Result<(), String> {
    let ran = database.run(&["BEGIN", statement]).await;
    let ended = database.run(&["ROLLBACK"]).await;
    ran.and(ended)
        .map(drop)
        .map_err(|it| it.error.message.clone())
}

impl Link {
    fn note(&mut self, statements: &[&str]) {
        self.sent.extend(statements.iter().map(ToString::to_string));
    }

    async fn followed(&mut self, statements: &[&str]) {
        if let Some(others) = &mut self.others {
            others.follow(statements).await;
        }
    }
}

impl Connection for Link {
    fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        self.note(statements);
        if self.others.is_none() {
            return self.database.run(statements).await;
        }
        let mut answers = Vec::new();
        for (index, statement) in statements.iter().enumerate() {
            let ran = self.database.run(&[statement]).await;
            answers.extend(ran.map_err(|error| StatementError { index, ..error })?);
            self.followed(&[statement]).await;
        }
        Ok(answers)
    }

    async fn flight(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        self.note(statements);
        let answers = self.database.flight(statements).await?;
        self.followed(statements).await;
        Ok(answers)
    }

    async fn pause(&mut self, time: Duration) {
        self.database.pause(time).await;
    }
}

/// A database of a test's own.
pub(crate) struct Trial {
    pub(crate) database: Link,
    judge: Option<Link>,
    /// Where revisions are proven.
    url: DatabaseUrl,
    /// By which SQL is shown, whatever library runs it.
    shown_by: &'static dyn Dialect,
    runtime: tokio::runtime::Runtime,
    /// Compares once, and does not ask for a dry run: for what is tried as a part of more as well.
    pub(crate) is_brief: bool,
    // Dropped after the connection.
    server: Option<TestDatabase>,
}

impl Trial {
    pub(crate) fn sqlite() -> Self {
        let url = DatabaseUrl::parse("sqlite::memory:", "".as_ref()).unwrap();
        let mut trial = Self::open(&url, None);
        trial.shown_by = Sqlite::of_library(NEWEST_LIBRARY);
        trial
    }

    /// The same, as by the oldest library that will do.
    pub(crate) fn oldest_sqlite() -> Self {
        let mut trial = Self::sqlite();
        trial.database.dialect = Sqlite::of_library(OLDEST_LIBRARY);
        trial.shown_by = trial.database.dialect;
        trial
    }

    pub(crate) fn postgres() -> Self {
        let server = test_database();
        let url = DatabaseUrl::parse(server.url(), "".as_ref()).unwrap();
        Self::open(&url, Some(server))
    }

    fn open(url: &DatabaseUrl, server: Option<TestDatabase>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let link = |database: Database| Link {
            dialect: database.dialect(),
            database,
            sent: Vec::new(),
            others: None,
        };
        let database = link(runtime.block_on(Database::connect(url)).unwrap());
        let judge = runtime.block_on(url.judge()).unwrap().map(link);
        Trial {
            shown_by: database.dialect,
            database,
            judge,
            url: url.clone(),
            runtime,
            is_brief: false,
            server,
        }
    }

    /// How the database reads SQL.
    pub(crate) fn lexicon(&self) -> &'static Lexicon {
        self.database.dialect().lexicon()
    }

    /// Runs operations. What was sent is what a dry run has written down before.
    pub(crate) fn run(&mut self, operations: &[Operation]) -> Result<(), String> {
        let planned = if self.is_brief {
            Ok(None)
        } else {
            self.planned(operations)
        };
        self.database.sent.clear();
        let run = run_operations(&mut self.database, operations, true);
        self.runtime.block_on(run).map_err(|error| {
            let mut text = error.to_string();
            if let Some(statement) = error.failed_statement() {
                let _ = write!(text, "\n{}", statement.sql);
            }
            text
        })?;
        let Some(planned) = planned? else {
            return Ok(());
        };
        let sent = std::mem::take(&mut self.database.sent);
        let sent = planned::of_revision(sent, &planned, self.database.dialect);
        let planned = planned::texts(&planned);
        if sent == planned {
            return Ok(());
        }
        let (sent, planned) = (sent.join(";\n"), planned.join(";\n"));
        Err(format!(
            "a dry run says:\n{planned}\n\nand this was sent:\n{sent}"
        ))
    }

    /// What a dry run says of operations; `None` if raw SQL among them may change the schema that
    /// others depend on, which only running it shows.
    fn planned(&mut self, operations: &[Operation]) -> Result<Option<Vec<Statement>>, String> {
        // Without a database, names are compared as they are spelled: one that it cuts is two.
        if is_cut(operations) {
            return Ok(None);
        }
        let mut knowledge = Knowledge::reflected(self.reflect()?);
        let dialect = self.database.dialect();
        let plan = RevisionPlan::new(operations, dialect);
        let planned = plan.statements(0, dialect, &mut knowledge, Audience::Runner);
        if knowledge.take_assumption() {
            return Ok(None);
        }
        planned
            .map(Some)
            .map_err(|error| format!("dry run: {error}"))
    }

    pub(crate) fn sql(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, String> {
        let mut answers = self
            .runtime
            .block_on(self.database.run(&[sql]))
            .map_err(|error| format!("{error}\n{sql}"))?;
        Ok(answers.remove(0).rows)
    }

    /// Leaves nothing in the database.
    pub(crate) fn empty(&mut self) -> Result<(), String> {
        if self.server.is_some() {
            return self.sql(EMPTY).map(drop);
        }
        *self = Trial::sqlite();
        Ok(())
    }

    /// Runs a revision up and down on a copy of a schema in this empty database, as the command does
    /// before it writes one.
    pub(crate) fn prove(
        &mut self,
        start: &Schema,
        target: &Schema,
        body: &Body,
    ) -> Result<(), String> {
        self.proof(start, target, body, false)
            .map_err(|error| error.to_string())
    }

    /// Does the same, on a copy of what the revision reaches if `part` says so.
    pub(crate) fn proof(
        &mut self,
        start: &Schema,
        target: &Schema,
        body: &Body,
        part: bool,
    ) -> Result<(), ProofError> {
        let dialect = self.database.dialect();
        let nothing = Schema::default();
        let mut created = Created::default();
        for operation in &compare(&nothing, start, dialect, &Verdicts::default()).operations() {
            created.follow(operation, dialect);
        }
        let claim = claim((start, target), body, &created);
        let part = if part { claim.part(dialect) } else { None };
        let claim = part.as_ref().map_or(claim.clone(), |it| it.of(&claim));
        let proven = prove(&mut self.database, true, |it| it, &claim);
        self.runtime.block_on(proven).map(drop)
    }

    /// Whether a revision reaches a part of its schemas only.
    pub(crate) fn has_part(&self, start: &Schema, target: &Schema, body: &Body) -> bool {
        let created = Created::default();
        let claim = claim((start, target), body, &created);
        let part = claim.part(self.database.dialect());
        part.is_some_and(|it| !it.is_all_of(&claim))
    }

    /// The kind and version of the database.
    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        self.database.dialect
    }

    /// Whether a statement runs; what it does is rolled back.
    pub(crate) fn takes(&mut self, statement: &str) -> bool {
        let tried = rolled_back(&mut self.database, statement);
        self.runtime.block_on(tried).is_ok()
    }

    /// Runs operations while others run statements wherever they see what was committed so far; none
    /// of theirs may fail.
    pub(crate) fn run_beside(
        &mut self,
        operations: &[Operation],
        statements: &[String],
    ) -> Result<(), String> {
        if statements.is_empty() {
            return self.run(operations);
        }
        let server = self.server.as_ref().ok_or("others need a server")?;
        let url = DatabaseUrl::parse(server.url(), "".as_ref()).map_err(|it| it.to_string())?;
        let database = self.runtime.block_on(Database::connect(&url));
        let mut database = database.map_err(|error| error.to_string())?;
        // One that waits for the runner would wait for ever.
        let limit = self
            .runtime
            .block_on(database.run(&["SET lock_timeout = '5s'"]));
        limit.map_err(|error| error.to_string())?;
        self.database.others = Some(Others {
            database,
            statements: statements.to_vec(),
            is_open: false,
            failed: Vec::new(),
        });
        let ran = self.run(operations);
        let others = self.database.others.take();
        let failed = others.map(|it| it.failed).unwrap_or_default();
        ran?;
        match failed.first() {
            None => Ok(()),
            Some(first) => Err(format!("others fail, {} times: {first}", failed.len())),
        }
    }

    /// Whether the operations are anything else than one transaction.
    pub(crate) fn is_divided(&self, operations: &[Operation]) -> bool {
        let parts = parts(operations, self.database.dialect);
        parts.len() > 1 || parts.iter().any(|it| it.outside)
    }

    /// The SQL that operations on this schema are carried out by.
    ///
    /// Transactions, version rows and the journal are left out, and a query that stops the revision
    /// is shown by what it looks for.
    pub(crate) fn sql_of(
        &self,
        current: &Schema,
        operations: &[Operation],
    ) -> Result<String, String> {
        let dialect = self.shown_by;
        let mut knowledge = Knowledge::reflected(current.clone());
        let mut text = String::new();
        let mut noted = BTreeMap::new();
        for part in parts(operations, dialect) {
            if !text.is_empty() {
                text += "-- the transaction before commits\n";
            }
            let statements = part.compile(dialect).all(&mut knowledge);
            for statement in statements.map_err(|error| error.to_string())? {
                text += &shown(&statement.step, &mut noted);
            }
        }
        Ok(text.trim_end().to_string())
    }

    /// The schema as `pg_dump` has it, its lines sorted; nothing on SQLite.
    pub(crate) fn dump(&mut self) -> Result<Vec<String>, String> {
        let Some(server) = &self.server else {
            return Ok(Vec::new());
        };
        schema_dump(server).map_err(|error| error.to_string())
    }

    /// The server's major version.
    pub(crate) fn server_major(&mut self) -> u32 {
        let answer = self.sql("SELECT current_setting('server_version_num')::int / 10000");
        let rows = answer.expect("the server tells its version");
        let major = rows[0][0].as_deref().and_then(|it| it.parse().ok());
        major.expect("a number")
    }

    /// Reflects the database, and says what was sent for it.
    pub(crate) fn reflect_noted(&mut self) -> Result<(Schema, Vec<String>), String> {
        self.database.sent.clear();
        let schema = self.reflect()?;
        Ok((schema, std::mem::take(&mut self.database.sent)))
    }

    pub(crate) fn reflect(&mut self) -> Result<Schema, String> {
        let read = reflect(&mut self.database);
        self.runtime
            .block_on(read)
            .map_err(|error| error.to_string())
    }

    /// Compares twice: what comes out must be the same.
    pub(crate) fn compare(
        &mut self,
        current: &Schema,
        target: &Schema,
    ) -> Result<Comparison, String> {
        self.compare_by(current, target, &mut Verdicts::default())
    }

    fn compare_by(
        &mut self,
        current: &Schema,
        target: &Schema,
        verdicts: &mut Verdicts,
    ) -> Result<Comparison, String> {
        let target = &of_own_namespace(target, current);
        let judge = self.judge.as_mut().unwrap_or(&mut self.database);
        let mut once = || {
            let settled = settle_by(judge, false, current, target, verdicts);
            self.runtime
                .block_on(settled)
                .map_err(|error| error.to_string())
        };
        let found = once()?;
        if !self.is_brief && once()? != found {
            return Err("comparing twice gives two answers".to_string());
        }
        let has_no_inverse = |it: &&Planned| it.operation.invert().is_none();
        if let Some(planned) = found.planned.iter().find(has_no_inverse) {
            return Err(format!("`{planned}` carries no inverse"));
        }
        if !found.unknown.is_empty() {
            let unknown: Vec<String> = found.unknown.iter().map(ToString::to_string).collect();
            return Err(format!("not compared: {}", unknown.join("; ")));
        }
        Ok(found)
    }

    /// Fails where the database is not as the schema says; gives what it holds.
    pub(crate) fn expect(&mut self, target: &Schema) -> Result<Schema, String> {
        let current = self.reflect()?;
        let found = self.compare(&current, target)?.planned;
        if found.is_empty() {
            return Ok(current);
        }
        Err(format!("differences:\n{}", listed(&found)))
    }

    /// What creates a schema in the empty database, and removes it.
    pub(crate) fn creation(&mut self, schema: &Schema) -> Result<Body, String> {
        let nothing = self.reflect()?;
        let dialect = self.database.dialect();
        let target = of_own_namespace(schema, &nothing);
        let found = compare(&nothing, &target, dialect, &Verdicts::default());
        as_read(&found, dialect)
    }

    /// Creates a schema in the empty database; what is read back is the same.
    pub(crate) fn create(&mut self, schema: &Schema) -> Result<Schema, String> {
        let creation = self.creation(schema)?;
        self.run(&creation.upgrade)
            .map_err(|error| format!("creating: {error}"))?;
        self.expect(schema)
            .map_err(|error| format!("right after creation: {error}"))
    }

    /// What leads from the schema of the database to another, as it is read back from its file.
    pub(crate) fn revision(
        &mut self,
        current: &Schema,
        target: &Schema,
    ) -> Result<(Comparison, Body), String> {
        let mut verdicts = Verdicts::default();
        loop {
            let found = self
                .compare_by(current, target, &mut verdicts)
                .map_err(|error| format!("comparing: {error}"))?;
            let body = as_read(&found, self.database.dialect())?;
            // As the command does, which proves every revision.
            let outdated = self.outdated(current, target, &found, &body);
            let mut is_news = false;
            for definition in outdated {
                is_news |= verdicts.outdate(definition);
            }
            if !is_news {
                return Ok((found, body));
            }
        }
    }

    /// The definitions that a scratch copy shows to change with what they are over.
    fn outdated(
        &mut self,
        current: &Schema,
        target: &Schema,
        found: &Comparison,
        body: &Body,
    ) -> Vec<Definition> {
        if current.definitions.is_empty() || found.planned.is_empty() {
            return Vec::new();
        }
        let mut target = of_own_namespace(target, current);
        target.renames.clear();
        let scratch = Scratch::beside(&self.url);
        let created = Created::default();
        let claim = Claim::new(
            (current, &target),
            (&body.upgrade, &body.downgrade),
            &created,
        );
        let proof = scratch.prove(&claim);
        match self.runtime.block_on(proof) {
            Err(ProofError::Outdated(definitions)) => definitions,
            _ => Vec::new(),
        }
    }

    /// The same operations, carried out on the schema in memory, give the target too. The database
    /// must have been changed by them: it is asked about expressions.
    pub(crate) fn apply_in_memory(
        &mut self,
        current: &Schema,
        target: &Schema,
        operations: &[Operation],
    ) -> Result<(), String> {
        // In memory, names are compared as they are spelled: one that the database cuts is two.
        let text = format!("{target:?}");
        if text.contains(TOO_LONG) {
            return Ok(());
        }
        let mut schema = current.clone();
        for operation in operations {
            apply(&mut schema, operation, self.lexicon())
                .map_err(|error| format!("in memory: {error}"))?;
        }
        let rest = self.compare(&schema, target)?.planned;
        if rest.is_empty() {
            return Ok(());
        }
        Err(format!("in memory, differences:\n{}", listed(&rest)))
    }
}

fn claim<'a>(schemas: (&'a Schema, &'a Schema), body: &'a Body, created: &'a Created) -> Claim<'a> {
    Claim::new(schemas, (&body.upgrade, &body.downgrade), created)
}

/// Whether operations have a name that the database cuts.
pub(crate) fn is_cut<'a>(operations: impl IntoIterator<Item = &'a Operation>) -> bool {
    let mut operations = operations.into_iter();
    operations.any(|it| format!("{it:?}").contains(TOO_LONG))
}

/// Models as the command compares them with a database.
pub(crate) fn of_own_namespace(models: &Schema, current: &Schema) -> Schema {
    match &current.own_namespace {
        Some(own) => models.clone().within(own),
        None => models.clone(),
    }
}

/// A revision's file.
pub(crate) fn file(upgrade: &[Operation], downgrade: &[Operation]) -> String {
    let header = Header {
        id: "3950395dfef3".into(),
        message: "Change".into(),
        ..Header::default()
    };
    write_revision(&NewRevision {
        header: &header,
        upgrade,
        downgrade,
        notes: &[],
        remarks: &Remarks::default(),
    })
}

/// The operations of a comparison, as they are read back from its file.
fn as_read(found: &Comparison, dialect: &dyn Dialect) -> Result<Body, String> {
    let downgrade = refill(&found.downgrade(), dialect).operations;
    let text = file(&found.operations(), &downgrade);
    read_body("revision.rs", &text)
        .map_err(|mistakes| format!("the written revision does not read: {mistakes:?}"))
}
