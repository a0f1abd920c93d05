//! `limbec revision`: makes a new revision file.

mod remarks;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};

use jiff::Zoned;
use jiff::tz::TimeZone;
use limbec::run::Revisions as _;
use limbec_core::operations::Operation;
use limbec_core::revision::Header;
use limbec_generate::renames::{Answers, question};
use limbec_generate::{Differences, Generator, Proof, Uncastable};
use limbec_source::revisions::read_body;
use limbec_source::write::{NewRevision, slug, write_revision, write_sql_revision};
use serde_json::json;

use super::Context;
use crate::args::{Format, Revision};
use crate::connect::block_on;
use crate::error::{CommandError, Result, Status};
use crate::file_name;
use remarks::Written;

pub(super) fn run(options: &Revision, context: &Context<'_>) -> Result<Status> {
    if options.sql {
        let message = if options.autogenerate {
            "Using --sql with --autogenerate does not make any sense"
        } else {
            "Using --sql with the revision command does not make any sense"
        };
        return Err(CommandError::new(message)
            .hint("`limbec upgrade --sql` prints SQL; `--format sql` makes a revision in SQL"));
    }
    if options.autogenerate && options.format == Format::Sql {
        return Err(
            CommandError::new("--autogenerate writes operations in Rust")
                .hint("leave --format away; `limbec upgrade --sql` shows what they become in SQL"),
        );
    }
    let graph = context.project.graph();
    let parents = if graph.is_empty() && options.head == "head" {
        Vec::new()
    } else {
        let heads = [options.head.clone()];
        let parents = graph.new_revision_parents(&heads, options.splice)?;
        parents
            .into_iter()
            .map(|index| graph.id(index).to_string())
            .collect()
    };
    let draft = Draft::new(
        context,
        DraftOptions {
            message: options.message.as_deref(),
            revises: parents,
            depends_on: &options.depends_on,
            branch_labels: &options.branch_label,
            rev_id: options.rev_id.as_deref(),
            version_path: options.version_path.as_deref(),
        },
    )?;
    if options.autogenerate {
        return block_on(generate(&draft, options, context));
    }
    draft.write_empty(context, options.format)?;
    Ok(Status::Done)
}

async fn generate(draft: &Draft, options: &Revision, context: &Context<'_>) -> Result<Status> {
    let printer = context.printer;
    let generator = Generator::new(&context.config, &context.project)?;
    let mut found = if options.from_empty {
        if !context.project.graph().is_empty() {
            return Err(CommandError::new(
                "--from-empty is for the first revision, and there are revisions already",
            )
            .hint("leave it away: the revision is then what the database lacks"));
        }
        generator.compare_with_nothing().await?
    } else {
        let mut answers = Answers::new(&options.rename, &options.no_rename);
        answers.unprotect = &options.unprotect;
        answers.using = &options.using;
        if printer.is_interactive() {
            answers.ask = Some(Box::new(|it| is_yes(&question(it), context)));
            answers.confirm = Some(Box::new(|it| is_yes(it, context)));
            answers.expression = Some(Box::new(|it| expression(it, context)));
        }
        generator.compare(Some(&mut answers)).await?
    };
    super::check::report(&found, printer);
    if found.comparison.planned.is_empty() && found.uncastable.is_empty() {
        if printer.json() {
            printer.value(&json!({ "operations": [], "path": null }));
        }
        printer.text("No new upgrade operations detected; no revision was written.");
        return Ok(Status::Done);
    }
    let (text, upgrade) = proven(draft, &generator, &mut found, context).await?;
    let upgrade = &upgrade;
    for it in &found.rows {
        let text = format!("{}: the file says what to fill in", remarks::sentence(it));
        printer.warning("compare", &text);
    }
    for it in &found.uncastable {
        let text = format!(
            "Not done: {}; the file marks it, and --using {}=SQL says how a value becomes one",
            it.sentence(),
            it.column()
        );
        printer.warning("compare", &text);
    }
    for operation in upgrade.iter().filter(|operation| operation.loses_data()) {
        printer.warning(
            "compare",
            &format!("{operation}: its data is lost when this revision runs; the file marks it"),
        );
    }
    draft.save(context, Format::Rs, &text, upgrade)?;
    Ok(Status::Done)
}

