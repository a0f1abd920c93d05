//! Search index
//!
//! Revision ID: 2b2b2b2b2b2b
//! Revises: 1a1a1a1a1a1a
//! Branch labels: search
//! Create Date: 2026-01-02 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("2b2b2b2b2b2b").revises(&["1a1a1a1a1a1a"]).branch_labels(&["search"]);

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
