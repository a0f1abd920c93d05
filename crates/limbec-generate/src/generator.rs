//! What the models have and the database lacks, as operations that are proven.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use limbec::Open as _;
use limbec::connection::DatabaseError;
use limbec::run::{
    Claim, Database, DatabaseUrl, ErrorKind, Migrator, ProofError, Revisions as _, Scratch,
    ScratchDatabase, Settings, State, Version, reflect, settle_by,
};
use limbec_core::compare::{
    Comparison, Created, Managed, Refused, Unknown, Unmanaged, Verdicts, compare, demands,
};
use limbec_core::dialect::Dialect;
use limbec_core::operations::Operation;
use limbec_core::schema::{Definition, ObjectName, Schema};

use crate::config::Config;
use crate::conversions::{self, Conversions, Uncastable};
use crate::error::{Mistake, ProjectError, Result};
use crate::in_the_way::{InTheWay, in_the_way};
use crate::models::Target;
use crate::places::Places;
use crate::project::Project;
use crate::protection::{self, Opening};
use crate::renames::Answers;
use crate::scope::Scope;
use crate::{definitions, expressible, models};

/// Compares the models of a project with its database, and proves the revisions that come of it.
pub struct Generator<'a> {
    config: &'a Config,
    project: &'a Project,
    url: DatabaseUrl,
}

/// What the models and the database differ in.
#[derive(Debug)]
pub struct Differences {
    /// What leads from the database to the models, and what could not be compared.
    pub comparison: Comparison,
    /// What the database holds of this project.
    pub current: Schema,
    /// What the models ask for.
    pub target: Schema,
    /// What nothing declares: it is left alone.
    pub unmanaged: Vec<Unmanaged>,
    /// What the operations of the project's revisions have created.
    pub created: Created,
    /// The views, routines, triggers and their like that are left alone.
    pub beside: Vec<Definition>,
    /// What shows rows to other roles.
    pub openings: Vec<Opening>,
    /// The changes of type to which no cast leads: still among the operations, or held back from them
    /// if nobody could say how a value becomes one of the new type.
    pub uncastable: Vec<Uncastable>,
    /// The columns, with their tables, from whose new type no cast leads back.
    pub one_way: Vec<(ObjectName, String)>,
    /// What operations ask of rows that are there.
    pub rows: Vec<InTheWay>,
    /// The applied revisions whose files have changed since.
    pub changed: Vec<String>,
    /// Where the version table and the journal disagree, a sentence each.
    pub drift: Vec<String>,
    /// Where all that stands.
    places: Places,
    /// What the database has said of the comparison.
    verdicts: Verdicts,
    /// How values become those of their new types, by column, as somebody has said.
    using: Vec<(String, String)>,
}

impl Differences {
    /// Whether nothing differs and everything could be compared.
    pub fn is_empty(&self) -> bool {
        self.comparison.planned.is_empty() && self.comparison.unknown.is_empty()
    }

    /// Compares again, now that these definitions are known to change with what they are over; whether
    /// that is news.
    fn outdate(&mut self, definitions: &[Definition], dialect: &dyn Dialect) -> bool {
        let mut is_news = false;
        for definition in definitions {
            is_news |= self.verdicts.outdate(definition.clone());
        }
        if is_news {
            self.comparison = compare(&self.current, &self.target, dialect, &self.verdicts);
            self.comparison
                .leave_alone(&self.created, &self.target, dialect);
            conversions::put_into(&self.using, &mut self.comparison.planned);
            self.count_again();
        }
        is_news
    }

    /// Finds the operations of the rows that were counted, which have other places now.
    fn count_again(&mut self) {
        let counted = std::mem::take(&mut self.rows);
        for asked in demands(&self.comparison.planned, &self.current) {
            let same = counted.iter().find(|it| it.asked.then == asked.then);
            if let Some(InTheWay { count, .. }) = same {
                let count = *count;
                self.rows.push(InTheWay { asked, count });
            }
        }
    }

    /// A line for each operation, with its reason; it says so if the operation loses data.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.comparison.planned.iter().map(|it| {
            let loss = if it.operation.loses_data() {
                "   (data is lost)"
            } else {
                ""
            };
            format!("{it}{loss}")
        })
    }
}

