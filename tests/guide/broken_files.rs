//! Revision files that no longer read: an error at the line, nothing is run, and no panic.

use super::{fileintel, fill};
use crate::command::{Database, Sandbox};

on_both_databases! {
    a_loop_in_upgrade_is_pointed_at
    a_missing_downgrade_is_told
    a_wrong_argument_is_pointed_at
    two_files_with_one_id_are_both_named
    a_file_that_is_no_rust_is_pointed_at
}

const NAME: &str = "00000000000b_second.rs";
const PATH: &str = "migrations/versions/00000000000b_second.rs";

/// FileIntel's first revision and an empty second one, none applied.
fn two_revisions(database: Database) -> Sandbox {
    let it = fileintel(database);
    it.run("limbec revision --autogenerate --rev-id 00000000000a -m 'Initial schema'")
        .succeeds();
    it.run("limbec revision --rev-id 00000000000b -m 'Second'")
        .succeeds();
    it
}

/// Every command that needs the file's operations fails with these words, and the database stays
/// untouched, though the first revision reads well.
#[track_caller]
fn nothing_runs(it: &Sandbox, says: &[&str]) {
    let before = it.tables();
    for line in [
        "limbec upgrade head",
        "limbec upgrade head --dry-run",
        "limbec upgrade head --sql",
    ] {
        let outcome = it.run(line).fails_saying(says);
        assert_eq!(outcome.stdout, "", "a half script of {line}");
    }
    assert_eq!(it.tables(), before, "something was run");
}

fn a_loop_in_upgrade_is_pointed_at(database: Database) {
    let it = two_revisions(database);
    fill(
        &it,
        NAME,
        "for table in [\"a\", \"b\"] {\n        op.drop_table(table);\n    }",
        "",
    );
    nothing_runs(
        &it,
        &[&format!("{PATH}:12:5"), "for table in", "op.execute"],
    );
}

fn a_missing_downgrade_is_told(database: Database) {
    let it = two_revisions(database);
    let text = it.read(PATH);
    let (upgrade, _) = text.split_once("pub fn downgrade").expect("it is there");
    it.write(PATH, upgrade);
    nothing_runs(&it, &[PATH, "downgrade"]);
}

fn a_wrong_argument_is_pointed_at(database: Database) {
    let it = two_revisions(database);
    fill(
        &it,
        NAME,
        "op.add_column(\"collections\", Column::new(\"n\", Text));\n    op.drop_column(\"collections\", 5);",
        "",
    );
    nothing_runs(&it, &[&format!("{PATH}:13:35"), "op.drop_column"]);
}

fn two_files_with_one_id_are_both_named(database: Database) {
    let it = two_revisions(database);
    let copy = "migrations/versions/copy.rs";
    it.write(copy, &it.read(PATH));
    nothing_runs(&it, &["00000000000b", PATH, copy]);
    for command in ["current", "history", "heads", "check", "downgrade base"] {
        it.run(&format!("limbec {command}"))
            .fails_saying(&["00000000000b", PATH, copy]);
    }
}

fn a_file_that_is_no_rust_is_pointed_at(database: Database) {
    let it = two_revisions(database);
    fill(&it, NAME, "op.drop_table(\"a\";", "");
    nothing_runs(&it, &[&format!("{PATH}:12:18")]);
    it.write(PATH, "<<<<<<< HEAD\n");
    nothing_runs(&it, &[PATH]);
    it.write(PATH, "");
    nothing_runs(&it, &[PATH]);
}
