//! What others wrote into limbec's own tables: it is shown before it runs, and it stops nobody.

use limbec_testkit::postgres::psql;

use crate::command::{Database, Sandbox};

/// Writes a project of one revision.
fn write_notes(it: &Sandbox) {
    it.write(
        "limbec.toml",
        &format!("[database]\nurl = \"{}\"\n", it.url()),
    );
    it.write(
        "migrations/versions/a1.sql",
        "-- Notes\n--\n-- Revision ID: a1\n-- Revises:\n\n-- upgrade\nCREATE TABLE notes (body TEXT);\n\n\
         -- downgrade\nDROP TABLE notes;\n",
    );
}

/// A project of one revision, on a database where a revision without a file is applied, whose SQL
/// somebody has put into the journal.
fn planted(database: Database, revert_sql: &str) -> Sandbox {
    let it = Sandbox::new(database);
    write_notes(&it);
    it.run("limbec upgrade head").succeeds();
    let quoted = revert_sql.replace('\'', "''");
    it.sql(&format!(
        "UPDATE alembic_version SET version_num = 'b2';\n\
         INSERT INTO limbec_log (revision, message, revises, depends_on, direction, step, steps, state, \
         started_at, revert_sql) VALUES ('b2', 'Nothing to see', 'a1', '', 'upgrade', 1, 1, 'done', \
         '2026-01-01 00:00:00', '{quoted}');"
    ));
    it
}

const PLANTED: &str =
    "CREATE TABLE planted (a INTEGER);\n-- \u{1b}[2J\nINSERT INTO planted VALUES (1);\n";

fn databases() -> [Database; 2] {
    [Database::Sqlite, Database::postgres()]
}

#[test]
fn sql_of_the_database_is_shown_and_runs_on_somebody_s_word_only() {
    for database in databases() {
        let it = planted(database, PLANTED);
        let shown = [
            "The database keeps this SQL to revert b2, Nothing to see:",
            "CREATE TABLE planted (a INTEGER);",
            r"\u{1b}[2J",
        ];
        for quiet in ["", "--quiet "] {
            it.run(&format!("limbec {quiet}downgrade --from-database a1"))
                .fails_saying(&["Nobody can be asked here", "--from-database a1 --yes"])
                .logs(&shown);
        }
        assert_eq!(it.version_rows(), ["b2"]);
        it.run("limbec downgrade --from-database a1 --dry-run")
            .succeeds()
            .logs_nothing();
        assert!(!it.tables().contains(&"planted".to_string()));

        it.run("limbec downgrade --from-database a1 --yes")
            .succeeds()
            .logs(&shown);
        assert_eq!(it.version_rows(), ["a1"]);
        assert!(it.tables().contains(&"planted".to_string()));
        // What the files here say is asked about by nobody.
        it.run("limbec downgrade --from-database base").succeeds();
    }
}

/// `script` gives the command a terminal.
#[cfg(target_os = "linux")]
#[test]
fn somebody_at_a_terminal_is_asked() {
    let it = planted(Database::Sqlite, PLANTED);
    let typed = |answer: &str| {
        let line =
            format!("echo {answer} | script -qec 'limbec downgrade --from-database a1' /dev/null");
        it.run(&line).stdout
    };
    let shown = typed("n");
    assert!(shown.contains("CREATE TABLE planted"), "{shown}");
    assert!(
        shown.contains("rights of this connection? [y/N]"),
        "{shown}"
    );
    assert!(shown.contains("nothing was run"), "{shown}");
    assert_eq!(it.version_rows(), ["b2"]);
    typed("y");
    assert_eq!(it.version_rows(), ["a1"]);
}

#[test]
fn sql_of_the_database_does_not_end_the_transaction() {
    for database in databases() {
        let it = planted(database, "SELECT 1;");
        for word in ["COMMIT", "/* a */ commit", "ROLLBACK", "BEGIN", "-- b\nEND"] {
            it.sql(&format!(
                "UPDATE limbec_log SET revert_sql = 'CREATE TABLE planted (a INTEGER);\n{word};' \
                 WHERE revision = 'b2';"
            ));
            it.run("limbec downgrade --from-database a1 --yes")
                .fails_saying(&["would open or end a transaction"]);
            assert!(!it.tables().contains(&"planted".to_string()), "{word}");
            assert_eq!(it.version_rows(), ["b2"]);
        }
    }
}

