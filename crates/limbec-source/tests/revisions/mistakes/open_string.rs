use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("3950395dfef3);

pub fn upgrade(_op: &mut Operations) {}
