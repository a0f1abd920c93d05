//! A new revision file: its header, its name and its text, as `limbec revision` writes them.

mod file_name;
mod written;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};

use jiff::Zoned;
use jiff::tz::TimeZone;
use limbec::run::Revisions as _;
use limbec_core::compare::Unknown;
use limbec_core::operations::Operation;
use limbec_core::revision::{Graph, GraphError, Header};
use limbec_source::revisions::{Body, read_body};
use limbec_source::write::{NewRevision, slug, write_revision, write_sql_revision};

use crate::config::Config;
use crate::error::{ProjectError, Result};
use crate::generator::{Differences, Generator, Proof};
use crate::project::Project;
use written::Written;

/// What a draft is made of.
#[derive(Debug, Clone, Default)]
pub struct DraftOptions<'a> {
    /// What the revision does, in one line; what follows below it becomes the rest of the file's doc.
    pub message: &'a str,
    /// The ids of its parents, as [`Graph::new_revision_parents`] finds them.
    pub revises: Vec<String>,
    /// The revisions or branch labels that it depends on.
    pub depends_on: &'a [String],
    /// The branch labels that it carries.
    pub branch_labels: &'a [String],
    /// Its id; a random one if absent.
    pub id: Option<&'a str>,
    /// The folder of the file, one of the version locations or below one; needed only if there are
    /// several and no parent says which.
    pub location: Option<&'a Path>,
    /// The language of the file.
    pub language: Language,
}

/// The language of a revision file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Operations in Rust.
    #[default]
    Rust,
    /// Statements in SQL, written by hand.
    Sql,
}

/// A revision file that does not exist yet.
#[derive(Debug, Clone)]
pub struct Draft {
    header: Header,
    path: PathBuf,
    language: Language,
}

/// A revision that was proven, and whose file is not written yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Revised {
    /// The text of its file.
    pub text: String,
    /// What it does.
    pub upgrade: Vec<Operation>,
    /// What could not be compared when its downgrade had run, and may not be as it was.
    pub lost: Vec<Unknown>,
    /// The scratch databases that were dropped, which proofs that were killed had left.
    pub removed: Vec<String>,
}

impl Draft {
    /// Works out the id, the date and the file's name, and checks all that can be wrong with them.
    ///
    /// ```
    /// use limbec_generate::{Config, Draft, DraftOptions, Project};
    /// # let folder = limbec_testkit::TempProject::new()?;
    /// # let file = folder.write("limbec.toml", "")?;
    /// # std::fs::create_dir_all(folder.path().join("migrations/versions"))?;
    /// let config = Config::read(file, None, &|_| None)?;
    /// let project = Project::load(&config)?;
    /// let options = DraftOptions { message: "Add tags", id: Some("a1"), ..DraftOptions::default() };
    /// let draft = Draft::new(&config, &project, options)?;
    /// assert_eq!(draft.header().path, "migrations/versions/a1_add_tags.rs");
    ///
    /// draft.write(&draft.empty())?;
    /// assert_eq!(Project::load(&config)?.path("a1"), draft.path());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the id, a label or a dependency is not valid, the folder is none of the version locations,
    /// or `limbec.toml` has no valid time zone or file template.
    pub fn new(config: &Config, project: &Project, options: DraftOptions<'_>) -> Result<Self> {
        let graph = project.graph();
        let mut depends_on = Vec::new();
        for dependency in options.depends_on {
            // A branch label stays a label: it means the branch, wherever it goes.
            if graph.labelled(dependency).is_some() {
                depends_on.push(dependency.clone());
                continue;
            }
            let found = graph.resolve(dependency, &[])?;
            depends_on.extend(found.into_iter().map(|index| graph.id(index).to_string()));
        }
        let id = options.id.map_or_else(new_id, str::to_string);
        let message = options.message.trim();
        let (first, doc) = message.split_once('\n').unwrap_or((message, ""));
        let now = now(config.timezone.as_deref())?;
        let location = location(config, project, options.location, &options.revises)?;
        let slug = slug(first, config.slug_length);
        let name = file_name::fill(&config.file_template, &id, &slug, &now)?;
        let extension = match options.language {
            Language::Rust => "rs",
            Language::Sql => "sql",
        };
        let path = location.join(format!("{name}.{extension}"));
        let header = Header {
            id,
            revises: options.revises,
            depends_on,
            branch_labels: options.branch_labels.to_vec(),
            message: first.trim().to_string(),
            doc: doc.trim().to_string(),
            create_date: Some(now.strftime("%Y-%m-%d %H:%M:%S %Z").to_string()),
            path: config.shown(&path),
        };
        valid(graph.revisions(), &header)?;
        Ok(Draft {
            header,
            path,
            language: options.language,
        })
    }

    /// The header that the file will have; its path is as a user would name it.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Where the file will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text of a file with nothing in it to run.
    pub fn empty(&self) -> String {
        match self.language {
            Language::Rust => self.text(&Written::default()),
            Language::Sql => write_sql_revision(&self.header, &[], &[]),
        }
    }

