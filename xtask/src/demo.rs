//! `cargo xtask demo`: FileIntel as a running system, without containers.
//!
//! Two apis and two workers start at once, by the entrypoint of their image, on an empty database of
//! a throw-away server. Shows who migrated, asks the apis a few things, and stops all of them.

use std::collections::BTreeMap;
use std::env;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use limbec_testkit::postgres::{Cluster, TEST_URL_VARIABLE, create_database};

use crate::args::DemoOptions;
use crate::run::{self, Failure, cargo};
use crate::tools::{self, Tool};

mod http;
mod service;

use service::Services;

/// How long something may take before the demo gives up.
const PATIENCE: Duration = Duration::from_secs(180);

/// Runs the system; with `check`, to its end, else until Enter.
pub(crate) fn run(options: &DemoOptions) -> Result<(), Failure> {
    let programs = match &options.programs {
        Some(folder) => PathBuf::from(folder),
        None => build()?,
    };
    let (server, cluster) = server()?;
    let database = create_database(&server)?;
    let mut services = Services::start(&example(), &programs, database.url())?;
    let ended = show(&mut services, options.check).and_then(|()| services.stop());
    drop(services);
    drop((database, cluster));
    ended?;
    println!("All four have ended in good order.");
    Ok(())
}

fn show(services: &mut Services, check: bool) -> Result<(), Failure> {
    services.wait_until_ready(Instant::now() + PATIENCE)?;
    who_migrated(services)?;
    let apis = services.addresses();
    let [first, second] = apis.as_slice() else {
        return Err(Failure::new(format!("there are not two apis: {apis:?}")));
    };
    println!();
    for api in [first, second] {
        let health = http::request(api, "GET", "/health", None)?;
        expect(&health, "\"migration\":\"ready\"")?;
    }
    let collection = r#"{"name": "Letters", "description": "Found in the attic"}"#;
    let id = id(&http::request(
        first,
        "POST",
        "/collections",
        Some(collection),
    )?)?;
    let documents = format!("/collections/{id}/documents");
    for (name, text) in [
        ("a.txt", "Dear Ada,\\nall is well."),
        ("b.txt", "Dear Charles,\\nit computes."),
        ("c.txt", "Yours"),
    ] {
        let body = format!(r#"{{"filename": "{name}", "text": "{text}"}}"#);
        http::request(second, "POST", &documents, Some(&body))?;
    }
    worked(first, &documents)?;
    let collections = http::request(second, "GET", "/collections", None)?;
    expect(&collections, r#""documents":3"#)?;
    if !check {
        println!("\nThe apis answer on http://{first} and http://{second}; Enter ends all.");
        let _ = std::io::stdin().lock().read_line(&mut String::new());
    }
    Ok(())
}

/// Tells which process ran which revisions; each must have run once.
fn who_migrated(services: &Services) -> Result<(), Failure> {
    let mut ran: BTreeMap<&str, usize> = BTreeMap::new();
    let mut revisions: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, line) in services.lines() {
        if let Some((_, upgrade)) = line.split_once("Running upgrade ") {
            *ran.entry(name).or_default() += 1;
            let revision = upgrade.split(" (").next().unwrap_or(upgrade);
            *revisions.entry(revision).or_default() += 1;
        }
    }
    println!();
    for name in services.names() {
        match ran.get(name) {
            Some(count) => println!("{name} ran {count} revisions"),
            None => println!("{name} ran none: it found the database up to date"),
        }
    }
    let files = std::fs::read_dir(example().join("migrations/versions"))?.count();
    let once = revisions.values().all(|times| *times == 1);
    if revisions.len() != files || !once {
        return Err(Failure::new(format!(
            "of {files} revisions, each should have run once: {revisions:?}"
        )));
    }
    Ok(())
}

/// Waits until the workers have done what the documents gave them to do.
fn worked(api: &str, documents: &str) -> Result<(), Failure> {
    let end = Instant::now() + PATIENCE;
    loop {
        let answer = http::ask(api, "GET", documents, None)?;
        if answer.matches("\"words\"").count() == 3 {
            println!("GET {documents}\n  {answer}");
            return Ok(());
        }
        if Instant::now() > end {
            return Err(Failure::new(format!(
                "the workers did not do their tasks: {answer}"
            )));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn id(answer: &str) -> Result<String, Failure> {
    let id = answer.split('"').nth(3).map(str::to_string);
    id.ok_or_else(|| Failure::new(format!("no id is in {answer}")))
}

fn expect(answer: &str, part: &str) -> Result<(), Failure> {
    // The spaces that PostgreSQL puts into JSON differ from those of a service.
    if answer.replace(' ', "").contains(&part.replace(' ', "")) {
        return Ok(());
    }
    Err(Failure::new(format!("`{part}` is not in {answer}")))
}

/// Builds the services; gives the folder of the programs.
fn build() -> Result<PathBuf, Failure> {
    run::run(&mut cargo(&["build", "--package", "fileintel", "--bins"]))?;
    let own = env::current_exe()?;
    Ok(own.parent().unwrap_or(Path::new(".")).to_path_buf())
}

/// The server of the environment, or a throw-away one.
fn server() -> Result<(String, Option<Cluster>), Failure> {
    if let Ok(url) = env::var(TEST_URL_VARIABLE)
        && !url.is_empty()
    {
        return Ok((url, None));
    }
    tools::provide(&[Tool::Postgres])?;
    let cluster = Cluster::start()?;
    Ok((cluster.url(), Some(cluster)))
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/fileintel")
}
