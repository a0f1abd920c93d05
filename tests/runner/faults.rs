//! The fault matrix: what a network, a server, a disk and an operator do to a run, at each question that it
//! asks, in each kind of work, in each place. Whatever happens, the run ends by itself, what it says stays
//! is what stays, and the next run ends right: nothing is done twice, and nothing is lost.
//!
//! Three tables: [`FAULTS`], [`WORK`] and the places, which are modules. The test command takes a few
//! cells of each; `cargo xtask stress` takes all.

mod disk;
mod network;
mod proof;
mod servers;
mod words;

use std::process::Command;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use super::proxy::{Moment, Then};
use super::signals::Signal;
use super::{done, end, project, revision, schema, start, value};
use crate::command::{Database, Outcome, Sandbox};

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// The connection is closed on both sides.
    Cut,
    /// And so is each that is made afterwards.
    CutForGood,
    /// Nothing arrives from here on, and nobody is told.
    BlackHole,
    /// All that is sent takes its time.
    Slow,
    /// All that is sent arrives byte by byte.
    Bytes,
    /// The server fails as this statement does.
    Refuse(&'static str),
    Signal(Signal),
    Kill,
}

/// A row of the table of faults.
#[derive(Debug, Clone, Copy)]
struct Fault {
    name: &'static str,
    moment: Moment,
    act: Act,
    /// At how many questions it strikes in the whole matrix; a fault that lasts waits for its end.
    most: usize,
}

const EACH: usize = usize::MAX;

const FULL: &str = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', \
    MESSAGE = 'could not extend file: No space left on device'; END $$";

const READ_ONLY: &str = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '25006', \
    MESSAGE = 'cannot execute this in a read-only transaction'; END $$";

const FAULTS: [Fault; 13] = [
    fault("cut before", Moment::Before, Act::Cut, EACH),
    fault("cut in", Moment::In, Act::Cut, EACH),
    fault("cut after", Moment::After, Act::Cut, EACH),
    fault("cut for good", Moment::After, Act::CutForGood, 3),
    fault("black hole", Moment::Before, Act::BlackHole, 3),
    fault("black hole behind", Moment::After, Act::BlackHole, 3),
    fault("delay", Moment::Before, Act::Slow, 1),
    fault("byte by byte", Moment::Before, Act::Bytes, 1),
    fault("disk full", Moment::Before, Act::Refuse(FULL), EACH),
    fault("read-only", Moment::Before, Act::Refuse(READ_ONLY), EACH),
    fault("SIGINT", Moment::Before, Act::Signal(Signal::Int), EACH),
    fault("SIGTERM", Moment::After, Act::Signal(Signal::Term), EACH),
    fault("SIGKILL", Moment::After, Act::Kill, EACH),
];

const fn fault(name: &'static str, moment: Moment, act: Act, most: usize) -> Fault {
    Fault {
        name,
        moment,
        act,
        most,
    }
}

impl Fault {
    /// Whether the server cannot be asked afterwards.
    fn is_for_good(&self) -> bool {
        matches!(self.act, Act::CutForGood | Act::BlackHole)
    }

    /// Whether the run ends well in spite of it.
    fn is_harmless(&self) -> bool {
        matches!(self.act, Act::Slow | Act::Bytes)
    }
}

/// A row of the table of revisions: what the second of three does.
struct Work {
    name: &'static str,
    upgrade: &'static str,
    /// The same on SQLite, if that has other means.
    of_sqlite: Option<&'static str>,
}

