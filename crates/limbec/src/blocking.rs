//! Waiting for a future, for services without a runtime.

use crate::run::Error;

/// Waits for a migration in a program without `async`.
///
/// SQLite needs no runtime and gets none: with the feature `sqlite` alone, tokio is not in the tree.
/// A driver that needs one gets a runtime of its own for as long as it takes; inside another runtime it gets a
/// thread of its own too, so that this may be called from anywhere, but it blocks the caller.
///
/// ```
/// # #[cfg(all(feature = "embed", feature = "sqlite"))] {
/// # #![allow(deprecated)]
/// static MIGRATIONS: limbec::Migrations = limbec::embed!("tests/embed/limbec.toml");
///
/// let mut database = rusqlite::Connection::open_in_memory().unwrap();
/// let outcome = limbec::block_on(MIGRATIONS.upgrade(&mut database, "head")).unwrap();
/// assert_eq!(outcome.revisions.len(), 3);
/// # }
/// ```
///
/// # Errors
/// Those of the future, and where the system has no room for a runtime.
pub fn block_on<T: Send>(work: impl Future<Output = Result<T, Error>> + Send) -> Result<T, Error> {
    platform::block_on(work)
}

#[cfg(feature = "runtime")]
mod platform {
    use std::panic::resume_unwind;
    use std::thread;

    use crate::run::{Error, ErrorKind};

    pub(super) fn block_on<T: Send>(
        work: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        if tokio::runtime::Handle::try_current().is_err() {
            return on_runtime(work);
        }
        // A runtime refuses to be started inside another one.
        let ended = thread::scope(|scope| scope.spawn(|| on_runtime(work)).join());
        ended.unwrap_or_else(|panic| resume_unwind(panic))
    }

    fn on_runtime<T>(work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| {
                let message = format!("cannot start a runtime for the migration: {error}");
                Error::new(ErrorKind::Connection, message).with_source(error)
            })?;
        runtime.block_on(work)
    }
}

#[cfg(not(feature = "runtime"))]
mod platform {
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Poll, Wake, Waker};
    use std::thread::{self, Thread};

    use crate::run::Error;

    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    pub(super) fn block_on<T: Send>(
        work: impl Future<Output = Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut work = pin!(work);
        loop {
            if let Poll::Ready(result) = work.as_mut().poll(&mut context) {
                return result;
            }
            thread::park();
        }
    }
}
