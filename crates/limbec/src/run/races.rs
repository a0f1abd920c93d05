//! Races that this process has lost against others: when it plans again, and when it gives up.

use std::time::{Duration, Instant};

use super::error::Race;
use super::state::State;
use super::{Error, ErrorKind, Settings, contention};

/// The races of one run.
///
/// A process that was overtaken must find another state than before: if nobody has changed anything,
/// nobody was faster, and the next try would end as the last one did.
pub(super) struct Races {
    /// For how long other processes may be faster.
    wait: Duration,
    /// When the first race was lost.
    since: Option<Instant>,
    /// How many in a row.
    tries: u32,
    /// The state that the run of now was planned for.
    planned: Option<State>,
    /// What the last race ended with.
    last: Option<Error>,
}

impl Races {
    pub(super) fn new(settings: &Settings) -> Self {
        Races {
            wait: settings.lock_wait,
            since: None,
            tries: 0,
            planned: None,
            last: None,
        }
    }

    /// Begins a run from a state.
    ///
    /// # Errors
    /// When the last race was none: the state is as it was before it.
    pub(super) fn begin(&mut self, now: &State) -> Result<(), Error> {
        let is_same = self.planned.as_ref() == Some(now);
        self.planned = Some(now.clone());
        match self.last.take() {
            Some(error) if is_same && error.lost_race() == Some(Race::Overtaken) => Err(no_race()),
            _ => Ok(()),
        }
    }

    /// Takes note of a lost race. Returns how long to pause before the next try.
    ///
    /// # Errors
    /// When others have been faster for as long as this process waits for them.
    pub(super) fn lost(&mut self, error: Error) -> Result<Duration, Error> {
        let since = self.since.get_or_insert_with(Instant::now).elapsed();
        if since >= self.wait {
            let message = format!("{error}, again and again for {} s", since.as_secs());
            return Err(Error::new(ErrorKind::Busy, message).with_hint(
                "let the other processes end, then run the command again; `limbec current` shows how far \
                 they are",
            ));
        }
        self.tries += 1;
        // A database that locks by its transactions lets this process wait there.
        let pause = match error.lost_race() {
            Some(Race::LockLost) => {
                contention::pause(self.tries).min(self.wait.saturating_sub(since))
            }
            _ => Duration::ZERO,
        };
        self.last = Some(error);
        Ok(pause)
    }
}

/// What looked like a race, though nobody else has changed anything.
fn no_race() -> Error {
    Error::new(
        ErrorKind::Check,
        "the version table or the journal does not fit to what is to be run, and no other process has \
         changed them",
    )
    .with_hint(
        "`limbec current` and `limbec log` show what the database says; if a revision is half applied \
         and cannot go on: limbec accept REVISION --abandon --reason \"…\"",
    )
}

#[cfg(test)]
mod tests {
    use super::super::version::Version;
    use super::*;

    fn at(row: &str) -> State {
        State {
            version: Version {
                rows: vec![row.to_string()],
                table_exists: true,
            },
            ..State::default()
        }
    }

    #[test]
    fn a_race_is_one_only_if_the_state_differs() {
        let mut races = Races::new(&Settings::default());
        races.begin(&at("a1")).unwrap();
        races.lost(Error::race(Race::Overtaken)).unwrap();
        races.begin(&at("b2")).unwrap();
        races.lost(Error::race(Race::Overtaken)).unwrap();
        let error = races.begin(&at("b2")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Check);
        assert_eq!(error.lost_race(), None);
    }

    #[test]
    fn a_lost_lock_is_waited_for_whatever_the_state() {
        let mut races = Races::new(&Settings::default());
        races.begin(&at("a1")).unwrap();
        let pause = races.lost(Error::race(Race::LockLost)).unwrap();
        assert!(pause > Duration::ZERO);
        races.begin(&at("a1")).unwrap();
    }

    #[test]
    fn races_are_bounded_though_the_state_differs() {
        let settings = Settings {
            lock_wait: Duration::ZERO,
            ..Settings::default()
        };
        let mut races = Races::new(&settings);
        races.begin(&at("a1")).unwrap();
        assert_eq!(
            races.lost(Error::race(Race::Overtaken)).unwrap_err().kind(),
            ErrorKind::Busy
        );
    }
}
