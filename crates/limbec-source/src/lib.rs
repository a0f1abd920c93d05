//! limbec-source
