//! A proxy for one connection, which counts how often the client begins to send after it has heard
//! from the server, and reads the queries in what it sends.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// What went over the wire.
#[derive(Debug, Clone, Default)]
pub(crate) struct Traffic {
    /// How often the client spoke.
    pub(crate) flights: usize,
    /// The simple queries, and the names of other messages than start, password and end.
    pub(crate) queries: Vec<String>,
}

#[derive(Default)]
struct Log {
    client_speaks: bool,
    flights: usize,
    sent: Vec<u8>,
}

pub(crate) struct Proxy {
    url: String,
    log: Arc<Mutex<Log>>,
    thread: JoinHandle<()>,
}

impl Proxy {
    /// Listens for one connection to the server of a URL, which asks for TLS or does not; what is
    /// encrypted it could not read.
    pub(crate) fn of(url: &str, sslmode: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let authority = url.split('/').nth(2).unwrap();
        let server = authority.rsplit('@').next().unwrap().to_string();
        let log = Arc::new(Mutex::new(Log::default()));
        let shared = log.clone();
        let url = url.replacen(&server, &format!("127.0.0.1:{port}"), 1);
        let url = format!(
            "{url}{}sslmode={sslmode}",
            if url.contains('?') { '&' } else { '?' }
        );
        let thread = thread::spawn(move || {
            let (client, _) = listener.accept().unwrap();
            let server = TcpStream::connect(server).unwrap();
            let back = {
                let (from, to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let log = shared.clone();
                thread::spawn(move || pump(from, to, &log, false))
            };
            pump(client, server, &shared, true);
            back.join().unwrap();
        });
        Proxy { url, log, thread }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Waits for the end of the connection, and tells what went over it.
    pub(crate) async fn traffic(self) -> Traffic {
        let thread = self.thread;
        tokio::task::spawn_blocking(move || thread.join().unwrap())
            .await
            .unwrap();
        let log = self.log.lock().unwrap();
        Traffic {
            flights: log.flights,
            queries: queries(&log.sent),
        }
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, log: &Mutex<Log>, is_client: bool) {
    let mut buffer = [0; 8192];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        {
            let mut log = log.lock().unwrap();
            if is_client {
                log.flights += usize::from(!log.client_speaks);
                log.sent.extend(&buffer[..length]);
            }
            log.client_speaks = is_client;
        }
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// What a client begins with that would like to encrypt: a message of a length and this number.
const SSL_REQUEST: u32 = 80_877_103;

/// The messages of a client: the first has no type, each other one byte and its length.
fn queries(sent: &[u8]) -> Vec<String> {
    let number = |at: usize| {
        let bytes: [u8; 4] = sent[at..at + 4].try_into().unwrap();
        u32::from_be_bytes(bytes)
    };
    let length = |at: usize| number(at) as usize;
    let mut queries = Vec::new();
    let mut at = length(0);
    if number(4) == SSL_REQUEST {
        // Refused: the start follows in plain text.
        at += length(at);
    }
    while at < sent.len() {
        let end = at + 1 + length(at + 1);
        match sent[at] {
            b'Q' => {
                let text = &sent[at + 5..end - 1];
                queries.push(String::from_utf8(text.to_vec()).unwrap());
            }
            b'p' | b'X' => {}
            other => queries.push(format!("a message `{}`", char::from(other))),
        }
        at = end;
    }
    queries
}
