//! Chance, from the operating system: words that no other process has, and pauses that part processes.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// A random number.
fn number() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Sixteen random hexadecimal digits.
pub(crate) fn word() -> String {
    format!("{:016x}", number())
}

/// A random number from 0 to 1.
pub(crate) fn fraction() -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "any number will do")]
    let fraction = (number() >> 11) as f64 / (1_u64 << 53) as f64;
    fraction
}

/// The pauses between looks at what another process does: each about twice as long as the one before,
/// up to a longest, and never the same in two processes.
pub(crate) struct Pauses {
    next: Duration,
    longest: Duration,
}

impl Pauses {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Pauses {
            next: first,
            longest,
        }
    }

    /// The next pause, which does not exceed the time that is left.
    pub(crate) fn next(&mut self, left: Duration) -> Duration {
        let pause = self.next.mul_f64(0.5 + fraction() / 2.0);
        self.next = (self.next * 2).min(self.longest);
        pause.min(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_differ_and_are_of_one_length() {
        let (one, other) = (word(), word());
        assert_ne!(one, other);
        assert!(one.len() == 16 && one.bytes().all(|it| it.is_ascii_hexdigit()));
        assert!((0..99).all(|_| (0.0..=1.0).contains(&fraction())));
    }

    #[test]
    fn pauses_grow_to_the_longest_and_end_with_the_time() {
        let (first, longest) = (Duration::from_millis(50), Duration::from_secs(2));
        let mut pauses = Pauses::new(first, longest);
        let mut most = first;
        for _ in 0..12 {
            let pause = pauses.next(Duration::MAX);
            assert!(pause >= most / 2 && pause <= most, "{pause:?}");
            most = (most * 2).min(longest);
        }
        assert_eq!(pauses.next(Duration::ZERO), Duration::ZERO);
    }
}
