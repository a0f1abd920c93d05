//! What a database looks like: plain data, neutral to the dialect, without I/O.
//!
//! Models are read into a [`Schema`] (the target), a database is reflected into one (the current
//! state), and [`crate::compare`] takes the two. Whatever only one dialect knows stands in an
//! object's `options`, keyed `dialect.option`.

mod column;
mod constraint;
mod definition;
mod domain;
mod enumeration;
mod index;
mod inheritance;
mod name;
mod namespace;
mod naming;
mod own;
mod rename;
mod sequence;
mod table;
mod types;
mod unmodelled;

pub use column::{Column, Generated, Identity, IdentityKind};
pub use constraint::{
    CheckConstraint, Deferrable, ExcludeConstraint, ExcludeElement, ForeignKey, PrimaryKey,
    ReferentialAction, UniqueConstraint,
};
pub use definition::{Definition, DefinitionKind, Use, in_order};
pub use domain::Domain;
pub use enumeration::EnumType;
pub use index::{Index, IndexElement, IndexKey};
pub use inheritance::Inheritance;
pub use name::ObjectName;
pub use namespace::Namespace;
pub use naming::{NameParts, NamingConvention};
pub use rename::{Rename, Renamed};
pub use sequence::{OwnedBy, Sequence};
pub use table::Table;
pub(crate) use types::construct_type;
pub use types::{
    Array, BigInteger, Boolean, Bytes, Char, Cidr, ColumnType, Custom, Date, Double, Enum, Inet,
    Integer, Interval, Json, Jsonb, MacAddr, Named, Numeric, Real, SmallInteger, Text, Time,
    Timestamp, TimestampTz, Uuid, Varchar,
};
pub use unmodelled::Unmodelled;

/// Everything a database holds that limbec knows of.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Schema {
    /// The connection's own namespace (`public`), if the database has said so. No name in the
    /// schema gives it: see [`Schema::within`] and [`Operation::within`].
    ///
    /// [`Operation::within`]: crate::operations::Operation::within
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub own_namespace: Option<String>,
    /// The namespaces other than the connection's own.
    pub namespaces: Vec<Namespace>,
    /// The extensions, each with the namespace that holds what it brings.
    pub extensions: Vec<ObjectName>,
    /// The domains.
    pub domains: Vec<Domain>,
    /// The enumerations.
    pub enums: Vec<EnumType>,
    /// The sequences of their own.
    pub sequences: Vec<Sequence>,
    /// The tables.
    pub tables: Vec<Table>,
    /// Views, functions, triggers and their like, each after what it mentions.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub definitions: Vec<Definition>,
    /// The tables in which the database keeps what it has found of the others' rows (SQLite's
    /// `sqlite_stat1`): a rebuild of a table carries over what stands there.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub statistics: Vec<String>,
    /// What a database holds besides, to be told of.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub unmodelled: Vec<Unmodelled>,
    /// What the models say of former names; a database says nothing of them.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub renames: Vec<Rename>,
}

impl Schema {
    /// Looks a table up by its exact name.
    pub fn table(&self, name: &ObjectName) -> Option<&Table> {
        self.tables.iter().find(|it| it.name == *name)
    }

    /// Looks a table up by its exact name, to change it.
    pub fn table_mut(&mut self, name: &ObjectName) -> Option<&mut Table> {
        self.tables.iter_mut().find(|it| it.name == *name)
    }

    /// The triggers of a table or view, of which a dialect's `is_same` tells whether it is theirs.
    #[cfg(feature = "sqlite")]
    pub(crate) fn triggers(
        &self,
        is_of: impl Fn(&ObjectName) -> bool,
    ) -> impl Iterator<Item = &Definition> {
        let triggers = self.definitions.iter();
        triggers.filter(move |it| {
            it.kind == DefinitionKind::Trigger && it.table.as_ref().is_some_and(&is_of)
        })
    }
}
