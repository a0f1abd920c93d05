//! The words that a command was called with.

use crate::connection::drivers::names_a_server;

/// The options whose values may be any text.
const OF_ANY_TEXT: [&str; 6] = ["--url", "-m", "--message", "--reason", "--tag", "--rev-id"];

/// Finds the address of a database in a place where none goes, such as that of a revision: its password would
/// be in the error. Gives what to say.
///
/// ```
/// use limbec::report::misplaced_address;
/// let line = |line: &str| misplaced_address(line.split(' '));
/// assert!(line("upgrade postgresql://me:s3cret@db/shop").is_some());
/// assert!(line("upgrade head --urll=postgresql://me:s3cret@db/shop").is_some());
/// assert_eq!(line("upgrade head --url postgresql://me:s3cret@db/shop"), None);
/// assert_eq!(line("downgrade search@a1:billing@b2 --sql"), None);
/// ```
pub fn misplaced_address<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<&'static str> {
    let mut before = "";
    for word in words {
        let is_value = OF_ANY_TEXT.contains(&before)
            || OF_ANY_TEXT.iter().any(|option| {
                let value = word.strip_prefix(option);
                value.is_some_and(|it| !option.starts_with("--") || it.starts_with('='))
            });
        if !is_value && looks_like_an_address(word) {
            return Some("a database URL stands where none goes; give it by `--url`");
        }
        before = word;
    }
    None
}

/// Whether a word looks like the address of a database that has a server, or lacks a part of one.
fn looks_like_an_address(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let has_scheme = || names_a_server(&word) && word.contains(':');
    word.contains("://") || word.contains("password=") || has_scheme()
}
