//! Objects by the form of their name that the database knows them by.

use std::collections::BTreeMap;

use crate::dialect::Dialect;
use crate::schema::{Domain, EnumType, ObjectName, Sequence, Table};

/// A name as the database folds it: its namespace and itself.
pub(super) type Key = (Option<String>, String);

/// Objects by their folded names.
pub(super) type Keyed<'a, T> = BTreeMap<Key, &'a T>;

pub(super) trait Named {
    fn object_name(&self) -> &ObjectName;
}

macro_rules! named {
    ($($type:ident),*) => {
        $(impl Named for $type {
            fn object_name(&self) -> &ObjectName {
                &self.name
            }
        })*
    };
}

named!(Table, EnumType, Domain, Sequence);

pub(super) fn key_of(dialect: &dyn Dialect, name: &ObjectName) -> Key {
    let fold = |name: &String| dialect.fold_name(name).into_owned();
    (name.schema.as_ref().map(fold), fold(&name.name))
}

pub(super) fn by_key<'a, T: Named>(dialect: &dyn Dialect, objects: &'a [T]) -> Keyed<'a, T> {
    objects
        .iter()
        .map(|object| (key_of(dialect, object.object_name()), object))
        .collect()
}
