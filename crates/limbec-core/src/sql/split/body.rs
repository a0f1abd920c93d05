//! The bodies of triggers, routines and events, whose semicolons divide nothing.

use super::super::{Lexicon, Token, TokenKind};

/// What is known of the body of the statement that is being read.
pub(super) enum Body {
    /// `BEGIN … END` round statements: the number of those that are open, and of the `CASE … END`
    /// within.
    Block(usize),
    /// One statement, which may hold others.
    Statement(Statement),
    /// The actions of a rule, in parentheses: how many of these are open.
    Actions(usize),
}

impl Body {
    /// The body of what a `CREATE` makes, if that has one.
    pub(super) fn of(made: &Token<'_>, lexicon: &Lexicon) -> Option<Self> {
        let is_made = |it: &&&str| made.is_word(it);
        let made = lexicon.bodies.iter().find(is_made)?;
        Some(if *made == "RULE" {
            Body::Actions(0)
        } else if lexicon.compound_statements {
            Body::Statement(Statement {
                place: Place::Head(Head::of(made)),
                open: Vec::new(),
            })
        } else {
            Body::Block(0)
        })
    }

    /// Whether a semicolon is part of the body.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Body::Block(open) | Body::Actions(open) => *open > 0,
            Body::Statement(statement) => !statement.open.is_empty(),
        }
    }

    /// Takes the next token; comments are left out.
    pub(super) fn take(&mut self, token: &Token<'_>) {
        match self {
            Body::Block(open) => {
                // `BEGIN ATOMIC` and a trigger's `BEGIN` open a body; `CASE … END` nests inside one.
                if token.is_word("BEGIN") || (token.is_word("CASE") && *open > 0) {
                    *open += 1;
                } else if token.is_word("END") {
                    *open = open.saturating_sub(1);
                }
            }
            Body::Statement(statement) => statement.take(token),
            Body::Actions(open) => {
                if token.is_symbol("(") {
                    *open += 1;
                } else if token.is_symbol(")") {
                    *open = open.saturating_sub(1);
                }
            }
        }
    }
}

/// A body that is one statement. Whether a word begins something that an `END` ends depends on where
/// it stands: `IF` begins a statement or is a function, `CASE` a statement or an expression.
pub(super) struct Statement {
    place: Place,
    /// What is open, the innermost last.
    open: Vec<Open>,
}

/// Something that an `END` ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// It holds statements.
    Statement,
    /// `CASE` in an expression.
    Expression,
}

/// Where the next token stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the body.
    Head(Head),
    /// Behind the head: what is said of the body, of which this many words say anything, then the body.
    Tail(usize),
    /// Where a statement may begin.
    Start,
    /// In a statement.
    Inside,
    /// Behind an `END`, where a word says what ends.
    End,
    /// Behind `DECLARE`.
    Declare,
    /// Behind `HANDLER`: its conditions. `whole` if a statement may follow.
    Handler { whole: bool },
    /// Behind `UNTIL`: an expression, then `END`.
    Until,
}

/// What the head ends with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    /// A trigger's `FOR EACH ROW`.
    Row,
    /// An event's `DO`.
    Do,
    /// A routine's parameters, of whose parentheses this many are open.
    Parameters(usize),
}

impl Head {
    fn of(made: &str) -> Self {
        match made {
            "TRIGGER" => Head::Row,
            "EVENT" => Head::Do,
            _ => Head::Parameters(0),
        }
    }

    fn next(self, token: &Token<'_>) -> Place {
        const BODY: Place = Place::Tail(0);
        match self {
            Head::Row if token.is_word("ROW") => BODY,
            Head::Do if token.is_word("DO") => BODY,
            Head::Parameters(open) if token.is_symbol("(") => {
                Place::Head(Head::Parameters(open + 1))
            }
            Head::Parameters(1) if token.is_symbol(")") => BODY,
            Head::Parameters(open) if token.is_symbol(")") => {
                Place::Head(Head::Parameters(open.saturating_sub(1)))
            }
            head => Place::Head(head),
        }
    }
}

