//! Names for constraints and indexes that a model leaves unnamed.

/// The patterns by which unnamed constraints and indexes get their names.
///
/// Tokens: `{table}`, `{columns}` (joined by `_`), `{column}` (the first), `{referred_table}`,
/// `{referred_columns}`. The default is PostgreSQL's own naming, with Alembic's
/// `ix_<table>_<column>` for indexes, so that a database made by hand or by Alembic compares
/// equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamingConvention {
    /// Primary keys.
    pub primary_key: String,
    /// Unique constraints.
    pub unique: String,
    /// Foreign keys.
    pub foreign_key: String,
    /// Exclusion constraints.
    pub exclude: String,
    /// Check constraints; without a column, `{columns}` and the `_` before it fall away.
    pub check: String,
    /// Indexes.
    pub index: String,
}

impl Default for NamingConvention {
    fn default() -> Self {
        NamingConvention {
            primary_key: "{table}_pkey".into(),
            unique: "{table}_{columns}_key".into(),
            foreign_key: "{table}_{columns}_fkey".into(),
            exclude: "{table}_{columns}_excl".into(),
            check: "{table}_{columns}_check".into(),
            index: "ix_{table}_{columns}".into(),
        }
    }
}

/// What a name is made of.
#[derive(Debug, Clone, Copy, Default)]
pub struct NameParts<'a> {
    /// The table's name without its namespace.
    pub table: &'a str,
    /// The columns, in order.
    pub columns: &'a [String],
    /// The table referred to, without its namespace.
    pub referred_table: &'a str,
    /// The columns referred to, in order.
    pub referred_columns: &'a [String],
}

impl NamingConvention {
    /// The tokens a pattern may hold.
    pub const TOKENS: [&'static str; 5] = [
        "{table}",
        "{columns}",
        "{column}",
        "{referred_table}",
        "{referred_columns}",
    ];

    /// Fills a pattern.
    ///
    /// ```
    /// use limbec_core::schema::{NameParts, NamingConvention};
    /// let parts = NameParts { table: "users", columns: &["email".into()], ..NameParts::default() };
    /// let convention = NamingConvention::default();
    /// assert_eq!(NamingConvention::fill(&convention.unique, parts), "users_email_key");
    /// ```
    pub fn fill(pattern: &str, parts: NameParts<'_>) -> String {
        let pattern = if parts.columns.is_empty() {
            pattern.replace("_{columns}", "").replace("_{column}", "")
        } else {
            pattern.to_string()
        };
        pattern
            .replace("{table}", parts.table)
            .replace("{columns}", &parts.columns.join("_"))
            .replace("{column}", parts.columns.first().map_or("", String::as_str))
            .replace("{referred_table}", parts.referred_table)
            .replace("{referred_columns}", &parts.referred_columns.join("_"))
    }
}
