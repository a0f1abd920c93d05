//! What the journals of all dialects have in common: the queries that read them, but for the values that
//! each dialect writes in its own way.

/// The values of a row that each dialect writes in its own way.
pub(super) struct Values {
    /// When it began, in UTC.
    pub(super) started_at: &'static str,
    /// How long it took, in milliseconds.
    pub(super) duration_ms: &'static str,
}

/// Reads what the journal says of the revisions that `only` leaves, and the stamps, in their order. Whoever
/// reads it keeps the last row of each revision behind the last stamp: most have no other, and the
/// database need not look for it.
pub(super) fn standing(table: &str, only: &str) -> String {
    let only = match only {
        "" => String::new(),
        only => format!("{only} OR direction = 'stamp'"),
    };
    format!(
        "SELECT revision, direction, step, steps, state, checksum FROM {table}{only} ORDER BY id"
    )
}

/// Reads rows, the last ones first; the columns are those of [`crate::journal::COLUMNS`].
pub(super) fn select(table: &str, values: &Values, only: &str, limit: Option<usize>) -> String {
    let Values {
        started_at,
        duration_ms,
    } = values;
    let limit = limit.map(|limit| format!(" LIMIT {limit}"));
    let limit = limit.unwrap_or_default();
    format!(
        "SELECT id, revision, message, revises, depends_on, direction, step, steps, state, \
         {started_at}, {duration_ms}, host, pid, limbec, checksum, adds, sql, revert_sql, note \
         FROM {table}{only} ORDER BY id DESC{limit}"
    )
}
