//! The SQL files of views, functions, triggers and their like: text in, definitions out.
//!
//! A file holds one object or several, each by its `CREATE` statement; what follows it (its comment,
//! the indexes of a materialized view, a trigger that is off) belongs to it. A folder named
//! `postgresql` or `sqlite` keeps what is in it to that database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use limbec_core::dialect::{self, Dialect};
use limbec_core::schema::{Definition, in_order};
use limbec_core::sql::split;

use crate::config::Config;
use crate::error::{CommandError, Result};

/// Reads the SQL files that `limbec.toml` names, for one kind of database.
pub(crate) fn load(config: &Config, dialect: &dyn Dialect) -> Result<Vec<Definition>> {
    let mut files = Vec::new();
    for given in &config.sql_paths {
        let path = config.root.join(given);
        if !path.exists() {
            return Err(CommandError::new(format!(
                "`[models] sql` in {} names `{given}`, and there is no such file or folder",
                config.file.display()
            )));
        }
        collect(&path, dialect, &mut files).map_err(|error| {
            CommandError::new(format!("cannot read the SQL files in `{given}`: {error}"))
        })?;
    }
    files.dedup();
    let mut found: BTreeMap<String, (Definition, String)> = BTreeMap::new();
    for path in files {
        let shown = config.shown(&path);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| CommandError::new(format!("cannot read {shown}: {error}")))?;
        let only = only_for(&path, &config.root);
        for mut definition in read(&text, &shown, dialect)? {
            definition.dialect.clone_from(&only);
            let known = found.insert(definition.to_string(), (definition.clone(), shown.clone()));
            if let Some((_, before)) = known {
                return Err(CommandError::new(format!(
                    "the {definition} is in {before} and again in {shown}"
                ))
                .hint("keep one of them"));
            }
        }
    }
    Ok(in_order(found.into_values().map(|it| it.0).collect()))
}

/// The dialect whose folder the file lies in.
fn only_for(path: &Path, root: &Path) -> Option<String> {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let mut folders = inside.parent()?.components();
    folders.find_map(|folder| {
        let name = folder.as_os_str().to_str()?;
        dialect::by_name(name).map(|it| it.name().to_string())
    })
}

fn collect(path: &Path, dialect: &dyn Dialect, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    entries.sort();
    for entry in entries {
        let name = entry
            .file_name()
            .and_then(|it| it.to_str())
            .unwrap_or_default();
        let is_for_another = dialect::by_name(name).is_some_and(|it| it.name() != dialect.name());
        let is_sql = entry.extension().is_some_and(|it| it == "sql");
        if (entry.is_dir() && !is_for_another) || is_sql {
            collect(&entry, dialect, files)?;
        }
    }
    Ok(())
}

/// The definitions of a file.
fn read(text: &str, shown: &str, dialect: &dyn Dialect) -> Result<Vec<Definition>> {
    let mut definitions: Vec<Definition> = Vec::new();
    for statement in split(text) {
        let at = statement.as_ptr() as usize - text.as_ptr() as usize;
        let statement = without_leading_comments(statement);
        let place = format!("{shown}, line {}", line(text, at, statement));
        let created = dialect
            .definition(statement)
            .map_err(|error| CommandError::new(format!("{place}: {error}")))?;
        match created {
            Some(definition) => definitions.push(definition.sql(statement)),
            None if hangs_on(statement) => match definitions.last_mut() {
                Some(last) => {
                    last.sql.push_str(";\n");
                    last.sql.push_str(statement);
                }
                None => {
                    return Err(CommandError::new(format!(
                        "{place}: this statement stands before the first `CREATE`: {}",
                        first_line(statement)
                    ))
                    .hint("put it behind the statement that creates what it is about"));
                }
            },
            None => {
                return Err(CommandError::new(format!(
                    "{place}: this statement creates no view, function or trigger: {}",
                    first_line(statement)
                ))
                .hint("tables, enums and their like are models; anything else is for a revision: `op.execute(\"…\")`"));
            }
        }
    }
    Ok(definitions)
}

/// Whether a statement says more of the object before it.
fn hangs_on(statement: &str) -> bool {
    let mut words = limbec_core::sql::tokens(statement);
    let (Some(first), second) = (words.next(), words.next()) else {
        return false;
    };
    let second_is = |word: &str| second.is_some_and(|it| it.is_word(word));
    first.is_word("COMMENT")
        || first.is_word("ALTER")
        || (first.is_word("CREATE") && (second_is("INDEX") || second_is("UNIQUE")))
}

fn without_leading_comments(statement: &str) -> &str {
    use limbec_core::sql::{TokenKind, tokens};
    let first = tokens(statement).find(|token| token.kind != TokenKind::Comment);
    first.map_or(statement, |token| &statement[token.start..])
}

/// The line of a statement whose text begins somewhere behind `at`.
fn line(text: &str, at: usize, statement: &str) -> usize {
    let start = text[at..].find(statement).map_or(at, |it| at + it);
    text[..start].matches('\n').count() + 1
}

fn first_line(statement: &str) -> &str {
    statement.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use limbec_core::dialect::postgres::Postgres;

    fn shown(text: &str) -> String {
        match read(text, "a.sql", &Postgres) {
            Ok(all) => {
                let lines = all.iter().map(|it| format!("{it}: {}", it.sql));
                lines.collect::<Vec<_>>().join("\n")
            }
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn what_follows_a_definition_belongs_to_it() {
        let text = "-- Titles.\nCREATE VIEW v AS SELECT 1;\nCOMMENT ON VIEW v IS 'x';\n\
                    CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;";
        assert_eq!(
            shown(text),
            "view v: CREATE VIEW v AS SELECT 1;\nCOMMENT ON VIEW v IS 'x'\n\
             function f(): CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$"
        );
    }

    #[test]
    fn what_creates_nothing_of_the_kind_is_an_error_with_its_line() {
        assert!(
            shown("CREATE VIEW v AS SELECT 1;\n\nCREATE TABLE t (a int)")
                .contains("a.sql, line 3: ")
        );
        assert!(shown("\nCOMMENT ON VIEW v IS 'x'").contains("a.sql, line 2: "));
        assert!(shown("GRANT SELECT ON v TO x").contains("a.sql, line 1: "));
        assert!(shown("CREATE FUNCTION f").contains("a.sql, line 1: "));
    }
}
