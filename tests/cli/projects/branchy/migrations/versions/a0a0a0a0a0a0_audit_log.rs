//! Audit log
//!
//! Revision ID: a0a0a0a0a0a0
//! Revises:
//! Depends on: 4d4d4d4d4d4d
//! Branch labels: audit
//! Create Date: 2026-01-07 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("a0a0a0a0a0a0").depends_on(&["4d4d4d4d4d4d"]).branch_labels(&["audit"]);

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
