//! Sequences of their own.

use super::{Column, ColumnType, Identity, IdentityKind, ObjectName, Schema};
use crate::script::builder;

/// A sequence that no identity or serial column counts by.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sequence {
    /// The name.
    pub name: ObjectName,
    /// The type of its values, an integer's.
    pub data_type: ColumnType,
    /// The first value.
    pub start: Option<i64>,
    /// The step.
    pub increment: Option<i64>,
    /// The smallest value.
    pub minimum: Option<i64>,
    /// The largest value.
    pub maximum: Option<i64>,
    /// How many values a session takes at once.
    pub cache: Option<i64>,
    /// Whether to begin again after the last value.
    pub cycle: bool,
    /// The column with which it is dropped.
    pub owned_by: Option<OwnedBy>,
    /// The comment.
    pub comment: Option<String>,
}

/// The column that a sequence goes with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OwnedBy {
    /// Its table.
    pub table: ObjectName,
    /// Its name.
    pub column: String,
}

builder! {
    constructors Sequence {
        /// Makes a sequence of a name, over `bigint`.
        ///
        /// ```
        /// use limbec_core::schema::Sequence;
        /// let sequence = Sequence::new("order_numbers").start(1000).cache(20);
        /// assert_eq!(sequence.start, Some(1000));
        /// ```
        fn new(name: into ObjectName) {
            Sequence {
                name,
                data_type: ColumnType::BigInteger,
                start: None,
                increment: None,
                minimum: None,
                maximum: None,
                cache: None,
                cycle: false,
                owned_by: None,
                comment: None,
            }
        }
    }
    methods {
        /// Sets the type of its values: `SmallInteger`, `Integer` or `BigInteger`.
        fn data_type(self, data_type: into ColumnType) {
            self.data_type = data_type;
        }
        /// Sets the first value.
        fn start(self, value: i64) {
            self.start = Some(value);
        }
        /// Sets the step.
        fn increment(self, value: i64) {
            self.increment = Some(value);
        }
        /// Sets the smallest value.
        fn minimum(self, value: i64) {
            self.minimum = Some(value);
        }
        /// Sets the largest value.
        fn maximum(self, value: i64) {
            self.maximum = Some(value);
        }
        /// Sets how many values a session takes at once.
        fn cache(self, values: i64) {
            self.cache = Some(values);
        }
        /// Begins again after the last value.
        fn cycle(self) {
            self.cycle = true;
        }
        /// Drops it together with a column.
        fn owned_by(self, table: into ObjectName, column: into String) {
            self.owned_by = Some(OwnedBy { table, column });
        }
        /// Sets the comment.
        fn comment(self, text: into String) {
            self.comment = Some(text);
        }
    }
}

impl Sequence {
    /// How it counts, as a serial column's would.
    pub fn counting(&self) -> Identity {
        Identity {
            start: self.start,
            increment: self.increment,
            minimum: self.minimum,
            maximum: self.maximum,
            cache: self.cache,
            cycle: self.cycle,
            ..Identity::of(IdentityKind::Serial)
        }
    }

    /// The same sequence, counting otherwise.
    #[must_use]
    pub fn counting_as(self, how: &Identity) -> Self {
        Sequence {
            start: how.start,
            increment: how.increment,
            minimum: how.minimum,
            maximum: how.maximum,
            cache: how.cache,
            cycle: how.cycle,
            ..self
        }
    }
}

impl Schema {
    /// The sequence of a name, a serial column's too.
    #[cfg(feature = "postgres")]
    pub(crate) fn sequence(&self, name: &ObjectName) -> Option<Sequence> {
        let known = self.sequences.iter().find(|it| it.name == *name).cloned();
        known.or_else(|| {
            let columns = (self.tables.iter())
                .flat_map(|table| table.columns.iter().map(move |column| (table, column)));
            let mut serial = columns
                .filter(|(table, it)| it.serial_sequence(&table.name).as_ref() == Some(name));
            let (table, column) = serial.next()?;
            column.clone().set_apart(&table.name)
        })
    }

    /// Gives the sequence of a name a place of its own, if it is a serial column's.
    pub(crate) fn set_sequence_apart(&mut self, name: &ObjectName) {
        for table in &mut self.tables {
            let mut columns = table.columns.iter_mut();
            let column = columns.find(|it| it.serial_sequence(&table.name).as_ref() == Some(name));
            if let Some(column) = column {
                let sequence = column.set_apart(&table.name);
                self.sequences.extend(sequence);
                return;
            }
        }
    }
}

impl Column {
    /// The sequence by which a serial column of a table counts.
    fn serial_sequence(&self, table: &ObjectName) -> Option<ObjectName> {
        let identity = self.identity.as_ref()?;
        let usual = || table.beside(format!("{}_{}_seq", table.name, self.name));
        (identity.kind == IdentityKind::Serial)
            .then(|| identity.sequence.clone().unwrap_or_else(usual))
    }

    /// Makes a serial column one of a sequence, which is the answer, and a default that takes from it.
    pub(crate) fn set_apart(&mut self, table: &ObjectName) -> Option<Sequence> {
        let name = self.serial_sequence(table)?;
        let identity = self.identity.take()?;
        let quoted = |it: &str| format!("\"{}\"", it.replace('"', "\"\""));
        let namespace = name.schema.as_deref().map(|it| quoted(it) + ".");
        let spelled = namespace.unwrap_or_default() + &quoted(&name.name);
        self.default = Some(format!(
            "nextval('{}'::regclass)",
            spelled.replace('\'', "''")
        ));
        let data_type = identity.sequence_type.as_ref().unwrap_or(&self.column_type);
        let sequence = Sequence::new(name).data_type(data_type.clone());
        Some(
            sequence
                .owned_by(table.clone(), &self.name)
                .counting_as(&identity),
        )
    }
}