/// Words between the head and the body, each with the number of words that follow it in any case.
const TAIL: [(&str, usize); 24] = [
    ("FOLLOWS", 1),
    ("PRECEDES", 1),
    ("RETURNS", 1),
    ("UNSIGNED", 0),
    ("ZEROFILL", 0),
    ("PRECISION", 0),
    ("VARYING", 0),
    ("BINARY", 0),
    // `CHARACTER SET latin1`.
    ("CHARACTER", 2),
    ("CHARSET", 1),
    ("COLLATE", 1),
    ("LANGUAGE", 1),
    ("COMMENT", 0),
    ("NOT", 0),
    ("DETERMINISTIC", 0),
    ("CONTAINS", 0),
    ("NO", 0),
    ("READS", 0),
    ("MODIFIES", 0),
    ("SQL", 0),
    ("DATA", 0),
    ("SECURITY", 0),
    ("DEFINER", 0),
    ("INVOKER", 0),
];

/// What begins a statement that an `END` ends.
const OPENING: [&str; 7] = ["BEGIN", "IF", "CASE", "LOOP", "REPEAT", "WHILE", "FOR"];

impl Statement {
    fn take(&mut self, token: &Token<'_>) {
        self.place = match self.place {
            Place::Head(head) => head.next(token),
            _ if token.kind == TokenKind::Word => self.word(token),
            _ if token.is_symbol(";") => Place::Start,
            // A label ends so, and so does the word before a `:=`.
            Place::Inside if token.is_symbol(":") => Place::Start,
            Place::Start | Place::End => Place::Inside,
            Place::Handler { whole: true } if !token.is_symbol(",") => Place::Inside,
            Place::Handler { whole } => Place::Handler { whole: !whole },
            Place::Tail(any) if token.kind == TokenKind::QuotedName => {
                Place::Tail(any.saturating_sub(1))
            }
            same => same,
        };
    }

    fn word(&mut self, word: &Token<'_>) -> Place {
        let is = |text: &str| word.is_word(text);
        let place = self.place;
        let may_begin = matches!(
            place,
            Place::Start | Place::Handler { whole: true } | Place::Tail(0)
        );
        let innermost = self.open.last().copied();
        if is("END") {
            return self.end();
        }
        if may_begin && OPENING.iter().any(|it| is(it)) {
            self.open.push(Open::Statement);
            let holds_at_once = is("BEGIN") || is("LOOP") || is("REPEAT");
            return if holds_at_once {
                Place::Start
            } else {
                Place::Inside
            };
        }
        match place {
            // It says what ends.
            Place::End => Place::Inside,
            Place::Tail(any) if any > 0 => Place::Tail(any - 1),
            Place::Tail(_) => {
                let known = TAIL.iter().find(|(it, _)| is(it));
                known.map_or(Place::Inside, |(_, any)| Place::Tail(*any))
            }
            Place::Handler { whole: false } => Place::Handler {
                whole: !["FOR", "SQLSTATE", "VALUE", "NOT"].iter().any(|it| is(it)),
            },
            Place::Declare if is("HANDLER") => Place::Handler { whole: false },
            Place::Start if is("DECLARE") => Place::Declare,
            Place::Start if is("UNTIL") => Place::Until,
            _ if is("CASE") => {
                self.open.push(Open::Expression);
                self.within()
            }
            _ if innermost == Some(Open::Statement) && (is("THEN") || is("ELSE")) => Place::Start,
            // `DO` is a statement too.
            Place::Inside if innermost == Some(Open::Statement) && is("DO") => Place::Start,
            _ => self.within(),
        }
    }

    fn end(&mut self) -> Place {
        let ends = match self.open.last() {
            Some(Open::Expression) => true,
            Some(Open::Statement) => matches!(self.place, Place::Start | Place::Until),
            None => false,
        };
        let ended = if ends { self.open.pop() } else { None };
        match ended {
            Some(Open::Statement) => Place::End,
            _ => self.within(),
        }
    }

