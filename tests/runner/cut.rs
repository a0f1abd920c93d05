//! Connections that are cut round COMMIT: what limbec says of it afterwards is what the database holds.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use super::{done, project, revision};
use crate::command::{Database, Sandbox};

/// Where the connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// Before a COMMIT reaches the server.
    Before,
    /// After the server has committed, and before its answer is back.
    After,
}

/// Stands between limbec and a server, and cuts the first connection at its n-th COMMIT.
struct Scissors {
    url: String,
}

struct Plan {
    cut: Cut,
    commits: AtomicU32,
    at: u32,
    /// Whether the server cannot be reached any more after the cut.
    for_good: bool,
    done: AtomicBool,
}

impl Scissors {
    fn before(url: &str, cut: Cut, at: u32, for_good: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let authority = url.split('/').nth(2).expect("an authority");
        let server = authority.rsplit('@').next().expect("a host").to_string();
        let plan = Arc::new(Plan {
            cut,
            at,
            for_good,
            commits: AtomicU32::new(0),
            done: AtomicBool::new(false),
        });
        let mark = if url.contains('?') { '&' } else { '?' };
        let url = url.replacen(&server, &format!("127.0.0.1:{port}"), 1);
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.expect("a connection");
                if plan.for_good && plan.done.load(Ordering::SeqCst) {
                    continue; // Closed at once.
                }
                let server = TcpStream::connect(&server).expect("the server");
                join(client, server, &plan);
            }
        });
        Scissors {
            url: format!("{url}{mark}sslmode=disable"),
        }
    }
}

