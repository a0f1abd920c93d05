//! A user's shell in a folder of its own, with the built `limbec` first in its PATH.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use limbec_testkit::postgres::{TestDatabase, psql, test_database};
use limbec_testkit::sqlite::sqlite3;
use limbec_testkit::{Error, TempProject};

/// What a developer may have set, and what would change what is printed.
const FOREIGN: [&str; 18] = [
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "DATABASE_URL",
    "EDITOR",
    "FORCE_COLOR",
    "LIMBEC_CONFIG",
    "LIMBEC_DIRECTORY",
    "LIMBEC_MODELS",
    "NO_COLOR",
    "PGHOST",
    "PGPASSFILE",
    "PGPASSWORD",
    "PGPORT",
    "PGSSLMODE",
    "PGUSER",
    "TERM",
    "VISUAL",
];

/// The built command.
pub(crate) fn limbec() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_limbec"))
}

/// A shell command line to be run in `folder`, with nothing of the developer's own settings.
pub(crate) fn shell(folder: &Path, line: &str) -> Command {
    let programs = limbec().parent().expect("a program lies in a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(programs.to_path_buf()).chain(std::env::split_paths(&path));
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder);
    command.stdin(Stdio::null());
    command.env(
        "PATH",
        std::env::join_paths(path).expect("PATH was made of such parts"),
    );
    for name in FOREIGN {
        command.env_remove(name);
    }
    command
}

/// How a command line ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    line: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn new(line: &str, output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("what a command prints is UTF-8");
        Outcome {
            line: line.to_string(),
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// Both streams as a user sees them, for messages of failed tests.
    fn told(&self) -> String {
        format!(
            "$ {}\n{}{}[exit code {:?}]",
            self.line, self.stdout, self.stderr, self.code
        )
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "the exit code of\n{}", self.told());
        assert!(
            !self.stderr.contains("panicked"),
            "a panic in\n{}",
            self.told()
        );
        self
    }

    /// Asserts that it succeeded.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        self.exits(0)
    }

    /// Asserts that it failed with exit code 1 and says each of these on stderr.
    #[track_caller]
    pub(crate) fn fails_saying(self, texts: &[&str]) -> Self {
        let outcome = self.exits(1);
        assert!(
            outcome.stderr.contains("FAILED: "),
            "no FAILED in\n{}",
            outcome.told()
        );
        for text in texts {
            assert!(
                outcome.stderr.contains(text),
                "`{text}` is missing in\n{}",
                outcome.told()
            );
        }
        outcome
    }

    /// Asserts all of stdout.
    #[track_caller]
    pub(crate) fn prints(self, stdout: &str) -> Self {
        assert_eq!(self.stdout, stdout, "stdout of\n{}", self.told());
        self
    }

    /// Asserts that stderr holds each of these.
    #[track_caller]
    pub(crate) fn logs(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(
                self.stderr.contains(text),
                "`{text}` is missing in\n{}",
                self.told()
            );
        }
        self
    }

    /// Asserts that stderr is empty.
    #[track_caller]
    pub(crate) fn logs_nothing(self) -> Self {
        assert_eq!(self.stderr, "", "stderr of\n{}", self.told());
        self
    }
}

/// A database of a test's own.
#[derive(Debug)]
pub(crate) enum Database {
    /// A file in the project's folder.
    Sqlite,
    /// A database on the tests' server.
    Postgres(TestDatabase),
}

impl Database {
    pub(crate) fn postgres() -> Self {
        let database = test_database();
        // Stands in for pgvector's type, which a plain server lacks.
        let created = database.execute("CREATE DOMAIN vector AS text");
        created.expect("a domain can be created in an empty database");
        Database::Postgres(database)
    }
}

/// A folder in which a user works, and the database that its `limbec.toml` names.
#[derive(Debug)]
pub(crate) struct Sandbox {
    folder: TempProject,
    pub(crate) database: Database,
}

impl Sandbox {
    pub(crate) fn new(database: Database) -> Self {
        let folder = TempProject::new().expect("a temporary folder can be made");
        Sandbox { folder, database }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.database, Database::Sqlite)
    }

    /// The URL as `limbec.toml` holds it.
    pub(crate) fn url(&self) -> String {
        match &self.database {
            Database::Sqlite => "sqlite:app.db".to_string(),
            Database::Postgres(database) => database.url().to_string(),
        }
    }

    /// Runs a shell command line.
    #[track_caller]
    pub(crate) fn run(&self, line: &str) -> Outcome {
        let output = shell(self.path(), line).output();
        Outcome::new(line, output.expect("`sh` runs"))
    }

    /// Feeds SQL to the database's own shell; returns what it prints.
    #[track_caller]
    pub(crate) fn sql(&self, script: &str) -> String {
        self.try_sql(script).expect("the SQL runs")
    }

    /// Feeds SQL to the database's own shell.
    pub(crate) fn try_sql(&self, script: &str) -> Result<String, Error> {
        match &self.database {
            Database::Sqlite => sqlite3(self.path().join("app.db"), script),
            Database::Postgres(database) => psql(database.url(), script),
        }
    }

    /// The rows of the version table; none where there is no such table.
    pub(crate) fn version_rows(&self) -> Vec<String> {
        if !self.tables().iter().any(|name| name == "alembic_version") {
            return Vec::new();
        }
        let rows = self.sql("SELECT version_num FROM alembic_version ORDER BY 1;");
        rows.lines().map(str::to_string).collect()
    }

    /// The names of all tables but the journal, in order.
    pub(crate) fn tables(&self) -> Vec<String> {
        let query = if self.is_sqlite() {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
             AND name <> 'limbec_log' ORDER BY 1;"
        } else {
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' \
             AND tablename <> 'limbec_log' ORDER BY 1;"
        };
        self.sql(query).lines().map(str::to_string).collect()
    }

    /// All that the database says of its schema but for the journal, and the version rows.
    pub(crate) fn dump(&self) -> String {
        let schema = match &self.database {
            Database::Sqlite => self.sql(SQLITE_SCHEMA),
            Database::Postgres(_) => self.sql(POSTGRES_SCHEMA),
        };
        format!("{schema}rows: {:?}\n", self.version_rows())
    }

    /// Writes a file of the project.
    #[track_caller]
    pub(crate) fn write(&self, path: &str, text: &str) {
        self.folder
            .write(path, text)
            .expect("a temporary file is written");
    }

    /// Reads a file of the project.
    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        self.folder.read(path).expect("the file is there")
    }

    /// The files below a folder of the project, in order.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        self.folder
            .files(folder)
            .expect("a temporary folder is listed")
    }
}

const SQLITE_SCHEMA: &str = "
SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name <> 'limbec_log' ORDER BY type, name;";

const POSTGRES_SCHEMA: &str = "
SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'limbec_log'
ORDER BY c.relname, a.attnum;
SELECT 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
AND conrelid IS DISTINCT FROM to_regclass('limbec_log') ORDER BY 2::text, 3;
SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
AND tablename <> 'limbec_log' ORDER BY 2;
SELECT 'comment', relname, obj_description(oid, 'pg_class') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'limbec_log' ORDER BY 2;
SELECT 'enum', t.typname, e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
ORDER BY 2, e.enumsortorder;
";
