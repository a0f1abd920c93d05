//! Items that no revision has
//!
//! Revision ID: 3950395dfef4
//! Revises: 61ee6f04df66

#![allow(dead_code)]

use limbec::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

pub const REVISION: Revision = Revision::new("3950395dfef3").revises(&["27c6a30d7c24"]);

const NAME: &str = "documents";

#[derive(Debug)]
struct Row {
    id: i64,
}

macro_rules! all {
    () => {};
}

fn upgrad(op: &mut Operations) {}

pub async fn upgrade(op: &mut Operations) -> Result<(), Error> {
    op.drop_tabel("a");
}

mod tests {}

/// Nothing follows.
