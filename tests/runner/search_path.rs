//! Which version table a connection works with, if its search path leads past its own schema: all who
//! share one exclude each other, and nobody takes another schema's table for its own unasked.

use super::at_once::{chain, check};
use super::{end, is_stress, project, revision, server, start};
use crate::command::{Database, Sandbox};

/// A URL whose connections search `schema` first.
fn searching(it: &Sandbox, path: &str) -> String {
    let url = it.url();
    let mark = if url.contains('?') { '&' } else { '?' };
    format!("{url}{mark}options=-c%20search_path%3D{path}")
}

/// Half of the processes run each line, all at once.
fn both(it: &Sandbox, lines: [&str; 2]) {
    let count = if is_stress() { 64 } else { 10 };
    let started: Vec<_> = (0..count)
        .map(|number| (lines[number % 2], start(it, lines[number % 2])))
        .collect();
    for (line, process) in started {
        end(line, process).succeeds();
    }
}

/// Six revisions of which the first two have run, by a connection whose own schema is `public`.
fn half_way() -> Sandbox {
    let it = project(Database::postgres());
    chain(&it, true);
    it.run("limbec upgrade a2").succeeds();
    it
}

#[test]
fn roles_with_a_schema_of_their_own_share_the_table_of_all() {
    let it = half_way();
    let role = format!("{}_alice", server(&it).name());
    it.sql(&format!(
        "CREATE ROLE {role} LOGIN SUPERUSER; CREATE SCHEMA {role} AUTHORIZATION {role};"
    ));
    let (before, at) = it
        .url()
        .split_once('@')
        .map(|(a, b)| (a.to_string(), b.to_string()))
        .unwrap();
    let scheme = before.split("//").next().unwrap_or_default();
    let line = format!("limbec upgrade head --url '{scheme}//{role}@{at}'");
    both(&it, [&line, "limbec upgrade head"]);
    check(&it, true, 0);
    it.run(&line).succeeds().logs(&[&format!(
        "The version table is public.alembic_version; this connection's own schema is {role}"
    )]);
    let own = format!("SELECT count(*) FROM pg_class WHERE relnamespace = '{role}'::regnamespace;");
    assert_eq!(it.sql(&own), "0\n");
    it.sql(&format!("DROP SCHEMA {role}; DROP ROLE {role};"));
}

#[test]
fn a_path_that_begins_elsewhere_shares_the_table_that_it_asks_for() {
    let it = half_way();
    it.sql("CREATE SCHEMA app;");
    let line = format!(
        "env LIMBEC_VERSION_TABLE_SCHEMA=public limbec upgrade head --url '{}'",
        searching(&it, "app,public")
    );
    both(&it, [&line, "limbec upgrade head"]);
    check(&it, true, 0);
    it.run(&line).succeeds().logs(&[
        "The version table is public.alembic_version; this connection's own schema is app",
    ]);
    let own = "SELECT count(*) FROM pg_class WHERE relnamespace = 'app'::regnamespace;";
    assert_eq!(it.sql(own), "0\n");
}

#[test]
fn a_tenant_is_not_where_another_schema_is() {
    let it = project(Database::postgres());
    let up = "    op.create_table(Table::new(\"items\").column(Column::new(\"id\", Integer)));";
    revision(&it, "t1", "", up, "    op.drop_table(\"items\");");
    it.run("limbec upgrade head").succeeds();
    it.sql("CREATE SCHEMA one; CREATE SCHEMA two;");
    let url = searching(&it, "one,public");
    for command in [
        "upgrade head",
        "upgrade head --dry-run",
        "stamp head",
        "current",
        "log",
        "locks",
        "check",
    ] {
        it.run(&format!("limbec {command} --url '{url}'"))
            .fails_saying(&[
                "`public.alembic_version`, is not of this connection's own schema, `one`",
                "limbec ensure-version",
                "version_table_schema = \"public\"",
            ]);
    }

    // With a table of its own it is a tenant, whose journal is its own too.
    it.run(&format!("limbec ensure-version --url '{url}'"))
        .succeeds();
    it.run(&format!("limbec current --url '{url}'"))
        .succeeds()
        .prints("");
    it.run(&format!("limbec log --url '{url}'"))
        .succeeds()
        .prints("");
    it.run(&format!("limbec upgrade head --url '{url}'"))
        .succeeds();
    let tables = "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class \
                  WHERE relkind = 'r' AND relnamespace = 'one'::regnamespace;";
    assert_eq!(it.sql(tables), "alembic_version items limbec_log\n");
    assert_eq!(it.sql("SELECT count(*) FROM public.limbec_log;"), "1\n");

    // Or the one that is asked for, in `limbec.toml`.
    it.write(
        "limbec.toml",
        &format!(
            "[database]\nurl = \"{}\"\n[migrations]\nversion_table_schema = \"two\"\n",
            it.url()
        ),
    );
    it.run("limbec upgrade head --sql")
        .succeeds()
        .stdout
        .find("INSERT INTO two.alembic_version")
        .unwrap();
    it.run("limbec stamp head").succeeds();
    it.run("limbec current").succeeds().prints("t1 (head)\n");
    assert_eq!(
        it.sql("SELECT version_num FROM two.alembic_version;"),
        "t1\n"
    );
    assert_eq!(it.sql("SELECT count(*) FROM two.limbec_log;"), "1\n");
}

#[test]
fn without_a_table_anywhere_the_own_schema_gets_one() {
    let it = project(Database::postgres());
    revision(&it, "t1", "", "", "");
    it.sql("CREATE SCHEMA one;");
    let url = searching(&it, "one,public");
    it.run(&format!("limbec upgrade head --url '{url}'"))
        .succeeds();
    assert_eq!(
        it.sql("SELECT version_num FROM one.alembic_version;"),
        "t1\n"
    );
    it.run("limbec current").succeeds().prints("");
}
