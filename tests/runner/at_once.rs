//! Many processes at once.

use limbec_testkit::postgres::Pooler;

use super::{done, end, is_stress, project, revision, start};
use crate::command::{Database, Sandbox};

/// How many processes and rounds.
struct Load {
    processes: usize,
    rounds: usize,
}

fn load(database: &Database) -> Load {
    let is_sqlite = matches!(database, Database::Sqlite);
    match (is_stress(), is_sqlite) {
        (true, true) => Load {
            processes: 16,
            rounds: 20,
        },
        (true, false) => Load {
            processes: 64,
            rounds: 20,
        },
        (false, true) => Load {
            processes: 16,
            rounds: 2,
        },
        (false, false) => Load {
            processes: 8,
            rounds: 1,
        },
    }
}

/// Six revisions, which change and fill what those before them made.
pub(super) fn chain(it: &Sandbox, concurrently: bool) {
    revision(
        it,
        "a1",
        "",
        "    op.create_table(Table::new(\"items\").column(Column::new(\"id\", Integer).not_null())\
         .column(Column::new(\"name\", Text)));\n    \
         op.execute(\"INSERT INTO items (id, name) VALUES (1, 'one'), (2, 'two')\");",
        "    op.drop_table(\"items\");",
    );
    revision(
        it,
        "a2",
        "a1",
        "    op.add_column(\"items\", Column::new(\"price\", Integer));\n    \
         op.alter_column(\"items\", AlterColumn::new(\"name\").column_type(Varchar::length(50)));\n    \
         op.execute(\"UPDATE items SET price = coalesce(price, 0) + 1\");",
        "    op.alter_column(\"items\", AlterColumn::new(\"name\").column_type(Text));\n    \
         op.drop_column(\"items\", \"price\");",
    );
    let index = if concurrently {
        "Index::new(\"ix_items_name\", &[\"name\"]).concurrently()"
    } else {
        "Index::new(\"ix_items_name\", &[\"name\"])"
    };
    revision(
        it,
        "a3",
        "a2",
        &format!(
            "    op.execute(\"UPDATE items SET price = price + 1\");\n    \
             op.create_index(\"items\", {index});\n    \
             op.execute(\"UPDATE items SET price = price + 1\");"
        ),
        "    op.drop_index(\"items\", \"ix_items_name\");",
    );
    for (id, parent) in [("a4", "a3"), ("a5", "a4"), ("a6", "a5")] {
        revision(
            it,
            id,
            parent,
            &format!("    op.execute(\"INSERT INTO items (id, name) VALUES (10, '{id}')\");"),
            &format!("    op.execute(\"DELETE FROM items WHERE name = '{id}'\");"),
        );
    }
}

/// Runs many upgrades at once on fresh databases, from empty and from half-way.
fn many(make: impl Fn() -> Database, concurrently: bool, pooled: bool) {
    let load = load(&make());
    for round in 0..load.rounds {
        for half_way in [false, true] {
            let it = project(make());
            chain(&it, concurrently);
            let pooler = match &it.database {
                Database::Postgres(database) if pooled => {
                    Some(Pooler::start(database.url(), 12).expect("PgBouncer starts"))
                }
                _ => None,
            };
            let url = match (&pooler, &it.database) {
                (Some(pooler), Database::Postgres(database)) => {
                    pooler.url(database.url()).expect("the URL reads")
                }
                _ => it.url(),
            };
            let line = format!("limbec upgrade head --url '{url}'");
            if half_way {
                it.run(&line.replace("head", "a2")).succeeds();
            }
            let started: Vec<_> = (0..load.processes).map(|_| start(&it, &line)).collect();
            for process in started {
                end(&line, process).succeeds();
            }
            check(&it, concurrently, round);
        }
    }
}

/// Each step ran once, and the tables and rows show it.
pub(super) fn check(it: &Sandbox, concurrently: bool, round: usize) {
    let parts = concurrently && !it.is_sqlite();
    let mut steps = vec!["a1|1|1|1", "a2|1|1|1"];
    steps.extend(if parts {
        vec!["a3|1|3|1", "a3|2|3|1", "a3|3|3|1"]
    } else {
        vec!["a3|1|1|1"]
    });
    steps.extend(["a4|1|1|1", "a5|1|1|1", "a6|1|1|1"]);
    assert_eq!(done(it), steps, "round {round}");
    assert_eq!(it.version_rows(), ["a6"]);
    assert_eq!(
        it.sql("SELECT id, name, price FROM items ORDER BY id, name;"),
        "1|one|3\n2|two|3\n10|a4|\n10|a5|\n10|a6|\n"
    );
    if !it.is_sqlite() {
        let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_items_name'::regclass;";
        assert_eq!(it.sql(valid), "t\n");
    }
}

#[test]
fn on_postgresql() {
    many(Database::postgres, false, false);
}

#[test]
fn on_postgresql_with_a_concurrent_index() {
    many(Database::postgres, true, false);
}

#[test]
fn on_one_sqlite_file() {
    many(|| Database::Sqlite, true, false);
}

#[test]
fn behind_pgbouncer() {
    many(Database::postgres, false, true);
}

#[test]
fn behind_pgbouncer_with_a_concurrent_index() {
    many(Database::postgres, true, true);
}
