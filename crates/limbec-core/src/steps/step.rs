//! One statement a dialect makes of an operation, and how it is run.

/// One statement for the database, or one question to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The statement, without a closing semicolon.
    pub sql: String,
    /// Whether it may run inside a transaction.
    pub transactional: bool,
    /// What the statement must answer, where it is a check.
    pub expect: Option<Expectation>,
    /// What to do where it is not known whether it ran, outside a transaction.
    pub doubt: Doubt,
    /// Whether it may wait for a lock for as long as it takes: its waiting holds nobody up.
    pub patient: bool,
}

/// What to do with a statement outside a transaction of which a crash left in doubt whether it ran.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Doubt {
    /// It runs again: a second time does no harm, or the database refuses it.
    #[default]
    Again,
    /// The database is asked.
    Ask(Probe),
    /// Only a person can tell.
    Person,
}

/// A question to the database, how far a statement came that no transaction holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The question; its one value is the word of a [`Found`].
    pub question: String,
    /// The statement that takes away what is half done.
    pub clear: String,
}

/// What a [`Probe`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It has not begun.
    Nothing,
    /// Something is left of a try that failed.
    Half,
    /// Some session is at it now.
    Busy,
    /// It is done.
    Done,
}

impl Found {
    /// Reads the word that a question answers with.
    pub fn read(word: &str) -> Option<Self> {
        Some(match word {
            "nothing" => Found::Nothing,
            "half" => Found::Half,
            "busy" => Found::Busy,
            "done" => Found::Done,
            _ => return None,
        })
    }
}

/// What a check must answer for the transaction to go on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expectation {
    /// The first value of the first row.
    pub value: String,
    /// What it means when the answer differs, as a sentence.
    pub otherwise: String,
}

impl Expectation {
    /// Says that the answer is another one, with what it shows.
    ///
    /// ```
    /// use limbec_core::steps::Step;
    /// let check = Step::check("SELECT …", "0", "rows hold NULL").expect.unwrap_or_default();
    /// assert_eq!(check.unmet(Some("2"), Some("id 1; id 7")), "rows hold NULL (2 found: id 1; id 7)");
    /// ```
    pub fn unmet(&self, value: Option<&str>, examples: Option<&str>) -> String {
        match (value, examples) {
            (Some(value), Some(examples)) => {
                format!("{} ({value} found: {examples})", self.otherwise)
            }
            _ => self.otherwise.clone(),
        }
    }
}

impl Step {
    /// Makes a step of a statement that runs inside the revision's transaction.
    pub fn new(sql: impl Into<String>) -> Self {
        Step {
            sql: sql.into(),
            transactional: true,
            expect: None,
            doubt: Doubt::Again,
            patient: false,
        }
    }

    /// Makes a check: a query whose first value must be as given, else the transaction is rolled
    /// back with the message. A second value, where there is one, shows what is in the way.
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
            expect: Some(expect),
            ..Step::new(sql)
        }
    }

    /// Takes the statement out of the transaction.
    pub fn outside_transaction(mut self) -> Self {
        self.transactional = false;
        self
    }
}
