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
mod name;
mod namespace;
mod naming;
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
    /// The connection's own namespace, where the database told it (`public`): a name that gives it
    /// is the same as one that gives none.
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
        let name = self.own(name);
        self.tables
            .iter()
            .find(|table| self.own(&table.name) == name)
    }

    /// Looks a table up by its exact name, to change it.
    pub fn table_mut(&mut self, name: &ObjectName) -> Option<&mut Table> {
        let at = self
            .tables
            .iter()
            .position(|table| self.own(&table.name) == self.own(name))?;
        self.tables.get_mut(at)
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

    /// A name's namespace, none for the connection's own, and the name.
    fn own<'a>(&self, name: &'a ObjectName) -> (Option<&'a String>, &'a String) {
        let schema = name.schema.as_ref();
        (
            schema.filter(|it| self.own_namespace.as_ref() != Some(*it)),
            &name.name,
        )
    }

    /// Whether any name gives the namespace.
    #[cfg(feature = "compare")]
    pub(crate) fn gives_namespace(&self, own: &str) -> bool {
        let keys = self.tables.iter().flat_map(|it| &it.foreign_keys);
        let columns = self.tables.iter().flat_map(|it| &it.columns);
        let types = columns.filter_map(|it| match it.column_type.element() {
            ColumnType::Named(name) => Some(name),
            _ => None,
        });
        let mut names = (self.tables.iter().map(|it| &it.name))
            .chain(self.enums.iter().map(|it| &it.name))
            .chain(self.domains.iter().map(|it| &it.name))
            .chain(self.sequences.iter().map(|it| &it.name))
            .chain(&self.extensions)
            .chain(keys.map(|it| &it.referred_table))
            .chain(types)
            .chain(self.definitions.iter().map(|it| &it.name))
            .chain(self.definitions.iter().filter_map(|it| it.table.as_ref()))
            .chain(self.renames.iter().map(|it| it.object.namespaced()));
        names.any(|name| name.schema.as_deref() == Some(own))
    }

    /// The same schema in which no name gives the namespace, which is the connection's own.
    ///
    /// ```
    /// use limbec_core::schema::{ObjectName, Schema, Table};
    /// let mut models = Schema::default();
    /// models.tables.push(Table::new(ObjectName::qualified("public", "tags")));
    /// assert_eq!(models.within("public").tables[0].name, ObjectName::new("tags"));
    /// ```
    pub fn within(mut self, own: &str) -> Schema {
        self.own_namespace = Some(own.to_string());
        self.namespaces.retain(|it| it.name != own);
        self.each_name(&mut |name| drop(name.schema.take_if(|it| it == own)));
        self
    }

    /// Hands over every name of an object that lives in a namespace, wherever it stands.
    fn each_name(&mut self, with: &mut dyn FnMut(&mut ObjectName)) {
        for it in &mut self.renames {
            with(it.object.namespaced_mut());
        }
        for it in &mut self.enums {
            with(&mut it.name);
        }
        for it in &mut self.extensions {
            with(it);
        }
        for it in &mut self.domains {
            with(&mut it.name);
            it.base.each_name(with);
        }
        for it in &mut self.sequences {
            with(&mut it.name);
            if let Some(owner) = &mut it.owned_by {
                with(&mut owner.table);
            }
        }
        for table in &mut self.tables {
            with(&mut table.name);
            for column in &mut table.columns {
                column.column_type.each_name(with);
                if let Some(sequence) = column.identity.as_mut().and_then(|it| it.sequence.as_mut())
                {
                    with(sequence);
                }
            }
            for key in &mut table.foreign_keys {
                with(&mut key.referred_table);
            }
        }
        for definition in &mut self.definitions {
            with(&mut definition.name);
            definition.table.as_mut().map(&mut *with);
        }
    }
}
