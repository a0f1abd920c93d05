//! A connection that limbec has made: it can be made again, and it hears a request to stop.

use std::pin::{Pin, pin};
use std::thread;
use std::time::Duration;

use limbec_core::dialect::postgres::{Postgres, session_probe};
use limbec_core::dialect::{Dialect, FaultKind, Session as _};
use tokio::time::{Instant, timeout};
use tokio_postgres::{CancelToken, Client};

use super::reach::{CONNECT_TIMEOUT, Reached, Server, bounded, reach, reach_within};
use super::{config, establish, pipeline};
use crate::connection::address::Address;
use crate::connection::drivers::Wait;
use crate::connection::interrupt::Ear;
use crate::connection::{Answer, Connection, DatabaseError, Interrupted, StatementError, TakeRow};
use crate::random;

/// How long a cancelled statement may take to end, and the statements that clean up behind it, before the
/// connection is given up.
const PATIENCE_AT_A_STOP: Duration = Duration::from_secs(5);

/// How long it takes until a cancelled statement that still runs is cancelled again.
const AGAIN: Duration = Duration::from_millis(500);

/// For how long a lost server is looked for, in times of what it may take to be reached.
const PATIENCE: u32 = 2;

/// How often, in a row, a server that does not answer must be out of reach until it is waited for no more.
const LOOKS: u32 = 2;

/// How long an answer is waited for until the server is looked for, in times of what it may take to be
/// reached.
const SILENCE: u32 = 3;

/// How long a request to cancel may be on its way behind the answer to it.
const LATE: Duration = Duration::from_millis(50);

/// A connection that limbec has made.
pub(crate) struct Opened {
    client: Client,
    line: Line,
}

/// What leads to the server, and what is heard on the way.
struct Line {
    address: Address,
    /// The one that was reached.
    server: Server,
    ear: Ear,
    /// Whether the answer to a statement is waited for.
    is_busy: bool,
    /// Whether the connection was given up before it had answered.
    is_given_up: bool,
}

impl Opened {
    pub(super) async fn connect(
        address: &Address,
        ear: Ear,
        wait: Wait<'_>,
    ) -> Result<Self, DatabaseError> {
        let stopped = || DatabaseError::interrupted(ear.reason(), Interrupted::Before);
        if ear.is_called() {
            return Err(stopped());
        }
        let mut making = pin!(reach_within(address, wait));
        let made = ear.unless_called(making.as_mut()).await;
        let Reached { client, server } = made.ok_or_else(stopped)??;
        Ok(Opened {
            client,
            line: Line {
                address: address.clone(),
                server,
                ear,
                is_busy: false,
                is_given_up: false,
            },
        })
    }
}

impl Line {
    /// Waits for answers, and has the server cancel the statement if that is to stop.
    ///
    /// # Errors
    /// When the work was not begun, or the connection was given up. What the work itself answers is
    /// explained by [`Line::explained`].
    async fn hear<T>(
        &mut self,
        token: CancelToken,
        work: impl Future<Output = T>,
    ) -> Result<T, DatabaseError> {
        if self.ear.is_called() {
            let reason = self.ear.reason();
            return Err(DatabaseError::interrupted(reason, Interrupted::Before));
        }
        if self.is_given_up {
            return Err(given_up("it was given up before"));
        }
        let mut work = pin!(work);
        self.is_busy = true;
        let answered = if self.ear.is_interrupted() {
            // It cleans up.
            timeout(PATIENCE_AT_A_STOP, work).await.map_err(|_| stuck())
        } else {
            match self.unless_silent(work.as_mut()).await {
                Some(answered) => answered,
                None => self.cancelled(&token, work.as_mut()).await,
            }
        };
        self.is_busy = false;
        self.is_given_up = answered.is_err();
        answered.map_err(|error| self.named(error))
    }