/// The text of the revision and what it does, proven: a proof may show more that differs, and is then made again.
async fn proven(
    draft: &Draft,
    generator: &Generator<'_>,
    found: &mut Differences,
    context: &Context<'_>,
) -> Result<(String, Vec<Operation>)> {
    let printer = context.printer;
    let mut shown = Vec::new();
    loop {
        for planned in &found.comparison.planned {
            let line = format!("Detected {planned}");
            if !shown.contains(&line) {
                printer.info("compare", &line);
                shown.push(line);
            }
        }
        let written = Written::of(found, generator.dialect());
        // What is proven is what the file says, so it is read back first.
        let text = draft.text(Format::Rs, &written);
        let body = read_body(&draft.shown, &text).map_err(|mistakes| {
            CommandError::diagnostics("the generated revision does not read", mistakes, |_| {
                text.clone()
            })
            .hint("the revision was not written: write it by hand, with `limbec revision -m \"…\"`")
        })?;
        let (proof, removed) = generator
            .prove(found, &body.upgrade, &body.downgrade)
            .await?;
        if !removed.is_empty() {
            let text = format!(
                "Removed {} scratch database(s) that stopped proofs have left: {}",
                removed.len(),
                removed.join(", ")
            );
            printer.info("compare", &text);
        }
        if let Proof::Holds { lost } = proof {
            for it in lost {
                let text = format!("The downgrade does not bring all back: {it}");
                printer.warning("compare", &text);
            }
            return Ok((text, written.upgrade));
        }
    }
}

/// Asks on the terminal for a yes.
fn is_yes(question: &str, context: &Context<'_>) -> Result<bool> {
    let answer = context.ask(&format!("{question} [y/N]"))?;
    Ok(matches!(answer.as_str(), "y" | "yes"))
}

/// Asks on the terminal how a value becomes one of its new type.
fn expression(it: &Uncastable, context: &Context<'_>) -> Result<Option<String>> {
    let answer = context.ask_as_typed(&format!(
        "{}: by which SQL expression does a value become one? [leave empty to say it in the file]",
        it.sentence()
    ))?;
    Ok((!answer.is_empty()).then_some(answer))
}

/// What a draft is made of.
pub(super) struct DraftOptions<'a> {
    pub(super) message: Option<&'a str>,
    pub(super) revises: Vec<String>,
    pub(super) depends_on: &'a [String],
    pub(super) branch_labels: &'a [String],
    pub(super) rev_id: Option<&'a str>,
    pub(super) version_path: Option<&'a Path>,
}

/// A revision that is not written yet.
pub(super) struct Draft {
    header: Header,
    location: PathBuf,
    name: String,
    /// Its path as a user would name it, without the extension.
    shown: String,
}

impl Draft {
    /// Works out the id, the date and the file's name, and checks all that can be wrong with them.
    pub(super) fn new(context: &Context<'_>, options: DraftOptions<'_>) -> Result<Self> {
        let graph = context.project.graph();
        let config = &context.config;
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
        let id = options.rev_id.map_or_else(new_id, str::to_string);
        let message = options.message.unwrap_or_default().trim().to_string();
        let (first, doc) = message.split_once('\n').unwrap_or((&message, ""));
        let now = now(config.timezone.as_deref())?;
        let header = Header {
            id: id.clone(),
            revises: options.revises,
            depends_on,
            branch_labels: options.branch_labels.to_vec(),
            message: first.trim().to_string(),
            doc: doc.trim().to_string(),
            create_date: Some(now.strftime("%Y-%m-%d %H:%M:%S %Z").to_string()),
            path: String::new(),
        };
        let location = location(context, options.version_path, &header.revises)?;
        let name = file_name::fill(
            &config.file_template,
            &id,
            &slug(first, config.slug_length),
            &now,
        )?;
        let shown = config.shown(&location.join(&name));
        let mut header = header;
        header.path = format!("{shown}.rs");
        valid(graph.revisions(), &header)?;
        Ok(Draft {
            header,
            location,
            name,
            shown,
        })
    }

