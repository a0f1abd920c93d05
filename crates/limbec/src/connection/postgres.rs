//! PostgreSQL, by `tokio-postgres`: simple queries only, so that every value is text.

use std::pin::{Pin, pin};
use std::str::FromStr as _;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use limbec_core::dialect::{Dialect, postgres::Postgres};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::ErrorPosition;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage, Socket};

use super::{Answer, Connection, DatabaseError, StatementError};

/// The name under which a server lists limbec's connections, unless the URL gives another.
const APPLICATION: &str = "limbec";

/// Connects to the database of a URL: `postgresql://user:password@host:port/database`.
/// SQLAlchemy's drivers (`postgresql+psycopg://`) are understood too.
///
/// The connection is served by a task on the running tokio runtime, which ends with the client.
///
/// # Errors
/// When the URL cannot be read or the server cannot be reached. The password is in no message.
pub async fn connect(url: &str) -> Result<Client, DatabaseError> {
    let config = config(url)?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(DatabaseError {
            message: "the database URL asks for TLS, which limbec's own connection lacks".into(),
            hint: Some(
                "take `sslmode=require` out of the URL where the network is trusted, or pass \
                 limbec a connection that your service has made"
                    .into(),
            ),
            ..DatabaseError::default()
        });
    }
    open(config, NoTls).await
}

/// A connection that limbec has made, and can make again to find out what stands between.
pub struct Opened {
    client: Client,
    url: String,
}

impl Opened {
    /// Connects, as [`connect`] does.
    ///
    /// # Errors
    /// As [`connect`].
    pub async fn connect(url: &str) -> Result<Self, DatabaseError> {
        let client = connect(url).await?;
        Ok(Opened {
            client,
            url: url.to_string(),
        })
    }
}

/// The order in which two connections ask for the server's process: however a pooler deals its
/// sessions out, by turns or the last one first, one of them sees another's or two.
const TURNS: [usize; 6] = [0, 1, 1, 0, 0, 1];

/// Whether two connections to a URL share sessions of the server.
async fn share_sessions(first: &Client, url: &str) -> Result<bool, DatabaseError> {
    let second = connect(url).await?;
    let clients = [first, &second];
    let mut seen: [Option<String>; 2] = [None, None];
    for turn in TURNS {
        let mut answers = pipeline(clients[turn], &["SELECT pg_backend_pid()"]).await;
        let answer = answers.pop().unwrap_or_else(|| Ok(Answer::default()))?;
        let pid = answer.rows.into_iter().flatten().flatten().next();
        let moved = seen[turn].is_some() && seen[turn] != pid;
        if moved || seen[1 - turn] == pid {
            return Ok(true);
        }
        seen[turn] = pid;
    }
    Ok(false)
}

impl Connection for Opened {
    fn dialect(&self) -> &'static dyn Dialect {
        &Postgres
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        self.client.run(statements).await
    }

    async fn flight(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        self.client.flight(statements).await
    }

    async fn ask(&mut self, questions: &[&str]) -> Vec<Result<Answer, DatabaseError>> {
        self.client.ask(questions).await
    }

    async fn is_pooled(&mut self) -> bool {
        // A second connection that is refused tells nothing.
        share_sessions(&self.client, &self.url)
            .await
            .unwrap_or(true)
    }

    async fn pause(&mut self, time: Duration) {
        self.client.pause(time).await;
    }
}

/// Connects with whatever encrypts.
async fn open<T>(config: Config, tls: T) -> Result<Client, DatabaseError>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let (client, connection) = config.connect(tls).await.map_err(|source| {
        let refused = error(source);
        match refused.sqlstate {
            Some(_) => refused,
            None => DatabaseError {
                message: format!("cannot reach {}: {}", servers(&config), refused.message),
                ..refused
            },
        }
    })?;
    // An error of the connection reaches the client's next statement as well.
    tokio::spawn(connection);
    Ok(client)
}

/// Where the configuration looks for a server, for a message.
fn servers(config: &Config) -> String {
    let ports = config.get_ports();
    let port = |index: usize| ports.get(index).or(ports.first()).copied().unwrap_or(5432);
    let hosts = config.get_hosts().iter().enumerate();
    let hosts: Vec<_> = hosts
        .map(|(index, host)| match host {
            Host::Tcp(name) => format!("`{name}:{}`", port(index)),
            #[cfg(unix)]
            Host::Unix(path) => format!("`{}`", path.display()),
        })
        .collect();
    hosts.join(", ")
}

/// Reads a URL.
fn config(url: &str) -> Result<Config, DatabaseError> {
    let unreadable = |why: String| DatabaseError {
        message: format!("the database URL cannot be read: {why}"),
        hint: Some(
            "it looks like `postgresql://user:password@host:5432/database`; in a password, \
             write `@` as `%40`, `/` as `%2F`, `?` as `%3F`, `#` as `%23`, `%` as `%25`"
                .to_string(),
        ),
        ..DatabaseError::default()
    };
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(unreadable("it has no `://`".to_string()));
    };
    let dialect = scheme.split('+').next().unwrap_or_default();
    if !matches!(dialect, "postgres" | "postgresql") {
        return Err(unreadable(
            "it does not begin with `postgresql://`".to_string(),
        ));
    }
    // The driver's message names the part it cannot read: of an unescaped password, too.
    let credentials = rest.rsplit_once('@').map_or("", |(before, _)| before);
    let may_tell = !credentials.contains(['/', '?', '#', '@', '%']) && !rest.contains("password=");
    let mut config = Config::from_str(&format!("postgresql://{rest}")).map_err(|source| {
        unreadable(if may_tell {
            chain(&source)
        } else {
            "it is not a valid URL".to_string()
        })
    })?;
    if config.get_application_name().is_none() {
        config.application_name(APPLICATION);
    }
    Ok(config)
}

