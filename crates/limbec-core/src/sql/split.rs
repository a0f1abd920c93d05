//! Splits SQL text into its statements.

use super::{Lexicon, Token, TokenKind, tokens};

/// Splits a text at the semicolons between statements: those in strings, quoted names, comments,
/// dollar quotes and in the bodies of triggers and routines (`BEGIN … END`) do not count.
///
/// Statements come without their semicolon; what holds only comments is left out.
///
/// ```
/// use limbec_core::sql::{Lexicon, split};
/// assert_eq!(
///     split("SELECT ';'; -- done;\nSELECT 2", &Lexicon::STANDARD),
///     ["SELECT ';'", "-- done;\nSELECT 2"]
/// );
/// ```
pub fn split<'a>(text: &'a str, lexicon: &Lexicon) -> Vec<&'a str> {
    let mut statements = Vec::new();
    let mut statement = Statement::new(lexicon);
    let mut start = 0;
    for token in tokens(text, lexicon) {
        if token.is_symbol(";") && !statement.is_open() {
            statement.close(&mut statements, &text[start..token.start]);
            start = token.end();
        } else {
            statement.take(token);
        }
    }
    statement.close(&mut statements, &text[start..]);
    statements
}

/// What is known of the statement being read.
struct Statement<'l> {
    lexicon: &'l Lexicon,
    words: usize,
    creates: bool,
    has_body: bool,
    begins: usize,
    /// Whether the word before was an `END` that a word may follow which says what ends.
    ended: bool,
    /// Whether a comment is open whose content is run.
    in_executable: bool,
    has_content: bool,
}

impl<'l> Statement<'l> {
    fn new(lexicon: &'l Lexicon) -> Self {
        Statement {
            lexicon,
            words: 0,
            creates: false,
            has_body: false,
            begins: 0,
            ended: false,
            in_executable: false,
            has_content: false,
        }
    }

    fn take(&mut self, token: Token<'_>) {
        if token.kind == TokenKind::Comment {
            return;
        }
        self.has_content = true;
        if token.kind == TokenKind::Symbol && token.text.len() > 1 {
            let begins = token.text.starts_with("/*");
            self.in_executable = begins || (self.in_executable && token.text != "*/");
        }
        let ended = std::mem::take(&mut self.ended);
        if token.kind != TokenKind::Word {
            return;
        }
        self.words += 1;
        if self.words == 1 {
            self.creates = token.is_word("CREATE");
        }
        if self.creates && self.words <= 6 {
            self.has_body |= self.lexicon.bodies.iter().any(|it| token.is_word(it));
        }
        if !self.has_body {
            return;
        }
        let says_what_ended = |word: &&str| ended && token.is_word(word);
        if ["IF", "LOOP", "WHILE", "REPEAT"]
            .iter()
            .any(says_what_ended)
        {
            // What it ends was not counted.
            self.begins += 1;
        } else if says_what_ended(&"CASE") {
            // It was counted, as the `CASE` of an expression is.
        } else if token.is_word("BEGIN") || (token.is_word("CASE") && self.begins > 0) {
            // `BEGIN ATOMIC` and a trigger's `BEGIN` open a body; `CASE … END` nests inside one.
            self.begins += 1;
        } else if token.is_word("END") {
            self.ended = self.lexicon.named_ends && self.begins > 0;
            self.begins = self.begins.saturating_sub(1);
        }
    }

    /// Whether a semicolon belongs to the statement.
    fn is_open(&self) -> bool {
        self.begins > 0 || self.in_executable
    }

    fn close<'a>(&mut self, statements: &mut Vec<&'a str>, text: &'a str) {
        if self.has_content {
            statements.push(self.lexicon.trim(text));
        }
        *self = Statement::new(self.lexicon);
    }
}

#[cfg(test)]
mod tests {
    use super::super::split as split_by;
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        split_by(text, &Lexicon::NEUTRAL)
    }

    #[test]
    fn a_trigger_is_one_statement() {
        let trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN \
                       UPDATE a SET x = CASE WHEN 1 THEN 2 END; DELETE FROM b; END";
        assert_eq!(
            split(&format!("{trigger};\nSELECT 1;")),
            [trigger, "SELECT 1"]
        );
    }

    #[test]
    fn a_function_body_is_one_statement() {
        let function = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; SELECT 2; $$";
        assert_eq!(
            split(&format!("{function}; DROP FUNCTION f()")),
            [function, "DROP FUNCTION f()"]
        );
        let atomic = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END";
        assert_eq!(split(&format!("{atomic}; SELECT 2")), [atomic, "SELECT 2"]);
    }

    #[test]
    fn transaction_words_are_statements() {
        assert_eq!(
            split("BEGIN; SELECT 1; COMMIT;"),
            ["BEGIN", "SELECT 1", "COMMIT"]
        );
    }

    #[test]
    fn what_holds_nothing_is_left_out() {
        assert_eq!(split(" ; -- nothing\n;; "), Vec::<&str>::new());
    }
}
