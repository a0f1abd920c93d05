//! Rows for a table: `INSERT` statements, some of which its constraints may refuse.

use limbec_core::schema::{Column, ColumnType, Table};

use super::expressions::quote;

/// `INSERT` statements for a table without a namespace; what refers to other tables is NULL.
pub fn rows(table: &Table) -> Vec<String> {
    let columns: Vec<&Column> = table
        .columns
        .iter()
        .filter(|it| it.generated.is_none() && it.identity.is_none())
        .collect();
    let name = quote(&table.name.name);
    if columns.is_empty() {
        return vec![format!("INSERT INTO {name} DEFAULT VALUES"); 2];
    }
    let names: Vec<String> = columns.iter().map(|it| quote(&it.name)).collect();
    (1..=3)
        .map(|number| {
            let values: Vec<String> = columns.iter().map(|it| value(table, it, number)).collect();
            format!(
                "INSERT INTO {name} ({}) VALUES ({})",
                names.join(", "),
                values.join(", ")
            )
        })
        .collect()
}

fn value(table: &Table, column: &Column, number: usize) -> String {
    use ColumnType as T;
    let refers = table
        .foreign_keys
        .iter()
        .any(|key| key.columns.contains(&column.name));
    if column.nullable && (refers || number == 3) {
        return "NULL".to_string();
    }
    match &column.column_type {
        T::SmallInteger | T::Integer | T::BigInteger => number.to_string(),
        T::Real | T::Double | T::Numeric { .. } => format!("{number}.5"),
        T::Boolean => format!("'{}'", number % 2),
        T::Date => format!("'2024-01-0{number}'"),
        T::Timestamp { .. } | T::TimestampTz { .. } => format!("'2024-01-0{number} 10:00:00'"),
        T::Time { .. } => format!("'10:00:0{number}'"),
        T::Interval => format!("'{number} days'"),
        T::Uuid => format!("'3f2504e0-4f89-11d3-9a0c-0305e82c330{number}'"),
        T::Json | T::Jsonb => format!("'[{number}]'"),
        T::Inet => format!("'127.0.0.{number}'"),
        T::Cidr => format!("'10.{number}.0.0/16'"),
        T::MacAddr => format!("'08:00:2b:01:02:0{number}'"),
        T::Bytes => format!("x'0{number}'"),
        T::Enum(it) => {
            let label = &it.labels[number % it.labels.len()];
            format!("'{}'", label.replace('\'', "''"))
        }
        _ => format!("'{}'", ["a", "b", "it''s"][number % 3]),
    }
}
