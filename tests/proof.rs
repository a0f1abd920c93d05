//! Proofs of generated revisions on PostgreSQL: what the scratch copy must hold, and what proofs that
//! were killed have left on the server.

use limbec::connection::{Connection as _, connect_postgres};
use limbec_core::dialect::Judge as _;
use limbec_core::dialect::postgres::Postgres;

use crate::command::{Database, Sandbox};

const MODELS: &str = "
#[derive(Table)]
#[table(name = \"items\")]
pub struct Item {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Table)]
#[table(name = \"others\")]
pub struct Other {
    #[column(primary_key)]
    pub id: i64,
}

#[derive(Table)]
#[table(name = \"parts\", partition_by = \"range (id)\")]
pub struct Part {
    #[column(primary_key)]
    pub id: i64,
    pub a: Option<i64>,
}

#[derive(Table)]
#[table(name = \"parts_1\", partition_of = \"parts\", bound = \"FROM (0) TO (10)\", index(columns = [\"a\"]))]
pub struct FirstPart {}
";

fn project(models: &str) -> Sandbox {
    let it = Sandbox::new(Database::postgres());
    it.write(
        "limbec.toml",
        &format!(
            "[database]\nurl = \"{}\"\nexclude = [\"vector\"]\n[models]\npaths = [\"models.rs\"]\n",
            it.url()
        ),
    );
    it.write("models.rs", models);
    it.run("mkdir -p migrations/versions").succeeds();
    it
}

fn generate(it: &Sandbox, message: &str) {
    it.run(&format!("limbec revision --autogenerate -m '{message}'"))
        .succeeds();
}

/// How many indexes are not valid.
fn invalid(it: &Sandbox) -> String {
    it.sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid;")
}

#[test]
fn indexes_that_are_not_valid_stop_no_other_table_on_postgres() {
    let it = project(MODELS);
    generate(&it, "all");
    it.run("limbec upgrade head").succeeds();
    it.sql("INSERT INTO items VALUES (1, 'a'), (2, 'a');");
    it.try_sql("CREATE UNIQUE INDEX CONCURRENTLY ix_items_name ON items (name);")
        .expect_err("two rows are equal");
    // One that is being built by hand, partition by partition.
    it.sql("CREATE INDEX ix_parts_a ON ONLY parts (a);");
    assert_eq!(invalid(&it), "2\n");

    let models = MODELS.replace(
        "pub struct Other {\n    #[column(primary_key)]\n    pub id: i64,",
        "pub struct Other {\n    #[column(primary_key)]\n    pub id: i64,\n    pub note: Option<String>,",
    );
    it.write("models.rs", &models);
    generate(&it, "a note");
    it.run("limbec upgrade head").succeeds();
    it.run("limbec downgrade -1").succeeds();
    it.run("limbec upgrade head").succeeds();
    assert_eq!(invalid(&it), "2\n");

    // Once the models want the index, it is built anew.
    it.sql("DELETE FROM items WHERE id = 2;");
    let models = models.replace(
        "#[table(name = \"items\")]",
        "#[table(name = \"items\", index(columns = [\"name\"], unique))]",
    );
    it.write("models.rs", &models);
    generate(&it, "an index");
    it.run("limbec upgrade head").succeeds();
    assert_eq!(invalid(&it), "1\n");
    it.run("limbec check").succeeds();
    it.run("limbec downgrade -1").succeeds();

    it.run("limbec upgrade head").succeeds();

    // And a table that has one may go.
    let at = models
        .find("#[derive(Table)]\n#[table(name = \"parts\"")
        .expect("it is there");
    it.write("models.rs", &models[..at]);
    generate(&it, "no parts");
}

