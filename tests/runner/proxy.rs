//! A proxy before a PostgreSQL server, which does to the connections what a bad network does: at one of
//! the client's questions, or from the start.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// How what is sent arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Way {
    #[default]
    Open,
    /// After a while.
    Slow,
    /// Byte by byte.
    Bytes,
    /// Not at all, and nobody is told: a black hole.
    Mute,
    /// The connections are closed, and so is each new one.
    Shut,
}

/// Where the strike comes, as seen from a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// Before it is sent to the server.
    Before,
    /// When half of it is sent.
    In,
    /// When the server has answered, and before the client has heard it.
    After,
}

/// What becomes of the question and its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// It goes on.
    Pass,
    /// The connection is closed on both sides.
    Cut,
    /// The server is asked this instead.
    Ask(&'static str),
}

/// What happens at one question of all connections, counted from 1.
pub(super) struct Strike {
    /// Which questions count.
    pub(super) counts: fn(&str) -> bool,
    pub(super) at: usize,
    pub(super) moment: Moment,
    pub(super) act: Box<dyn Fn(&Handle) -> Then + Send + Sync>,
}

/// Stands between limbec and a server.
pub(super) struct Proxy {
    /// The database of the URL that the proxy was made for, through the proxy.
    pub(super) url: String,
    handle: Handle,
}

/// What the connections of a proxy share.
#[derive(Clone)]
pub(super) struct Handle(Arc<Shared>);

#[derive(Default)]
struct Shared {
    way: Mutex<Way>,
    strike: Option<Strike>,
    asked: AtomicUsize,
    /// Both ends of all connections.
    ends: Mutex<Vec<TcpStream>>,
}

impl Handle {
    fn way(&self) -> Way {
        *locked(&self.0.way)
    }

    /// From here on, what is sent arrives like this.
    pub(super) fn becomes(&self, way: Way) {
        *locked(&self.0.way) = way;
        if way == Way::Shut {
            for end in locked(&self.0.ends).drain(..) {
                let _ = end.shutdown(Shutdown::Both);
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread of the proxy panics")
}

impl Proxy {
    pub(super) fn before(url: &str) -> Self {
        Proxy::start("127.0.0.1:0", url, None)
    }

    /// Stands at a place of the network.
    pub(super) fn at(place: &str, url: &str) -> Self {
        Proxy::start(place, url, None)
    }

    pub(super) fn striking(url: &str, strike: Strike) -> Self {
        Proxy::start("127.0.0.1:0", url, Some(strike))
    }

    fn start(place: &str, url: &str, strike: Option<Strike>) -> Self {
        let listener = TcpListener::bind(place).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let authority = url.split('/').nth(2).expect("an authority");
        let servers = authority.rsplit('@').next().expect("a host");
        let server = servers.split(',').next().expect("a host").to_string();
        let mark = if url.contains('?') { '&' } else { '?' };
        let through = url.replacen(&server, &format!("127.0.0.1:{port}"), 1);
        let handle = Handle(Arc::new(Shared {
            strike,
            ..Shared::default()
        }));
        let shared = handle.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                join(client.expect("a connection"), &server, &shared);
            }
        });
        Proxy {
            url: format!("{through}{mark}sslmode=disable"),
            handle,
        }
    }

    /// From here on nothing that is sent arrives, and nobody is told: a black hole.
    pub(super) fn mute(&self) {
        self.becomes(Way::Mute);
    }

    /// From here on, what is sent arrives like this.
    pub(super) fn becomes(&self, way: Way) {
        self.handle.becomes(way);
    }

    /// How many questions were asked.
    pub(super) fn asked(&self) -> usize {
        self.handle.0.asked.load(Ordering::SeqCst)
    }

    /// Whether the strike has come.
    pub(super) fn has_struck(&self) -> bool {
        let strike = self.handle.0.strike.as_ref();
        strike.is_some_and(|it| self.asked() >= it.at)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.becomes(Way::Shut);
    }
}

/// Hands on what both say.
fn join(client: TcpStream, server: &str, handle: &Handle) {
    if handle.way() == Way::Shut {
        return; // Closed at once.
    }
    let Ok(server) = TcpStream::connect(server) else {
        return; // Nobody is there.
    };
    let again = |it: &TcpStream| it.try_clone().expect("a stream can be cloned");
    for end in [&client, &server] {
        end.set_nodelay(true).expect("a stream has the option");
        locked(&handle.0.ends).push(again(end));
    }
    let struck = Arc::new(Struck::default());
    let back = End {
        from: again(&server),
        to: again(&client),
        handle: handle.clone(),
    };
    let answered = Arc::clone(&struck);
    thread::spawn(move || back.answers(&answered));
    let forth = End {
        from: client,
        to: server,
        handle: handle.clone(),
    };
    thread::spawn(move || forth.questions(&struck));
}

/// What the two directions of one connection know of the strike.
#[derive(Default)]
struct Struck {
    /// How many questions this connection has asked.
    asked: AtomicUsize,
    /// The question whose answer strikes, if it is one of this connection.
    by_answer: AtomicUsize,
}

