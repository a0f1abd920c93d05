//! A revision's operations, divided where a transaction must end.

use super::Step;
use super::compile::{Compiling, Statement};
use crate::dialect::{Dialect, Frame, Isolation};
use crate::operations::{Operation, Timeout, overwrites, raw_in_words};
use crate::sql::{Lexicon, split};

/// Operations that run together: in one transaction, or outside any.
///
/// A part and its row of the journal commit together, so an interrupted revision goes on with the
/// first part that is not done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Part {
    /// The operations, in order.
    pub operations: Vec<Operation>,
    /// For each operation, which one of the revision it comes from, counted from 0: raw SQL may
    /// be divided between parts.
    pub origins: Vec<usize>,
    /// In place of operations, statements that were made in an earlier run and kept.
    pub kept: Vec<Step>,
    /// Whether they run outside a transaction.
    pub outside: bool,
    /// The limits that the revision has set before the part, the latest of each kind.
    pub timeouts: Vec<(Timeout, String)>,
}

impl Part {
    /// Operations as one part, whatever a transaction would say of them.
    pub fn of(operations: Vec<Operation>) -> Self {
        Part {
            origins: (0..operations.len()).collect(),
            operations,
            ..Part::default()
        }
    }

    /// The operation of this part that a statement comes from.
    pub fn operation(&self, statement: &Statement) -> Option<&Operation> {
        self.operations.get(statement.origin?.in_part)
    }

    /// What a statement comes from, in words: its operation, or the statement itself if that is one
    /// of an operation's raw SQL, or one that was kept.
    pub fn words(&self, statement: &Statement) -> Option<String> {
        let is_check = statement.step.expect.is_some();
        match self.operation(statement) {
            Some(raw @ Operation::Execute { .. }) if !is_check => {
                Some(raw.in_words_of(&statement.step.sql))
            }
            Some(operation) => Some(operation.to_string()),
            None if is_check || self.kept.is_empty() => None,
            None => Some(raw_in_words(&statement.step.sql)),
        }
    }

    /// All that it does, in words.
    pub fn all_words(&self) -> impl Iterator<Item = String> {
        let kept = self.kept.iter().filter(|it| it.expect.is_none());
        let operations = self.operations.iter().map(ToString::to_string);
        operations.chain(kept.map(|it| raw_in_words(&it.sql)))
    }

    /// Whether rows or values may be lost or be other ones afterwards, so that only a copy brings
    /// them back.
    pub fn may_lose_data(&self, lexicon: &Lexicon) -> bool {
        (self.operations.iter()).any(|it| it.may_lose_data(lexicon))
            || self.kept.iter().any(|it| overwrites(&it.sql, lexicon))
    }

    /// The transaction round it.
    pub fn frame(&self, dialect: &dyn Dialect) -> Frame {
        if self.kept.is_empty() {
            dialect.frame(&self.operations)
        } else {
            dialect.frame_of_kept()
        }
    }

    /// Starts compiling the part.
    pub fn compile<'p>(&'p self, dialect: &'static dyn Dialect) -> Compiling<'p> {
        Compiling::new(self, dialect)
    }
}

/// Divides the operations of a revision into parts: most revisions have one. There is always one,
/// for the version rows.
pub fn parts(operations: &[Operation], dialect: &dyn Dialect) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut timeouts: Vec<(Timeout, String)> = Vec::new();
    // Whether the last part takes more operations, what others wait for in it, and its locks.
    let mut open = false;
    let mut awaited: Vec<Operation> = Vec::new();
    let mut locks = 0;
    let statements = operations.iter().enumerate().flat_map(|(origin, it)| {
        statements(it, dialect)
            .into_iter()
            .map(move |it| (origin, it))
    });
    for (origin, operation) in statements {
        let isolation = dialect.isolation(&operation);
        if let Operation::SetTimeout { timeout, time } = &operation {
            timeouts.retain(|(kind, _)| kind != timeout);
            timeouts.push((*timeout, time.clone()));
            if !open {
                continue;
            }
        }
        let more = dialect.locks(&operation);
        let joins = open
            && isolation == Isolation::Shared
            && locks + more <= dialect.most_locks()
            && !dialect.must_commit(&awaited, &operation);
        if !joins {
            awaited.clear();
            locks = 0;
        }
        locks += more;
        if dialect.is_awaited(&operation) {
            awaited.push(operation.clone());
        }
        match parts.last_mut().filter(|_| joins) {
            Some(part) => {
                part.operations.push(operation);
                part.origins.push(origin);
            }
            None => parts.push(Part {
                operations: vec![operation],
                origins: vec![origin],
                outside: isolation == Isolation::Outside,
                timeouts: timeouts.clone(),
                ..Part::default()
            }),
        }
        open = isolation == Isolation::Shared;
    }
    if parts.is_empty() {
        parts.push(Part {
            timeouts,
            ..Part::default()
        });
    }
    parts
}

