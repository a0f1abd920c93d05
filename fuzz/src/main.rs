//! All targets with random inputs, counted: `cargo xtask fuzz`.
//!
//! Arguments: how many inputs in all, a number that chooses them, and the names of targets; none: all. Each
//! input is put together of the target's pieces and of any bytes. A panic names the target, the number and
//! the input.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use limbec_fuzz::{TARGETS, Target};

/// The pieces of one input at most.
const LONGEST: u64 = 24;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().and_then(|it| it.parse::<u64>().ok());
    let (Some(inputs), Some(seed)) = (number(), number()) else {
        eprintln!("usage: random INPUTS SEED [TARGET…]");
        return ExitCode::from(2);
    };
    let names: Vec<String> = arguments.collect();
    let is_wanted = |it: &&Target| names.is_empty() || names.iter().any(|name| name == it.name);
    let wanted: Vec<&Target> = TARGETS.iter().filter(is_wanted).collect();
    // A fast target has more inputs in the same time.
    let shares: f64 = wanted.iter().map(|it| 1.0 / it.weight as f64).sum();
    let mut total = 0;
    for target in wanted {
        let count = (inputs as f64 / target.weight as f64 / shares).ceil() as u64;
        let begun = Instant::now();
        if !run(target, count, seed) {
            return ExitCode::FAILURE;
        }
        total += count;
        println!(
            "{:<16} {count:>12} inputs in {:>6.1} s",
            target.name,
            begun.elapsed().as_secs_f64()
        );
    }
    println!("{:<16} {total:>12} inputs", "in all");
    ExitCode::SUCCESS
}

/// Tries so many inputs on all processors. Returns whether none failed.
fn run(target: &Target, count: u64, seed: u64) -> bool {
    let threads = thread::available_parallelism().map_or(1, |it| it.get() as u64);
    let failed = AtomicBool::new(false);
    thread::scope(|scope| {
        for thread in 0..threads {
            let failed = &failed;
            scope.spawn(move || {
                let mut random = Random::new(seed, thread);
                let own = count / threads + u64::from(thread < count % threads);
                let mut input = Vec::new();
                for _ in 0..own {
                    if failed.load(Ordering::Relaxed) {
                        return;
                    }
                    random.input(target.pieces, &mut input);
                    let tried = catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
                    if tried.is_err() {
                        failed.store(true, Ordering::Relaxed);
                        let shown = input.escape_ascii();
                        eprintln!("{} fails with the seed {seed}: b\"{shown}\"", target.name);
                        return;
                    }
                }
            });
        }
    });
    !failed.load(Ordering::Relaxed)
}

/// Numbers that look random and are the same for a seed: xorshift64*.
struct Random(u64);

impl Random {
    fn new(seed: u64, thread: u64) -> Self {
        let mut random = Random((seed ^ (thread + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)) | 1);
        random.below(2);
        random
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end
    }

    /// Puts an input together.
    fn input(&mut self, pieces: &[&str], input: &mut Vec<u8>) {
        input.clear();
        for _ in 0..self.below(LONGEST) {
            match self.below(16) {
                0 => input.push(self.below(256) as u8),
                1 => {
                    let letter = char::from_u32(self.below(0x11_0000) as u32).unwrap_or('\u{fffd}');
                    input.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
                }
                2 if !input.is_empty() => {
                    let at = self.below(input.len() as u64) as usize;
                    input.remove(at);
                }
                3 if !input.is_empty() => {
                    let at = self.below(input.len() as u64) as usize;
                    let again = input[at..].to_vec();
                    input.extend(again.iter().take(32));
                }
                _ => {
                    let piece = pieces[self.below(pieces.len() as u64) as usize];
                    input.extend(piece.as_bytes());
                }
            }
        }
    }
}
