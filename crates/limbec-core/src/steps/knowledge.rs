//! What is known of the schema that a revision's operations meet.

use std::borrow::Cow;

use crate::dialect::Dialect;
use crate::operations::{ApplyError, Operation, apply};
use crate::schema::Schema;
use crate::sql::{Lexicon, TokenKind, split, tokens};

/// The schema of a database, as far as it is known.
///
/// Starts [empty](Knowledge::empty), [reflected](Knowledge::reflected) from a database, or
/// [unknown](Knowledge::unknown), and [follows](Knowledge::follow) the operations from there: replayed
/// revisions, too. What a database makes of an operation is
/// sure only if the dialect says so; statements that run are compiled against what is sure, and
/// texts against the best that is known.
#[derive(Debug, Clone)]
pub struct Knowledge<'k> {
    schema: Option<Cow<'k, Schema>>,
    /// Whether reflection would find just this.
    sure: bool,
    /// Whether a database is at hand that can be reflected.
    can_ask: bool,
    /// Whether raw SQL ran that may have changed the schema.
    by_hand: bool,
    /// Whether statements were made in the belief that raw SQL changed nothing they depend on.
    assumed: bool,
}

/// What a statement that depends on the schema is compiled against.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'s> {
    /// This schema.
    Schema(&'s Schema),
    /// The database is to be asked.
    Ask,
    /// Nothing is known, and nobody can be asked.
    Nothing,
}

impl<'k> Knowledge<'k> {
    fn new(schema: Option<Cow<'k, Schema>>, can_ask: bool) -> Self {
        Knowledge {
            sure: schema.is_some(),
            schema,
            can_ask,
            by_hand: false,
            assumed: false,
        }
    }

    /// Nothing yet; a database is at hand to be asked.
    pub fn unknown() -> Self {
        Knowledge::new(None, true)
    }

    /// A database with nothing in it, and none at hand. What revisions make is replayed from here.
    pub fn empty() -> Self {
        Knowledge::reflected(Schema::default())
    }

    /// What a database holds, which is not asked again.
    pub fn reflected(schema: Schema) -> Self {
        Knowledge::new(Some(Cow::Owned(schema)), false)
    }

    /// Takes what the database has answered.
    pub fn read(&mut self, schema: Schema) {
        self.schema = Some(Cow::Owned(schema));
        self.sure = true;
        self.by_hand = false;
    }

    /// The best that is known.
    pub fn schema(&self) -> Option<&Schema> {
        self.schema.as_deref()
    }

    /// Whether raw SQL ran since the schema was read: what it changed is not known.
    pub fn is_by_hand(&self) -> bool {
        self.by_hand
    }

    /// Whether statements since the last call were made in the belief that raw SQL before them
    /// changed nothing they depend on.
    pub fn take_assumption(&mut self) -> bool {
        std::mem::take(&mut self.assumed)
    }

    pub(super) fn depend(&mut self) {
        self.assumed |= self.by_hand;
    }

    /// Forgets everything: a transaction was rolled back.
    pub fn forget(&mut self) {
        if self.can_ask {
            self.schema = None;
        }
    }

    /// Others may have changed the database since: no transaction of ours was open.
    pub fn doubt(&mut self) {
        self.sure = false;
    }

    /// The same for a text that is written now and follows operations on its own. Copies nothing
    /// until it has to.
    pub fn fork(&self) -> Knowledge<'_> {
        Knowledge {
            schema: self.schema.as_deref().map(Cow::Borrowed),
            sure: self.sure,
            can_ask: false,
            by_hand: self.by_hand,
            assumed: false,
        }
    }

    /// Whether following an operation would copy a schema that another one knows.
    pub(super) fn is_borrowed(&self) -> bool {
        matches!(self.schema, Some(Cow::Borrowed(_)))
    }

    pub(super) fn look(&self) -> Found<'_> {
        match &self.schema {
            Some(schema) if self.sure || !self.can_ask => Found::Schema(schema),
            _ if self.can_ask => Found::Ask,
            _ => Found::Nothing,
        }
    }

    /// Follows SQL that was kept of an earlier run: what it leaves, only the database knows.
    pub(super) fn follow_kept(&mut self) {
        self.by_hand = true;
        self.lose();
    }

    fn lose(&mut self) {
        self.sure = false;
        self.forget();
    }

    /// Follows an operation.
    ///
    /// # Errors
    /// When the operation does not fit what is known, no database is at hand, and its statements
    /// depend on the schema. Raw SQL may have made what it changes.
    pub fn follow(
        &mut self,
        dialect: &dyn Dialect,
        operation: &Operation,
    ) -> Result<(), ApplyError> {
        let is_raw = match operation {
            Operation::Execute { dialect: only, .. } => {
                only.as_deref().is_none_or(|it| dialect.answers_to(it))
            }
            _ => false,
        };
        if is_raw {
            self.by_hand |= !only_changes_rows(operation, dialect.lexicon());
            self.lose();
            return Ok(());
        }
        let Some(schema) = &mut self.schema else {
            return Ok(());
        };
        if self.sure && dialect.follow(schema.to_mut(), operation) {
            return Ok(());
        }
        self.sure = false;
        match apply(schema.to_mut(), operation, dialect.lexicon()) {
            Err(error) if !self.can_ask && dialect.needs_schema(operation) => Err(error),
            Err(_) => {
                self.forget();
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}

/// Whether raw SQL changes rows and no schema, but for what its triggers and functions may do.
fn only_changes_rows(operation: &Operation, lexicon: &Lexicon) -> bool {
    let Operation::Execute { sql, .. } = operation else {
        return false;
    };
    split(sql, lexicon).into_iter().all(|statement| {
        let first = tokens(statement, lexicon).find(|it| it.kind != TokenKind::Comment);
        let words = ["INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"];
        first.is_none_or(|it| words.iter().any(|word| it.is_word(word)))
    })
}
