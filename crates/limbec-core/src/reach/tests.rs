use super::*;
use crate::dialect::{by_name, postgres::Postgres};
use crate::operations::{AlterColumn, Operations};
use crate::schema::{CheckConstraint, Column, EnumType, ForeignKey, Index, Integer, Named, Text};

/// Users and what stands on them, beside tables that have nothing to do with it.
fn schema() -> Schema {
    let table = |name: &str| Table::new(name).column(Column::new("id", Integer));
    let refers = |table: Table, to: &str| {
        let column = Column::new("other", Integer);
        table
            .column(column)
            .foreign_key(ForeignKey::new(["other"], to, ["id"]))
    };
    let mut tags = refers(table("tags"), "notes");
    tags.indexes.push(Index::new("ix_tags_id", ["id"]));
    let mood = EnumType::new("mood", ["ok"]);
    Schema {
        enums: vec![mood, EnumType::new("colour", ["red"])],
        tables: vec![
            table("users")
                .column(Column::new("mood", Named::new("mood")))
                .check(CheckConstraint::new("is_right(mood)")),
            refers(table("notes"), "users"),
            tags,
            refers(refers(table("members"), "users"), "teams"),
            table("teams"),
            table("paints").column(Column::new("colour", Named::new("colour"))),
        ],
        definitions: vec![
            Definition::function("is_right", "mood").sql(
                "CREATE FUNCTION is_right(mood) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
            ),
            Definition::view("names").sql("CREATE VIEW names AS SELECT id FROM users"),
            Definition::view("all_names").sql("CREATE VIEW all_names AS SELECT * FROM names"),
            Definition::view("shades").sql("CREATE VIEW shades AS SELECT colour FROM paints"),
        ],
        ..Schema::default()
    }
}

fn reached(schema: &Schema, build: impl FnOnce(&mut Operations)) -> Option<Schema> {
    let mut op = Operations::new();
    build(&mut op);
    let operations = op.into_vec();
    let reach = Reach::of([schema, schema], &[], &operations, &Postgres)?;
    Some(reach.part_of(schema))
}

fn names(schema: &Schema) -> Vec<String> {
    let tables = schema.tables.iter().map(|it| it.name.to_string());
    let keys = schema.tables.iter().flat_map(|it| &it.foreign_keys);
    let keys = keys.map(|it| format!("→ {}", it.referred_table));
    let enums = schema.enums.iter().map(|it| it.name.to_string());
    let definitions = schema.definitions.iter().map(ToString::to_string);
    (tables.chain(keys))
        .chain(enums)
        .chain(definitions)
        .collect()
}

#[test]
fn what_stands_on_a_table_and_what_that_needs() {
    let part = reached(&schema(), |op| {
        op.add_column("users", Column::new("name", Text));
    });
    let expected = [
        "users",
        "notes",
        "members",
        "→ users",
        "→ users",
        "mood",
        "function is_right(mood)",
        "view names",
        "view all_names",
    ];
    assert_eq!(names(&part.expect("a part")), expected);
}

#[test]
fn what_a_table_refers_to_stays_alone() {
    let part = reached(&schema(), |op| {
        op.add_column("tags", Column::new("name", Text));
    });
    assert_eq!(names(&part.expect("a part")), ["notes", "tags", "→ notes"]);
}

#[test]
fn the_tables_of_a_type_change_with_it() {
    let part = reached(&schema(), |op| {
        op.alter_enum(EnumType::new("colour", ["red", "blue"]));
    });
    assert_eq!(
        names(&part.expect("a part")),
        ["paints", "colour", "view shades"]
    );
}

#[test]
fn a_name_that_is_taken_is_in_the_way() {
    let part = reached(&schema(), |op| {
        op.create_index("paints", Index::new("ix_tags_id", ["id"]));
    });
    let names = names(&part.expect("a part"));
    assert!(names.contains(&"tags".to_string()), "{names:?}");
}

#[test]
fn raw_sql_and_made_statements_reach_anything() {
    let raw = reached(&schema(), |op| {
        op.execute("SELECT 1");
    });
    assert!(raw.is_none());
    let mut dynamic = schema();
    let sql = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN EXECUTE 'DROP TABLE ' \
               || tg_argv[0]; END$$";
    let function = Definition::function("f", "").sql(sql);
    let trigger = Definition::trigger("t", "users")
        .sql("CREATE TRIGGER t AFTER INSERT ON users EXECUTE FUNCTION f('x')");
    dynamic.definitions.extend([function, trigger]);
    let change = |op: &mut Operations| {
        op.alter_column("users", AlterColumn::new("id").not_null());
    };
    assert!(reached(&dynamic, change).is_none());
    let elsewhere = |op: &mut Operations| {
        op.alter_column("paints", AlterColumn::new("id").not_null());
    };
    assert!(reached(&dynamic, elsewhere).is_some());
}

#[test]
fn one_wrong_view_stops_any_change_on_sqlite() {
    let schema = schema();
    let sqlite = by_name("sqlite").expect("it is in the build");
    let mut op = Operations::new();
    op.rename_table("paints", "colours");
    let operations = op.into_vec();
    let reach = Reach::of([&schema, &schema], &[], &operations, sqlite).expect("a part");
    let part = reach.part_of(&schema);
    assert_eq!(part.definitions.len(), schema.definitions.len());
    assert!(part.table(&"tags".into()).is_none());
}
