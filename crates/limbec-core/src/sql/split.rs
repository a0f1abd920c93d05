//! Splits SQL text into its statements.

use super::{Token, TokenKind, tokens};

/// Splits a text at the semicolons between statements: those in strings, quoted names, comments,
/// dollar quotes and in the bodies of triggers and functions (`BEGIN … END`) do not count.
///
/// Statements come without their semicolon; what holds only comments is left out.
///
/// ```
/// use limbec_core::sql::split;
/// assert_eq!(split("SELECT ';'; -- done;\nSELECT 2"), ["SELECT ';'", "-- done;\nSELECT 2"]);
/// ```
pub fn split(text: &str) -> Vec<&str> {
    let mut statements = Vec::new();
    let mut statement = Statement::default();
    let mut start = 0;
    for token in tokens(text) {
        if token.is_symbol(";") && !statement.in_body() {
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
#[derive(Default)]
struct Statement {
    words: usize,
    creates: bool,
    has_body: bool,
    begins: usize,
    has_content: bool,
}

impl Statement {
    fn take(&mut self, token: Token<'_>) {
        if token.kind == TokenKind::Comment {
            return;
        }
        self.has_content = true;
        if token.kind != TokenKind::Word {
            return;
        }
        self.words += 1;
        if self.words == 1 {
            self.creates = token.is_word("CREATE");
        }
        if self.creates && self.words <= 6 {
            self.has_body |= ["TRIGGER", "FUNCTION", "PROCEDURE"]
                .iter()
                .any(|it| token.is_word(it));
        }
        if !self.has_body {
            return;
        }
        // `BEGIN ATOMIC` and a trigger's `BEGIN` open a body; `CASE … END` nests inside one.
        if token.is_word("BEGIN") || (token.is_word("CASE") && self.begins > 0) {
            self.begins += 1;
        } else if token.is_word("END") {
            self.begins = self.begins.saturating_sub(1);
        }
    }

    fn in_body(&self) -> bool {
        self.begins > 0
    }

    fn close<'a>(&mut self, statements: &mut Vec<&'a str>, text: &'a str) {
        if self.has_content {
            statements.push(text.trim());
        }
        *self = Statement::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
