//! The fields of a row, taken one by one in the order of the query.

use std::str::FromStr;

use super::super::lexicon::{LEXICON, tokens};
use crate::dialect::ReflectError;
use crate::schema::ObjectName;
use crate::sql::TokenKind;

/// The fields of a row that are not read yet.
pub(super) struct Fields<'r> {
    /// What the row is of, for messages.
    what: &'static str,
    values: std::slice::Iter<'r, Option<&'r str>>,
}

impl<'r> Fields<'r> {
    pub(super) fn of(what: &'static str, row: &'r [Option<&'r str>]) -> Self {
        Fields {
            what,
            values: row.iter(),
        }
    }

    /// The next field, which may be NULL.
    pub(super) fn optional(&mut self) -> Result<Option<&'r str>, ReflectError> {
        let next = self.values.next().copied();
        next.ok_or_else(|| self.error("has too few fields"))
    }

    /// The next field, which may be NULL, to be kept.
    pub(super) fn optional_string(&mut self) -> Result<Option<String>, ReflectError> {
        Ok(self.optional()?.map(String::from))
    }

    /// The next field, to be kept.
    pub(super) fn string(&mut self) -> Result<String, ReflectError> {
        self.text().map(String::from)
    }

    /// The next field.
    pub(super) fn text(&mut self) -> Result<&'r str, ReflectError> {
        self.optional()?
            .ok_or_else(|| self.error("has NULL where a value must stand"))
    }

    /// The next field, a boolean.
    pub(super) fn flag(&mut self) -> Result<bool, ReflectError> {
        Ok(self.optional()? == Some("t"))
    }

    /// The next field, a number that may be NULL.
    pub(super) fn optional_number<N: FromStr>(&mut self) -> Result<Option<N>, ReflectError> {
        let text = self.optional()?;
        text.map(|text| self.parsed(text)).transpose()
    }

    /// The next field, a number.
    pub(super) fn number<N: FromStr>(&mut self) -> Result<N, ReflectError> {
        let text = self.text()?;
        self.parsed(text)
    }

    /// The next field, numbers as the server writes an array or a vector of them; none when NULL.
    pub(super) fn numbers(&mut self) -> Result<Vec<i16>, ReflectError> {
        let text = self.optional()?.unwrap_or_default();
        let numbers = text.split(|it: char| !it.is_ascii_digit() && it != '-');
        let numbers = numbers.filter(|number| !number.is_empty());
        numbers.map(|number| self.parsed(number)).collect()
    }

    fn parsed<N: FromStr>(&self, text: &str) -> Result<N, ReflectError> {
        let wrong = |_| self.error(&format!("has `{text}` where a number must stand"));
        text.parse().map_err(wrong)
    }

    /// The next two fields: a namespace, NULL for the connection's own, and a name.
    pub(super) fn object(&mut self) -> Result<ObjectName, ReflectError> {
        Ok(super::object(self.optional()?, self.text()?))
    }

    /// The next field, names that `quote_ident` quoted, with commas between; none when NULL.
    pub(super) fn names(&mut self) -> Result<Vec<String>, ReflectError> {
        let text = self.optional()?.unwrap_or_default();
        Ok(tokens(text)
            .filter(|token| token.kind != TokenKind::Symbol)
            .filter_map(|token| token.name(&LEXICON))
            .collect())
    }

    /// An error about the row.
    pub(super) fn error(&self, what: &str) -> ReflectError {
        ReflectError(format!("the catalogue's row of {} {what}", self.what))
    }
}
