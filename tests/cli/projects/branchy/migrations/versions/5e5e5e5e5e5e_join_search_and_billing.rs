//! Join search and billing
//!
//! Revision ID: 5e5e5e5e5e5e
//! Revises: 4d4d4d4d4d4d, 3c3c3c3c3c3c
//! Create Date: 2026-01-05 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("5e5e5e5e5e5e").revises(&["4d4d4d4d4d4d", "3c3c3c3c3c3c"]);

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
