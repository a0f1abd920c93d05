//! limbec
