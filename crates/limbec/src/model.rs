//! What the derives say of a model: names, as constants.

/// A struct that is a table's model, by `#[derive(Table)]`.
pub trait Model {
    /// The table's name.
    const TABLE: &'static str;
    /// The table's namespace, where it is not the connection's own.
    const SCHEMA: Option<&'static str>;
    /// The columns' names, in order.
    const COLUMNS: &'static [&'static str];
}

/// An enum that is an enumeration of the database, by `#[derive(Enum)]`.
pub trait Labels {
    /// The type's name.
    const TYPE_NAME: &'static str;
    /// The labels, in order.
    const LABELS: &'static [&'static str];
}
