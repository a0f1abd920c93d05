//! SIGINT and SIGTERM, as a command hears them.

use std::io;

use crate::run::Interrupt;

/// Whether a signal has asked this process to end.
///
/// The first SIGINT or SIGTERM makes an [`Interrupt`]'s request if a connection hears it, and the process
/// ends when it has cleaned up; if none does, it ends the process at once, and so does the second signal.
/// This holds for process 1 of a container too, for which signals have no effect unless it hears them.
pub struct Signals(platform::Listener);

impl Signals {
    /// Begins to listen, for as long as the value lives. `say` is told once what happens.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen(interrupt: &Interrupt, say: impl Fn(&str) + Send + 'static) -> io::Result<Self> {
        platform::Listener::new(interrupt.clone(), say).map(Signals)
    }

    /// The exit code of a process that a signal has ended, as shells have it: 130 for SIGINT, 143 for
    /// SIGTERM. `None` if there was none.
    pub fn exit_code(&self) -> Option<u8> {
        self.0.received().map(exit_code)
    }
}

fn exit_code(signal: i32) -> u8 {
    u8::try_from(signal).map_or(u8::MAX, |signal| 128_u8.saturating_add(signal))
}

#[cfg(unix)]
mod platform {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI32, Ordering};
    use std::{io, process, thread};

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::{Handle, Signals};

    use super::{Interrupt, exit_code};

    pub(super) struct Listener {
        received: Arc<AtomicI32>,
        handle: Handle,
    }

    impl Listener {
        pub(super) fn new(
            interrupt: Interrupt,
            say: impl Fn(&str) + Send + 'static,
        ) -> io::Result<Self> {
            let mut signals = Signals::new([SIGINT, SIGTERM])?;
            let handle = signals.handle();
            let received = Arc::new(AtomicI32::new(0));
            let first = Arc::clone(&received);
            thread::Builder::new()
                .name("signals".to_string())
                .spawn(move || {
                    for signal in signals.forever() {
                        let is_first = first
                            .compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst)
                            .is_ok();
                        if !is_first || !interrupt.is_heard() {
                            process::exit(exit_code(signal).into());
                        }
                        let name = name(signal);
                        interrupt.interrupt(format!("stopped by {name}"));
                        say(&format!("{name}: stopping; another one ends at once"));
                    }
                })?;
            Ok(Listener { received, handle })
        }

        pub(super) fn received(&self) -> Option<i32> {
            Some(self.received.load(Ordering::SeqCst)).filter(|it| *it != 0)
        }
    }

    impl Drop for Listener {
        fn drop(&mut self) {
            self.handle.close();
        }
    }

    fn name(signal: i32) -> &'static str {
        match signal {
            SIGINT => "SIGINT",
            _ => "SIGTERM",
        }
    }
}

/// Elsewhere a process ends as the system has it.
#[cfg(not(unix))]
mod platform {
    use super::Interrupt;

    pub(super) struct Listener;

    impl Listener {
        #[allow(clippy::unnecessary_wraps, reason = "as on unix")]
        pub(super) fn new(
            _: Interrupt,
            _: impl Fn(&str) + Send + 'static,
        ) -> std::io::Result<Self> {
            Ok(Listener)
        }

        pub(super) fn received(&self) -> Option<i32> {
            None
        }
    }
}
