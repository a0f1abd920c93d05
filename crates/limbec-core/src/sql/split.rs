//! Splits SQL text into its statements.

mod body;

use self::body::Body;
use super::tokens::Lexer;
use super::{Lexicon, Token, TokenKind};

/// Splits a text at the semicolons between statements: those in strings, quoted names, comments,
/// dollar quotes and in the bodies of triggers and routines do not count. Where a line `DELIMITER //`
/// is the lexicon's, `//` ends a statement as well, whatever stands before it.
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
    let mut lexer = Lexer::new(text, lexicon);
    let mut statements = Vec::new();
    let mut statement = Statement::new(lexicon);
    let mut start = 0;
    while let Some(token) = lexer.next() {
        if !statement.has_content
            && let Some(end) = lexer.delimiter_line(&token)
        {
            start = end;
        } else if lexer.is_delimiter(&token) || (token.is_symbol(";") && !statement.is_open()) {
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
    body: Option<Body>,
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
            body: None,
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
        if let Some(body) = &mut self.body {
            body.take(&token);
        } else if token.kind == TokenKind::Word {
            self.words += 1;
            if self.words == 1 {
                let alters = self.lexicon.compound_statements && token.is_word("ALTER");
                self.creates = alters || token.is_word("CREATE");
            }
            // `CREATE OR REPLACE DEFINER = root@localhost AGGREGATE FUNCTION` is the longest way.
            let longest = if self.lexicon.compound_statements {
                8
            } else {
                6
            };
            if self.creates && self.words <= longest {
                self.body = Body::of(&token, self.lexicon);
            }
        }
    }

    /// Whether a semicolon belongs to the statement.
    fn is_open(&self) -> bool {
        self.in_executable || self.body.as_ref().is_some_and(Body::is_open)
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
