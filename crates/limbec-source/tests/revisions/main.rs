//! Revision files: what is written is read back, and what is wrong is shown at its place.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by a panic, its helpers too"
)]

mod compiled;
mod mistakes;
mod random;
mod robust;
mod round_trip;
