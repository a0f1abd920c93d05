//! What a revision runs, as one value.
//!
//! Input: a revision's operations, a dialect, and what is [known](Knowledge) of the schema. Output:
//! [parts](Part), each committed by itself, and for each part its [statements](Statement) in order.
//! The executor, `--sql`, `--dry-run`, the proof and the journal's revert SQL all take their
//! statements from [`Part::compile`], so they cannot disagree.
//!
//! Plain data, no I/O. Compiling asks for the schema only where a statement depends on it
//! ([`Next::Reflect`]); whoever has a connection reads it, everybody else goes by the operations.

mod compile;
mod kept;
mod knowledge;
mod part;
mod plan;
mod script;
mod step;

pub use compile::{Compiling, Next, Origin, Statement, Uncompiled, Unit, units};
pub use knowledge::Knowledge;
pub use part::{Part, parts};
pub use plan::{Audience, RevisionPlan};
pub use script::{read_script, script};
pub use step::{Doubt, Expectation, Found, Probe, Step};
