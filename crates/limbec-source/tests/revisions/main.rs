//! Revision files: what is written is read back, and what is wrong is shown at its place.

mod random;
mod round_trip;
