//! The version table: which revisions a database is at.

use limbec_core::dialect::{Dialect, VersionTable};
use limbec_core::schema::ObjectName;
use limbec_core::steps::Step;

use super::{Error, ErrorKind};

/// The version table's name: Alembic's, so that its databases carry over.
pub const VERSION_TABLE: &str = "alembic_version";

/// Longest id that the table holds as Alembic makes it.
const USUAL_WIDTH: usize = 32;

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Version {
    /// The rows of the version table, in order.
    pub rows: Vec<String>,
    /// Whether there is a version table.
    pub table_exists: bool,
}

impl Version {
    /// Refuses a row that is there twice: an update of it would never change one row.
    pub(super) fn refuse_doubles(&self, table: &ObjectName) -> Result<(), Error> {
        let double = self.rows.windows(2).find(|pair| pair[0] == pair[1]);
        let Some([row, _]) = double else {
            return Ok(());
        };
        let mut rows = self.rows.clone();
        rows.dedup();
        let message = format!(
            "the version table `{table}` holds `{row}` more than once: it is without its primary key"
        );
        Err(Error::new(ErrorKind::Check, message).with_hint(format!(
            "limbec stamp --purge {} leaves each row once; then give the column `version_num` its \
             primary key",
            rows.join(" ")
        )))
    }

    /// Takes the rows; `None` where there is no table.
    pub(super) fn of(rows: Option<Vec<String>>) -> Version {
        let table_exists = rows.is_some();
        let mut rows = rows.unwrap_or_default();
        rows.sort();
        Version { rows, table_exists }
    }
}

/// A change of the version table, as steps with the number of rows each must touch.
pub(super) struct RowChange {
    /// Steps that make the table ready; empty where it is.
    pub(super) ensure: Vec<Step>,
    /// Steps that must each touch so many rows.
    pub(super) steps: Vec<(Step, Option<u64>)>,
}

impl RowChange {
    pub(super) fn new(
        dialect: &dyn Dialect,
        table: &ObjectName,
        table_exists: bool,
        delete: &[&str],
        insert: &[&str],
        purge: bool,
    ) -> Self {
        let version_table: Box<dyn VersionTable> = dialect.version_table(table.clone());
        let longest = insert
            .iter()
            .map(|id| id.chars().count())
            .max()
            .unwrap_or_default();
        let ensure = if table_exists && longest <= USUAL_WIDTH {
            Vec::new()
        } else {
            version_table.ensure(longest)
        };
        let mut steps = Vec::new();
        if purge {
            steps.push((version_table.purge(), None));
        }
        let (mut delete, mut insert) = (delete.iter(), insert.iter());
        match (delete.clone().next(), insert.clone().next()) {
            (Some(from), Some(to)) if !purge => {
                delete.next();
                insert.next();
                steps.push((version_table.update(from, to), Some(1)));
            }
            _ => {}
        }
        if !purge {
            steps.extend(delete.map(|id| (version_table.delete(id), Some(1))));
        }
        steps.extend(insert.map(|id| (version_table.insert(id), Some(1))));
        RowChange { ensure, steps }
    }

    /// Leaves a table that it makes to its owner. A script does without: whoever runs it sees what it makes.
    pub(super) fn protected(
        mut self,
        dialect: &dyn Dialect,
        table: &ObjectName,
        table_exists: bool,
    ) -> Self {
        if !table_exists {
            self.ensure
                .extend(dialect.version_table(table.clone()).protect());
        }
        self
    }
}
