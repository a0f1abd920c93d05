//! Search weights
//!
//! Revision ID: 4d4d4d4d4d4d
//! Revises: 2b2b2b2b2b2b
//! Create Date: 2026-01-04 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("4d4d4d4d4d4d").revises(&["2b2b2b2b2b2b"]);

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
