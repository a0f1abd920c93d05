//! A throw-away server starts, answers, stops, and leaves nothing behind.

use std::net::TcpStream;
use std::path::Path;

use limbec_testkit::postgres::{Cluster, create_database, psql};

#[test]
fn a_cluster_answers_and_leaves_nothing_behind() {
    let cluster = Cluster::start().unwrap();
    let (directory, pid) = (cluster.directory().to_owned(), cluster.pid());
    let address = address_of(&cluster.url());
    assert!(directory.is_dir());
    assert!(is_running(pid));

    let settings = psql(
        &cluster.url(),
        "SELECT current_user, current_setting('server_encoding'), current_setting('fsync'), \
         current_setting('unix_socket_directories'), current_setting('max_connections'), \
         current_setting('max_locks_per_transaction');",
    )
    .unwrap();
    assert_eq!(settings, "postgres|UTF8|off||200|512\n");

    drop(cluster);
    assert!(!directory.exists(), "{} remains", directory.display());
    assert!(!is_running(pid), "process {pid} remains");
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn two_clusters_are_apart_and_connections_do_not_hold_one_up() {
    let (first, second) = (Cluster::start().unwrap(), Cluster::start().unwrap());
    assert_ne!(first.url(), second.url());

    let database = create_database(&first.url()).unwrap();
    let count = format!(
        "SELECT count(*) FROM pg_database WHERE datname = '{}';",
        database.name()
    );
    assert_eq!(psql(&first.url(), &count).unwrap(), "1\n");
    assert_eq!(psql(&second.url(), &count).unwrap(), "0\n");
    drop(database);
    assert_eq!(psql(&first.url(), &count).unwrap(), "0\n");

    let idle = TcpStream::connect(address_of(&first.url())).unwrap();
    let pid = first.pid();
    drop(first);
    assert!(!is_running(pid));
    drop(idle);
    assert_eq!(psql(&second.url(), "SELECT 1;").unwrap(), "1\n");
}

#[test]
fn a_crashed_server_starts_again_and_a_standby_takes_over() {
    let mut primary = Cluster::start().unwrap();
    let url = primary.url();
    psql(&url, "ALTER ROLE postgres SET synchronous_commit = on;").unwrap();
    psql(&url, "CREATE TABLE kept AS SELECT 7 AS n;").unwrap();
    primary.crash().unwrap();
    assert!(psql(&primary.url(), "SELECT 1;").is_err());
    primary.start_again().unwrap();
    assert_eq!(psql(&primary.url(), "SELECT n FROM kept;").unwrap(), "7\n");

    let standby = primary.standby().unwrap();
    assert_eq!(psql(&standby.url(), "SELECT n FROM kept;").unwrap(), "7\n");
    assert!(psql(&standby.url(), "CREATE TABLE refused (n int);").is_err());
    primary.crash().unwrap();
    psql(
        &standby.url(),
        "SELECT pg_promote(); CREATE TABLE made (n int);",
    )
    .unwrap();
}

fn address_of(url: &str) -> String {
    let (_, rest) = url.split_once('@').expect("a user in the URL");
    let (address, _) = rest.split_once('/').expect("a database in the URL");
    address.to_owned()
}

fn is_running(pid: u32) -> bool {
    if Path::new("/proc/self").exists() {
        return Path::new("/proc").join(pid.to_string()).exists();
    }
    std::process::Command::new("ps")
        .args(["-p", &pid.to_string()])
        .output()
        .is_ok_and(|output| output.status.success())
}