    /// Waits for answers until the work is to stop, which is `None`, or the server has not answered for a
    /// while and cannot be reached any more: not every network says that it has lost a connection.
    async fn unless_silent<F: Future>(
        &self,
        mut work: Pin<&mut F>,
    ) -> Option<Result<F::Output, DatabaseError>> {
        let begun = Instant::now();
        let mut looks = 0;
        loop {
            let silence = self.server.limit().map(|it| it * SILENCE);
            let hearing = self.ear.unless_called(work.as_mut());
            if let Some(answer) = bounded(silence, hearing).await {
                return answer.map(Ok);
            }
            let Some(absence) = Box::pin(self.server.absence()).await else {
                looks = 0;
                continue;
            };
            looks += 1;
            if looks >= LOOKS {
                let seconds = begun.elapsed().as_secs();
                return Some(Err(given_up(&format!(
                    "it has not answered for {seconds} s: {}",
                    absence.message
                ))));
            }
        }
    }

    /// Has the server cancel the work, and waits for its end.
    async fn cancelled<F: Future>(
        &self,
        token: &CancelToken,
        mut work: Pin<&mut F>,
    ) -> Result<F::Output, DatabaseError> {
        let begun = Instant::now();
        loop {
            self.server.cancel(token).await;
            if let Ok(answer) = timeout(AGAIN, work.as_mut()).await {
                tokio::time::sleep(LATE).await;
                return Ok(answer);
            }
            if begun.elapsed() >= PATIENCE_AT_A_STOP {
                return Err(stuck());
            }
        }
    }

    /// Waits for the answers to so many questions.
    async fn hear_all<T>(
        &mut self,
        token: CancelToken,
        count: usize,
        work: impl Future<Output = Vec<Result<T, DatabaseError>>>,
    ) -> Vec<Result<T, DatabaseError>> {
        match self.hear(token, work).await {
            Ok(answers) => {
                let answers = answers.into_iter();
                let explained = answers.map(|it| it.map_err(|error| self.explained(error)));
                explained.collect()
            }
            Err(error) => {
                let same = || DatabaseError {
                    message: error.message.clone(),
                    sqlstate: error.sqlstate.clone(),
                    interrupted: error.interrupted,
                    ..DatabaseError::default()
                };
                (0..count).map(|_| Err(same())).collect()
            }
        }
    }

    fn of_statement(&self, error: StatementError) -> StatementError {
        StatementError {
            error: self.explained(error.error),
            ..error
        }
    }

    /// The error in the words of what caused it.
    fn explained(&self, error: DatabaseError) -> DatabaseError {
        let is_cancelled = error.is(FaultKind::Cancelled, &Postgres);
        if is_cancelled && self.ear.is_called() {
            return DatabaseError {
                sqlstate: error.sqlstate,
                source: error.source,
                ..DatabaseError::interrupted(self.ear.reason(), Interrupted::During)
            };
        }
        self.named(error)
    }

    /// The error with the server's name, if it is about the server and not about a statement.
    fn named(&self, mut error: DatabaseError) -> DatabaseError {
        let server = self.server.shown();
        match Postgres.classify(&error.fault()) {
            FaultKind::ConnectionLost => {
                error.message = format!("the connection to {server} was lost: {}", error.message);
            }
            FaultKind::ReadOnly | FaultKind::DiskFull => {
                error.message = format!("{} (the server is {server})", error.message);
            }
            _ => {}
        }
        error
    }
}

/// The error of a server that is waited for no more when the work is to stop.
fn stuck() -> DatabaseError {
    let seconds = PATIENCE_AT_A_STOP.as_secs();
    given_up(&format!("it has not answered for {seconds} s"))
}

/// The error of a connection whose answers are waited for no more.
fn given_up(why: &str) -> DatabaseError {
    DatabaseError {
        message: why.to_string(),
        // connection_failure
        sqlstate: Some("08006".to_string()),
        ..DatabaseError::default()
    }
}

/// Asks the server to cancel what a session runs, before anything else is done here. A runtime cannot be
/// waited for inside of itself, so a thread of its own does it.
pub(super) fn cancel_now(asking: impl Future<Output = ()> + Send + 'static) {
    let asking = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        if let Ok(runtime) = runtime {
            runtime.block_on(asking);
        }
    });
    let _ = asking.join();
}

