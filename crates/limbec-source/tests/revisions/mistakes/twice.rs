//! Two of everything

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("3950395dfef3");
pub const REVISION: Revision = Revision::new("3950395dfef3");

pub fn upgrade(op: &mut Operations) {}
pub fn upgrade(op: &mut Operations) {}
pub fn downgrade(op: &mut Operations) {}
pub fn downgrade(op: Operations) {}
