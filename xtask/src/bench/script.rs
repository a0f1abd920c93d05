//! What limbec runs, as a script for the shell of a database: the output of `--sql`, to which the rows
//! of the journal are added, and from which the checks are taken that only a script needs.

use crate::run::Failure;

/// The journal of a run that is to be repeated.
pub(super) struct Journal {
    /// The statement that makes it.
    pub(super) create: String,
    /// The statements that fill it, as the query of [`rows`] gives them.
    pub(super) rows: String,
}

/// Reads the statement that makes the journal.
pub(super) const OF_SQLITE: &str = "SELECT sql FROM sqlite_schema WHERE name = 'limbec_log'";

pub(super) const OF_POSTGRES: &str = "CREATE TABLE limbec_log (id bigint PRIMARY KEY, revision text, message text, \
    revises text, depends_on text, direction text, step integer, steps integer, state text, \
    started_at timestamptz, finished_at timestamptz, host text, pid bigint, limbec text, checksum text, \
    adds boolean, sql text, revert_sql text, note text)";

const COLUMNS: [&str; 19] = [
    "id",
    "revision",
    "message",
    "revises",
    "depends_on",
    "direction",
    "step",
    "steps",
    "state",
    "started_at",
    "finished_at",
    "host",
    "pid",
    "limbec",
    "checksum",
    "adds",
    "sql",
    "revert_sql",
    "note",
];

/// Ends a row: it stands in no statement.
const END: char = '\u{1e}';

/// The query for the statements that fill a journal, in order; `quote` makes a literal of a value.
pub(super) fn rows(quote: &str) -> String {
    let values = COLUMNS.map(|column| format!("{quote}({column})"));
    format!(
        "SELECT 'INSERT INTO limbec_log VALUES (' || {} || ')' || '{END}' FROM limbec_log ORDER BY id",
        values.join(" || ', ' || ")
    )
}

/// Puts a row of the journal before the end of each transaction.
pub(super) fn with_journal(sql: &str, journal: &Journal) -> Result<String, Failure> {
    let mut rows = journal.rows.split(END).map(str::trim);
    let mut script = String::new();
    let mut create = Some(journal.create.trim().trim_end_matches(';'));
    for statement in sql.split("\n\n") {
        // A script cannot see how many rows a statement has changed, and looks for itself.
        if statement.contains("limbec_check") {
            continue;
        }
        if statement.trim() == "COMMIT;" {
            let row = rows.next().filter(|it| !it.is_empty());
            let row = row.ok_or_else(|| {
                Failure::new("the journal has fewer rows than the script transactions".to_string())
            })?;
            for line in create.take().into_iter().chain([row]) {
                script.push_str(line);
                script.push_str(";\n");
            }
        }
        script.push_str(statement);
        script.push_str("\n\n");
    }
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::{Journal, with_journal};

    #[test]
    fn each_transaction_has_its_row_of_the_journal() {
        let sql = "BEGIN;\n\nCREATE TABLE a (b);\n\nDROP TABLE temp.limbec_check;\n\nCOMMIT;\n\n\
                   BEGIN;\n\nCOMMIT;\n";
        let journal = |rows: &str| Journal {
            create: "CREATE TABLE limbec_log (id);\n".into(),
            rows: rows.into(),
        };
        let script = with_journal(sql, &journal("one\u{1e}\ntwo\u{1e}\n")).unwrap();
        let expected = "BEGIN;\n\nCREATE TABLE a (b);\n\nCREATE TABLE limbec_log (id);\none;\nCOMMIT;\n\n\
                        BEGIN;\n\ntwo;\nCOMMIT;\n\n\n";
        assert_eq!(script, expected);
        assert!(with_journal(sql, &journal("one\u{1e}\n")).is_err());
    }
}
