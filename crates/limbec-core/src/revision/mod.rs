//! The revision graph: which revisions there are, which are applied, and which to run.
//!
//! Input: the [`Header`]s of the revision files (read elsewhere), the rows of the version table
//! and what a user typed (`head`, `ae10+2`, `billing@base`). Output: revisions, listings and
//! [`Plan`]s, all plain data. Nothing here opens a file, a connection or a clock.
//!
//! The terms are Alembic's. A revision *revises* its parents and *depends on* others: together
//! they are the two kinds of edges, *versioned* and *dependency* edges. Heads, bases, branches and
//! `+N`/`-N` look at versioned edges; what is applied, what a plan runs and which rows the
//! version table holds look at both.
//!
//! Invariants:
//! - A [`Graph`] that exists is sound: every edge leads to a revision, there is no cycle, ids and
//!   labels are unique. [`Graph::new`] names everything that is broken at once.
//! - A revision's index is its place in file order (file name, then path). File order breaks
//!   ties; the order in which headers were handed over never matters.
//! - Version rows are the maximal elements, over both edge kinds, of the applied closure. Each
//!   step of a plan keeps that so, and runs a revision after all that it revises and depends on.
//! - Nothing recurses. Loading, plans and listings grow nearly linearly with revisions and edges,
//!   so 10,000 revisions are planned in milliseconds.

mod closure;
mod create;
mod cycles;
mod downgrade;
mod error;
mod graph;
mod header;
mod history;
mod identifier;
mod ids;
mod labels;
mod links;
mod load;
mod load_error;
mod offline;
mod order;
mod plan;
mod resolve;
mod stamp;
mod suggest;
mod upgrade;
mod walk;
mod wording;

pub use error::{Result, RevisionError};
pub use graph::Graph;
pub use header::Header;
pub use history::{CurrentRevision, HeadRevision};
pub use identifier::{Identifier, Range, Symbol};
pub use ids::{IdError, RESERVED, check_id, check_label};
pub use load_error::{CycleLink, EdgeKind, GraphError, NamedFile};
pub use plan::{Direction, Plan, PlanStep, Unchanged};
