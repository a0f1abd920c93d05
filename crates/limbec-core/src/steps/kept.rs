//! Parts of a text that an earlier run has kept.

use super::{Part, Step, read_script};
use crate::dialect::{CompileError, Dialect, Isolation};
use crate::operations::Operation;

/// Divides what [`script`](super::script) has written: what runs in a transaction runs together,
/// what runs outside runs alone. There is always one part, for the version rows.
///
/// # Errors
/// When a statement would open or end a transaction, which no revision does.
pub(super) fn kept_parts(sql: &str, dialect: &dyn Dialect) -> Result<Vec<Part>, CompileError> {
    let steps = read_script(sql, dialect.lexicon());
    for step in &steps {
        dialect.refuse_end(&step.sql)?;
    }
    let runs = steps.chunk_by(|a, b| a.transactional && b.transactional);
    let mut parts: Vec<Part> = runs.map(|run| part(run, dialect)).collect();
    if parts.is_empty() {
        parts.push(Part::default());
    }
    Ok(parts)
}

fn part(run: &[Step], dialect: &dyn Dialect) -> Part {
    match run {
        // How an interrupted one is looked up, the dialect reads from the statement.
        [step] if !step.transactional => {
            let operation = Operation::Execute {
                sql: step.sql.clone(),
                dialect: None,
                autocommit: true,
            };
            Part {
                outside: dialect.isolation(&operation) == Isolation::Outside,
                ..Part::of(vec![operation])
            }
        }
        run => Part {
            kept: run.to_vec(),
            ..Part::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Names as _, postgres::Postgres, sqlite::Sqlite};
    use crate::steps::Knowledge;

    const KEPT: &str = "-- must be 0\n-- else: there are rows\nSELECT count(*) FROM a;\n\
                        DROP TABLE a;\n-- autocommit\nVACUUM;\nDROP TABLE [it's; odd];\n";

    #[test]
    fn kept_sql_is_divided_as_it_was_made() -> Result<(), Box<dyn std::error::Error>> {
        let parts = kept_parts(KEPT, &Sqlite)?;
        let shape: Vec<_> = parts.iter().map(|it| (it.kept.len(), it.outside)).collect();
        assert_eq!(shape, [(2, false), (0, true), (1, false)]);
        let words: Vec<String> = parts.iter().flat_map(Part::all_words).collect();
        assert_eq!(
            words,
            [
                "execute DROP TABLE a",
                "execute_autocommit VACUUM",
                "execute DROP TABLE [it's; odd]"
            ]
        );
        assert!(parts[0].may_lose_data(Sqlite.lexicon()));

        // What it leaves is not known.
        let mut knowledge = Knowledge::empty();
        let first = parts[0].compile(&Sqlite).all(&mut knowledge)?;
        assert_eq!(first.len(), 2);
        assert_eq!(
            first[0].step.expect.as_ref().map(|it| it.value.as_str()),
            Some("0")
        );
        assert_eq!(first[1].origin, None);
        assert!(knowledge.is_by_hand());
        Ok(())
    }

    #[test]
    fn there_is_a_part_for_the_version_rows() {
        assert_eq!(kept_parts("", &Postgres).map(|it| it.len()), Ok(1));
    }

    #[test]
    fn kept_sql_ends_no_transaction() {
        let dialects: [&dyn Dialect; 2] = [&Sqlite, &Postgres];
        for dialect in dialects {
            for sql in [
                "DROP TABLE a; COMMIT",
                "/* a */ begin; DROP TABLE a",
                "-- b\nEND",
            ] {
                assert!(kept_parts(sql, dialect).is_err(), "{sql}");
            }
            assert!(kept_parts("ROLLBACK TO a", dialect).is_ok());
        }
    }
}