impl Connection for Client {
    fn dialect(&self) -> &'static dyn Dialect {
        &Postgres
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        let mut answers = Vec::with_capacity(statements.len());
        for (index, sql) in statements.iter().enumerate() {
            let messages = self.simple_query(sql).await;
            answers.push(answer(messages).map_err(|error| StatementError { index, error })?);
        }
        Ok(answers)
    }

    async fn flight(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        let results = pipeline(self, statements).await;
        let mut answers = Vec::with_capacity(results.len());
        for (index, result) in results.into_iter().enumerate() {
            // The first failure is the cause: later statements fail because the transaction has,
            // and its COMMIT succeeds as a rollback.
            answers.push(result.map_err(|error| StatementError { index, error })?);
        }
        Ok(answers)
    }

    async fn ask(&mut self, questions: &[&str]) -> Vec<Result<Answer, DatabaseError>> {
        pipeline(self, questions).await
    }

    async fn pause(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    fn abandon(&mut self) {
        let frame = Postgres.frame(&[]);
        let rollback = frame.rollback.into_iter().map(|step| step.sql);
        let unlock = Postgres.lock().map(|(_, give_back)| give_back);
        for sql in rollback.chain(unlock) {
            // A statement is sent when its future is first polled. Its answer is nobody's.
            let statement = pin!(self.simple_query(&sql));
            let _ = statement.poll(&mut Context::from_waker(Waker::noop()));
        }
    }
}

/// Sends statements one behind the other without waiting, and takes the answers in their order.
async fn pipeline(client: &Client, statements: &[&str]) -> Vec<Result<Answer, DatabaseError>> {
    type DriverError = tokio_postgres::Error;
    type Reply<'a> =
        Pin<Box<dyn Future<Output = Result<Vec<SimpleQueryMessage>, DriverError>> + Send + 'a>>;

    let mut replies: Vec<Reply<'_>> = statements
        .iter()
        .map(|sql| Box::pin(client.simple_query(sql)) as Reply<'_>)
        .collect();
    // A statement is sent when its future is first polled; the answers come in that order.
    let mut early = Vec::with_capacity(replies.len());
    std::future::poll_fn(|context| {
        for reply in &mut replies {
            early.push(match reply.as_mut().poll(context) {
                Poll::Ready(messages) => Some(messages),
                Poll::Pending => None,
            });
        }
        Poll::Ready(())
    })
    .await;
    let mut answers = Vec::with_capacity(replies.len());
    for (reply, early) in replies.into_iter().zip(early) {
        answers.push(answer(match early {
            Some(messages) => messages,
            None => reply.await,
        }));
    }
    answers
}

fn answer(
    messages: Result<Vec<SimpleQueryMessage>, tokio_postgres::Error>,
) -> Result<Answer, DatabaseError> {
    let mut answer = Answer::default();
    for message in messages.map_err(error)? {
        match message {
            SimpleQueryMessage::Row(row) => {
                let value = |index| row.get(index).map(String::from);
                answer.rows.push((0..row.len()).map(value).collect());
            }
            SimpleQueryMessage::CommandComplete(rows) => answer.affected = rows,
            _ => {}
        }
    }
    Ok(answer)
}

fn error(source: tokio_postgres::Error) -> DatabaseError {
    let Some(said) = source.as_db_error() else {
        return DatabaseError {
            message: chain(&source),
            source: Some(Box::new(source)),
            ..DatabaseError::default()
        };
    };
    DatabaseError {
        message: said.message().to_string(),
        sqlstate: Some(said.code().code().to_string()),
        detail: said.detail().map(String::from),
        hint: said.hint().map(String::from),
        position: match said.position() {
            Some(ErrorPosition::Original(at)) => usize::try_from(*at).ok(),
            _ => None,
        },
        source: Some(Box::new(source)),
    }
}

/// An error with its causes: the driver's own says little.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_sqlalchemy_are_read() {
        for scheme in [
            "postgres",
            "postgresql",
            "postgresql+psycopg",
            "postgresql+asyncpg",
        ] {
            let config = config(&format!("{scheme}://me:secret@db:6543/shop")).unwrap();
            assert_eq!(config.get_hosts(), [Host::Tcp("db".into())]);
            assert_eq!(config.get_ports(), [6543]);
            assert_eq!(config.get_dbname(), Some("shop"));
            assert_eq!(config.get_application_name(), Some(APPLICATION));
        }
        let named = config("postgresql://db/shop?application_name=api").unwrap();
        assert_eq!(named.get_application_name(), Some("api"));
    }

    #[test]
    fn no_message_holds_a_password() {
        let urls = [
            "postgresql://me:s3cret@host:port/shop",
            "postgresql://me:a?s3cret=x@host/shop",
            "postgresql://me:a/s3cret@host/shop",
            "postgresql://me:5@s3cret@host:x/shop",
            "postgresql://me:a@s3cret",
            "postgresql://me:%s3cret@host/shop",
            "postgresql://host:x/shop?password=s3cret",
            "mysql://me:s3cret@host/shop",
            "me:s3cret@host",
        ];
        for url in urls {
            if let Err(error) = config(url) {
                let all = format!("{error:?} {error}");
                assert!(
                    url.ends_with("a@s3cret") || !all.contains("s3cret"),
                    "{all}"
                );
            }
        }
    }

    #[test]
    fn unreadable_urls_say_what_is_wrong() {
        let message = |url| config(url).unwrap_err().to_string();
        assert!(message("shop.db").contains("no `://`"));
        assert!(message("mysql://x").contains("`postgresql://`"));
        assert!(message("postgresql://host/shop?nonsense=1").contains("nonsense"));
    }
}
