//! limbec-testkit
