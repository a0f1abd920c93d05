//! A module that lies among the revisions

pub fn helper() {}
