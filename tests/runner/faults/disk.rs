//! Faults of a disk, and signals, at each call by which a run changes an SQLite file: `strace` lets a call
//! fail, or sends a signal at it.

use std::sync::OnceLock;

use super::words::{Found, hold};
use super::{Act, End, Signal, WORK, Work, chain, runs};
use crate::command::{Database, Sandbox};
use crate::runner::is_stress;

/// A row of the table: what is injected into the calls that change the file.
struct Fault {
    name: &'static str,
    calls: &'static str,
    /// In the words of `strace`.
    inject: &'static str,
    act: Option<Act>,
    /// What the error names.
    says: &'static [&'static str],
}

/// The file, and what SQLite makes beside it.
const FILES: [&str; 3] = ["app.db", "app.db-journal", "app.db-wal"];

const CHANGES: &str = "pwrite64,ftruncate,fdatasync,fsync,unlink";

const FAULTS: [Fault; 6] = [
    Fault {
        name: "disk full",
        calls: "pwrite64",
        inject: "error=ENOSPC",
        act: None,
        says: &["app.db", "disk is full"],
    },
    Fault {
        name: "broken disk",
        calls: "pwrite64,fdatasync,fsync",
        inject: "error=EIO",
        act: None,
        says: &["app.db", "disk I/O error"],
    },
    Fault {
        name: "read-only",
        calls: "openat",
        inject: "error=EROFS",
        act: None,
        says: &["app.db"],
    },
    Fault {
        name: "SIGINT",
        calls: CHANGES,
        inject: "signal=SIGINT",
        act: Some(Act::Signal(Signal::Int)),
        says: &["stopped by SIGINT"],
    },
    Fault {
        name: "SIGTERM",
        calls: CHANGES,
        inject: "signal=SIGTERM",
        act: Some(Act::Signal(Signal::Term)),
        says: &["stopped by SIGTERM"],
    },
    Fault {
        name: "SIGKILL",
        calls: CHANGES,
        inject: "signal=SIGKILL",
        act: Some(Act::Kill),
        says: &[],
    },
];

/// `strace` before a command, with what it writes to a file.
fn strace(inject: &str) -> String {
    let folder = FILES.map(|it| format!("-P $PWD/{it}")).join(" ");
    format!("strace -f -qq -o trace {folder} -e {inject}")
}

/// Strikes at the n-th call of a kind. Returns whether there was one.
fn strike(fault: &Fault, call: &str, at: usize, work: &Work, reference: &End) -> bool {
    let told = format!("{} at {call} {at} of {}", fault.name, work.name);
    let it = chain(Database::Sqlite, work);
    // So that the names of its files are watched from their making on, the file is there.
    it.sql("PRAGMA user_version = 1;");
    let before = Found::of(&it);
    let strace = strace(&format!("inject={call}:{}:when={at}", fault.inject));
    let line = format!("{strace} limbec upgrade head");
    let outcome = runs(&it, &line, &OnceLock::new());
    let trace = it.read("trace");
    if !["(INJECTED)", "--- SIG", "+++ killed"]
        .iter()
        .any(|it| trace.contains(it))
    {
        assert_eq!(outcome.code, Some(0), "{told}: {}", outcome.stderr);
        return false;
    }
    let is_killed = fault.act == Some(Act::Kill);
    if is_killed {
        assert!(outcome.code.is_none(), "{told}");
    } else {
        hold(&outcome, &Found::of(&it), false, &told);
        assert_eq!(before.applied, 0);
    }
    match fault.act {
        Some(Act::Signal(signal)) if outcome.code != Some(0) => {
            assert_eq!(outcome.code, Some(signal.exit_code()), "{told}");
        }
        _ => {}
    }
    if !is_killed && outcome.code != Some(0) {
        for text in fault.says {
            assert!(
                outcome.stderr.contains(text),
                "{text}: {told}\n{}",
                outcome.stderr
            );
        }
    }
    converges(&it, reference, &told);
    true
}

fn converges(it: &Sandbox, reference: &End, told: &str) {
    let outcome = it.run("limbec upgrade head");
    assert_eq!(outcome.code, Some(0), "{told}, then\n{}", outcome.stderr);
    assert_eq!(&End::of(it), reference, "{told}");
}

/// All cells of a kind of work, or a few.
fn matrix(work: &Work, first: usize) {
    limbec_testkit::strace::find().expect("a tool of this test");
    let it = Sandbox::new(Database::Sqlite);
    let tried = it.run("strace -f -qq -o trace true");
    if tried.code != Some(0) {
        #[allow(clippy::print_stderr, reason = "nothing is left out in silence")]
        {
            eprintln!(
                "SKIPPED: nobody may trace a process here: {}",
                tried.stderr.trim()
            );
        }
        return;
    }
    let reference = End::reference(work, Database::Sqlite);
    for (number, fault) in FAULTS.iter().enumerate() {
        for (place, call) in fault.calls.split(',').enumerate() {
            if is_stress() {
                let mut at = 1;
                while strike(fault, call, at, work, &reference) {
                    at += 1;
                }
            } else if (number + place) % 3 == first {
                strike(fault, call, 2 + 3 * place + number, work, &reference);
            }
        }
    }
}

macro_rules! matrix {
    ($($work:ident: $number:literal,)*) => {
        $(#[cfg(target_os = "linux")]
        #[test]
        fn $work() {
            matrix(&WORK[$number], $number);
        })*

        #[test]
        fn all_work_has_its_test() {
            let names: Vec<&str> = WORK.iter().map(|it| it.name).collect();
            assert_eq!(names, [$(stringify!($work)),*]);
        }
    };
}

matrix! {
    transactional: 0,
    outside: 1,
    data: 2,
}
