//! What belongs to a project: the one filter between what is read and what is compared.
//!
//! Four rules, in this order: limbec's own tables never take part; what others keep (extensions, a
//! job that makes partitions) and what `include` and `exclude` leave out takes no part, on either
//! side; of the rest, what no model or file declares and no operation of a revision has made is left
//! alone, and named.

use limbec_core::compare::{Comparison, Created, Managed, Unmanaged, managed};
use limbec_core::dialect::Dialect;
use limbec_core::schema::Schema;

use crate::selection::Selection;

/// What decides whether an object of the database belongs to the project.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// What `limbec.toml` says of tables.
    pub(crate) selection: &'a Selection,
    /// What the operations of the revisions have made.
    pub(crate) created: &'a Created,
    /// The database.
    pub(crate) dialect: &'static dyn Dialect,
}

impl Scope<'_> {
    /// Takes the project's part out of what was reflected and of what the models ask for.
    pub(crate) fn of(self, mut reflected: Schema, models: Schema) -> Managed {
        let mut target = match &reflected.own_namespace {
            Some(own) => models.within(own),
            None => models,
        };
        (self.selection).narrow_both(&mut reflected, &mut target, self.dialect);
        managed(reflected, target, self.created, self.dialect)
    }

    /// Leaves those parts of managed tables alone that do not belong to the project.
    pub(crate) fn leave_alone(
        self,
        comparison: &mut Comparison,
        target: &Schema,
    ) -> Vec<Unmanaged> {
        comparison.leave_alone(self.created, target, self.dialect)
    }
}
