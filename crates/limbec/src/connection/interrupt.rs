//! A request to stop, which connections hear wherever they wait.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A request to stop, for the connections of a [`DatabaseUrl`](crate::run::DatabaseUrl) that was given it
/// by [`interrupted_by`](crate::run::DatabaseUrl::interrupted_by).
///
/// Interrupted, a connection cancels the statement that is running and sends no further ones but those
/// that clean up: the transaction is rolled back, the lock and the lease are given back, a scratch
/// database is dropped. The run fails with
/// [`ErrorKind::Interrupted`](crate::run::ErrorKind::Interrupted), and the error says what stays in the
/// database. A run that has come to its end meanwhile succeeds.
///
/// Clones are one request. It cannot be taken back.
///
/// ```
/// # #[cfg(feature = "sqlite")] {
/// use limbec::run::{Database, DatabaseUrl, ErrorKind, Interrupt};
///
/// let interrupt = Interrupt::new();
/// let url = DatabaseUrl::parse("sqlite::memory:", "".as_ref()).unwrap();
/// let url = url.interrupted_by(&interrupt);
/// interrupt.interrupt("stopped by the operator");
/// let error = limbec::block_on(Database::connect(&url)).err().unwrap();
/// assert_eq!(error.kind(), ErrorKind::Interrupted);
/// assert_eq!(error.to_string(), "stopped by the operator");
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Default)]
struct Shared {
    is_set: AtomicBool,
    /// Whether a person is asked something.
    is_asking: AtomicBool,
    /// How many connections there are, or are being made.
    listeners: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    reason: String,
    wakers: Vec<Waker>,
}

impl Interrupt {
    /// Makes a request that nobody has made yet.
    pub fn new() -> Self {
        Interrupt::default()
    }

    /// Makes the request, from any thread. The reason becomes the message of the errors; that of the
    /// first call counts.
    pub fn interrupt(&self, reason: impl Into<String>) {
        let wakers = {
            let mut state = self.state();
            if self.is_interrupted() {
                return;
            }
            state.reason = reason.into();
            self.0.is_set.store(true, Ordering::SeqCst);
            std::mem::take(&mut state.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Whether the request was made.
    pub fn is_interrupted(&self) -> bool {
        self.0.is_set.load(Ordering::SeqCst)
    }

    /// Whether a connection hears it, or will as soon as it is made. If none does, nothing has to be
    /// cleaned up.
    pub fn is_heard(&self) -> bool {
        let is_asking = self.0.is_asking.load(Ordering::SeqCst);
        !is_asking && self.0.listeners.load(Ordering::SeqCst) > 0
    }

    /// Waits for an answer that nobody can interrupt, from a person for instance, while nothing is open on
    /// a connection: until then [`Interrupt::is_heard`] is false.
    pub fn unheard<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.0.is_asking.store(true, Ordering::SeqCst);
        let result = wait();
        self.0.is_asking.store(false, Ordering::SeqCst);
        result
    }

    /// Why the request was made.
    pub(crate) fn reason(&self) -> String {
        self.state().reason.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in it is left half-way by a panic.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if self.is_interrupted() {
            return Poll::Ready(());
        }
        let waker = context.waker();
        if !state.wakers.iter().any(|it| it.will_wake(waker)) {
            state.wakers.push(waker.clone());
        }
        Poll::Pending
    }
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_tuple("Interrupt");
        shown.field(&self.is_interrupted()).finish()
    }
}

/// How a connection hears a request to stop: not while it cleans up.
pub(crate) struct Ear {
    interrupt: Interrupt,
    cleaning: Arc<AtomicBool>,
}

impl Ear {
    pub(crate) fn new(interrupt: &Interrupt) -> Self {
        interrupt.0.listeners.fetch_add(1, Ordering::SeqCst);
        Ear {
            interrupt: interrupt.clone(),
            cleaning: Arc::default(),
        }
    }

    /// The ear of another connection that the same one stops.
    pub(crate) fn again(&self) -> Self {
        Ear::new(&self.interrupt)
    }

    /// Begins or ends a time in which only statements that clean up are sent.
    pub(crate) fn clean_up(&self, cleaning: bool) {
        self.cleaning.store(cleaning, Ordering::SeqCst);
    }

    /// Whether the request was made, whatever the connection is at.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupt.is_interrupted()
    }

    /// Whether the work of now is to stop.
    pub(crate) fn is_called(&self) -> bool {
        self.is_interrupted() && !self.cleaning.load(Ordering::SeqCst)
    }

    /// The question whether the work of now is to stop, for another thread.
    pub(crate) fn calls(&self) -> impl Fn() -> bool + Send + 'static {
        let (interrupt, cleaning) = (self.interrupt.clone(), Arc::clone(&self.cleaning));
        move || interrupt.is_interrupted() && !cleaning.load(Ordering::SeqCst)
    }

    /// Why the work is to stop.
    pub(crate) fn reason(&self) -> String {
        self.interrupt.reason()
    }

    /// Waits for work, until it is to stop. `None` if that comes first; the work may then be waited for
    /// again.
    pub(crate) async fn unless_called<F: Future>(
        &self,
        mut work: Pin<&mut F>,
    ) -> Option<F::Output> {
        poll_fn(|context| {
            if let Poll::Ready(output) = work.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            if self.cleaning.load(Ordering::SeqCst) {
                return Poll::Pending;
            }
            self.interrupt.poll(context).map(|()| None)
        })
        .await
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.interrupt.0.listeners.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;

    #[test]
    fn whoever_cleans_up_hears_nothing() {
        let interrupt = Interrupt::new();
        let ear = Ear::new(&interrupt);
        let calls = ear.calls();
        assert!(interrupt.is_heard() && !ear.is_called() && !calls());
        interrupt.interrupt("first");
        interrupt.interrupt("second");
        assert_eq!(ear.reason(), "first");
        assert!(ear.is_called() && calls());
        ear.clean_up(true);
        assert!(!ear.is_called() && !calls() && ear.is_interrupted());
        drop(ear);
        assert!(!interrupt.is_heard());
    }

    #[test]
    fn a_wait_is_woken() {
        let interrupt = Interrupt::new();
        let ear = Ear::new(&interrupt);
        let other = interrupt.clone();
        let result = crate::block_on(async {
            let mut never = pin!(std::future::pending::<()>());
            let thread = std::thread::spawn(move || other.interrupt("enough"));
            let output = ear.unless_called(never.as_mut()).await;
            thread.join().expect("the thread ends");
            Ok(output)
        });
        assert_eq!(result.unwrap(), None);
    }

    #[test]
    fn a_question_to_a_person_can_be_left_at_once() {
        let interrupt = Interrupt::new();
        let ear = Ear::new(&interrupt);
        interrupt.unheard(|| assert!(!interrupt.is_heard()));
        assert!(interrupt.is_heard());
        drop(ear);
        assert!(!interrupt.is_heard());
    }
}
