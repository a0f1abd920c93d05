//! Who else may write limbec's own tables, and so decide what the next run does.

use limbec_core::journal;

use super::{Error, Event, Migrator, Revisions, State};
use crate::connection::Connection;

impl<C: Connection, R: Revisions> Migrator<'_, C, R> {
    /// Warns of roles that may write limbec's own tables besides their owners.
    pub(super) async fn warn_of_writers(&mut self, state: &State) -> Result<(), Error> {
        let tables = [
            self.version_table.clone(),
            journal::name(&self.version_table),
            journal::lease_name(&self.version_table),
        ];
        let question = self.connection.dialect().writers(&tables);
        let Some(question) = question.filter(|_| state.version.table_exists) else {
            return Ok(());
        };
        let answers = self.connection.run(&[&question]).await;
        let answers = answers.map_err(|error| Error::statement(error.error, &question))?;
        let mut writers: Vec<(String, Vec<String>)> = Vec::new();
        for row in answers.into_iter().flat_map(|it| it.rows) {
            let mut values = row.into_iter().flatten();
            let (Some(role), Some(table)) = (values.next(), values.next()) else {
                continue;
            };
            match writers.last_mut().filter(|(last, _)| *last == role) {
                Some((_, tables)) => tables.push(table),
                None => writers.push((role, vec![table])),
            }
        }
        if let Some(message) = in_words(&writers) {
            (self.observer)(Event::Warning { message: &message });
        }
        Ok(())
    }
}

/// Roles and the tables that each may write, in words.
fn in_words(writers: &[(String, Vec<String>)]) -> Option<String> {
    let who: Vec<String> = writers
        .iter()
        .map(|(role, tables)| format!("`{role}` ({})", tables.join(", ")))
        .collect();
    let may = match who.len() {
        0 => return None,
        1 => "may",
        _ => "may each",
    };
    Some(format!(
        "{} {may} write limbec's own tables, and so decide what the next run does: revoke that, as \
         docs/trust.md says",
        who.join(", ")
    ))
}