#[test]
fn a_row_about_a_revision_of_nobody_stops_no_upgrade() {
    for database in databases() {
        let it = planted(database, "");
        it.sql(
            "UPDATE alembic_version SET version_num = 'a1';\n\
             DELETE FROM limbec_log WHERE revision = 'b2';\n\
             INSERT INTO limbec_log (revision, message, direction, step, steps, state, started_at) VALUES \
             ('0evil', '', 'upgrade', 1, 3, 'started', '2026-01-01 00:00:00'), \
             ('1evil', '', 'upgrade', 0, 3, 'started', '2026-01-01 00:00:00');",
        );
        it.write(
            "migrations/versions/b2.sql",
            "-- More\n--\n-- Revision ID: b2\n-- Revises: a1\n\n-- upgrade\nCREATE TABLE more (a TEXT);\n\n\
             -- downgrade\nDROP TABLE more;\n",
        );
        it.run("limbec upgrade head").succeeds().logs(&[
            "The journal has the revision `0evil` half applied: 0 of 3 steps; no file",
            "The journal has the revision `1evil` in a row that does not read; no file",
        ]);
        assert_eq!(it.version_rows(), ["b2"]);
        // About a revision of the project it counts.
        it.sql(
            "INSERT INTO limbec_log (revision, message, direction, step, steps, state, started_at) VALUES \
             ('b2', '', 'downgrade', 1, 3, 'started', '2026-01-01 00:00:00');",
        );
        it.run("limbec downgrade base")
            .fails_saying(&["`b2` stopped at step 1 of 3"]);
    }
}

/// An application's role gets every right by default, as is usual; at limbec's own tables it may read.
#[test]
fn own_tables_are_their_owner_s() {
    let it = Sandbox::new(Database::postgres());
    let Database::Postgres(database) = &it.database else {
        panic!("it is PostgreSQL");
    };
    let role = format!("app_{}", std::process::id());
    it.sql(&format!(
        "CREATE ROLE {role} LOGIN;\n\
         ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO {role};\n\
         ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO PUBLIC;"
    ));
    write_notes(&it);
    it.run("limbec upgrade head").succeeds();
    let rights = |relation: &str| {
        let asked = format!(
            "SELECT grantee::regrole, privilege_type FROM pg_class, aclexplode(relacl) \
             WHERE oid = '{relation}'::regclass AND grantee <> relowner;"
        );
        psql(database.url(), &asked).unwrap()
    };
    for table in ["alembic_version", "limbec_log"] {
        assert_eq!(rights(table), format!("{role}|SELECT\n"), "{table}");
    }
    assert_eq!(rights("limbec_log_id_seq"), "-|SELECT\n");
    assert!(rights("notes").contains("INSERT"));
    it.run("limbec downgrade base").succeeds().logs(&[]);

    // Whoever grants more is told.
    it.sql(&format!(
        "GRANT INSERT ON limbec_log TO {role}; GRANT UPDATE (version_num) ON alembic_version TO PUBLIC;"
    ));
    let outcome = it.run("limbec upgrade head").succeeds();
    outcome.logs(&[&format!(
        "`PUBLIC` (alembic_version), `{role}` (limbec_log) may each write limbec's own tables"
    )]);
    it.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role};"));
}

/// A copy of the database is for those who may read the database.
#[cfg(unix)]
#[test]
fn a_copy_has_the_mode_and_the_owner_of_the_database() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};

    for mode in [0o600, 0o640, 0o664] {
        let it = planted(Database::Sqlite, "");
        it.sql("UPDATE alembic_version SET version_num = 'a1'; INSERT INTO notes VALUES ('a');");
        let database = it.path().join("app.db");
        fs::set_permissions(&database, Permissions::from_mode(mode)).unwrap();
        // Only root can give a file away; everybody else keeps it.
        let _ = chown(&database, Some(4321), Some(4322));
        it.run("umask 022 && limbec downgrade base").succeeds();
        let of = |name: &str| {
            let it = fs::metadata(it.path().join(name)).unwrap();
            (it.mode() & 0o777, it.uid(), it.gid())
        };
        let copy = it
            .files(".")
            .into_iter()
            .find(|it| it.contains(".before-a1"));
        assert_eq!(of(&copy.unwrap()), of("app.db"));
        assert_eq!(of("app.db").0, mode);
    }
}
