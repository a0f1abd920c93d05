use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("head").revises(&["a-b", ""]).branch_labels(&["x y"]);

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
