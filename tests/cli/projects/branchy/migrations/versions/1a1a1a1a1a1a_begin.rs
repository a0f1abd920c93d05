//! Begin
//!
//! Revision ID: 1a1a1a1a1a1a
//! Revises:
//! Create Date: 2026-01-01 12:00:00 UTC

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("1a1a1a1a1a1a");

pub fn upgrade(_op: &mut Operations) {}

pub fn downgrade(_op: &mut Operations) {}