/// Whether a connection to an address has a session of the server to itself: only such a session starts
/// with what the connection asks for. A pooler refuses to hand that on, or leaves it out.
async fn has_own_session(server: &Server) -> Result<bool, DatabaseError> {
    let word = random::word();
    let (option, question) = session_probe(&word);
    let (mut config, tls) = config::of(&server.address)?;
    let options = match config.get_options() {
        Some(given) => format!("{given} {option}"),
        None => option,
    };
    config.options(options);
    let probe = establish((config, tls)).await?;
    let mut answers = pipeline(&probe, &[question]).await;
    let answer = answers.pop().unwrap_or_else(|| Ok(Answer::default()))?;
    Ok(answer.rows == [[Some(word)]])
}

impl Connection for Opened {
    fn dialect(&self) -> &'static dyn Dialect {
        &Postgres
    }

    async fn run(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        let token = self.client.cancel_token();
        let heard = self.line.hear(token, self.client.run(statements)).await;
        let result = heard.map_err(|error| StatementError { index: 0, error })?;
        result.map_err(|error| self.line.of_statement(error))
    }

    async fn flight(&mut self, statements: &[&str]) -> Result<Vec<Answer>, StatementError> {
        let token = self.client.cancel_token();
        let heard = self.line.hear(token, self.client.flight(statements)).await;
        let result = heard.map_err(|error| StatementError { index: 0, error })?;
        result.map_err(|error| self.line.of_statement(error))
    }

    async fn stream(
        &mut self,
        questions: &[&str],
        take: &mut TakeRow<'_>,
    ) -> Vec<Result<(), DatabaseError>> {
        let token = self.client.cancel_token();
        let asking = self.client.stream(questions, take);
        self.line.hear_all(token, questions.len(), asking).await
    }

    async fn ask(&mut self, questions: &[&str]) -> Vec<Result<Answer, DatabaseError>> {
        let token = self.client.cancel_token();
        let asking = self.client.ask(questions);
        self.line.hear_all(token, questions.len(), asking).await
    }

    async fn reconnect(&mut self) -> Result<bool, DatabaseError> {
        let making = reach(&self.line.address);
        let made = if self.line.ear.is_interrupted() {
            let late = |_| given_up("the server does not answer");
            timeout(PATIENCE_AT_A_STOP, making).await.map_err(late)?
        } else {
            making.await
        };
        let Reached { client, server } = made?;
        self.client = client;
        self.line.server = server;
        self.line.is_given_up = false;
        Ok(true)
    }

    async fn is_pooled(&mut self) -> bool {
        let server = &self.line.server;
        let asking = Box::pin(has_own_session(server));
        let mut asking = pin!(bounded(server.limit(), asking));
        // What is refused for another reason tells nothing, and a lease does no harm.
        match self.line.ear.unless_called(asking.as_mut()).await {
            Some(Some(Ok(has_own_session))) => !has_own_session,
            _ => true,
        }
    }

    async fn pause(&mut self, time: Duration) {
        let mut pause = pin!(tokio::time::sleep(time));
        self.line.ear.unless_called(pause.as_mut()).await;
    }

    fn patience(&self) -> Duration {
        let limit = self.line.server.limit();
        limit.unwrap_or(CONNECT_TIMEOUT) * PATIENCE
    }

    fn clean_up(&mut self, cleaning: bool) {
        self.line.ear.clean_up(cleaning);
    }

    fn is_interrupted(&self) -> bool {
        self.line.ear.is_interrupted()
    }

    fn abandon(&mut self, last: Option<&str>) {
        if std::mem::take(&mut self.line.is_busy) {
            let (server, token) = (self.line.server.clone(), self.client.cancel_token());
            cancel_now(async move { server.cancel(&token).await });
        }
        self.client.abandon(last);
    }
}
