//! A constant that does not read

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("3950395dfef3").revise(&["61ee6f04df66"]);

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
