//! After both
//!
//! Revision ID: 6f6f6f6f6f6f
//! Revises: 5e5e5e5e5e5e
//! Create Date: 2026-01-06 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("6f6f6f6f6f6f").revises(&["5e5e5e5e5e5e"]);

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