    /// The place behind a word that changes none.
    fn within(&self) -> Place {
        match self.place {
            Place::Declare | Place::Until => self.place,
            _ => Place::Inside,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::split;
    use crate::sql::Lexicon;
    use crate::sql::lexicon::MYSQL;

    const TRIGGER: &str = "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW";

    /// Holds that each text is one statement, and ends before the next.
    fn are_one(texts: &[&str]) {
        for text in texts {
            let followed = format!("{text};\nSELECT 9");
            assert_eq!(split(&followed, &MYSQL), [*text, "SELECT 9"], "{text}");
        }
    }

    /// Holds that the body of a trigger is all there is of a statement, with each way to lead up to it.
    fn are_bodies(bodies: &[&str]) {
        for body in bodies {
            for head in [
                TRIGGER,
                "CREATE TRIGGER IF NOT EXISTS `if` AFTER UPDATE ON b FOR EACH ROW FOLLOWS `case`",
                "create or replace definer = root@localhost trigger t before delete on a for each row precedes loop_it",
                "CREATE PROCEDURE p()",
                "CREATE DEFINER = CURRENT_USER() PROCEDURE p(IN a DECIMAL(3, 2), OUT b INT) \
                 COMMENT 'if; case' LANGUAGE SQL NOT DETERMINISTIC MODIFIES SQL DATA SQL SECURITY INVOKER",
                "CREATE FUNCTION f(a INT) RETURNS VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin \
                 DETERMINISTIC NO SQL",
                "CREATE FUNCTION f() RETURNS SET('a', 'b') CHARSET latin1 READS SQL DATA",
                "CREATE OR REPLACE DEFINER = root@localhost AGGREGATE FUNCTION f(a INT) RETURNS INT UNSIGNED",
                "CREATE EVENT e ON SCHEDULE EVERY 1 DAY ENDS CURRENT_TIMESTAMP + INTERVAL 1 WEEK \
                 ON COMPLETION PRESERVE COMMENT 'x' DO",
                "ALTER EVENT e DO",
            ] {
                are_one(&[&format!("{head} {body}")]);
            }
        }
    }

    #[test]
    fn a_body_without_semicolons_is_an_ordinary_statement() {
        are_bodies(&[
            "SET NEW.x = 1",
            "SET NEW.x = IF(NEW.y, 1, 2), NEW.z := IF(1, 2, 3)",
            "INSERT INTO b SELECT CASE a WHEN 1 THEN 2 ELSE IF(a, b, c) END, REPEAT('x', 3) FROM c",
            "REPLACE INTO b VALUES (REPLACE('a', 'b', 'c'))",
            "RETURN CASE WHEN a THEN b END",
            "CREATE TABLE IF NOT EXISTS b (x INT)",
            "DROP TABLE IF EXISTS b",
            "UPDATE b SET `end` = 1 WHERE `begin` = 2",
        ]);
    }

    #[test]
    fn a_block_may_hold_blocks() {
        are_bodies(&[
            "BEGIN END",
            "BEGIN SELECT 1; BEGIN SELECT 2; END; END",
            "l: BEGIN SELECT 1; m: BEGIN LEAVE m; END m; END l",
            "BEGIN DECLARE a, b INT DEFAULT CASE WHEN 1 THEN 2 END; SET a = 1; END",
        ]);
    }

    #[test]
    fn what_ends_by_its_name_needs_no_block() {
        are_bodies(&[
            "IF NEW.x THEN SET NEW.y = 1; END IF",
            "IF (NEW.x, 1) = (2, 3) THEN SET NEW.y = 1; ELSEIF a THEN DO 1; ELSE SELECT 2; END IF",
            "IF IF(a, b, c) THEN IF d THEN SELECT 1; END IF; ELSE IF e THEN SELECT 2; END IF; END IF",
            "CASE NEW.x WHEN 1 THEN SET NEW.y = 1; ELSE BEGIN END; END CASE",
            "CASE WHEN CASE a WHEN 1 THEN 2 END THEN SELECT CASE WHEN b THEN IF(1, 2, 3) END; END CASE",
            "LOOP SELECT 1; END LOOP",
            "l: LOOP IF a THEN LEAVE l; END IF; ITERATE l; END LOOP l",
            "REPEAT SET @x = @x + 1; UNTIL @x > CASE WHEN a THEN 1 END END REPEAT",
            "WHILE a < 3 DO SET a = a + 1; DO IF(a, SLEEP(1), 0); END WHILE",
            "FOR i IN 1..3 DO SELECT i; END FOR",
            "BEGIN IF a THEN SELECT 1; END IF; FOR i IN 1..3 DO SELECT i; END FOR; SELECT 2; END",
        ]);
    }

    #[test]
    fn a_handler_holds_a_statement() {
        are_bodies(&[
            "BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; END; SELECT 1; END",
            "BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND, SQLSTATE VALUE '23000', 1051, odd \
             IF a THEN SET b = 1; END IF; SELECT 1; END",
            "BEGIN DECLARE CONTINUE HANDLER FOR SQLSTATE '23000' SET a = CASE WHEN b THEN 1 END; END",
            "BEGIN DECLARE c CURSOR FOR SELECT CASE WHEN a THEN IF(1, 2, 3) END FROM b; OPEN c; END",
        ]);
    }

    #[test]
    fn what_makes_no_body_ends_at_its_semicolon() {
        for text in [
            "CREATE TABLE event (id INT)",
            "CREATE TABLE a (id INT) COMMENT 'TRIGGER; BEGIN'",
            "CREATE VIEW event AS SELECT CASE a WHEN 1 THEN 2 END FROM b",
            "CREATE FUNCTION f RETURNS STRING SONAME 'f.so'",
            "ALTER PROCEDURE p COMMENT 'x'",
            "DROP TRIGGER IF EXISTS t",
            "BEGIN",
            "SELECT IF(1, 2, 3)",
        ] {
            are_one(&[text]);
        }
    }

    #[test]
    fn a_delimiter_line_says_what_ends_a_statement() {
        let cases: [(&str, &[&str]); 8] = [
            (
                "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END //\nDELIMITER ;\nSELECT 2; SELECT 3",
                &[
                    "CREATE PROCEDURE p() BEGIN SELECT 1; END",
                    "SELECT 2",
                    "SELECT 3",
                ],
            ),
            // The words do not run into it.
            (
                "delimiter $$\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SELECT 1; END$$ SELECT 2$$",
                &[
                    "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SELECT 1; END",
                    "SELECT 2",
                ],
            ),
            // It ends what lacks its `END` as well.
            (
                "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; //\nSELECT 2//",
                &["CREATE PROCEDURE p() BEGIN SELECT 1;", "SELECT 2"],
            ),
            (
                "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=a@b*/ /*!50003 TRIGGER t AFTER INSERT ON a FOR EACH ROW SET @x = 1 */;;\nDELIMITER ;\n",
                &[
                    "/*!50003 CREATE*/ /*!50017 DEFINER=a@b*/ /*!50003 TRIGGER t AFTER INSERT ON a FOR EACH ROW SET @x = 1 */",
                ],
            ),
            // In a string or a comment it ends nothing.
            (
                "DELIMITER //\nSELECT '//' /* // */ -- //\n, 1//",
                &["SELECT '//' /* // */ -- //\n, 1"],
            ),
            (
                "DELIMITER //\nSELECT 1; SELECT 2//",
                &["SELECT 1", "SELECT 2"],
            ),
            ("DELIMITER\n", &["DELIMITER"]),
            ("SELECT delimiter // 2", &["SELECT delimiter // 2"]),
        ];
        for (text, expected) in cases {
            assert_eq!(split(text, &MYSQL), expected, "{text}");
        }
        let text = "DELIMITER //\nSELECT 1//";
        assert_eq!(split(text, &Lexicon::STANDARD), [text]);
    }
}
