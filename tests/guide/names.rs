//! Names that need quoting, defaults with quotes, comments over several lines: from the models to
//! the database and back.

use super::autogenerate;
use crate::command::{Database, Sandbox};

on_both_databases! {
    odd_names_defaults_and_comments_make_the_round_trip
}

/// 63 bytes, the most that PostgreSQL keeps of a name.
const LONGEST: &str = "a_name_that_is_just_as_long_as_postgresql_lets_a_name_of_a_t_63";

fn models() -> String {
    assert_eq!(LONGEST.len(), 63);
    format!(
        r#"
use limbec::Table;

#[derive(Table)]
#[table(name = "order", comment = "it's the\nfirst \"table\"; -- no comment \\ here")]
pub struct Order {{
    #[column(primary_key)]
    pub id: i64,
    #[column(name = "MixedCase", index)]
    pub mixed_case: String,
    #[column(name = "with space", unique)]
    pub with_space: i32,
    #[column(name = "quote\"d")]
    pub quoted: Option<i32>,
    #[column(name = "it's")]
    pub apostrophe: Option<i32>,
    #[column(name = "größe_日本")]
    pub size: Option<i32>,
    #[column(name = "{LONGEST}")]
    pub long: Option<i32>,
    #[column(name = "select", server_default = "'it''s'")]
    pub select: String,
    #[column(server_default = "'a; b -- c'", comment = "two\nlines, it's")]
    pub semicolon: String,
    #[column(server_default = "'\"'")]
    pub double: String,
    #[column(server_default = "''")]
    pub empty: String,
}}

#[derive(Table)]
#[table(name = "Line Items")]
pub struct LineItem {{
    #[column(primary_key)]
    pub id: i64,
    #[column(name = "Order Id", foreign_key = "order.id", on_delete = "cascade", index)]
    pub order: i64,
}}
"#
    )
}

fn odd_names_defaults_and_comments_make_the_round_trip(database: Database) {
    let it = Sandbox::new(database);
    it.write("src/models.rs", &models());
    it.run(&format!("limbec init --url '{}'", it.url()))
        .succeeds();
    let initial = autogenerate(&it, "Odd names and defaults");
    let clean = "No new upgrade operations detected.\n";
    it.run("limbec upgrade head").succeeds();
    it.run("limbec check").succeeds().prints(clean);
    let first = it.dump();
    it.sql(
        "INSERT INTO \"order\" (id, \"MixedCase\", \"with space\") VALUES (1, 'x', 2);
         INSERT INTO \"Line Items\" (id, \"Order Id\") VALUES (1, 1);",
    );
    assert_eq!(
        it.sql("SELECT \"select\", semicolon, \"double\", empty FROM \"order\";"),
        "it's|a; b -- c|\"|\n"
    );
    it.run("limbec downgrade base").succeeds();
    assert_eq!(it.tables(), ["alembic_version"]);
    it.run("limbec upgrade head").succeeds();
    it.run("limbec check").succeeds().prints(clean);
    assert_eq!(it.dump(), first);
    assert_eq!(it.version_rows(), [initial.id]);

    // A change beside them, and an odd column that goes.
    let models = models().replace(
        "    #[column(name = \"it's\")]\n    pub apostrophe: Option<i32>,\n",
        "    #[column(name = \"nine's\", server_default = \"9\")]\n    pub nine: i32,\n",
    );
    it.write("src/models.rs", &models);
    it.run("limbec check").exits(3);
    // The two look alike; the command wants to be told.
    it.run("limbec revision --autogenerate -m Nine --no-rename \"order.it's\"")
        .succeeds();
    it.run("limbec upgrade head").succeeds();
    it.run("limbec check").succeeds().prints(clean);
    it.run("limbec downgrade -1").succeeds();
    it.sql("SELECT \"it's\", \"MixedCase\", \"größe_日本\" FROM \"order\";");
    it.run("limbec upgrade +1").succeeds();
    it.run("limbec check").succeeds().prints(clean);
}
