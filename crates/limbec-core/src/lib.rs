//! limbec-core
