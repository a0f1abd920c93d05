//! The tables that a table has columns of.

use super::{ObjectName, Table};
use crate::script::builder;
use crate::sql::{Lexicon, TokenKind, is_plain, quoted, tokens};

/// The tables that a table has columns of, and with them perhaps keys (PostgreSQL).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Inheritance {
    /// None: its columns are its own.
    #[default]
    None,
    /// Those it inherits from, in order.
    Tables(Vec<ObjectName>),
    /// The one it is a partition of.
    Partition {
        /// The partitioned table.
        of: ObjectName,
        /// Which rows it holds: `FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`, `DEFAULT`.
        bound: String,
    },
}

builder! {
    constructors Inheritance {
        /// Has columns of no other table.
        fn none() {
            Inheritance::None
        }
        /// Inherits from a table.
        ///
        /// ```
        /// use limbec_core::schema::Inheritance;
        /// let parents = Inheritance::from_table("cities").and("places");
        /// assert_eq!(parents.parents().len(), 2);
        /// ```
        fn from_table(table: into ObjectName) {
            Inheritance::Tables(vec![table])
        }
        /// Is a partition of a table, with which rows it holds: `FOR VALUES IN (1, 2)`, `DEFAULT`.
        fn partition_of(table: into ObjectName, bound: into String) {
            Inheritance::Partition { of: table, bound }
        }
    }
    methods {
        /// Inherits from one more table.
        fn and(self, table: into ObjectName) {
            self.push(table);
        }
    }
}

impl Inheritance {
    /// Whether all columns are the table's own.
    pub fn is_none(&self) -> bool {
        self.parents().is_empty()
    }

    /// The tables, in order.
    pub fn parents(&self) -> &[ObjectName] {
        match self {
            Inheritance::None => &[],
            Inheritance::Tables(tables) => tables,
            Inheritance::Partition { of, .. } => std::slice::from_ref(of),
        }
    }

    /// The tables, to change their names.
    pub(crate) fn parents_mut(&mut self) -> &mut [ObjectName] {
        match self {
            Inheritance::None => &mut [],
            Inheritance::Tables(tables) => tables,
            Inheritance::Partition { of, .. } => std::slice::from_mut(of),
        }
    }

    /// Adds a table to inherit from; a partition is then one no more.
    pub(super) fn push(&mut self, table: ObjectName) {
        match self {
            Inheritance::Tables(tables) => tables.push(table),
            _ => *self = Inheritance::Tables(vec![table]),
        }
    }
}

const PARTITION_BY: &str = "postgresql.partition_by";
const PARTITION_OF: &str = "postgresql.partition_of";
const BOUND: &str = "postgresql.bound";
const INHERITS: &str = "postgresql.inherits";

impl Table {
    /// Whether an option is another spelling of a field: revisions and models may say
    /// `option("postgresql.partition_by", …)`.
    #[cfg(feature = "postgres")]
    pub(crate) fn is_field(option: &str) -> bool {
        [PARTITION_BY, PARTITION_OF, BOUND, INHERITS].contains(&option)
    }

    /// Sets an option, or leaves it to the database; one that is another spelling of a field sets
    /// that.
    pub fn set_option(&mut self, option: &str, value: Option<String>) {
        match option {
            PARTITION_BY => self.partition_by = value,
            INHERITS => {
                self.inherits = match value {
                    Some(text) => Inheritance::Tables(ObjectName::list(&text)),
                    None => Inheritance::None,
                }
            }
            PARTITION_OF | BOUND => self.set_half_of_partition(option, value),
            _ => self.keep_option(option, value),
        }
    }

