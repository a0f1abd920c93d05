//! Audit of reads
//!
//! Revision ID: b1b1b1b1b1b1
//! Revises: a0a0a0a0a0a0
//! Create Date: 2026-01-08 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("b1b1b1b1b1b1").revises(&["a0a0a0a0a0a0"]);

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