impl<'a> Generator<'a> {
    /// Prepares for the database that the project names.
    ///
    /// # Errors
    /// When it names none, or none that limbec knows.
    pub fn new(config: &'a Config, project: &'a Project) -> Result<Self> {
        Ok(Generator {
            config,
            project,
            url: config.database_url()?,
        })
    }

    /// The kind of the database.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.url.dialect()
    }

    /// Compares the models with the database, which must be at the heads. `answers` say what was
    /// renamed; without them, what looks like a rename is in the comparison's `look_alikes`.
    ///
    /// # Errors
    /// When the models or the revisions do not read, the database cannot be reached, is behind or
    /// cannot hold what the models ask for, or nobody answers what was renamed.
    pub async fn compare(&self, answers: Option<&mut Answers<'_>>) -> Result<Differences> {
        let mut database = self.url.open_to_read().await?;
        let table = self.config.settings.version_table(self.url.dialect());
        let state = State::read(&mut database, &table).await?;
        let (reflected, files) = meanwhile(reflect(&mut database), || self.files()).await;
        let files = files?;
        up_to_date(state.version(), self.project)?;
        let changed = state.changed(self.project)?;
        let found = self.settle(&mut database, reflected?, files, answers);
        Ok(Differences {
            changed,
            drift: state.drift(self.project.graph()),
            ..found.await?
        })
    }

    /// Compares the models with what the revisions make of an empty database, a scratch database
    /// beside the project's. The project's own is not touched.
    ///
    /// # Errors
    /// When the models or the revisions do not read, there is no place for a scratch database, or
    /// the revisions do not run on it.
    pub async fn compare_with_revisions(&self) -> Result<Differences> {
        let files = self.files()?;
        let mut scratch = ScratchDatabase::beside(&self.config.scratch_url()?).await?;
        let found = match self.make(scratch.connection()).await {
            Ok(made) => self.settle(scratch.connection(), made, files, None).await,
            Err(error) => Err(error),
        };
        match (found, scratch.remove().await) {
            (found, Ok(())) => found,
            (Ok(_), Err(error)) => Err(error.into()),
            (Err(found), Err(error)) => {
                Err(found.hint(format!("the scratch database was not removed: {error}")))
            }
        }
    }

    fn scope<'s>(&'s self, created: &'s Created) -> Scope<'s> {
        Scope {
            selection: &self.config.selection,
            created,
            dialect: self.dialect(),
        }
    }

    /// Reads the revisions and the models, one after the other, so that they use the same memory.
    fn files(&self) -> Result<Files> {
        let dialect = self.url.dialect();
        let created = self.project.created(dialect);
        let target = load(self.config, dialect)?;
        Ok(Files { target, created })
    }

    /// Runs all revisions, and reads what they made.
    async fn make(&self, database: &mut Database) -> Result<Schema> {
        if !self.project.graph().is_empty() {
            let settings = Settings {
                backups: false,
                version_table_schema: None,
                ..self.config.settings.clone()
            };
            let mut migrator = Migrator::new(database, self.project).settings(settings);
            migrator.upgrade("heads").await?;
        }
        Ok(reflect(database).await?)
    }

    /// Compares the models with what a database holds, and asks it about expressions.
    async fn settle(
        &self,
        database: &mut Database,
        reflected: Schema,
        files: Files,
        mut answers: Option<&mut Answers<'_>>,
    ) -> Result<Differences> {
        let dialect = self.url.dialect();
        let Target { schema, mut places } = files.target;
        places.own.clone_from(&reflected.own_namespace);
        let created = files.created?;
        let scope = self.scope(&created);
        let managed = scope.of(reflected, schema);
        let (current, mut target) = (managed.schema, managed.target);
        if let Some(answers) = &answers {
            let said = answers.said(&current, &target)?;
            target.renames.extend(said);
        }
        if let Some(answers) = &answers {
            conversions::check(answers.using, &target)?;
        }
        let mut separate = self.url.judge().await?;
        let judge = separate.as_mut().unwrap_or(&mut *database);
        let mut conversions = Conversions::default();
        let mut verdicts = Verdicts::default();
        let (mut comparison, mut found) = loop {
            let comparison = settle_by(judge, false, &current, &target, &mut verdicts).await?;
            if !comparison.refused.is_empty() {
                return Err(refused(&comparison.refused, &places));
            }
            if !comparison.conflicts.is_empty() {
                let conflicts = comparison.conflicts.iter();
                let lines: Vec<String> = conflicts.map(ToString::to_string).collect();
                let lines = lines.join("\n  ");
                return Err(ProjectError::new(format!(
                    "Can't proceed with --autogenerate option; {lines}"
                )));
            }
            let renames = match &mut answers {
                Some(answers) => {
                    let own = current.own_namespace.as_deref();
                    answers.settle(&comparison.look_alikes, own)?
                }
                None => Vec::new(),
            };
            if !renames.is_empty() {
                target.renames.extend(renames);
                continue;
            }
            let found = conversions::uncastable(judge, &comparison).await?;
            let Some(answers) = &mut answers else {
                break (comparison, found);
            };
            if !conversions.settle(found, answers, &mut target)? {
                break (comparison, Vec::new());
            }
        };
        let mut unmanaged = managed.unmanaged;
        unmanaged.extend(scope.leave_alone(&mut comparison, &target));
        let openings = protection::openings(&comparison.planned, dialect);
        let (mut one_way, mut rows) = (Vec::new(), Vec::new());
        if let Some(answers) = answers {
            answers.agree(&openings, &current)?;
            conversions::put_into(&conversions.said, &mut comparison.planned);
            one_way = conversions::one_way(database, &comparison.planned).await?;
            rows = in_the_way(database, &comparison.planned, &current).await?;
        }
        found.extend(conversions.held_back);
        Ok(Differences {
            comparison,
            current,
            target,
            unmanaged,
            created,
            beside: managed.definitions,
            openings,
            uncastable: found,
            one_way,
            rows,
            changed: Vec::new(),
            drift: Vec::new(),
            places,
            verdicts,
            using: conversions.said,
        })
    }

    /// Compares the models with an empty database: for one that holds everything already.
    ///
    /// # Errors
    /// As [`Generator::compare`].
    pub async fn compare_with_nothing(&self) -> Result<Differences> {
        let dialect = self.url.dialect();
        let Target { schema, mut places } = load(self.config, dialect)?;
        let mut database = self.url.open_to_read().await?;
        let own_namespace = reflect(&mut database).await?.own_namespace;
        places.own.clone_from(&own_namespace);
        let nothing = Schema {
            own_namespace,
            ..Schema::default()
        };
        let created = Created::default();
        let Managed {
            schema: current,
            target,
            ..
        } = self.scope(&created).of(nothing, schema);
        let comparison = compare(&current, &target, dialect, &Verdicts::default());
        Ok(Differences {
            comparison,
            current,
            target,
            unmanaged: Vec::new(),
            created,
            beside: Vec::new(),
            openings: Vec::new(),
            uncastable: Vec::new(),
            one_way: Vec::new(),
            rows: Vec::new(),
            changed: Vec::new(),
            drift: Vec::new(),
            places,
            verdicts: Verdicts::default(),
            using: Vec::new(),
        })
    }

    /// Runs a revision up and down on a scratch copy; it must lead to the models and back.
    ///
    /// Returns what came out, and the scratch databases that proofs which were killed have left, and
    /// that it has dropped.
    ///
    /// # Errors
    /// When it does not lead there, or there is no place for a scratch copy.
    pub(crate) async fn prove(
        &self,
        differences: &mut Differences,
        upgrade: &[Operation],
        downgrade: &[Operation],
    ) -> Result<(Proof, Vec<String>)> {
        let scratch = Scratch::beside(&self.config.scratch_url()?);
        let removed = scratch.remove_leftovers().await?;
        // What has been renamed goes by its new name.
        let mut target = differences.target.clone();
        target.renames.clear();
        let claim = Claim {
            start: &differences.current,
            target: &target,
            upgrade,
            downgrade,
            created: &differences.created,
            beside: &differences.beside,
        };
        let proof = scratch.prove(&claim).await;
        match proof {
            Ok(lost) => Ok((Proof::Holds { lost }, removed)),
            Err(ProofError::Outdated(definitions))
                if differences.outdate(&definitions, self.url.dialect()) =>
            {
                Ok((Proof::Again, removed))
            }
            Err(error) => Err(failed_proof(error.into_error(), &differences.places)),
        }
    }
}

