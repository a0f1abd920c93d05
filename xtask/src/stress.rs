//! `cargo xtask stress`: the tests of the runner with the counts of the README, one test after the
//! other.

use limbec_testkit::postgres::{Cluster, TEST_URL_VARIABLE};

use crate::run::{Failure, cargo, run as run_command};
use crate::tools::{self, Tool};

pub(crate) fn run(filter: Option<&str>) -> Result<(), Failure> {
    tools::provide(&[Tool::Postgres, Tool::PgBouncer, Tool::Sqlite, Tool::Strace])?;
    let cluster = Cluster::start()?;
    let mut command = cargo(&["test", "--workspace", "--all-features", "--test", "it"]);
    command
        .arg(format!("runner::{}", filter.unwrap_or_default()))
        .args(["--", "--test-threads=1"])
        .env("LIMBEC_STRESS", "1")
        .env(TEST_URL_VARIABLE, cluster.url());
    run_command(&mut command)
}
