use limbec::prelude::*;

const REVISION: Revision = Revision::new(concat!("3950", "395dfef3"));

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
