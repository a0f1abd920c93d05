//! Version rows that somebody has changed by hand: the journal knows what ran, and every command that looks
//! says so.

use super::{project, revision};
use crate::command::{Database, Sandbox};

on_both_databases! {
    a_row_that_was_set_forward_is_named
    a_row_that_was_set_back_is_named
    what_ran_before_the_journal_is_not_questioned
}

fn chain(database: Database) -> Sandbox {
    let it = project(database);
    for (id, parent) in [("m1", ""), ("m2", "m1"), ("m3", "m2")] {
        let table = format!(
            "    op.create_table(Table::new(\"{id}\").column(Column::new(\"x\", Integer)));"
        );
        let drop = format!("    op.drop_table(\"{id}\");");
        revision(&it, id, parent, &table, &drop);
    }
    it
}

fn set(it: &Sandbox, row: &str) {
    it.sql(&format!(
        "UPDATE alembic_version SET version_num = '{row}';"
    ));
}

fn a_row_that_was_set_forward_is_named(database: Database) {
    let it = chain(database);
    it.run("limbec upgrade m2").succeeds().logs(&["m2"]);
    it.run("limbec current").succeeds().logs_nothing();
    set(&it, "m3");
    it.run("limbec current").succeeds().logs(&[
        "By the journal the revision m3 was never run, and the version table counts it",
        "limbec stamp --purge m3",
    ]);
    // What a person says is right is so.
    it.run("limbec stamp --purge m3").succeeds();
    it.run("limbec current").succeeds().logs_nothing();
}

fn a_row_that_was_set_back_is_named(database: Database) {
    let it = chain(database);
    it.run("limbec upgrade head").succeeds();
    set(&it, "m1");
    it.run("limbec current").succeeds().logs(&[
        "the revision m2 was upgraded, and the version table does not count it",
        "the revision m3 was upgraded, and the version table does not count it",
    ]);
    set(&it, "m3");
    it.run("limbec downgrade -1").succeeds();
    set(&it, "m3");
    it.run("limbec current")
        .succeeds()
        .logs(&["the revision m3 was reverted, and the version table counts it"]);
}

fn what_ran_before_the_journal_is_not_questioned(database: Database) {
    let it = chain(database);
    it.run("limbec upgrade m1").succeeds();
    it.sql("DELETE FROM limbec_log;");
    it.run("limbec upgrade head").succeeds();
    it.run("limbec current").succeeds().logs_nothing();
}
