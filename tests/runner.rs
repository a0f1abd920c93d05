//! The runner under load and under fire: many processes at once, behind PgBouncer too, and runs
//! that are stopped at every step in every way. Whatever happens, the next run ends right, and no
//! step runs twice.
//!
//! The counts are small, so that all of CI stays within minutes; `cargo xtask stress` sets
//! `LIMBEC_STRESS`, and they are those of the README.

mod at_once;
mod by_hand;
mod cut;
mod faults;
mod files;
mod half_applied;
mod journal;
mod kill;
mod proxy;
mod refusals;
mod search_path;
mod settled;
mod signals;
mod waiting;

use std::process::{Child, Command, Stdio};

use limbec_testkit::postgres::{TestDatabase, schema_dump};

use crate::command::{Database, Outcome, Sandbox, shell};

/// Whether the full counts are wanted.
fn is_stress() -> bool {
    std::env::var_os("LIMBEC_STRESS").is_some_and(|it| !it.is_empty())
}

/// A revision file of Rust in a chain, each with its parent.
fn revision(it: &Sandbox, id: &str, parent: &str, upgrade: &str, downgrade: &str) {
    let revises = if parent.is_empty() {
        String::new()
    } else {
        format!(".revises(&[\"{parent}\"])")
    };
    it.write(
        &format!("migrations/versions/{id}.rs"),
        &format!(
            "//! Step {id}\n//!\n//! Revision ID: {id}\n//! Revises: {parent}\n\n\
             use limbec::prelude::*;\n\n\
             pub const REVISION: Revision = Revision::new(\"{id}\"){revises};\n\n\
             pub fn upgrade(op: &mut Operations) {{\n{upgrade}\n}}\n\n\
             pub fn downgrade(op: &mut Operations) {{\n{downgrade}\n}}\n"
        ),
    );
}

/// A project on a database, without models.
fn project(database: Database) -> Sandbox {
    let it = Sandbox::new(database);
    it.write(
        "limbec.toml",
        &format!("[database]\nurl = \"{}\"\n", it.url()),
    );
    it
}

/// Starts the command in the background.
fn start(it: &Sandbox, line: &str) -> Child {
    command(it, line).spawn().expect("`sh` runs")
}

/// The command with its streams kept; `exec`, so that its process is the shell's.
fn command(it: &Sandbox, line: &str) -> Command {
    let mut command = shell(it.path(), &format!("exec {line}"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn end(line: &str, child: Child) -> Outcome {
    Outcome::new(line, child.wait_with_output().expect("the process ends"))
}

/// The steps that the journal has as done, with how often.
fn done(it: &Sandbox) -> Vec<String> {
    let rows = it.sql(
        "SELECT revision, step, steps, count(*) FROM limbec_log \
         WHERE direction = 'upgrade' AND state = 'done' \
         GROUP BY revision, step, steps ORDER BY revision, step;",
    );
    rows.lines().map(str::to_string).collect()
}

fn server(it: &Sandbox) -> &TestDatabase {
    match &it.database {
        Database::Postgres(database) => database,
        Database::Sqlite => panic!("this test is for PostgreSQL"),
    }
}

/// The single value of a query.
fn value(it: &Sandbox, sql: &str) -> String {
    let rows = server(it).query(sql).expect("the query runs");
    let first = rows.into_iter().flatten().next().flatten();
    first.unwrap_or_default()
}

/// The schema, without the tables that limbec needs for a while.
fn schema(it: &Sandbox) -> Vec<String> {
    let mut lines = schema_dump(server(it)).expect("the schema can be dumped");
    lines.retain(|line| !line.contains("limbec_lock"));
    lines
}
