//! Where a script starts that is written without a database.

use super::error::{Result, RevisionError};
use super::graph::Graph;
use super::plan::Direction;

impl Graph {
    /// Splits `[start:]end`, as commands take it with `--sql`, into version rows and a target.
    ///
    /// Without a start there are no rows: the script begins with an empty database.
    ///
    /// # Errors
    /// The start is unknown or ambiguous, a downgrade has none, or the form is another.
    pub fn sql_range(&self, range: &str, direction: Direction) -> Result<(Vec<String>, String)> {
        let Some((start, end)) = range.split_once(':') else {
            return match direction {
                Direction::Down => Err(RevisionError::DowngradeRange {
                    range: range.to_owned(),
                }),
                Direction::Up | Direction::Stamp => Ok((Vec::new(), range.to_owned())),
            };
        };
        if end.is_empty() || end.contains(':') || (start.is_empty() && direction == Direction::Down)
        {
            return Err(RevisionError::Malformed {
                identifier: range.to_owned(),
            });
        }
        let rows = if start.is_empty() {
            Vec::new()
        } else {
            self.resolve(start, &[])?
        };
        Ok((self.ids_of(&rows), end.to_owned()))
    }
}
