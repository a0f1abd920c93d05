//! Faults while a revision is generated and proven: it is written whole or not at all, and the next run
//! writes it.

use std::sync::{Arc, OnceLock};

use limbec_testkit::postgres::{Pooler, TEST_URL_VARIABLE};

use super::network::{Place, act, is_over, quick};
use super::{Act, FAULTS, Fault, places, runs};
use crate::command::{Database, Sandbox};
use crate::runner::proxy::{Proxy, Strike};
use crate::runner::{is_stress, project, value};

/// Models of two tables, of which the database has one.
fn models() -> Sandbox {
    let it = project(Database::postgres());
    it.sql("CREATE TABLE items (id bigint PRIMARY KEY);");
    it.write(
        "limbec.toml",
        &format!(
            "[database]\nurl = \"{}\"\nexclude = [\"vector\"]\n[models]\npaths = [\"models.rs\"]\n",
            it.url()
        ),
    );
    it.write(
        "models.rs",
        "#[derive(Table)]\n#[table(name = \"items\")]\npub struct Item {\n    \
         #[column(primary_key)]\n    pub id: i64,\n    pub note: Option<String>,\n}\n\n\
         #[derive(Table)]\n#[table(name = \"tags\")]\npub struct Tag {\n    \
         #[column(primary_key)]\n    pub id: i64,\n    \
         #[column(index, foreign_key = \"items.id\")]\n    pub item: i64,\n}\n",
    );
    it.run("mkdir -p migrations/versions").succeeds();
    it
}

const LINE: &str = "limbec revision --autogenerate -m more";

fn strike(fault: &Fault, at: usize, place: &Place<'_>) {
    let told = format!("{} at question {at} of a proof", fault.name);
    let it = models();
    let process = Arc::new(OnceLock::new());
    let strike = Strike {
        counts: |_| true,
        at: if fault.is_harmless() { 1 } else { at },
        moment: fault.moment,
        act: act(fault, &process),
    };
    let proxy = Proxy::striking(&place.url(&it), strike);
    let outcome = runs(&it, &format!("{LINE} --url '{}'", proxy.url), &process);
    assert!(proxy.has_struck(), "{told}");
    drop(proxy);
    let told = format!("{told}\n{}{}", outcome.stdout, outcome.stderr);
    for never in ["panicked", "please report", "s3cret"] {
        assert!(!outcome.stderr.contains(never), "`{never}` in {told}");
    }
    let written = it.files("migrations/versions");
    match outcome.code {
        Some(0) => assert_eq!(written.len(), 1, "{told}"),
        Some(_) => {
            assert!(outcome.stderr.contains("FAILED: "), "{told}");
            assert!(written.is_empty(), "{told}");
        }
        None => assert_eq!(fault.act, Act::Kill, "{told}"),
    }
    if fault.is_harmless() {
        assert_eq!(outcome.code, Some(0), "{told}");
    }
    is_over(&it);
    if written.is_empty() {
        it.run(LINE).succeeds();
    }
    it.run("limbec upgrade head").succeeds();
    it.run("limbec check").succeeds();
    assert_eq!(it.files("migrations/versions").len(), 1, "{told}");
    if is_stress() {
        // No other test runs meanwhile. A database that a black hole keeps in use is removed later.
        let left = "SELECT string_agg(datname, ', ') FROM pg_database WHERE datname LIKE 'limbec_scratch_%'";
        it.run("limbec revision --autogenerate -m none");
        assert_eq!(value(&it, left), "", "{told}");
    }
}

fn asked(place: &Place<'_>) -> usize {
    let it = models();
    let proxy = Proxy::before(&place.url(&it));
    it.run(&format!("{LINE} --url '{}'", proxy.url)).succeeds();
    proxy.asked()
}

fn matrix(place: &Place<'_>, first: usize) {
    let asked = asked(place);
    for (number, fault) in FAULTS.iter().enumerate() {
        if is_stress() {
            for at in places(asked, fault.most) {
                strike(fault, at, place);
            }
        } else if number % 3 == first {
            let at = asked / 2 + (7 * number + first) % (asked / 2);
            strike(fault, at, place);
        }
    }
}

#[test]
fn direct() {
    matrix(&quick(None), 0);
}

#[test]
fn pooled() {
    let url = std::env::var(TEST_URL_VARIABLE).expect("a server");
    let pooler = Pooler::start(&url, 8).expect("PgBouncer");
    matrix(&quick(Some(&pooler)), 1);
}
