//! Whether a revision shows rows to others: by a policy that goes, by row level security that is
//! switched off. Nobody does that unasked.

use limbec_core::compare::Planned;
use limbec_core::dialect::Dialect;
use limbec_core::operations::Operation;
use limbec_core::schema::{ObjectName, Schema};

use crate::error::{ProjectError, Result};
use crate::renames::Answers;

/// An operation by which other roles may see or change rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The table.
    pub table: ObjectName,
    /// What is done, as a sentence without a full stop.
    pub what: String,
}

impl Opening {
    /// The question that somebody must answer before it is done.
    pub fn question(&self) -> String {
        format!(
            "{}: other roles may then see or change rows. Is that meant?",
            self.what
        )
    }
}

/// Lists what opens tables that stay.
pub(crate) fn openings(planned: &[Planned], dialect: &dyn Dialect) -> Vec<Opening> {
    let goes = |table: &ObjectName| {
        planned
            .iter()
            .any(|it| matches!(&it.operation, Operation::DropTable { name, .. } if name == table))
    };
    // What is made again closes it again.
    let comes_back = |operation: &Operation| {
        let Operation::DropDefinition { definition } = operation else {
            return false;
        };
        planned.iter().any(|it| {
            matches!(&it.operation, Operation::CreateDefinition { definition: made }
                if made.kind == definition.kind && made.name == definition.name)
        })
    };
    let opens = planned.iter().filter_map(|it| {
        let table = dialect.opens(&it.operation)?;
        if goes(table) || comes_back(&it.operation) {
            return None;
        }
        let what = match &it.operation {
            Operation::DropDefinition { definition } => format!("The {definition} is dropped"),
            _ => format!(
                "Row level security of `{table}` is switched off, or no longer binds its owner"
            ),
        };
        Some(Opening {
            table: table.clone(),
            what,
        })
    });
    opens.collect()
}

impl Answers<'_> {
    /// Fails unless somebody says yes to each opening.
    pub(crate) fn agree(&mut self, openings: &[Opening], current: &Schema) -> Result<()> {
        let own = current.own_namespace.as_deref();
        let is = |name: &ObjectName, said: &str| {
            let in_full = own.map(|own| format!("{own}.{name}"));
            name.to_string() == said || in_full.as_deref() == Some(said)
        };
        for said in self.unprotect {
            if !current.tables.iter().any(|it| is(&it.name, said)) {
                return Err(ProjectError::new(format!(
                    "`--unprotect {said}`: the database has no such table"
                )));
            }
        }
        for opening in openings {
            if self.unprotect.iter().any(|said| is(&opening.table, said)) {
                continue;
            }
            let agreed = match &mut self.confirm {
                Some(confirm) => confirm(&opening.question())?,
                None => false,
            };
            if !agreed {
                return Err(ProjectError::new(format!(
                    "{}: other roles may then see or change rows",
                    opening.what
                ))
                .hint(format!("if that is meant: --unprotect {}", opening.table))
                .hint("if not, declare it again: a policy in its SQL file, row level security at the model"));
            }
        }
        Ok(())
    }
}
