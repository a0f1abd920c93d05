//! Reads `limbec.toml` and the revisions that it leads to.

use std::path::{Path, PathBuf};

use limbec_core::packed::Revision;
use limbec_core::revision::Graph;
use limbec_core::settings::{Given, KEYS};
use toml::{Table, Value};

use super::mistakes::Mistake;
use super::shown;
use crate::project;
use crate::revisions::{read_body, read_header};

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Every file that the result depends on.
    pub(super) paths: Vec<PathBuf>,
    /// How the revisions are run.
    pub(super) settings: Given,
    /// The folders of revisions.
    pub(super) locations: Vec<PathBuf>,
    /// The revisions.
    pub(super) revisions: Vec<Revision>,
}

impl Files {
    /// Reads all that a `limbec.toml` leads to, with everything that is wrong with it.
    pub(super) fn read(config: &Path, here: &Path) -> (Files, Vec<Mistake>) {
        let mut files = Files::default();
        let mut mistakes = Vec::new();
        files.read_all(config, here, &mut mistakes);
        (files, mistakes)
    }

    fn read_all(&mut self, config: &Path, here: &Path, mistakes: &mut Vec<Mistake>) {
        self.paths.push(config.to_path_buf());
        let root = config.parent().unwrap_or(Path::new("."));
        if let Err(mistake) = self.read_config(config, root) {
            mistakes.push(mistake.of_file(&shown(config, here)));
            return;
        }
        let found = match project::revision_files(&self.locations) {
            Ok(found) => found,
            Err((folder, error)) => {
                let message = format!("cannot read the folder {}: {error}", shown(&folder, here));
                let help = "`[migrations]` in limbec.toml says where the revisions are";
                mistakes.push(Mistake::new(message).help(help));
                return;
            }
        };
        for path in found {
            self.revision(&path, root, here, mistakes);
        }
        if mistakes.is_empty() {
            let headers = self.revisions.iter().map(|it| it.header.clone());
            if let Err(errors) = Graph::new(headers.collect()) {
                mistakes.extend(errors.iter().map(|error| {
                    let mistake = Mistake::new(error.to_string());
                    error.hint().into_iter().fold(mistake, Mistake::help)
                }));
            }
        }
    }

    /// Reads what the revisions need of `limbec.toml`; the command checks the other keys.
    fn read_config(&mut self, config: &Path, root: &Path) -> Result<(), Mistake> {
        let text = std::fs::read_to_string(config)
            .map_err(|error| Mistake::new(format!("cannot read: {error}")))?;
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let mistake = project::toml_mistake(error.message(), error.span(), &text);
            Mistake::new(mistake)
        })?;
        self.locations = locations(section(&table, "migrations")?, root).map_err(Mistake::new)?;
        for (name, key) in KEYS {
            let Some(value) = section(&table, name)?.and_then(|it| it.get(key)) else {
                continue;
            };
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Integer(number) => number.to_string(),
                Value::Boolean(switch) => switch.to_string(),
                _ => return Err(Mistake::new(format!("`[{name}] {key}` must be a string"))),
            };
            let set = self.settings.set(key, &text);
            set.map_err(|it| Mistake::new(format!("`[{name}] {key}` {it}")).help(it.hint))?;
        }
        Ok(())
    }

    fn revision(&mut self, path: &Path, root: &Path, here: &Path, mistakes: &mut Vec<Mistake>) {
        // As the command names it: relative to the project.
        let name = path.strip_prefix(root).unwrap_or(path);
        let name = name.display().to_string();
        let text = match std::fs::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            Ok(Err(_)) => {
                let message = format!("{}: the file is not UTF-8 text", shown(path, here));
                mistakes.push(Mistake::new(message));
                return;
            }
            Err(error) => {
                let message = format!("cannot read {}: {error}", shown(path, here));
                mistakes.push(Mistake::new(message));
                return;
            }
        };
        self.paths.push(path.to_path_buf());
        match (read_header(&name, &text), read_body(&name, &text)) {
            (Ok(header), Ok(body)) => {
                let (upgrade_lines, downgrade_lines) = body.lines(&text);
                self.revisions.push(Revision {
                    header,
                    checksum: Some(body.checksum),
                    upgrade: body.upgrade,
                    downgrade: body.downgrade,
                    upgrade_lines,
                    downgrade_lines,
                });
            }
            (header, body) => {
                let mut found = header.err().unwrap_or_default();
                // What is wrong with the constant is in both.
                found.extend(body.err().unwrap_or_default());
                found.sort_by_key(|it| it.span.start);
                found.dedup_by(|a, b| (&a.message, &a.span) == (&b.message, &b.span));
                let path = shown(path, here);
                let found = found.iter().map(|it| Mistake::in_file(it, &path, &text));
                mistakes.extend(found);
            }
        }
    }
}

fn section<'t>(table: &'t Table, name: &str) -> Result<Option<&'t Table>, Mistake> {
    match table.get(name) {
        None => Ok(None),
        Some(Value::Table(section)) => Ok(Some(section)),
        Some(_) => Err(Mistake::new(format!(
            "`{name}` must be a section, `[{name}]`"
        ))),
    }
}

/// The folders of revisions, as the command finds them.
fn locations(section: Option<&Table>, root: &Path) -> Result<Vec<PathBuf>, &'static str> {
    let value = |key| section.and_then(|it| it.get(key));
    match value("version_locations") {
        None => {}
        Some(Value::Array(list)) if !list.is_empty() => {
            let folder = |it: &Value| it.as_str().map(|it| root.join(it));
            return list
                .iter()
                .map(folder)
                .collect::<Option<_>>()
                .ok_or("`[migrations] version_locations` must be a list of strings");
        }
        Some(Value::Array(_)) => return Err("`[migrations] version_locations` is empty"),
        Some(_) => return Err("`[migrations] version_locations` must be a list"),
    }
    match value("directory") {
        None => Ok(vec![root.join("migrations").join("versions")]),
        Some(Value::String(directory)) => Ok(vec![root.join(directory).join("versions")]),
        Some(_) => Err("`[migrations] directory` must be a string"),
    }
}
