//! Invoices
//!
//! Revision ID: 3c3c3c3c3c3c
//! Revises: 1a1a1a1a1a1a
//! Branch labels: billing
//! Create Date: 2026-01-03 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("3c3c3c3c3c3c").revises(&["1a1a1a1a1a1a"]).branch_labels(&["billing"]);

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
