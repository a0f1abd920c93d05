//! Views, functions, triggers and their like as SQL files: one an object, in a folder a kind.

use std::collections::BTreeSet;
use std::path::PathBuf;

use limbec_core::dialect::Dialect;
use limbec_core::schema::{Definition, DefinitionKind};
use limbec_source::definitions::read;

use crate::config::Config;

/// A file that is to be written.
pub(super) struct SqlFile {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// The files of definitions, where `[models] sql` of `limbec.toml` says; those that would not read
/// as what they are stay in the list.
pub(super) fn files(
    definitions: &mut Vec<Definition>,
    config: &Config,
    dialect: &dyn Dialect,
) -> Vec<SqlFile> {
    let Some(folder) = config.sql_paths.first() else {
        return Vec::new();
    };
    let folder = config.root.join(folder);
    let mut taken = BTreeSet::new();
    let mut files = Vec::new();
    definitions.retain(|definition| {
        let text = format!("{};\n", definition.sql.trim_end().trim_end_matches(';'));
        let (found, mistakes) = read("", &text, dialect);
        let reads = mistakes.is_empty()
            && matches!(found.as_slice(), [it] if it.kind == definition.kind
                && it.name.name == definition.name.name);
        if reads {
            let path = folder.join(folder_of(definition.kind));
            let path = path.join(free_name(definition, &mut taken));
            files.push(SqlFile { path, text });
        }
        !reads
    });
    files
}

fn folder_of(kind: DefinitionKind) -> &'static str {
    match kind {
        DefinitionKind::Type => "types",
        DefinitionKind::Function => "functions",
        DefinitionKind::Procedure => "procedures",
        DefinitionKind::Aggregate => "aggregates",
        DefinitionKind::View => "views",
        DefinitionKind::MaterializedView => "materialized_views",
        DefinitionKind::Statistics => "statistics",
        DefinitionKind::Rule => "rules",
        DefinitionKind::Policy => "policies",
        DefinitionKind::Trigger => "triggers",
    }
}

/// A file name of its own: `schema.table.name.sql`, numbered where routines share a name.
fn free_name(definition: &Definition, taken: &mut BTreeSet<String>) -> String {
    let name = match &definition.table {
        Some(table) => format!("{table}.{}", definition.name.name),
        None => definition.name.to_string(),
    };
    let kept = |c: char| c.is_alphanumeric() || "._-".contains(c);
    let name: String = name
        .chars()
        .map(|c| if kept(c) { c } else { '_' })
        .collect();
    let name = name.trim_start_matches('.');
    let kind = folder_of(definition.kind);
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let mut names = std::iter::once(name.to_string()).chain(numbered);
    // Some file systems know no case.
    let free = names.find(|it| taken.insert(format!("{kind}/{}", it.to_lowercase())));
    format!("{}.sql", free.unwrap_or_default())
}
