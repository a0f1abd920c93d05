//! Indexes that are not valid, in a proof: a build that failed has left them, or one that is not finished.
//!
//! No statement makes such an index of a plain table, so the scratch copy has a whole one in its place,
//! and what is read of it is marked as the original is.

use std::collections::BTreeSet;

use limbec_core::operations::{Operation, apply};
use limbec_core::schema::{ObjectName, Schema};
use limbec_core::sql::Lexicon;

/// The indexes of a schema that are not valid, by table and name.
type Names = BTreeSet<(ObjectName, String)>;

/// The indexes that are not valid before an upgrade, and those that still are behind it.
pub(super) struct Invalid {
    before: Names,
    after: Names,
}

impl Invalid {
    pub(super) fn of(start: &Schema, upgrade: &[Operation], lexicon: &Lexicon) -> Self {
        let before = invalid(start);
        if before.is_empty() {
            return Invalid {
                after: Names::new(),
                before,
            };
        }
        let mut schema = start.clone();
        for operation in upgrade {
            // What cannot be followed (raw SQL) makes no index valid.
            let _ = apply(&mut schema, operation, lexicon);
        }
        Invalid {
            after: invalid(&schema),
            before,
        }
    }

    /// Marks what the upgrade has left as it was.
    pub(super) fn mark(&self, after: &mut Schema) {
        for table in &mut after.tables {
            for index in &mut table.indexes {
                let name = (table.name.clone(), index.name.clone());
                index.valid &= !self.after.contains(&name);
            }
        }
    }

    /// Leaves out of the state before what a downgrade need not bring back: an index that was not valid.
    /// It counts only if it is whole behind the downgrade.
    pub(super) fn forgive(&self, before: &mut Schema, back: &Schema) {
        if self.before.is_empty() {
            return;
        }
        for table in &mut before.tables {
            let name = table.name.clone();
            let found = back.tables.iter().find(|it| it.name == name);
            table.indexes.retain_mut(|index| {
                if !self.before.contains(&(name.clone(), index.name.clone())) {
                    return true;
                }
                index.valid = true;
                let mut indexes = found.iter().flat_map(|it| &it.indexes);
                indexes.any(|it| it.name == index.name && it.valid)
            });
        }
    }
}

fn invalid(schema: &Schema) -> Names {
    let indexes = schema.tables.iter().flat_map(|table| {
        let invalid = table.indexes.iter().filter(|it| !it.valid);
        invalid.map(|it| (table.name.clone(), it.name.clone()))
    });
    indexes.collect()
}
