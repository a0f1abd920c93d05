//! What nothing declares, on PostgreSQL: it is left alone, and still there after any change.

use crate::command::{Database, Sandbox};

const MODELS: &str = "
#[derive(Table)]
#[table(name = \"notes\")]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
    pub owner: String,
    pub n: i32,
}
";

/// All that raw SQL can make of and beside a table.
const BY_HAND: &str = "
CREATE FUNCTION shout(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper(t)';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TYPE pair AS (a integer, b integer);
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE VIEW numbers AS SELECT id, n FROM notes;
CREATE MATERIALIZED VIEW sums AS SELECT sum(n) AS total FROM notes;
CREATE TRIGGER touched BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch();
CREATE RULE kept AS ON DELETE TO notes WHERE OLD.n = 7 DO INSTEAD NOTHING;
CREATE STATISTICS together ON owner, n FROM notes;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = current_user AND n > 0);
CREATE INDEX by_shout ON notes (shout(owner));
CREATE INDEX by_n ON notes (n);
ALTER TABLE notes ADD CONSTRAINT positive CHECK (n >= 0);
ALTER TABLE notes ADD CONSTRAINT once UNIQUE (owner, n);
ALTER TABLE notes SET (fillfactor = 70);
CREATE SEQUENCE tickets;
CREATE TABLE log (id integer, m mood);
";

/// What is left of it, one line each.
const LEFT: &str = "
SELECT kind, name FROM (
    SELECT 'relation' AS kind, relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relname IN ('numbers', 'sums', 'by_shout', 'by_n', 'once', 'tickets', 'log')
    UNION ALL SELECT 'routine', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type', typname FROM pg_type WHERE typname IN ('pair', 'mood')
    UNION ALL SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'rule', rulename FROM pg_rewrite WHERE rulename = 'kept'
    UNION ALL SELECT 'statistics', stxname FROM pg_statistic_ext
    UNION ALL SELECT 'policy', polname FROM pg_policy
    UNION ALL SELECT 'check', conname FROM pg_constraint WHERE conname = 'positive'
    UNION ALL SELECT 'option', unnest(reloptions) FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'row level security', relname FROM pg_class WHERE relrowsecurity
) AS left_alone ORDER BY 1, 2;
";

fn project() -> Sandbox {
    let it = Sandbox::new(Database::postgres());
    let toml = format!(
        "[database]\nurl = \"{}\"\nexclude = [\"vector\"]\n[models]\npaths = [\"models.rs\"]\nsql = [\"sql\"]\n",
        it.url()
    );
    it.write("limbec.toml", &toml);
    it.write("models.rs", MODELS);
    it.run("mkdir -p migrations/versions sql").succeeds();
    generate(&it, "notes");
    it
}

fn generate(it: &Sandbox, message: &str) {
    it.run(&format!("limbec revision --autogenerate -m '{message}'"))
        .succeeds();
    it.run("limbec upgrade head").succeeds();
}

/// Changes the models, and goes up, down and up again.
fn change(it: &Sandbox, from: &str, to: &str) {
    let models = it.read("models.rs");
    assert!(models.contains(from));
    it.write("models.rs", &models.replace(from, to));
    generate(it, "a change");
    it.run("limbec downgrade -1").succeeds();
    it.run("limbec upgrade head").succeeds();
    it.run("limbec check").succeeds();
}

#[test]
fn a_table_loses_its_protection_only_if_somebody_says_so_on_postgres() {
    let it = project();
    let protected = MODELS.replace(
        "name = \"notes\"",
        "name = \"notes\", option(\"postgresql.row_level_security\" = \"enable\")",
    );
    it.write("models.rs", &protected);
    it.write(
        "sql/own.sql",
        "CREATE POLICY own ON notes USING (owner = current_user);\n",
    );
    generate(&it, "protection");
    it.write("models.rs", MODELS);
    it.run("rm sql/own.sql").succeeds();

    it.run("limbec check").exits(3).logs(&[
        "The policy own on notes is dropped: other roles may then see or change rows",
        "Row level security of `notes` is switched off",
    ]);
    let refused = it.run("limbec revision --autogenerate -m open");
    refused.fails_saying(&[
        "The policy own on notes is dropped: other roles may then see or change rows",
        "if that is meant: --unprotect notes",
        "if not, declare it again",
    ]);
    it.run("limbec revision --autogenerate -m open --unprotect others")
        .fails_saying(&["`--unprotect others`: the database has no such table"]);
    assert_eq!(it.files("migrations/versions").len(), 2);

    // A policy that changes stays one.
    it.write("models.rs", &protected);
    it.write(
        "sql/own.sql",
        "CREATE POLICY own ON notes USING (owner = 'me');\n",
    );
    generate(&it, "another policy");

    it.write("models.rs", MODELS);
    it.run("rm sql/own.sql").succeeds();
    it.run("limbec revision --autogenerate -m open --unprotect public.notes")
        .succeeds();
    it.run("limbec upgrade head").succeeds();
    it.run("limbec downgrade -1").succeeds();
    it.run("limbec upgrade head").succeeds();
    it.run("limbec check").succeeds();
}

fn stays_through_changes(it: &Sandbox) {
    let all = it.sql(LEFT);
    assert_eq!(all.lines().count(), 18, "{all}");
    it.run("limbec check").succeeds().logs(&[
        "Left alone, as nothing declares it: table log; sequence tickets; type pair; \
         functions shout(text), touch(); view numbers; materialized view sums; statistics together; \
         rule kept on notes; policy own on notes; trigger touched on notes; indexes by_n on notes, by_shout on notes; \
         unique constraint once on notes; check positive on notes; \
         options fillfactor on notes, row_level_security on notes.",
        "`limbec reflect --write pair` writes the SQL file that declares it.",
        "`limbec reflect log` prints the model that does.",
    ]);
    it.run("limbec revision --autogenerate -m nothing")
        .succeeds()
        .prints("No new upgrade operations detected; no revision was written.\n");

    it.sql("INSERT INTO notes VALUES (1, 'a', 7);");
    change(it, "pub n: i32", "pub n: i64");
    assert_eq!(it.sql(LEFT), all, "after a new type");
    change(
        it,
        "pub owner: String",
        "#[column(renamed_from = \"owner\")]\n    pub author: String",
    );
    assert_eq!(it.sql(LEFT), all, "after a rename");
    // The scratch copy has the function as well.
    change(
        it,
        "pub n: i64,",
        "pub n: i64,\n    #[column(server_default = \"shout('a')\")]\n    pub loud: String,",
    );
    change(it, "\"notes\"", "\"pages\", renamed_from = \"notes\"");
    assert_eq!(
        it.sql(LEFT).replace("|pages", "|notes"),
        all,
        "after a new name"
    );
}

#[test]
fn what_raw_sql_of_a_revision_made_stays_on_postgres() {
    let it = project();
    let text = format!(
        "-- By hand\n--\n-- Revision ID: aa0000000000\n-- Revises: {}\n\n-- upgrade\n{BY_HAND}\n-- downgrade\nSELECT 1;\n",
        it.version_rows()[0]
    );
    it.write("migrations/versions/aa.sql", &text);
    it.run("limbec upgrade head").succeeds();
    stays_through_changes(&it);
}

#[test]
fn what_nobody_knows_how_it_came_stays_on_postgres() {
    let it = project();
    it.sql(BY_HAND);
    stays_through_changes(&it);
}
