//! How many entries of the server's lock table an operation takes, which its transaction keeps to its
//! end: all sessions together have some 7,000 by default (`max_locks_per_transaction`).

use crate::operations::{Constraint, Operation};
use crate::schema::{ColumnType, Table};

/// What one transaction may take. A default server has room for more, but not for much more.
pub(super) const MOST: usize = 5_000;

/// What most changes take: the object, and one beside it.
const USUAL: usize = 2;

/// About how many locks an operation takes, rather too many than too few.
pub(super) fn of(operation: &Operation) -> usize {
    match operation {
        Operation::CreateTable { table } => of_table(table),
        Operation::DropTable { table, .. } => table.as_ref().map_or(4 * USUAL, |it| of_table(it)),
        _ => USUAL,
    }
}

/// A table, its indexes and sequences, and the table for what does not fit into its rows.
fn of_table(table: &Table) -> usize {
    let columns = table.columns.iter();
    let sequences = columns.clone().filter(|it| it.identity.is_some()).count();
    let has_long = columns.clone().any(|it| !has_fixed_length(&it.column_type));
    let constraints = Constraint::all_of(table).count();
    let indexes = table.indexes.len();
    1 + 3 * usize::from(has_long) + USUAL * (sequences + constraints + indexes)
}

fn has_fixed_length(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::SmallInteger
            | ColumnType::Integer
            | ColumnType::BigInteger
            | ColumnType::Real
            | ColumnType::Double
            | ColumnType::Boolean
            | ColumnType::Date
            | ColumnType::Time { .. }
            | ColumnType::Timestamp { .. }
            | ColumnType::TimestampTz { .. }
            | ColumnType::Interval
            | ColumnType::Uuid
            | ColumnType::MacAddr
            | ColumnType::Enum(_)
    )
}
