//! The services that are measured: each makes a table and a column when it starts.

/// A service.
pub(super) struct Project {
    pub(super) name: &'static str,
    pub(super) database: Database,
    /// Lines of Cargo.toml; `{limbec}` is this repository's crate.
    pub(super) dependencies: &'static str,
    pub(super) files: &'static [(&'static str, &'static str)],
}

/// What a service works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Database {
    None,
    Sqlite,
    Postgres,
}

pub(super) const PROJECTS: [Project; 11] = [
    Project {
        name: "tokio alone",
        database: Database::None,
        dependencies: "",
        files: &[("src/main.rs", include_str!("projects/tokio.rs.txt"))],
    },
    Project {
        name: "PostgreSQL: tokio-postgres alone",
        database: Database::Postgres,
        dependencies: "tokio-postgres = { version = \"0.7\", default-features = false, features = [\"runtime\"] }",
        files: &[(
            "src/main.rs",
            include_str!("projects/tokio_postgres.rs.txt"),
        )],
    },
    Project {
        name: "PostgreSQL: limbec",
        database: Database::Postgres,
        dependencies: "limbec = { path = \"{limbec}\", default-features = false, features = [\"embed\", \"postgres\"] }",
        files: &LIMBEC,
    },
    Project {
        name: "PostgreSQL: refinery",
        database: Database::Postgres,
        dependencies: "refinery = { version = \"0.10\", default-features = false, features = [\"tokio-postgres\"] }\n\
                       tokio-postgres = \"0.7\"",
        files: &[
            (
                "src/main.rs",
                include_str!("projects/refinery_postgres.rs.txt"),
            ),
            ("migrations/V1__create_users.sql", CREATE),
            ("migrations/V2__add_name.sql", ADD),
        ],
    },
    Project {
        name: "PostgreSQL: sqlx",
        database: Database::Postgres,
        dependencies: "sqlx = { version = \"0.9\", default-features = false, features = [\"macros\", \"migrate\", \"postgres\", \"runtime-tokio\"] }",
        files: &[
            ("src/main.rs", include_str!("projects/sqlx_postgres.rs.txt")),
            ("migrations/1_create_users.sql", CREATE),
            ("migrations/2_add_name.sql", ADD),
        ],
    },
    Project {
        name: "PostgreSQL: sea-orm-migration",
        database: Database::Postgres,
        dependencies: "sea-orm-migration = { version = \"2\", default-features = false, features = [\"runtime-tokio\", \"sqlx-postgres\"] }",
        files: &[("src/main.rs", include_str!("projects/sea_orm.rs.txt"))],
    },
    Project {
        name: "SQLite: rusqlite alone",
        database: Database::Sqlite,
        dependencies: RUSQLITE,
        files: &[("src/main.rs", include_str!("projects/rusqlite.rs.txt"))],
    },
    Project {
        name: "SQLite: limbec",
        database: Database::Sqlite,
        dependencies: "limbec = { path = \"{limbec}\", default-features = false, features = [\"embed\", \"sqlite\"] }\n\
                       rusqlite = { version = \"*\", default-features = false, features = [\"bundled\"] }",
        files: &LIMBEC,
    },
    Project {
        name: "SQLite: refinery",
        database: Database::Sqlite,
        dependencies: "refinery = { version = \"0.10\", default-features = false, features = [\"rusqlite-bundled\"] }\n\
                       rusqlite = { version = \"*\", default-features = false, features = [\"bundled\"] }",
        files: &[
            (
                "src/main.rs",
                include_str!("projects/refinery_sqlite.rs.txt"),
            ),
            ("migrations/V1__create_users.sql", CREATE),
            ("migrations/V2__add_name.sql", ADD),
        ],
    },
    Project {
        name: "SQLite: sqlx",
        database: Database::Sqlite,
        dependencies: "sqlx = { version = \"0.9\", default-features = false, features = [\"macros\", \"migrate\", \"sqlite\", \"runtime-tokio\"] }",
        files: &[
            ("src/main.rs", include_str!("projects/sqlx_sqlite.rs.txt")),
            ("migrations/1_create_users.sql", CREATE),
            ("migrations/2_add_name.sql", ADD),
        ],
    },
    Project {
        name: "SQLite: sea-orm-migration",
        database: Database::Sqlite,
        dependencies: "sea-orm-migration = { version = \"2\", default-features = false, features = [\"runtime-tokio\", \"sqlx-sqlite\"] }",
        files: &[("src/main.rs", include_str!("projects/sea_orm.rs.txt"))],
    },
];

const RUSQLITE: &str =
    "rusqlite = { version = \"*\", default-features = false, features = [\"bundled\"] }";

const CREATE: &str = "CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY);\n";
const ADD: &str = "ALTER TABLE users ADD COLUMN name TEXT;\n";

const LIMBEC: [(&str, &str); 5] = [
    ("src/main.rs", include_str!("projects/limbec.rs.txt")),
    (
        "build.rs",
        "fn main() { println!(\"cargo::rerun-if-changed=migrations/versions\"); }\n",
    ),
    ("limbec.toml", ""),
    (
        "migrations/versions/aaaa00000001.sql",
        "-- Create users\n--\n-- Revision ID: aaaa00000001\n-- Revises:\n\n-- upgrade\n\
         CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY);\n\n-- downgrade\nDROP TABLE users;\n",
    ),
    (
        "migrations/versions/bbbb00000002.sql",
        "-- Add name\n--\n-- Revision ID: bbbb00000002\n-- Revises: aaaa00000001\n\n-- upgrade\n\
         ALTER TABLE users ADD COLUMN name TEXT;\n\n-- downgrade\n\
         ALTER TABLE users DROP COLUMN name;\n",
    ),
];
