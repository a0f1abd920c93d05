//! FileIntel, a document-analysis service, as an example of limbec: an `api` and a `worker` that
//! bring their database up to date when they start, however many of them start at once.

pub mod service;
pub mod storage;

/// The revisions in `migrations/versions`, baked in when this is compiled.
pub static MIGRATIONS: limbec::Migrations = limbec::embed!();

/// The program in the README, which this package compiles: it has revisions and a runtime.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}
