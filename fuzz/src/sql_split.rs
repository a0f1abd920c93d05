//! Any text as SQL, divided into statements and tokens by every database's rules; nothing but white space,
//! `;` and comments may go missing.

use limbec_core::dialect;
use limbec_core::sql::{Lexicon, TokenKind, split, tokens};

pub const PIECES: &[&str] = &[
    "SELECT ", "1", ";", "\n", " ", "'", "''", "\"", "$$", "$a$", "E'\\'", "\\", "/*", "*/", "--", "BEGIN",
    " ATOMIC ", "END", "CASE ", "CREATE FUNCTION f() ", "CREATE TRIGGER t ", "AS ", "RETURN ", "(", ")", "[",
    "]", "`", "U&'", "x'00'", "é", "\0", "\u{1b}", "COMMIT", ".5e", "1.e+", ":=", "::", "\r\n", "\u{2028}",
];

/// Divides the text by the rules of each database.
pub fn run(bytes: &[u8]) {
    let Some(text) = crate::text(bytes) else { return };
    let dialects = dialect::ALL.iter().map(|it| it.lexicon());
    for lexicon in dialects.chain([&Lexicon::STANDARD, &Lexicon::NEUTRAL]) {
        check(text, lexicon);
    }
}

fn check(text: &str, lexicon: &Lexicon) {
    let mut end = 0;
    for token in tokens(text, lexicon) {
        assert!(text[end..token.start].trim().is_empty());
        assert_eq!(&text[token.start..token.end()], token.text);
        end = token.end();
    }
    assert!(text[end..].trim().is_empty());

    let divides = |gap: &str| {
        tokens(gap, lexicon).all(|it| it.is_symbol(";") || it.kind == TokenKind::Comment)
    };
    let mut behind = 0;
    for statement in split(text, lexicon) {
        let start = statement.as_ptr().addr() - text.as_ptr().addr();
        assert!(divides(&text[behind..start]));
        behind = start + statement.len();
    }
    assert!(divides(&text[behind..]));
}