/// One direction of a connection.
struct End {
    from: TcpStream,
    to: TcpStream,
    handle: Handle,
}

impl End {
    fn cut(&self) {
        let _ = self.from.shutdown(Shutdown::Both);
        let _ = self.to.shutdown(Shutdown::Both);
    }

    /// Sends bytes. Returns whether the other side takes more.
    fn send(&mut self, bytes: &[u8]) -> bool {
        match self.handle.way() {
            Way::Mute => true,
            Way::Shut => false,
            Way::Open => self.to.write_all(bytes).is_ok(),
            Way::Slow => {
                thread::sleep(Duration::from_millis(10));
                self.to.write_all(bytes).is_ok()
            }
            Way::Bytes => bytes.iter().all(|byte| self.to.write_all(&[*byte]).is_ok()),
        }
    }

    /// From the client, message by message.
    fn questions(mut self, struck: &Struck) {
        let mut starts = true;
        while let Some(message) = message(&mut self.from, starts) {
            let sent = match question(&message) {
                // PgBouncer takes the first message whole or not at all.
                _ if starts && self.handle.way() == Way::Bytes => {
                    self.to.write_all(&message).is_ok()
                }
                Some(sql) => self.ask(sql, &message, struck),
                None => self.send(&message),
            };
            // What is not the start of a session, a wish to encrypt for instance, has another one behind it.
            starts = starts && message.get(4..8) != Some(&[0, 3, 0, 0]);
            if !sent {
                break;
            }
        }
        let _ = self.to.shutdown(Shutdown::Write);
    }

    /// Sends a question. Returns whether the connection goes on.
    fn ask(&mut self, sql: &str, message: &[u8], struck: &Struck) -> bool {
        let own = struck.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let handle = self.handle.clone();
        let Some(strike) = handle.0.strike.as_ref() else {
            handle.0.asked.fetch_add(1, Ordering::SeqCst);
            return self.send(message);
        };
        if !(strike.counts)(sql) || handle.0.asked.fetch_add(1, Ordering::SeqCst) + 1 != strike.at {
            return self.send(message);
        }
        match strike.moment {
            Moment::Before => self.then((strike.act)(&handle), message),
            Moment::In => {
                let (first, rest) = message.split_at(message.len() / 2);
                self.send(first) && self.then((strike.act)(&handle), rest)
            }
            Moment::After => {
                struck.by_answer.store(own, Ordering::SeqCst);
                // What is sent behind it must not arrive, if the connection is to be cut.
                self.send(message) && {
                    while struck.by_answer.load(Ordering::SeqCst) == own {
                        thread::sleep(Duration::from_millis(1));
                    }
                    true
                }
            }
        }
    }

    fn then(&mut self, then: Then, message: &[u8]) -> bool {
        match then {
            Then::Pass => self.send(message),
            Then::Cut => {
                self.cut();
                false
            }
            Then::Ask(sql) => {
                let length = u32::try_from(sql.len() + 5).expect("a short question");
                let head = [&b"Q"[..], &length.to_be_bytes()].concat();
                self.send(&[&head, sql.as_bytes(), b"\0"].concat())
            }
        }
    }

    /// From the server, message by message.
    fn answers(mut self, struck: &Struck) {
        // Of its questions, how many are answered; the first `ReadyForQuery` answers none.
        let mut answered = 0;
        let mut withheld = Vec::new();
        while let Some(message) = message(&mut self.from, false) {
            let is_last = message[0] == b'Z';
            let strikes = answered > 0 && struck.by_answer.load(Ordering::SeqCst) == answered;
            answered += usize::from(is_last);
            if !strikes {
                if !self.send(&message) {
                    break;
                }
                continue;
            }
            withheld.extend(message);
            if is_last {
                let handle = self.handle.clone();
                let strike = handle.0.strike.as_ref().expect("a strike");
                let goes_on = self.then((strike.act)(&handle), &withheld);
                struck.by_answer.store(0, Ordering::SeqCst);
                if !goes_on {
                    break;
                }
            }
        }
        struck.by_answer.store(0, Ordering::SeqCst);
        // Behind a black hole nobody sees the other side go.
        if self.handle.way() != Way::Mute {
            let _ = self.to.shutdown(Shutdown::Both);
        }
    }
}

/// The SQL of a simple query.
fn question(message: &[u8]) -> Option<&str> {
    let sql = message.strip_prefix(b"Q")?.get(4..)?.strip_suffix(b"\0")?;
    std::str::from_utf8(sql).ok()
}

/// One message: what a client begins with has no type.
fn message(from: &mut TcpStream, starts: bool) -> Option<Vec<u8>> {
    let head = if starts { 4 } else { 5 };
    let mut message = vec![0; head];
    from.read_exact(&mut message).ok()?;
    let length: [u8; 4] = message[head - 4..].try_into().ok()?;
    let body = (u32::from_be_bytes(length) as usize).checked_sub(4)?;
    message.resize(head + body, 0);
    from.read_exact(&mut message[head..]).ok()?;
    Some(message)
}
