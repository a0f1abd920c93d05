//! A proxy before a PostgreSQL server, which does to the connections what a bad network does.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Stands between limbec and a server.
pub(super) struct Proxy {
    /// The database of the URL that the proxy was made for, through the proxy.
    pub(super) url: String,
    is_mute: Arc<AtomicBool>,
}

impl Proxy {
    pub(super) fn before(url: &str) -> Self {
        Proxy::at("127.0.0.1:0", url)
    }

    /// Stands at a place of the network.
    pub(super) fn at(place: &str, url: &str) -> Self {
        let listener = TcpListener::bind(place).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let authority = url.split('/').nth(2).expect("an authority");
        let server = authority.rsplit('@').next().expect("a host").to_string();
        let mark = if url.contains('?') { '&' } else { '?' };
        let through = url.replacen(&server, &format!("127.0.0.1:{port}"), 1);
        let is_mute = Arc::new(AtomicBool::new(false));
        let mute = Arc::clone(&is_mute);
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.expect("a connection");
                let server = TcpStream::connect(&server).expect("the server");
                let ends = |it: &TcpStream| it.try_clone().expect("a stream can be cloned");
                let (to_client, from_server) = (ends(&client), ends(&server));
                let (forth, back) = (Arc::clone(&mute), Arc::clone(&mute));
                thread::spawn(move || pass(client, server, &forth));
                thread::spawn(move || pass(from_server, to_client, &back));
            }
        });
        Proxy {
            url: format!("{through}{mark}sslmode=disable"),
            is_mute,
        }
    }

    /// From here on nothing that is sent arrives, and nobody is told: a black hole.
    pub(super) fn mute(&self) {
        self.is_mute.store(true, Ordering::SeqCst);
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, is_mute: &AtomicBool) {
    let mut bytes = [0; 8192];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if !is_mute.load(Ordering::SeqCst) && to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    if !is_mute.load(Ordering::SeqCst) {
        let _ = to.shutdown(Shutdown::Both);
    }
}
