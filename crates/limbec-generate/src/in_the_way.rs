//! Rows that an operation meets and that are not as it asks.

use std::fmt;

use limbec::run::{Count, Database, count_rows};
use limbec_core::compare::{Asked, Planned, demands};
use limbec_core::dialect::{Demand, DemandOf};
use limbec_core::schema::Schema;

use crate::error::Result;

/// Rows that do not meet what an operation asks of them; displayed as a sentence without its full stop.
#[derive(Debug, Clone, PartialEq)]
pub struct InTheWay {
    /// What is asked.
    pub asked: Asked,
    /// How many rows there are.
    pub count: Count,
}

/// Counts the rows that do not meet what a plan asks of them.
pub(crate) async fn in_the_way(
    database: &mut Database,
    planned: &[Planned],
    current: &Schema,
) -> Result<Vec<InTheWay>> {
    let mut found = Vec::new();
    for asked in demands(planned, current) {
        let count = count_rows(database, &asked.before).await?;
        if !count.is_none() {
            found.push(InTheWay { asked, count });
        }
    }
    Ok(found)
}

impl fmt::Display for InTheWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Demand { table, of } = &self.asked.then;
        let one = self.count == Count::Rows(1);
        let verb = |plural: &str, singular: &str| match self.count {
            Count::Unknown => format!("may {plural}"),
            _ if one => singular.to_string(),
            _ => plural.to_string(),
        };
        let counted = |singular: &str, plural: &str| match self.count {
            Count::Rows(1) => format!("1 {singular}"),
            Count::Rows(count) => format!("{} {plural}", grouped(count)),
            Count::Many => format!("more than 10,000 {plural}"),
            Count::Unknown => plural.to_string(),
        };
        let rows = format!("{} of {table}", counted("row", "rows"));
        let text = match of {
            DemandOf::NoRow { column } | DemandOf::Value { column } => {
                format!("{rows} {} no {column}", verb("have", "has"))
            }
            DemandOf::Fit { column, .. } => {
                let have = verb("have", "has");
                format!("{rows} {have} a {column} that does not fit the new type")
            }
            DemandOf::Check { expression } => {
                format!("{rows} {} the check {expression}", verb("break", "breaks"))
            }
            DemandOf::Unique { columns, .. } => {
                let values = counted("value", "values");
                let (columns, stand) = (columns.join(", "), verb("stand", "stands"));
                format!("{values} of {columns} {stand} in several rows of {table}")
            }
            DemandOf::Reference { referred_table, .. } => {
                format!(
                    "{rows} {} to no row of {referred_table}",
                    verb("refer", "refers")
                )
            }
            DemandOf::Label { column, labels } => {
                let labels = labels.join("` or `");
                format!(
                    "{rows} {} the label `{labels}` in {column}",
                    verb("hold", "holds")
                )
            }
            _ => rows,
        };
        f.write_str(&text)?;
        match self.count {
            Count::Unknown => f.write_str(" (they were not counted in time)"),
            _ => Ok(()),
        }
    }
}

/// A number with commas between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