/// Raw SQL in the parts that need parts of their own, if it has such.
fn statements(operation: &Operation, dialect: &dyn Dialect) -> Vec<Operation> {
    let Operation::Execute {
        sql,
        dialect: only,
        autocommit,
    } = operation
    else {
        return vec![operation.clone()];
    };
    let one = |statement: &str| Operation::Execute {
        sql: statement.to_string(),
        dialect: only.clone(),
        autocommit: *autocommit,
    };
    let pieces = split(sql, dialect.lexicon());
    let pieces: Vec<Operation> = pieces.into_iter().map(one).collect();
    let special = |it: &Operation| dialect.isolation(it) != Isolation::Shared;
    if pieces.len() > 1 && pieces.iter().any(special) {
        pieces
    } else {
        vec![operation.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{postgres::Postgres, sqlite::Sqlite};
    use crate::operations::Operations;
    use crate::schema::{Column, EnumType, Index, Integer, PrimaryKey, Table};
    use crate::steps::Knowledge;

    fn shape(dialect: &dyn Dialect, build: impl FnOnce(&mut Operations)) -> Vec<(usize, bool)> {
        let mut op = Operations::new();
        build(&mut op);
        let parts = parts(&op.into_vec(), dialect);
        parts
            .iter()
            .map(|part| (part.operations.len(), part.outside))
            .collect()
    }

    #[test]
    fn a_concurrent_index_parts_its_revision() {
        let build = |op: &mut Operations| {
            op.create_table(Table::new("a"));
            op.create_table(Table::new("b"));
            op.create_index("a", Index::new("i", ["x"]).concurrently());
            op.drop_table("b");
        };
        assert_eq!(shape(&Postgres, build), [(2, false), (1, true), (1, false)]);
        assert_eq!(shape(&Sqlite, build), [(4, false)]);
    }

    #[test]
    fn raw_sql_is_parted_by_its_statements() {
        let build = |op: &mut Operations| {
            op.execute("SELECT 1; VACUUM; SELECT 2; SELECT 3");
            op.execute("-- autocommit\nALTER TYPE mood ADD VALUE 'x'; SELECT 4");
            op.execute_on("sqlite", "VACUUM");
            op.execute_autocommit("ALTER TYPE mood ADD VALUE 'a; b'; CALL fill();");
            op.execute_autocommit_on("sqlite", "SELECT 5; SELECT 6");
        };
        let before = [(1, false), (1, true), (2, false), (1, false), (2, false)];
        assert_eq!(
            shape(&Postgres, build),
            [&before[..], &[(1, false), (1, true), (1, false)]].concat()
        );
        assert_eq!(shape(&Postgres, |_| {}), [(0, false)]);
    }

    #[test]
    fn each_dialect_divides_raw_sql_by_its_own_rules() {
        let mut op = Operations::new();
        op.execute_autocommit("UPDATE [it's; odd] SET a = 1; VACUUM -- done\n; SELECT 'it''s'");
        let operations = op.into_vec();
        let sql = |dialect: &'static dyn Dialect| -> Vec<String> {
            let parts = parts(&operations, dialect).into_iter();
            let made = parts.map(|it| it.compile(dialect).all(&mut Knowledge::unknown()).unwrap());
            made.flatten().map(|it| it.step.sql).collect()
        };
        assert_eq!(
            sql(&Sqlite),
            [
                "-- autocommit\nUPDATE [it's; odd] SET a = 1",
                "-- autocommit\nVACUUM -- done",
                "-- autocommit\nSELECT 'it''s'",
            ]
        );
        // The string that PostgreSQL reads from `it's` on ends before `it''s`.
        assert_eq!(sql(&Postgres).len(), 1);
    }

    #[test]
    fn a_label_is_committed_before_it_is_used() {
        let build = |op: &mut Operations| {
            op.create_table(Table::new("a"));
            op.alter_enum(EnumType::new("mood", ["ok", "new"]));
            op.create_table(Table::new("b"));
            op.execute("UPDATE a SET mood = 'new'");
            op.drop_table("b");
        };
        assert_eq!(shape(&Postgres, build), [(3, false), (2, false)]);
        assert_eq!(shape(&Sqlite, build), [(5, false)]);
    }

    #[test]
    fn a_transaction_keeps_no_more_locks_than_the_server_has_room_for() {
        let table = |at: usize| {
            let id = Column::new("id", Integer).not_null();
            Table::new(format!("t{at}"))
                .column(id)
                .primary_key(PrimaryKey::new(["id"]))
        };
        let build = |op: &mut Operations| {
            (0..4_000).for_each(|at| op.create_table(table(at)));
        };
        // Three locks a table: itself, its key, and what goes with that.
        assert_eq!(
            shape(&Postgres, build),
            [(1_666, false), (1_666, false), (668, false)]
        );
        assert_eq!(shape(&Sqlite, build), [(4_000, false)]);
    }

    #[test]
    fn limits_go_with_what_follows() {
        let mut op = Operations::new();
        op.lock_timeout("5s");
        op.create_index("a", Index::new("i", ["x"]).concurrently());
        op.lock_timeout("7s");
        op.drop_table("b");
        op.statement_timeout("1min");
        op.drop_table("c");
        let parts = parts(&op.into_vec(), &Postgres);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].timeouts, [(Timeout::Lock, "5s".to_string())]);
        assert_eq!(parts[1].timeouts, [(Timeout::Lock, "7s".to_string())]);
        assert_eq!(parts[1].operations.len(), 3);
    }
}