    fn text(&self, written: &Written) -> String {
        write_revision(&NewRevision {
            header: &self.header,
            upgrade: &written.upgrade,
            downgrade: &written.downgrade,
            notes: &[],
            remarks: &written.remarks,
        })
    }

    /// Reads a text back: what is proven is what the file says.
    fn read(&self, text: &str) -> Result<Body> {
        read_body(&self.header.path, text).map_err(|mistakes| {
            ProjectError::diagnostics("the generated revision does not read", mistakes, |_| {
                text.to_string()
            })
            .hint("the revision was not written: write it by hand, with `limbec revision -m \"…\"`")
        })
    }

    /// Writes the file, which must not exist yet: as a whole, or not at all.
    ///
    /// # Errors
    /// When it exists, or cannot be written.
    pub fn write(&self, text: &str) -> Result<()> {
        let shown = &self.header.path;
        let failed =
            |error: std::io::Error| ProjectError::new(format!("cannot write {shown}: {error}"));
        if self.path.exists() {
            return Err(ProjectError::new(format!("{shown} exists already")));
        }
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let partial = self.path.with_extension("partial");
        std::fs::write(&partial, text).map_err(failed)?;
        std::fs::rename(&partial, &self.path).map_err(failed)
    }
}

impl Generator<'_> {
    /// Makes the text of a revision that leads to the models and back, and proves it on a scratch
    /// copy: what is proven is what the text says.
    ///
    /// A proof may show more that differs, for which the revision is made again; `differences` holds
    /// it then. Without an operation there is nothing to write.
    ///
    /// # Errors
    /// When the draft is one in SQL, the revision does not lead there or back, or there is no place
    /// for a scratch copy.
    pub async fn revise(&self, draft: &Draft, differences: &mut Differences) -> Result<Revised> {
        if draft.language != Language::Rust {
            return Err(ProjectError::new(
                "a revision is generated in Rust, not in SQL",
            ));
        }
        let mut all_removed = Vec::new();
        loop {
            let written = Written::of(differences, self.dialect());
            let text = draft.text(&written);
            let body = draft.read(&text)?;
            let proof = self.prove(differences, &body.upgrade, &body.downgrade);
            let (proof, removed) = proof.await?;
            all_removed.extend(removed);
            if let Proof::Holds { lost } = proof {
                return Ok(Revised {
                    text,
                    upgrade: written.upgrade,
                    lost,
                    removed: all_removed,
                });
            }
        }
    }
}

/// Twelve hexadecimal digits, from the operating system's randomness.
fn new_id() -> String {
    let random = RandomState::new().build_hasher().finish();
    format!("{:012x}", random & 0xffff_ffff_ffff)
}

fn now(timezone: Option<&str>) -> Result<Zoned> {
    // UTC needs no time zone database, which small images lack.
    let Some(name) = timezone.filter(|name| !name.eq_ignore_ascii_case("UTC")) else {
        return Ok(Zoned::now().with_time_zone(TimeZone::UTC));
    };
    let zone = TimeZone::get(name).map_err(|error| {
        ProjectError::new(format!("`[migrations] timezone` is no time zone: {error}")).hint(
            "names such as `Europe/Vienna` come from the system's time zones (package `tzdata`)",
        )
    })?;
    Ok(Zoned::now().with_time_zone(zone))
}

/// The folder for a new file: the one asked for, the parents' own, or the first.
fn location(
    config: &Config,
    project: &Project,
    asked: Option<&Path>,
    revises: &[String],
) -> Result<PathBuf> {
    if let Some(asked) = asked {
        let path = config.root.join(asked);
        let known = config
            .version_locations
            .iter()
            .any(|location| path.starts_with(location));
        return if known {
            Ok(path)
        } else {
            let known: Vec<String> = config
                .version_locations
                .iter()
                .map(|it| config.shown(it))
                .collect();
            Err(ProjectError::new(format!(
                "Path {} is not represented in current version locations",
                asked.display()
            ))
            .hint(format!("the version locations are {}", known.join(", "))))
        };
    }
    if let [only] = config.version_locations.as_slice() {
        return Ok(only.clone());
    }
    let parent = revises.first().map(|id| project.path(id));
    let own = parent.and_then(|path| {
        config
            .version_locations
            .iter()
            .find(|location| path.starts_with(location))
    });
    own.cloned().ok_or_else(|| {
        ProjectError::new("Multiple version locations present, please specify --version-path")
    })
}

/// Checks the graph with the new revision in it: ids, labels, cycles.
fn valid(headers: &[Header], new: &Header) -> Result<()> {
    let mut headers = headers.to_vec();
    headers.push(new.clone());
    Graph::new(headers).map(|_| ()).map_err(|errors| {
        let mut lines = errors.iter().map(ToString::to_string);
        let error = ProjectError::new(lines.next().unwrap_or_default());
        error
            .hints(lines)
            .hints(errors.iter().filter_map(GraphError::hint))
    })
}
