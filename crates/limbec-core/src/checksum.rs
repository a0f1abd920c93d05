//! The checksums of revisions, as the journal keeps them: `1:TOKENS:BYTES`.
//!
//! Whether a revision has changed is told by its tokens, so that comments and layout don't count. To
//! make that sum takes a scanner; most files are the very same bytes as ever, and those are seen by
//! the other sum in a fraction of the time.

/// How the sum of the tokens is made, for the day on which that changes.
const KIND: &str = "1";

/// Puts a checksum together, of the sum of the tokens that count and the file's bytes.
///
/// ```
/// use limbec_core::checksum;
///
/// let then = checksum::of(7, b"op.drop_table(\"a\");");
/// let now = checksum::of(7, b"op.drop_table( \"a\" );");
/// assert!(!checksum::differ(&then, &now));
/// assert!(checksum::differ(&then, &checksum::of(8, b"")));
/// assert!(checksum::is_of(&then, checksum::of_bytes(b"op.drop_table(\"a\");")));
/// ```
pub fn of(tokens: u128, bytes: &[u8]) -> String {
    format!("{KIND}:{tokens:032x}:{:016x}", of_bytes(bytes))
}

/// The sum of a file's bytes: quick, and no proof against a forger.
pub fn of_bytes(bytes: &[u8]) -> u64 {
    // FNV-1a by words; the high bits, which multiplying fills, are mixed back into the low ones.
    let mix = |sum: u64, word: u64| {
        let product = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        product ^ (product >> 32)
    };
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(bytes.len() as u64, |sum, word| {
        mix(sum, u64::from_le_bytes(*word))
    });
    rest.iter()
        .fold(sum, |sum, byte| mix(sum, u64::from(*byte)))
}

/// Whether a checksum was made of a file with this sum of its bytes.
pub fn is_of(checksum: &str, bytes: u64) -> bool {
    let part = checksum.split(':').nth(2);
    part.and_then(|part| u64::from_str_radix(part, 16).ok()) == Some(bytes)
}

/// Whether two checksums tell two revisions apart; those of another making say nothing.
pub fn differ(then: &str, now: &str) -> bool {
    let (mut then, mut now) = (then.split(':'), now.split(':'));
    then.next() == now.next() && then.next() != now.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_a_file_counts() {
        let text = b"op.drop_column(\"collections\", \"description\");".to_vec();
        let sum = of_bytes(&text);
        let mut seen = vec![sum];
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut other = text.clone();
                other[at] ^= 1 << bit;
                seen.push(of_bytes(&other));
            }
            seen.push(of_bytes(&text[..at]));
        }
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn only_sums_of_one_making_are_compared() {
        let now = of(7, b"text");
        assert!(!differ(&of(7, b"other"), &now));
        assert!(differ(&of(8, b"text"), &now));
        // Without the bytes, as the first journals had it.
        assert!(!differ("1:00000000000000000000000000000007", &now));
        assert!(differ("1:00000000000000000000000000000008", &now));
        assert!(!is_of(
            "1:00000000000000000000000000000007",
            of_bytes(b"text")
        ));
        assert!(!differ("2:00000000000000000000000000000008", &now));
        assert!(!differ("", &now));
        assert!(is_of(&now, of_bytes(b"text")) && !is_of(&now, of_bytes(b"test")));
    }
}
