//! PostgreSQL, by `tokio-postgres`: simple queries only, so that every value is text.

mod config;
mod environment;
mod opened;
mod patient;
mod reach;
#[cfg(feature = "tls")]
mod tls;

use std::future::poll_fn;
use std::path::Path;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::Stream as _;
use limbec_core::dialect::postgres::{Postgres, give_back};
use limbec_core::dialect::{Dialect, Session as _};
use tokio_postgres::config::Host;
use tokio_postgres::error::ErrorPosition;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage, SimpleQueryStream, Socket};

#[cfg(any(test, feature = "tls"))]
use self::config::Mode;
use self::config::Tls;
pub(super) use self::opened::Opened;
use super::drivers::{Database, Driver, find};
use super::{Answer, Connection, DatabaseError, StatementError, TakeRow};
use crate::open::Open;
use crate::run::Error;

/// The driver. Expressions are judged on the database itself, in a transaction that is rolled back;
/// revisions are proven on the same server.
pub(super) const DRIVER: Driver = Driver {
    dialect: &Postgres,
    read: config::read,
    complete: environment::complete,
    connect: |address, ear, wait| {
        Box::pin(async move {
            let opened = Opened::connect(address, ear, wait).await;
            opened.map(Database::from)
        })
    },
    is_missing: |_| false,
    in_memory: None,
};

/// Connects to the database of a URL, `postgresql://user:password@host:port/database`, or of libpq's
/// keywords and values, `host=… user=… password=… dbname=…`.
/// SQLAlchemy's driver suffixes (`postgresql+psycopg://`) are ignored.
///
/// A task on the running tokio runtime serves the connection, and ends with the client.
///
/// `sslmode` and `sslrootcert` in the URL mean what they mean to libpq, with the feature `tls`; without
/// it, a URL that insists on TLS is refused.
///
/// # Errors
/// When the URL cannot be read, or the server cannot be reached or is not who it should be. The
/// password is in no message.
pub async fn connect(url: &str) -> Result<Client, DatabaseError> {
    let (driver, form) = find(url)?;
    if driver.dialect.name() != Postgres.name() {
        return Err(config::unreadable("it does not begin with `postgresql://`"));
    }
    let address = config::read(form, Path::new(""))?;
    Ok(reach::reach(&address).await?.client)
}

async fn establish((config, tls): (Config, Tls)) -> Result<Client, DatabaseError> {
    #[cfg(feature = "tls")]
    if tls.mode != Mode::Disable {
        return open(config, tls::connector(&tls)?).await;
    }
    #[cfg(not(feature = "tls"))]
    if tls.mode.is_strict() {
        return Err(without_tls());
    }
    open(config, NoTls).await
}

/// The error of a program that cannot encrypt.
#[cfg(any(test, not(feature = "tls")))]
fn without_tls() -> DatabaseError {
    DatabaseError {
        message: "the database URL asks for TLS (`sslmode`), and this program was built without it"
            .into(),
        hint: Some(
            "switch the feature `tls` of the crate `limbec` on, pass limbec a connection that your \
             service has made, or take `sslmode` out of the URL where the network is trusted"
                .into(),
        ),
        ..DatabaseError::default()
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
        #[cfg(feature = "tls")]
        let hint = tls::advice(&source);
        #[cfg(not(feature = "tls"))]
        let hint: Option<&str> = None;
        let is_of_server = source.as_db_error().is_some();
        let mut refused = error(source);
        refused.hint = refused.hint.or(hint.map(str::to_string));
        if !is_of_server {
            refused.message = format!("cannot reach {}: {}", servers(&config), refused.message);
        }
        reach::marked(refused)
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

    async fn stream(
        &mut self,
        questions: &[&str],
        take: &mut TakeRow<'_>,
    ) -> Vec<Result<(), DatabaseError>> {
        let mut replies = Vec::with_capacity(questions.len());
        for sql in questions {
            // It is sent at once; only its answer is waited for.
            replies.push(self.simple_query_raw(sql).await);
        }
        let mut answers = Vec::with_capacity(replies.len());
        for (index, reply) in replies.into_iter().enumerate() {
            let answer = match reply {
                Ok(reply) => hand_over(reply, &mut |row| take(index, row)).await,
                Err(source) => Err(source),
            };
            answers.push(answer.map_err(error));
        }
        answers
    }

    async fn pause(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    fn abandon(&mut self, last: Option<&str>) {
        send_rollback(self);
        send(self, &give_back());
        if let Some(last) = last {
            send(self, last);
        }
    }
}

/// Sends a statement, whose answer is nobody's.
fn send(client: &Client, sql: &str) {
    // It is sent when its future is first polled.
    let statement = pin!(client.simple_query(sql));
    let _ = statement.poll(&mut Context::from_waker(Waker::noop()));
}

fn send_rollback(client: &Client) {
    for step in Postgres.frame(&[]).rollback {
        send(client, &step.sql);
    }
}

impl<'a> Open for &'a mut Client {
    type Connection = &'a mut Client;

    // A request to cancel could reach the server late, and end what the service itself asks next: on its
    // connection, a statement that was given up comes to its end.
    async fn open(self) -> Result<Self::Connection, Error> {
        Ok(self)
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
    poll_fn(|context| {
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

/// Hands the rows of an answer over as they come.
async fn hand_over(
    reply: SimpleQueryStream,
    take: &mut (dyn FnMut(&[Option<&str>]) + Send),
) -> Result<(), tokio_postgres::Error> {
    let mut reply = pin!(reply);
    while let Some(message) = poll_fn(|context| reply.as_mut().poll_next(context)).await {
        if let SimpleQueryMessage::Row(row) = message? {
            let row: Vec<_> = (0..row.len()).map(|place| row.get(place)).collect();
            take(&row);
        }
    }
    Ok(())
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
        // connection_failure
        let lost = source.is_closed().then(|| "08006".to_string());
        return DatabaseError {
            message: chain(&source),
            sqlstate: lost,
            source: Some(Box::new(source)),
            ..DatabaseError::default()
        };
    };
    DatabaseError {
        message: said.message().to_string(),
        sqlstate: Some(said.code().code().to_string()),
        code: None,
        detail: said.detail().map(String::from),
        hint: said.hint().map(String::from),
        position: match said.position() {
            Some(ErrorPosition::Original(at)) => usize::try_from(*at).ok(),
            _ => None,
        },
        interrupted: None,
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
    fn a_program_that_cannot_encrypt_names_the_feature() {
        assert!(Mode::Require.is_strict() && !Mode::Prefer.is_strict());
        let error = without_tls();
        assert!(error.message.contains("`sslmode`"));
        assert!(error.hint.unwrap().contains("the feature `tls`"));
    }
}