/// Hands on what both say until the cut.
fn join(client: TcpStream, server: TcpStream, plan: &Arc<Plan>) {
    let (to_client, from_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    // Once it is set, the client hears nothing any more.
    let deaf = Arc::new(AtomicBool::new(false));
    let committed = Arc::new(Mutex::new(Vec::new()));
    let (heard, answers) = (Arc::clone(&deaf), Arc::clone(&committed));
    thread::spawn(move || back(from_server, to_client, &heard, &answers));
    let plan = Arc::clone(plan);
    thread::spawn(move || forth(client, server, &plan, &deaf));
}

fn back(mut server: TcpStream, mut client: TcpStream, deaf: &AtomicBool, seen: &Mutex<Vec<u8>>) {
    let mut bytes = [0; 8192];
    while let Ok(count @ 1..) = server.read(&mut bytes) {
        if !deaf.load(Ordering::SeqCst) {
            let _ = client.write_all(&bytes[..count]);
            continue;
        }
        let mut seen = seen.lock().unwrap();
        seen.extend(&bytes[..count]);
        if seen.windows(7).any(|it| it == b"COMMIT\0") {
            let _ = client.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Both);
            return;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
}

/// Reads the client message by message.
fn forth(mut client: TcpStream, mut server: TcpStream, plan: &Plan, deaf: &AtomicBool) {
    let mut start = true;
    while let Some(message) = message(&mut client, start) {
        start = false;
        if message.starts_with(b"Q") && message.ends_with(b"\0") && &message[5..] == b"COMMIT\0" {
            let number = plan.commits.fetch_add(1, Ordering::SeqCst) + 1;
            if number == plan.at {
                plan.done.store(true, Ordering::SeqCst);
                if plan.cut == Cut::Before {
                    let _ = client.shutdown(Shutdown::Both);
                    let _ = server.shutdown(Shutdown::Both);
                    return;
                }
                deaf.store(true, Ordering::SeqCst);
            }
        }
        if server.write_all(&message).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Write);
}

/// One message of a client: the first has no type.
fn message(client: &mut TcpStream, start: bool) -> Option<Vec<u8>> {
    let head = if start { 4 } else { 5 };
    let mut message = vec![0; head];
    client.read_exact(&mut message).ok()?;
    let length: [u8; 4] = message[head - 4..].try_into().ok()?;
    let body = (u32::from_be_bytes(length) as usize).checked_sub(4)?;
    message.resize(head + body, 0);
    client.read_exact(&mut message[head..]).ok()?;
    Some(message)
}

/// Three revisions; the second has three parts, of which the middle one no transaction holds.
fn chain() -> Sandbox {
    let it = project(Database::postgres());
    let table = |name: &str| {
        format!("    op.create_table(Table::new(\"{name}\").column(Column::new(\"id\", Integer)));")
    };
    revision(&it, "c1", "", &table("a"), "    op.drop_table(\"a\");");
    let parts = format!(
        "{}\n    op.execute_autocommit(\"VACUUM a\");\n{}",
        table("b"),
        table("c")
    );
    revision(
        &it,
        "c2",
        "c1",
        &parts,
        "    op.drop_table(\"c\");\n    op.drop_table(\"b\");",
    );
    revision(&it, "c3", "c2", &table("d"), "    op.drop_table(\"d\");");
    it
}

/// Upgrades a fresh database over a connection that is cut at the n-th COMMIT; c1 has one, c2 four (the
/// statement outside a transaction one before it and one behind it).
fn cut(cut: Cut, at: u32, texts: &[&str]) -> Sandbox {
    let it = chain();
    let scissors = Scissors::before(&it.url(), cut, at, false);
    let texts: Vec<&str> = ["the connection to `127.0.0.1:", "was lost"]
        .iter()
        .chain(texts)
        .copied()
        .collect();
    it.run(&format!("limbec upgrade head --url '{}'", scissors.url))
        .fails_saying(&texts);
    it
}

/// The next run does what is left, and nothing twice.
fn goes_on(it: &Sandbox) {
    it.run("limbec upgrade head").succeeds();
    assert_eq!(it.version_rows(), ["c3"]);
    let steps = ["c1|1|1|1", "c2|1|3|1", "c2|2|3|1", "c2|3|3|1", "c3|1|1|1"];
    assert_eq!(done(it), steps);
}

#[test]
fn before_the_commit_nothing_is_there() {
    let it = cut(
        Cut::Before,
        1,
        &["kept:      nothing of this revision; nothing was run before it"],
    );
    assert!(it.version_rows().is_empty());
    goes_on(&it);
    let it = cut(
        Cut::Before,
        6,
        &["nothing of this revision; c1, c2, which ran before it, stay"],
    );
    assert_eq!(it.version_rows(), ["c2"]);
    goes_on(&it);
}

#[test]
fn after_the_commit_all_of_it_is_there() {
    let it = cut(
        Cut::After,
        1,
        &[
            "kept:      all of this revision: it had committed",
            "it goes on behind this revision",
        ],
    );
    assert_eq!(it.version_rows(), ["c1"]);
    goes_on(&it);
    let it = cut(
        Cut::After,
        6,
        &["all of this revision: it had committed; c1, c2, which ran"],
    );
    assert_eq!(it.version_rows(), ["c3"]);
    goes_on(&it);
}

#[test]
fn between_two_steps_the_steps_that_are_there_are_named() {
    // The second COMMIT is that of the first step of c2.
    let it = cut(
        Cut::Before,
        2,
        &["nothing of this revision; c1, which ran before it, stays"],
    );
    goes_on(&it);
    let it = cut(
        Cut::After,
        2,
        &["kept:      step 1 of 3 of this revision (create_table b)"],
    );
    it.run("limbec current").succeeds().prints("c1\n").logs(&[
        "The revision c2 is half applied: 1 of 3 steps",
        "limbec upgrade c2",
        "limbec accept c2 --abandon",
    ]);
    it.run("limbec current --json")
        .succeeds()
        .stdout
        .find("\"half_done\": {\n    \"reverting\": false,\n    \"revision\": \"c2\",\n    \"steps\": 3,\n    \"steps_done\": 1\n  }")
        .expect("the half-applied revision is named");
    goes_on(&it);
    // The third notes that the statement begins, the fourth that it is done.
    let it = cut(
        Cut::After,
        3,
        &["step 2 was begun, and the next run looks how far it came"],
    );
    // `VACUUM` may run twice.
    goes_on(&it);
    let it = cut(
        Cut::After,
        4,
        &["kept:      steps 1 to 2 of 3 of this revision"],
    );
    goes_on(&it);
    let it = cut(
        Cut::After,
        5,
        &["kept:      all of this revision: it had committed; c1"],
    );
    goes_on(&it);
}

#[test]
fn what_cannot_be_looked_up_is_not_known() {
    for (cut, at, rows) in [(Cut::Before, 1, vec![]), (Cut::After, 1, vec!["c1"])] {
        let it = chain();
        let scissors = Scissors::before(&it.url(), cut, at, true);
        it.run(&format!("limbec upgrade head --url '{}'", scissors.url))
            .fails_saying(&[
                "kept:      not known of this revision, because cannot reach `127.0.0.1:",
                "`limbec current` shows what the database holds, once it can be reached",
            ]);
        assert_eq!(it.version_rows(), rows);
        goes_on(&it);
    }
}