/// What a proof came to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Proof {
    /// The revision leads to the models and back.
    Holds {
        /// What the downgrade does not bring back.
        lost: Vec<Unknown>,
    },
    /// It has shown more that differs: the comparison holds it now, and its revision is to be proven.
    Again,
}

/// The error of a proof, at the place that it leads back to.
fn failed_proof(error: limbec::run::Error, places: &Places) -> ProjectError {
    if error.kind() == ErrorKind::Interrupted {
        return ProjectError::from(error).hint("the revision was not written");
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    let mut said = None;
    while let Some(it) = cause {
        said = said.or_else(|| it.downcast_ref::<DatabaseError>());
        cause = it.source();
    }
    let said = said.map(|it| it.message.clone());
    let failed = error.failed_statement();
    let mistake = failed
        .zip(said)
        .and_then(|(failed, said)| places.of_failure(&said, failed));
    if error.hint().is_some() {
        return ProjectError::from(error).mistakes_at(mistake);
    }
    let hint = if failed.is_some() {
        "the revision was not written: correct the models; a type, a function or an extension that \
         they use must be in the database first, by hand or by a revision of its own"
    } else {
        "the revision was not written: the database keeps this otherwise than the models say. Say it \
         in the models as `limbec reflect` prints it, or write the revision by hand (`limbec revision \
         -m \"…\"`), and look at what `limbec check` says then"
    };
    ProjectError::from(error).mistakes_at(mistake).hint(hint)
}

/// The error of mistakes in the SQL of the models.
fn refused(all: &[Refused], places: &Places) -> ProjectError {
    let mistakes: Vec<Mistake> = all.iter().filter_map(|it| places.of_refused(it)).collect();
    let count = crate::error::mistakes(all.len());
    let mut message =
        format!("Can't proceed with --autogenerate option; {count} in the SQL of the models");
    if mistakes.len() < all.len() {
        for it in all {
            message += &format!("\n  `{}` of `{}`: {}", it.text, it.of, it.reason);
        }
    }
    ProjectError::new(message).mistakes_at(mistakes)
}

/// What the project's files say.
struct Files {
    /// What the models ask for.
    target: Target,
    /// What the revisions create.
    created: Result<Created>,
}

/// Asks a database, and does other work while it answers. Not in another thread: what the work needs for
/// a while, the answer can use after it.
async fn meanwhile<A: Future, W>(asking: A, work: impl FnOnce() -> W) -> (A::Output, W) {
    let mut asking = pin!(asking);
    let mut answer = None;
    let mut is_sent = false;
    poll_fn(|context| {
        if let Poll::Ready(it) = asking.as_mut().poll(context) {
            answer = Some(it);
        }
        if answer.is_some() || is_sent {
            return Poll::Ready(());
        }
        // The task that serves the connection takes its turn, and sends the questions.
        is_sent = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
    let worked = work();
    match answer {
        Some(answer) => (answer, worked),
        None => (asking.await, worked),
    }
}

/// The models and the files of SQL beside them, which the database can hold.
fn load(config: &Config, dialect: &dyn Dialect) -> Result<Target> {
    let mut target = models::load(config)?;
    (target.schema.definitions, target.places.sql) = definitions::load(config, dialect)?;
    expressible::check(&target, dialect)?;
    Ok(target)
}

fn up_to_date(version: &Version, project: &Project) -> Result<()> {
    let missing = project.graph().missing_heads(&version.rows)?;
    if missing.is_empty() {
        return Ok(());
    }
    Err(
        ProjectError::new("Target database is not up to date.").hint(format!(
            "run: limbec upgrade {}",
            project.graph().all_heads()
        )),
    )
}
