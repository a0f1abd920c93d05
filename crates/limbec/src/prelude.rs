//! All that a revision file names: `use limbec::prelude::*;`.
//!
//! ```
//! use limbec::prelude::*;
//!
//! pub const REVISION: Revision = Revision::new("3950395dfef3").revises(&["61ee6f04df66"]);
//!
//! pub fn upgrade(op: &mut Operations) {
//!     op.add_column("collections", Column::new("description", Text));
//! }
//!
//! pub fn downgrade(op: &mut Operations) {
//!     op.drop_column("collections", "description");
//! }
//! # assert_eq!(REVISION.id, "3950395dfef3");
//! # upgrade(&mut Operations::new());
//! # downgrade(&mut Operations::new());
//! ```

pub use limbec_core::operations::{AlterColumn, AlterOptions, CommentOn, Operations};
pub use limbec_core::schema::ReferentialAction::{
    self, Cascade, NoAction, Restrict, SetDefault, SetNull,
};
pub use limbec_core::schema::{
    Array, BigInteger, Boolean, Bytes, Char, CheckConstraint, Cidr, Column, Custom, Date,
    Definition, Domain, Double, Enum, EnumType, ExcludeConstraint, ForeignKey, Identity, Index,
    IndexElement, Inet, Inheritance, Integer, Interval, Json, Jsonb, MacAddr, Named, Numeric,
    ObjectName, PrimaryKey, Real, Sequence, SmallInteger, Table, Text, Time, Timestamp,
    TimestampTz, UniqueConstraint, Uuid, Varchar,
};

pub use crate::Revision;
