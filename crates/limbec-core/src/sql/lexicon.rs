//! The lexical rules by which databases differ, as a value.

/// How one database reads SQL text: what is a comment, a string, a name, and where a statement ends.
///
/// Each dialect has its own (`dialect/<name>/lexicon.rs`). A new one begins with
/// [`Lexicon::STANDARD`] and says what it adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lexicon {
    /// Which characters make a word, and which are white space.
    pub words: Words,
    /// Whether digits may begin a word that has letters behind them (MySQL's `1st`).
    pub words_after_digits: bool,
    /// Whether `/* … */` nest.
    pub nested_comments: bool,
    /// Whether `--` begins a comment only before white space or at the text's end.
    pub dashes_need_space: bool,
    /// Whether `#` begins a comment that lasts to the end of its line.
    pub hash_comments: bool,
    /// Whether what stands in `/*! … */` and `/*M! … */` is run.
    pub executable_comments: bool,
    /// Whether a backslash escapes the next character of a string.
    pub backslashes: bool,
    /// Whether it does in `E'…'`.
    pub escape_strings: bool,
    /// Whether `U&'…'` and `U&"…"` hold characters by their numbers.
    pub unicode_escapes: bool,
    /// The letters, in lower case, that may stand right before a string: `x'ff'`.
    pub string_prefixes: &'static [u8],
    /// Whether `'…'` is a name if it stands where only a name may stand.
    pub strings_as_names: bool,
    /// What `"…"` is.
    pub double_quotes: DoubleQuotes,
    /// Whether `` `…` `` is a name.
    pub backticks: bool,
    /// What `[…]` is.
    pub brackets: Brackets,
    /// Whether `$tag$…$tag$` is a string.
    pub dollar_quotes: bool,
    /// What a `CREATE` makes whose body (`BEGIN … END`) holds statements of its own.
    pub bodies: &'static [&'static str],
    /// Whether a body is one statement, with or without `BEGIN … END`, and may hold
    /// `IF … END IF`, `CASE … END CASE`, `LOOP`, `REPEAT`, `WHILE` and `FOR`.
    pub compound_statements: bool,
    /// Whether a line `DELIMITER //` says what ends the statements below it, as for MySQL's client.
    pub delimiter_lines: bool,
}

/// Which characters make a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// Unicode's letters and digits; white space is Unicode's.
    Letters,
    /// ASCII's letters and digits, and everything beyond ASCII; white space is ASCII's.
    BeyondAscii,
}

/// What `"…"` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoubleQuotes {
    /// A name.
    Name,
    /// A string.
    Text,
}

/// What `[…]` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brackets {
    /// Punctuation, as for arrays.
    Symbols,
    /// A name.
    Name,
    /// A name where a letter follows the bracket, else punctuation.
    NameBeforeLetter,
}

impl Lexicon {
    /// What all databases read alike.
    pub const STANDARD: Lexicon = Lexicon {
        words: Words::BeyondAscii,
        words_after_digits: false,
        nested_comments: false,
        dashes_need_space: false,
        hash_comments: false,
        executable_comments: false,
        backslashes: false,
        escape_strings: false,
        unicode_escapes: false,
        string_prefixes: b"x",
        strings_as_names: false,
        double_quotes: DoubleQuotes::Name,
        backticks: false,
        brackets: Brackets::Symbols,
        dollar_quotes: false,
        bodies: &[],
        compound_statements: false,
        delimiter_lines: false,
    };

    /// What limbec read SQL by before each dialect had its own: PostgreSQL's and SQLite's rules
    /// together.
    ///
    /// For text of no dialect whose reading must never change: the SQL of models' attributes, and the
    /// checksums that journals keep.
    pub const NEUTRAL: Lexicon = Lexicon {
        words: Words::Letters,
        nested_comments: true,
        escape_strings: true,
        string_prefixes: b"xbn",
        strings_as_names: true,
        backticks: true,
        brackets: Brackets::NameBeforeLetter,
        dollar_quotes: true,
        bodies: &["TRIGGER", "FUNCTION", "PROCEDURE"],
        ..Lexicon::STANDARD
    };

    /// The text without the white space round it.
    pub(super) fn trim<'a>(&self, text: &'a str) -> &'a str {
        text.trim_matches(|c| self.is_space(c))
    }

    pub(super) fn is_space(&self, c: char) -> bool {
        match self.words {
            Words::Letters => c.is_whitespace(),
            Words::BeyondAscii => c.is_ascii_whitespace() || c == '\u{b}',
        }
    }

    /// Whether a word may begin with a character.
    pub(super) fn begins_word(&self, c: char) -> bool {
        match self.words {
            Words::Letters => {
                c == '_' || c.is_alphabetic() || (!c.is_ascii() && c.is_alphanumeric())
            }
            Words::BeyondAscii => c == '_' || c.is_ascii_alphabetic() || !c.is_ascii(),
        }
    }
}

/// MySQL's and MariaDB's rules, by which no dialect reads yet: the lexer is ready for them.
#[cfg(test)]
pub(super) const MYSQL: Lexicon = Lexicon {
    words_after_digits: true,
    dashes_need_space: true,
    hash_comments: true,
    executable_comments: true,
    backslashes: true,
    string_prefixes: b"xbn",
    double_quotes: DoubleQuotes::Text,
    backticks: true,
    bodies: &["TRIGGER", "FUNCTION", "PROCEDURE", "EVENT"],
    compound_statements: true,
    delimiter_lines: true,
    ..Lexicon::STANDARD
};
