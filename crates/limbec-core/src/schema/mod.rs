//! What a database looks like: plain data, neutral to the dialect, without I/O.
//!
//! Models are read into a [`Schema`] (the target), a database is reflected into one (the current
//! state), and [`crate::compare`] takes the two. Whatever only one dialect knows stands in an
//! object's `options`, keyed `dialect.option`.

mod column;
mod constraint;
mod enumeration;
mod index;
mod name;
mod naming;
mod table;
mod types;

pub use column::{Column, Generated, Identity, IdentityKind};
pub use constraint::{
    CheckConstraint, Deferrable, ForeignKey, PrimaryKey, ReferentialAction, UniqueConstraint,
};
pub use enumeration::{Domain, EnumType};
pub use index::{Index, IndexElement, IndexKey};
pub use name::ObjectName;
pub use naming::{NameParts, NamingConvention};
pub use table::Table;
pub(crate) use types::construct_type;
pub use types::{
    Array, BigInteger, Boolean, Bytes, Char, Cidr, ColumnType, Custom, Date, Double, Enum, Inet,
    Integer, Interval, Json, Jsonb, MacAddr, Numeric, Real, SmallInteger, Text, Time, Timestamp,
    TimestampTz, Uuid, Varchar,
};

/// Everything a database holds that limbec knows of.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Schema {
    /// The namespaces other than the connection's own.
    pub namespaces: Vec<String>,
    /// The extensions, by name.
    pub extensions: Vec<String>,
    /// The domains.
    pub domains: Vec<Domain>,
    /// The enumerations.
    pub enums: Vec<EnumType>,
    /// The tables.
    pub tables: Vec<Table>,
}

impl Schema {
    /// Looks a table up by its exact name.
    pub fn table(&self, name: &ObjectName) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }

    /// Looks a table up by its exact name, to change it.
    pub fn table_mut(&mut self, name: &ObjectName) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| table.name == *name)
    }
}
