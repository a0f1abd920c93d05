//! Revision files: what is written is read back, and what is wrong is shown at its place.

mod compiled;
mod mistakes;
mod random;
mod robust;
mod round_trip;