    /// Sets one of the two options that make a partition together. They come one after the other:
    /// the one that came first waits among the options.
    fn set_half_of_partition(&mut self, option: &str, value: Option<String>) {
        if let Inheritance::Partition { of, bound } = &self.inherits {
            let (of, bound) = (of.spelled(), bound.clone());
            self.inherits = Inheritance::None;
            self.keep_option(PARTITION_OF, Some(of));
            self.keep_option(BOUND, Some(bound));
        }
        self.keep_option(option, value);
        let said = |option| self.options.get(option);
        if let (Some(of), Some(bound)) = (said(PARTITION_OF), said(BOUND))
            && let Some(of) = ObjectName::list(of).pop()
        {
            let bound = bound.clone();
            self.inherits = Inheritance::Partition { of, bound };
            self.keep_option(PARTITION_OF, None);
            self.keep_option(BOUND, None);
        }
    }

    fn keep_option(&mut self, option: &str, value: Option<String>) {
        match value {
            Some(value) => self.options.insert(option.to_string(), value),
            None => self.options.remove(option),
        };
    }

    /// Whether it says that it is a partition, and not which rows it holds.
    pub fn lacks_bound(&self) -> bool {
        self.options.contains_key(PARTITION_OF)
    }
}

impl ObjectName {
    /// Reads names as SQL spells them, with commas between: `a, billing."B"`.
    pub(crate) fn list(text: &str) -> Vec<ObjectName> {
        let mut names: Vec<ObjectName> = Vec::new();
        let mut dot = false;
        // It is the text of a model, which is for every database.
        let all = tokens(text, &Lexicon::NEUTRAL);
        for token in all.filter(|it| it.kind != TokenKind::Comment) {
            if token.is_symbol(".") {
                dot = true;
            } else if let Some(name) = token.name(&Lexicon::NEUTRAL) {
                match names.pop() {
                    Some(before) if dot => names.push(ObjectName::qualified(before.name, name)),
                    before => {
                        names.extend(before);
                        names.push(ObjectName::new(name));
                    }
                }
                dot = false;
            }
        }
        names
    }

    /// The name as SQL spells it, in quotes where it needs them: models name tables so.
    ///
    /// ```
    /// use limbec_core::schema::ObjectName;
    /// assert_eq!(ObjectName::qualified("billing", "Odd one").spelled(), "billing.\"Odd one\"");
    /// ```
    pub fn spelled(&self) -> String {
        let part = |name: &str| {
            if is_plain(name) {
                name.to_string()
            } else {
                quoted(name)
            }
        };
        match &self.schema {
            Some(schema) => format!("{}.{}", part(schema), part(&self.name)),
            None => part(&self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partition(of: &str, bound: &str) -> Table {
        Table::new("p").partition_of(of, bound)
    }

    #[test]
    fn options_that_are_fields() {
        let table = Table::new("p")
            .option(BOUND, "DEFAULT")
            .option(PARTITION_OF, "events")
            .option(PARTITION_BY, "list (id)")
            .option("postgresql.fillfactor", "70");
        let same = partition("events", "DEFAULT")
            .partition_by("list (id)")
            .option("postgresql.fillfactor", "70");
        assert_eq!(table, same);
        let table = Table::new("c").option(INHERITS, "a, billing.\"B\"");
        let same = Table::new("c")
            .inherits("a")
            .inherits(ObjectName::qualified("billing", "B"));
        assert_eq!(table, same);
    }

    #[test]
    fn a_partition_needs_both_halves() {
        let half = Table::new("p").option(PARTITION_OF, "events");
        assert!(half.lacks_bound() && half.inherits.is_none());
        let mut table = partition("events", "DEFAULT");
        table.set_option(BOUND, Some("FOR VALUES IN (1)".into()));
        assert_eq!(table, partition("events", "FOR VALUES IN (1)"));
        table.set_option(PARTITION_OF, Some("billing.\"Odd\"".into()));
        assert_eq!(table.inherits.parents()[0].spelled(), "billing.\"Odd\"");
        for option in [BOUND, PARTITION_OF] {
            table.set_option(option, None);
        }
        assert_eq!(table, Table::new("p"));
    }
}
