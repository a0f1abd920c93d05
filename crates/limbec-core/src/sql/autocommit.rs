//! The comment by which a statement leaves the transaction of its revision.

use super::{Lexicon, TokenKind, tokens};

/// The comment's words.
const MARK: &str = "autocommit";

/// Puts the comment above a statement that lacks it.
///
/// ```
/// use limbec_core::sql::{Lexicon, autocommit, is_autocommit};
/// let sql = autocommit("VACUUM", &Lexicon::STANDARD);
/// assert_eq!(sql, "-- autocommit\nVACUUM");
/// assert!(is_autocommit(&sql, &Lexicon::STANDARD));
/// ```
pub fn autocommit(statement: &str, lexicon: &Lexicon) -> String {
    if is_autocommit(statement, lexicon) {
        statement.to_string()
    } else {
        format!("-- {MARK}\n{statement}")
    }
}

/// Whether a comment line `-- autocommit` stands above the statement.
pub fn is_autocommit(statement: &str, lexicon: &Lexicon) -> bool {
    tokens(statement, lexicon)
        .take_while(|token| token.kind == TokenKind::Comment)
        .filter_map(|token| token.text.strip_prefix("--"))
        .any(|comment| comment.trim().eq_ignore_ascii_case(MARK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_comment_stands_above_its_statement() {
        let is_autocommit = |it| is_autocommit(it, &Lexicon::STANDARD);
        assert!(is_autocommit("-- why\n--  AUTOCOMMIT \nVACUUM"));
        assert!(!is_autocommit("VACUUM -- autocommit"));
        assert!(!is_autocommit("-- autocommit is not wanted here\nVACUUM"));
        assert_eq!(
            autocommit("-- autocommit\nVACUUM", &Lexicon::STANDARD),
            "-- autocommit\nVACUUM"
        );
    }
}