    fn text(&self, format: Format, written: &Written) -> String {
        match format {
            Format::Rs => write_revision(&NewRevision {
                header: &self.header,
                upgrade: &written.upgrade,
                downgrade: &written.downgrade,
                notes: &[],
                remarks: &written.remarks,
            }),
            Format::Sql => write_sql_revision(&self.header, &[], &[]),
        }
    }

    /// Writes the file with nothing in it to run.
    pub(super) fn write_empty(&self, context: &Context<'_>, format: Format) -> Result<()> {
        self.save(
            context,
            format,
            &self.text(format, &Written::default()),
            &[],
        )
    }

    /// Writes the file; it must not be there yet, and is there as a whole or not at all.
    fn save(
        &self,
        context: &Context<'_>,
        format: Format,
        text: &str,
        operations: &[Operation],
    ) -> Result<()> {
        let extension = match format {
            Format::Rs => "rs",
            Format::Sql => "sql",
        };
        let path = self.location.join(format!("{}.{extension}", self.name));
        let shown = context.config.shown(&path);
        let failed =
            |error: std::io::Error| CommandError::new(format!("cannot write {shown}: {error}"));
        if path.exists() {
            return Err(CommandError::new(format!("{shown} exists already")));
        }
        let folder = path.parent().unwrap_or(&self.location);
        std::fs::create_dir_all(folder).map_err(failed)?;
        let partial = path.with_extension("partial");
        std::fs::write(&partial, text).map_err(failed)?;
        std::fs::rename(&partial, &path).map_err(failed)?;
        context
            .printer
            .text(format!("Generating {shown} ...  done"));
        if context.printer.json() {
            context.printer.value(&json!({
                "id": self.header.id,
                "path": shown,
                "revises": self.header.revises,
                "operations": operations,
            }));
        }
        Ok(())
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
        CommandError::new(format!("`[migrations] timezone` is no time zone: {error}")).hint(
            "names such as `Europe/Vienna` come from the system's time zones (package `tzdata`)",
        )
    })?;
    Ok(Zoned::now().with_time_zone(zone))
}

/// The folder for a new file: the one asked for, the parents' own, or the first.
fn location(context: &Context<'_>, asked: Option<&Path>, revises: &[String]) -> Result<PathBuf> {
    let config = &context.config;
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
            Err(CommandError::new(format!(
                "Path {} is not represented in current version locations",
                asked.display()
            ))
            .hint(format!("the version locations are {}", known.join(", "))))
        };
    }
    if let [only] = config.version_locations.as_slice() {
        return Ok(only.clone());
    }
    let parent = revises.first().map(|id| context.project.path(id));
    let own = parent.and_then(|path| {
        config
            .version_locations
            .iter()
            .find(|location| path.starts_with(location))
    });
    own.cloned().ok_or_else(|| {
        CommandError::new("Multiple version locations present, please specify --version-path")
    })
}

/// Checks the graph with the new revision in it: ids, labels, cycles.
fn valid(headers: &[Header], new: &Header) -> Result<()> {
    let mut headers = headers.to_vec();
    headers.push(new.clone());
    limbec_core::revision::Graph::new(headers)
        .map(|_| ())
        .map_err(|errors| {
            let mut lines = errors.iter().map(ToString::to_string);
            let error = CommandError::new(lines.next().unwrap_or_default());
            error.hints(lines).hints(
                errors
                    .iter()
                    .filter_map(limbec_core::revision::GraphError::hint),
            )
        })
}
