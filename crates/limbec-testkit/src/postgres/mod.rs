//! PostgreSQL for tests: a throw-away server, a database a test, `psql` and `pg_dump`.

mod binaries;
mod cluster;
mod database;
mod dump;
mod place;
mod pooler;
mod psql;
mod user;

pub use binaries::{install_if_missing, major_version};
pub use cluster::Cluster;
pub use database::{TEST_URL_VARIABLE, TestDatabase, create_database, test_database};
pub use dump::{described, is_dumpable, schema_dump, server_major};
pub use pooler::{Pooler, install_pooler_if_missing};
pub use psql::{pg_dump, psql};
