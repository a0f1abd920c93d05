//! What a dialect makes of an operation: SQL, and how it is to be run.
//!
//! Plain data. The executor runs steps in their order and knows no dialect's DDL; `--sql` and dry
//! runs print the same steps.

/// One statement for the database, or one question to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The statement, without a closing semicolon.
    pub sql: String,
    /// Whether it may run inside a transaction.
    pub transactional: bool,
    /// What the statement must answer, where it is a check.
    pub expect: Option<Expectation>,
}

/// What a check must answer for the transaction to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The one value of the one row.
    pub value: String,
    /// What it means when the answer differs, as a sentence.
    pub otherwise: String,
}

impl Step {
    /// Makes a step of a statement that runs inside the revision's transaction.
    pub fn new(sql: impl Into<String>) -> Self {
        Step {
            sql: sql.into(),
            transactional: true,
            expect: None,
        }
    }

    /// Makes a check: a query with one value that must be as given, else the transaction is
    /// rolled back with the message.
    pub fn check(
        sql: impl Into<String>,
        value: impl Into<String>,
        otherwise: impl Into<String>,
    ) -> Self {
        let expect = Expectation {
            value: value.into(),
            otherwise: otherwise.into(),
        };
        Step {
            sql: sql.into(),
            transactional: true,
            expect: Some(expect),
        }
    }

    /// Takes the statement out of the transaction.
    pub fn outside_transaction(mut self) -> Self {
        self.transactional = false;
        self
    }
}
