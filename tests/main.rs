//! The built command, as a user runs it: one binary for all, so that it links once.

mod cli;
mod command;
mod guide;
mod structure;
