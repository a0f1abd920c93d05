//! The macros in use. This file stands for the crate `limbec`, whose traits they implement.

#![allow(dead_code, missing_docs)]

extern crate self as limbec;

use limbec_macros::{Enum, Table};

pub trait Model {
    const TABLE: &'static str;
    const SCHEMA: Option<&'static str>;
    const COLUMNS: &'static [&'static str];
}

pub trait Labels {
    const TYPE_NAME: &'static str;
    const LABELS: &'static [&'static str];
}

struct Elsewhere;

#[derive(Debug, Clone, Table)]
#[table(name = "users", schema = "billing", index(on = ["lower(name)"], where = "name <> ''"))]
struct User {
    #[column(primary_key, autoincrement)]
    id: i64,
    #[column(name = "full_name", server_default = "''", type = "varchar(36)")]
    name: String,
    #[column(foreign_key = "table_of_another_file.id", on_delete = "cascade")]
    r#type: Option<i64>,
    #[cfg(any())]
    never: u128,
}

#[derive(Table)]
struct HasTypesOfOtherFiles<'a, T: Clone, const N: usize>
where
    T: Send,
{
    #[column(primary_key)]
    key: &'a str,
    /// Its type is for the command to judge, which knows all files and `limbec.toml`.
    wide: u64,
    #[column(skip)]
    rest: [T; N],
    #[column(type = "jsonb")]
    elsewhere: Elsewhere,
}

#[derive(Enum)]
#[enumeration(name = "state", rename_all = "kebab-case")]
enum JobState {
    Queued,
    InProgress,
    #[label("over")]
    Done,
}

#[test]
fn a_struct_knows_its_table() {
    assert_eq!(User::TABLE, "users");
    assert_eq!(User::SCHEMA, Some("billing"));
    assert_eq!(User::COLUMNS, ["id", "full_name", "type"]);
    assert_eq!(
        HasTypesOfOtherFiles::<i32, 3>::TABLE,
        "has_types_of_other_files"
    );
    assert_eq!(HasTypesOfOtherFiles::<i32, 3>::SCHEMA, None);
    assert_eq!(
        HasTypesOfOtherFiles::<i32, 3>::COLUMNS,
        ["key", "wide", "elsewhere"]
    );
}

#[test]
fn an_enum_knows_its_labels() {
    assert_eq!(JobState::TYPE_NAME, "state");
    assert_eq!(JobState::LABELS, ["queued", "in-progress", "over"]);
}
