//! Which values a narrower type refuses, and whether a cast leads to a type.

use super::Postgres;
use super::compile::cast;
use super::types::{resolve, sql};
use crate::dialect::{Misfit, Rows};
use crate::schema::ColumnType;

impl Rows for Postgres {
    fn in_passing(&self) -> (&'static [&'static str], &'static [&'static str]) {
        (
            &[
                "BEGIN READ ONLY",
                "SET LOCAL lock_timeout = '200ms'",
                "SET LOCAL statement_timeout = '2s'",
            ],
            &["ROLLBACK"],
        )
    }

    fn misfit(&self, column: &str, from: &ColumnType, to: &ColumnType) -> Option<Misfit> {
        misfit(column, &resolve(from), &resolve(to))
    }

    fn cast_question(&self, from: &ColumnType, to: &ColumnType) -> Option<String> {
        if cast::is_implicit(from, to) {
            return None;
        }
        let value = format!("CAST(NULL AS {})", sql(from));
        Some(format!("SELECT {}", cast::explicit(&value, from, to)))
    }
}

fn misfit(column: &str, from: &ColumnType, to: &ColumnType) -> Option<Misfit> {
    let is_text = |it: &ColumnType| {
        matches!(
            it,
            ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Char { .. }
        )
    };
    match (from, to) {
        (
            from,
            ColumnType::Varchar {
                length: Some(length),
            }
            | ColumnType::Char {
                length: Some(length),
            },
        ) if is_text(from) => Some(Misfit {
            // Spaces at the end are cut without a word.
            condition: format!("length(rtrim({column})) > {length}"),
            value: format!("left({column}, {length})"),
        }),
        (from, to) if is_number(from) => {
            let (least, most) = range(to)?;
            if range(from).is_some_and(|(low, high)| low >= least && high <= most) {
                return None;
            }
            Some(Misfit {
                condition: format!("{column} NOT BETWEEN {least} AND {most}"),
                value: "…".to_string(),
            })
        }
        _ => None,
    }
}

fn is_number(column_type: &ColumnType) -> bool {
    matches!(
        column_type,
        ColumnType::Real | ColumnType::Double | ColumnType::Numeric { .. }
    ) || matches!(
        column_type,
        ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger
    )
}

/// The least and the greatest value of a type of numbers.
fn range(column_type: &ColumnType) -> Option<(i128, i128)> {
    Some(match column_type {
        ColumnType::SmallInteger => (i16::MIN.into(), i16::MAX.into()),
        ColumnType::Integer => (i32::MIN.into(), i32::MAX.into()),
        ColumnType::BigInteger => (i64::MIN.into(), i64::MAX.into()),
        ColumnType::Numeric {
            precision: Some(precision),
            scale,
        } => {
            let digits = i64::from(*precision) - i64::from(scale.unwrap_or(0));
            let most = 10_i128.checked_pow(u32::try_from(digits).ok()?)? - 1;
            (-most, most)
        }
        _ => return None,
    })
}