const WORK: [Work; 3] = [
    Work {
        name: "transactional",
        upgrade: "    op.add_column(\"a\", Column::new(\"n\", Integer));
    op.create_table(Table::new(\"c\").column(Column::new(\"id\", Integer).not_null()));
    op.create_index(\"a\", Index::new(\"ix_a_x\", &[\"x\"]));
    op.execute(\"INSERT INTO ran VALUES ('work')\");",
        of_sqlite: None,
    },
    Work {
        name: "outside",
        upgrade: "    op.execute(\"INSERT INTO ran VALUES ('first')\");
    op.create_index(\"a\", Index::new(\"ix_a_x\", &[\"x\"]).concurrently());
    op.add_column(\"b\", Column::new(\"n\", Integer));
    op.execute(\"INSERT INTO ran VALUES ('third')\");
    op.execute_autocommit(\"INSERT INTO ran VALUES ('fourth')\");",
        of_sqlite: Some(
            "    op.execute(\"INSERT INTO ran VALUES ('first')\");
    op.execute_autocommit(\"VACUUM\");
    op.add_column(\"b\", Column::new(\"n\", Integer));
    op.execute(\"INSERT INTO ran VALUES ('third')\");",
        ),
    },
    Work {
        name: "data",
        upgrade: "    op.execute(\"UPDATE a SET x = x + 1000\");
    op.execute(\"INSERT INTO b SELECT id + 100, x FROM a\");
    op.execute(\"DELETE FROM b WHERE id <= 100\");
    op.execute(\"INSERT INTO ran VALUES ('work')\");",
        of_sqlite: None,
    },
];

const CHAIN: [&str; 3] = ["f1", "f2", "f3"];

/// Three revisions of which the second does the work, on an empty database.
fn chain(database: Database, work: &Work) -> Sandbox {
    let it = project(database);
    let rows = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100) \
                SELECT n, n FROM c";
    let table = |name: &str| {
        format!(
            "    op.create_table(Table::new(\"{name}\").column(Column::new(\"id\", Integer).not_null())\
             .column(Column::new(\"x\", Integer)));\n    op.execute(\"INSERT INTO {name} {rows}\");\n"
        )
    };
    let ran =
        "    op.create_table(Table::new(\"ran\").column(Column::new(\"step\", Text).not_null()));";
    revision(
        &it,
        "f1",
        "",
        &format!("{}{}{ran}", table("a"), table("b")),
        "",
    );
    let upgrade = work.of_sqlite.filter(|_| it.is_sqlite());
    revision(&it, "f2", "f1", upgrade.unwrap_or(work.upgrade), "");
    let last = "    op.add_column(\"a\", Column::new(\"m\", Integer));
    op.execute(\"INSERT INTO ran VALUES ('last')\");";
    revision(&it, "f3", "f2", last, "");
    it
}

/// All that a run leaves.
#[derive(Debug, PartialEq, Eq)]
struct End {
    rows: Vec<String>,
    steps: Vec<String>,
    data: String,
    schema: Vec<String>,
}

impl End {
    fn of(it: &Sandbox) -> Self {
        let data = "SELECT count(*), sum(id), sum(x) FROM a; SELECT count(*), sum(id), sum(x) FROM b; \
                    SELECT step, count(*) FROM ran GROUP BY step ORDER BY step;";
        let schema = match &it.database {
            Database::Sqlite => vec![it.dump(), it.sql("PRAGMA integrity_check;")],
            Database::Postgres(_) => {
                // Only a pooler needs it.
                it.sql("DROP TABLE IF EXISTS limbec_lock;");
                let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
                let invalid = value(it, invalid);
                [vec![invalid], schema(it)].concat()
            }
        };
        End {
            rows: it.version_rows(),
            steps: done(it),
            data: it.sql(data),
            schema,
        }
    }

    /// What a run leaves that nothing happens to.
    fn reference(work: &Work, database: Database) -> Self {
        let it = chain(database, work);
        it.run("limbec upgrade head").succeeds();
        End::of(&it)
    }
}

/// For how long a run is waited for: longer than any limit of its own.
const LONGEST: Duration = Duration::from_secs(120);

/// Runs a command line, whose process is known to `process` from its start.
#[track_caller]
fn runs(it: &Sandbox, line: &str, process: &OnceLock<u32>) -> Outcome {
    let child = start(it, line);
    let id = child.id();
    process.set(id).expect("it runs once");
    let (says, heard) = mpsc::channel();
    let name = line.to_string();
    thread::spawn(move || says.send(end(&name, child)));
    heard.recv_timeout(LONGEST).unwrap_or_else(|_| {
        kill(id);
        panic!("{line} does not end");
    })
}

fn kill(process: u32) {
    let mut kill = Command::new("kill");
    // It may be gone already.
    let _ = kill.args(["-KILL", &process.to_string()]).output();
}

/// Does to the process what an operator does.
fn signal(act: Act, process: &Arc<OnceLock<u32>>) -> Then {
    let id = *process.wait();
    match act {
        Act::Signal(signal) => signal.send(id),
        _ => kill(id),
    }
    // The process hears it while the question is on its way; either may come first.
    thread::sleep(Duration::from_millis(20));
    Then::Pass
}

/// Which of so many questions a fault strikes at: all, or so many of them, evenly.
fn places(asked: usize, most: usize) -> Vec<usize> {
    let most = most.min(asked);
    let all = (1..=most).map(|number| (number * asked).div_ceil(most));
    all.collect()
}

#[test]
fn questions_are_struck_evenly() {
    assert_eq!(places(4, EACH), [1, 2, 3, 4]);
    assert_eq!(places(9, 3), [3, 6, 9]);
    assert_eq!(places(7, 1), [7]);
}
