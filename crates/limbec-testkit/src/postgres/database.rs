//! A fresh database for each test, on the server that `LIMBEC_TEST_POSTGRES_URL` names.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, process, thread};

use ::postgres::{Client, NoTls, SimpleQueryMessage};

use crate::Error;

/// Drops all that a database holds, and its publications.
pub const EMPTY: &str = "DO $$DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
    FOR name IN SELECT pubname FROM pg_publication LOOP
        EXECUTE format('DROP PUBLICATION %I', name);
    END LOOP;
    CREATE SCHEMA public;
END$$";

/// Names the server that tests make their databases on.
pub const TEST_URL_VARIABLE: &str = "LIMBEC_TEST_POSTGRES_URL";

/// A database of a test's own, dropped with its connections when the value is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    server: String,
    name: String,
    url: String,
}

impl TestDatabase {
    /// The database's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same database on another server, which has taken over from this one.
    ///
    /// # Errors
    ///
    /// When the server's URL does not read.
    pub fn moves_to(&mut self, server_url: &str) -> Result<(), Error> {
        self.url = with_database(server_url, &self.name)?;
        server_url.clone_into(&mut self.server);
        Ok(())
    }

    /// Runs SQL, several statements as one implicit transaction.
    ///
    /// # Errors
    ///
    /// When a statement fails.
    pub fn execute(&self, sql: &str) -> Result<(), Error> {
        run_blocking(|| execute(&self.url, sql))
    }

    /// Runs one query; returns its rows as text, `None` for NULL.
    ///
    /// # Errors
    ///
    /// When it fails.
    pub fn query(&self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
        run_blocking(|| query(&self.url, sql))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = run_blocking(|| execute(&self.server, &sql));
        // Left behind on a server that somebody keeps, it should be known.
        if let Err(error) = dropped
            && !thread::panicking()
        {
            panic!("the test's database `{}` remains: {error}", self.name);
        }
    }
}

/// Creates a database for the calling test on the server that `LIMBEC_TEST_POSTGRES_URL` names,
/// as a role that may create databases.
///
/// # Panics
///
/// When the variable is missing or the database cannot be created: the test fails and says why,
/// it is not skipped.
#[track_caller]
pub fn test_database() -> TestDatabase {
    let created = server_url(env::var(TEST_URL_VARIABLE).ok()).and_then(|url| {
        create_database(&url).map_err(Error::context(format_args!(
            "no database for this test on the server that `{TEST_URL_VARIABLE}` names"
        )))
    });
    match created {
        Ok(database) => database,
        Err(error) => panic!("{error}"),
    }
}

/// Creates a database of a unique name on the server of this URL.
///
/// # Errors
///
/// When the server is out of reach or the role may not create databases.
pub fn create_database(server_url: &str) -> Result<TestDatabase, Error> {
    let name = unique_name();
    let url = with_database(server_url, &name)?;
    run_blocking(|| execute(server_url, &format!("CREATE DATABASE {name}")))?;
    Ok(TestDatabase {
        server: server_url.to_owned(),
        name,
        url,
    })
}

fn server_url(variable: Option<String>) -> Result<String, Error> {
    variable.filter(|url| !url.is_empty()).ok_or_else(|| {
        Error::new(format!(
            "PostgreSQL is needed by this test: run it by `cargo xtask test`, or set \
             `{TEST_URL_VARIABLE}` to the URL of a server, with a role that may create databases"
        ))
    })
}

/// Lower case, so that it needs no quotes.
fn unique_name() -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let nanoseconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_nanos();
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!("limbec_test_{}_{nanoseconds}_{count}", process::id())
}

/// The same URL with another database; host, user and parameters stay.
fn with_database(url: &str, name: &str) -> Result<String, Error> {
    let start = ["postgres://", "postgresql://"]
        .into_iter()
        .find(|scheme| url.starts_with(scheme))
        .map(str::len)
        .ok_or_else(|| {
            // The value is not shown: it may hold a password.
            Error::new("the URL of the PostgreSQL server must begin with `postgres://`")
        })?;
    let (address, parameters) = match url.find('?') {
        Some(mark) => url.split_at(mark),
        None => (url, ""),
    };
    let authority = address[start..]
        .find('/')
        .map_or(address.len(), |slash| start + slash);
    Ok(format!("{}/{name}{parameters}", &address[..authority]))
}

pub(super) fn execute(url: &str, sql: &str) -> Result<(), Error> {
    connect(url)?.batch_execute(sql).map_err(|e| describe(&e))
}

fn query(url: &str, sql: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
    let messages = connect(url)?.simple_query(sql).map_err(|e| describe(&e))?;
    Ok(messages
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(
                (0..row.len())
                    .map(|column| row.get(column).map(str::to_owned))
                    .collect(),
            ),
            _ => None,
        })
        .collect())
}

fn connect(url: &str) -> Result<Client, Error> {
    Client::connect(url, NoTls).map_err(|e| describe(&e))
}

/// The driver's own `Display` stops at "db error": the server's message is the cause.
fn describe(error: &::postgres::Error) -> Error {
    let mut text = format!("PostgreSQL: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    Error::new(text)
}

/// On a thread of its own, because the blocking client panics inside an async test's runtime.
pub(super) fn run_blocking<T: Send>(
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> Result<T, Error> {
    thread::scope(|scope| scope.spawn(work).join())
        .unwrap_or_else(|_| Err(Error::new("the PostgreSQL client panicked")))
}

#[cfg(test)]
mod tests {
    use super::{server_url, with_database};

    #[test]
    fn without_a_server_the_sentence_says_what_to_do() {
        for missing in [None, Some(String::new())] {
            let sentence = server_url(missing).unwrap_err().to_string();
            assert!(
                sentence.starts_with("PostgreSQL is needed by this test"),
                "{sentence}"
            );
            assert!(sentence.contains("cargo xtask test"), "{sentence}");
            assert!(sentence.contains("LIMBEC_TEST_POSTGRES_URL"), "{sentence}");
        }
    }

    #[test]
    fn only_the_database_of_a_url_changes() {
        for (url, expected) in [
            ("postgres://u@h:5432/postgres", "postgres://u@h:5432/x"),
            ("postgres://u:p%2F@h", "postgres://u:p%2F@h/x"),
            ("postgresql://h/", "postgresql://h/x"),
            (
                "postgres://h/a?connect_timeout=5",
                "postgres://h/x?connect_timeout=5",
            ),
            (
                "postgres:///a?host=/run/postgresql",
                "postgres:///x?host=/run/postgresql",
            ),
        ] {
            assert_eq!(with_database(url, "x").unwrap(), expected);
        }
        let error = with_database("host=h password=secret", "x").unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