#[test]
fn scratch_databases_of_stopped_proofs_are_removed_on_postgres() {
    let it = project(MODELS);
    // A role of its own, whose databases no other test removes.
    let Database::Postgres(database) = &it.database else {
        panic!("this test is for PostgreSQL");
    };
    let role = format!("{}_role", database.name());
    let name = |digit: &str| {
        let process = std::process::id();
        format!("limbec_scratch_1795852800_{digit}{process:015x}")
    };
    let (left, used, held, foreign) = (name("a"), name("b"), name("c"), name("d"));
    // Not one of limbec's names.
    let mine = format!("limbec_scratch_{}", database.name());
    it.sql(&format!(
        "CREATE ROLE {role} LOGIN CREATEDB; GRANT ALL ON SCHEMA public TO {role};"
    ));
    for name in [&left, &used, &held, &mine] {
        it.sql(&format!("CREATE DATABASE {name} OWNER {role};"));
    }
    it.sql(&format!(
        "CREATE ROLE {role}_2; CREATE DATABASE {foreign} OWNER {role}_2;"
    ));
    let url = it.url();
    let (scheme, rest) = url.split_once("://").expect("a scheme");
    let (_, at) = rest.rsplit_once('@').expect("a user");
    let url = format!("{scheme}://{role}@{at}");

    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    let (host, _) = at.split_once('/').expect("a database");
    let user = format!("{scheme}://{role}@{host}/{used}");
    let guests = runtime.block_on(async {
        let guest = connect_postgres(&user).await.expect("a guest");
        let mut holder = connect_postgres(&url).await.expect("a holder");
        let hold = Postgres.scratch_place(&held).expect("a place").hold;
        holder.run(&[&hold]).await.expect("the lock");
        (guest, holder)
    });
    let line = format!("limbec revision --autogenerate -m all --url '{url}'");
    let told = it.run(&line).succeeds().stderr;
    let removed = format!("Removed 1 scratch database(s) that stopped proofs have left: {left}");
    assert!(told.contains(&removed), "{told}");
    let there = it.sql("SELECT datname FROM pg_database ORDER BY datname;");
    let is_there = |name: &str| there.lines().any(|it| it == name);
    assert!(!is_there(&left), "{there}");
    assert!(
        [&used, &held, &foreign, &mine]
            .iter()
            .all(|it| is_there(it)),
        "{there}"
    );

    drop(guests);
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    for name in [&used, &held, &mine, &foreign] {
        it.sql(&format!("DROP DATABASE {name} WITH (FORCE);"));
    }
    it.sql(&format!(
        "DROP OWNED BY {role}; DROP ROLE {role}, {role}_2;"
    ));
}

/// The URL of a database for another role, with more after it.
fn url_of(it: &Sandbox, role: &str, more: &str) -> String {
    let url = it.url();
    let (scheme, rest) = url.split_once("://").expect("a scheme");
    let (_, at) = rest.rsplit_once('@').expect("a user");
    format!("{scheme}://{role}@{at}{more}")
}

#[test]
fn a_connection_generates_in_a_schema_of_its_own_on_postgres() {
    let noted = MODELS.replace(
        "pub name: String,",
        "pub name: String,\n    pub note: Option<String>,",
    );
    for by_url in [false, true] {
        let it = project(MODELS);
        // What the path leads to as well is no part of the project.
        it.sql("CREATE SCHEMA app; CREATE TABLE public.legacy (id integer);");
        let mut more = "";
        if by_url {
            more = "?options=-c%20search_path%3Dapp,public";
        } else {
            let name = it.sql("SELECT current_database();");
            it.sql(&format!(
                "ALTER DATABASE {} SET search_path = app, public;",
                name.trim()
            ));
        }
        let url = format!("{}{more}", it.url());
        for models in [MODELS, noted.as_str()] {
            it.write("models.rs", models);
            it.run(&format!(
                "limbec revision --autogenerate -m change --url '{url}'"
            ))
            .succeeds();
            it.run(&format!("limbec upgrade head --url '{url}'"))
                .succeeds();
            it.run(&format!("limbec check --url '{url}'")).succeeds();
        }
        let found = it.sql("SELECT schemaname FROM pg_tables WHERE tablename = 'items';");
        assert_eq!(found, "app\n");
    }
}

#[test]
fn a_role_without_a_place_for_proofs_is_told_of_its_rights_on_postgres() {
    let it = project(MODELS);
    let Database::Postgres(database) = &it.database else {
        panic!("this test is for PostgreSQL");
    };
    let role = format!("{}_weak", database.name());
    it.sql(&format!(
        "CREATE ROLE {role} LOGIN; GRANT ALL ON SCHEMA public TO {role};"
    ));
    let line = format!(
        "limbec revision --autogenerate -m all --url '{}'",
        url_of(&it, &role, "")
    );
    it.run(&line).fails_saying(&[
        "there is no place to try the revision in: permission denied to create database",
        "CREATEDB",
        "[database] scratch",
    ]);
    it.run(&format!("LIMBEC_SCRATCH='sqlite:a.db' {line}"))
        .fails_saying(&["`[database] scratch` is a database of sqlite"]);
    let told = it.run(&format!(
        "LIMBEC_SCRATCH='postgresql:me:s3cret@host' {line}"
    ));
    assert_eq!(told.code, Some(1));
    assert!(!told.stderr.contains("s3cret"), "{}", told.stderr);
    it.run(&format!("LIMBEC_SCRATCH='{}' {line}", it.url()))
        .succeeds();
    it.sql(&format!("DROP OWNED BY {role}; DROP ROLE {role};"));
}
