//! PostgreSQL for tests: a throw-away server, a database a test, `psql` and `pg_dump`.

mod binaries;
mod cluster;
mod database;
mod dump;
mod place;
mod pooler;
mod psql;
mod user;

pub use binaries::{BIN_VARIABLE, find_server, major_version};
pub use cluster::Cluster;
pub use database::{EMPTY, TEST_URL_VARIABLE, TestDatabase, create_database, test_database};
pub use dump::{described, is_dumpable, schema_dump, server_major};
pub use pooler::{Pooler, find_pooler};
pub use psql::{client, find_client, pg_dump, psql};
