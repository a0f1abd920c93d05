//! A revision's operations, divided at the places where a transaction must end.

use crate::dialect::{Dialect, Isolation};
use crate::operations::{Operation, Timeout};
use crate::sql::split;

/// Operations that are carried out together: in one transaction, or one alone outside of any.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The operations, in order.
    pub operations: Vec<Operation>,
    /// Whether they run outside a transaction.
    pub outside: bool,
    /// The limits that the revision has set before the group, the latest of each kind.
    pub timeouts: Vec<(Timeout, String)>,
}

/// Divides the operations of a revision: most revisions are one group. There is always one, for
/// the version rows.
pub fn groups(operations: &[Operation], dialect: &dyn Dialect) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut timeouts: Vec<(Timeout, String)> = Vec::new();
    // Whether the last group takes more operations.
    let mut open = false;
    for operation in operations.iter().flat_map(|it| statements(it, dialect)) {
        let isolation = dialect.isolation(&operation);
        if let Operation::SetTimeout { timeout, time } = &operation {
            timeouts.retain(|(kind, _)| kind != timeout);
            timeouts.push((*timeout, time.clone()));
            if !open {
                continue;
            }
        }
        let joins = |group: &&mut Group| {
            let joined = isolation == Isolation::Shared;
            joined && !dialect.must_commit(&group.operations, &operation)
        };
        match groups.last_mut().filter(|_| open).filter(joins) {
            Some(group) => group.operations.push(operation),
            None => groups.push(Group {
                operations: vec![operation],
                outside: isolation == Isolation::Outside,
                timeouts: timeouts.clone(),
            }),
        }
        open = isolation == Isolation::Shared;
    }
    if groups.is_empty() {
        groups.push(Group {
            operations: Vec::new(),
            outside: false,
            timeouts,
        });
    }
    groups
}

/// The statements of raw SQL one by one, where one of them needs a group of its own.
fn statements(operation: &Operation, dialect: &dyn Dialect) -> Vec<Operation> {
    let Operation::Execute { sql, dialect: only } = operation else {
        return vec![operation.clone()];
    };
    let parts = split(sql);
    let one = |statement: &str| Operation::Execute {
        sql: statement.to_string(),
        dialect: only.clone(),
    };
    let parts: Vec<Operation> = parts.into_iter().map(one).collect();
    let special = |it: &Operation| dialect.isolation(it) != Isolation::Shared;
    if parts.len() > 1 && parts.iter().any(special) {
        parts
    } else {
        vec![operation.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{postgres::Postgres, sqlite::Sqlite};
    use crate::operations::Operations;
    use crate::schema::{EnumType, Index, Table};

    fn shape(dialect: &dyn Dialect, build: impl FnOnce(&mut Operations)) -> Vec<(usize, bool)> {
        let mut op = Operations::new();
        build(&mut op);
        let groups = groups(&op.into_vec(), dialect);
        groups
            .iter()
            .map(|group| (group.operations.len(), group.outside))
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
        };
        assert_eq!(
            shape(&Postgres, build),
            [(1, false), (1, true), (2, false), (1, false), (2, false)]
        );
        assert_eq!(shape(&Postgres, |_| {}), [(0, false)]);
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
    fn limits_go_with_what_follows() {
        let mut op = Operations::new();
        op.lock_timeout("5s");
        op.create_index("a", Index::new("i", ["x"]).concurrently());
        op.lock_timeout("7s");
        op.drop_table("b");
        op.statement_timeout("1min");
        op.drop_table("c");
        let groups = groups(&op.into_vec(), &Postgres);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].timeouts, [(Timeout::Lock, "5s".to_string())]);
        assert_eq!(groups[1].timeouts, [(Timeout::Lock, "7s".to_string())]);
        assert_eq!(groups[1].operations.len(), 3);
    }
}
