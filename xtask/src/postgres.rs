//! `cargo xtask postgres`: a server to try things on.

use std::thread;

use limbec_testkit::postgres::{Cluster, TEST_URL_VARIABLE};

use crate::run::Failure;
use crate::tools::{self, Tool};

/// Prints the URL of a new server and keeps it until this process is ended.
pub(crate) fn run() -> Result<(), Failure> {
    tools::provide(&[Tool::Postgres])?;
    let cluster = Cluster::start()?;
    println!("{}", cluster.url());
    eprintln!("A throw-away server; Ctrl-C ends and removes it.");
    eprintln!(
        "For the tests: export {TEST_URL_VARIABLE}={}",
        cluster.url()
    );
    // The server's keeper sees this process end, however it ends.
    loop {
        thread::park();
    }
}
