//! Tags
//!
//! Revision ID: cccc11112222
//! Revises: bbbb11112222
//! Create Date: 2026-01-03 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("cccc11112222").revises(&["bbbb11112222"]);

pub fn upgrade(op: &mut Operations) {
    op.create_table(Table::new("tags").column(Column::new("name", Text).not_null()));
    op.execute_autocommit("VACUUM");
    op.execute("INSERT INTO tagz VALUES ('new')");
}

pub fn downgrade(op: &mut Operations) {
    op.drop_table("tags");
}
