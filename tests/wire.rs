//! What the command sends to a server.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::command::{Database, Sandbox};

/// A listener in front of a server, which keeps what each connection sends.
struct Wire {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Wire {
    fn before(server: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let sent = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let kept = Arc::clone(&sent);
        thread::spawn(move || {
            for (place, client) in listener.incoming().enumerate() {
                kept.lock().unwrap().push(Vec::new());
                let client = client.unwrap();
                let server = TcpStream::connect(&server).unwrap();
                let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                thread::spawn(move || io::copy(&mut from, &mut to));
                let kept = Arc::clone(&kept);
                thread::spawn(move || hand_on(client, server, &kept, place));
            }
        });
        Wire { address, sent }
    }

    /// What each connection has sent, as far as it is text.
    fn sent(&self) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        let texts = sent.iter().map(|it| String::from_utf8_lossy(it));
        texts.map(String::from).collect()
    }
}

/// Hands what a client sends to the server, and keeps it.
fn hand_on(mut client: TcpStream, mut server: TcpStream, kept: &Mutex<Vec<Vec<u8>>>, place: usize) {
    let mut bytes = [0; 8192];
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        kept.lock().unwrap()[place].extend(&bytes[..count]);
        if server.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
}

#[test]
fn check_connects_once_and_reads_once_what_was_applied() {
    let it = Sandbox::new(Database::postgres());
    let url = it.url();
    it.write(
        "limbec.toml",
        &format!("[database]\nurl = \"{url}\"\n\n[models]\npaths = [\"models.rs\"]\n"),
    );
    it.write(
        "models.rs",
        "#[derive(Table)]\n#[table(name = \"tags\")]\nstruct Tag {\n    \
         #[column(primary_key)]\n    id: i64,\n}\n",
    );
    it.run("mkdir -p migrations/versions && limbec revision --autogenerate -m tags")
        .succeeds();
    it.run("limbec upgrade head").succeeds();

    let (scheme, rest) = url.split_once("://").unwrap();
    let (authority, database) = rest.split_once('/').unwrap();
    let (user, server) = authority.rsplit_once('@').unwrap();
    let wire = Wire::before(server.to_string());
    let proxied = format!("{scheme}://{user}@{}/{database}", wire.address);
    it.run(&format!("DATABASE_URL='{proxied}' limbec check"))
        .succeeds()
        .prints("No new upgrade operations detected.\n");

    let sent = wire.sent();
    assert_eq!(sent.len(), 1);
    for question in ["SELECT version_num FROM", "SELECT revision, direction"] {
        assert_eq!(sent[0].matches(question).count(), 1, "{question}");
    }
}
