//! A bracket is missing

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("3950395dfef3");

pub fn upgrade(op: &mut Operations) {
    op.drop_table("a";
}

pub fn downgrade(_op: &mut Operations) {}
