//! The guide, step by step as a newcomer follows it, on the tables of FileIntel and on both
//! databases. The numbers are those of the guide.

use crate::command::{Database, Outcome, Sandbox};

/// Runs each test on a database of its own: SQLite as `sqlite::…`, PostgreSQL as `postgresql::…`.
mod alembic;
mod at_once;
mod broken_files;
mod names;

on_both_databases! {
    step_01_init_starts_a_project_and_overwrites_nothing
    step_02_the_first_revision_creates_the_five_tables
    step_03_upgrade_then_current_and_check_agree
    step_04_a_new_field_becomes_a_revision
    step_05_autogenerate_wants_a_database_that_is_up_to_date
    step_06_removing_a_field_reverts_it_and_is_marked
    step_07_downgrade_and_upgrade_by_steps_and_by_prefix
    step_08_models_that_are_not_found_are_named
    step_09_an_id_that_no_file_has_is_explained_and_mended
    step_11_the_script_gives_the_same_database
    step_12_a_failing_statement_leaves_nothing_behind
}

const MODELS: &str = include_str!("guide/models_2025_08_23.rs");
const TABLES: [&str; 5] = [
    "collections",
    "documents",
    "document_chunks",
    "jobs",
    "results",
];

/// A revision that a command has just written.
struct Generated {
    id: String,
    path: String,
    text: String,
}

impl Generated {
    /// The body of `upgrade()` or `downgrade()`.
    fn body(&self, function: &str) -> &str {
        let start = format!("pub fn {function}(op: &mut Operations) {{");
        let (_, rest) = self.text.split_once(&start).expect("the function is there");
        rest.split_once("\n}").expect("the function ends").0
    }

    fn upgrade(&self) -> &str {
        self.body("upgrade")
    }

    fn downgrade(&self) -> &str {
        self.body("downgrade")
    }
}

/// Reads the revision of which stdout says that it was generated.
#[track_caller]
fn generated(it: &Sandbox, outcome: &Outcome) -> Generated {
    let path = outcome.stdout.strip_prefix("Generating ");
    let path = path.and_then(|rest| rest.strip_suffix(" ...  done\n"));
    let path = path.expect("one file was generated").to_string();
    let name = path.rsplit('/').next().unwrap_or_default();
    let id = name.split('_').next().unwrap_or_default().to_string();
    let text = it.read(&path);
    Generated { id, path, text }
}

#[track_caller]
fn autogenerate(it: &Sandbox, message: &str) -> Generated {
    let line = format!("limbec revision --autogenerate -m '{message}'");
    generated(it, &it.run(&line).succeeds())
}

/// A crate with FileIntel's models, after `limbec init`.
fn fileintel(database: Database) -> Sandbox {
    let it = Sandbox::new(database);
    it.write("src/models.rs", MODELS);
    it.run(&format!("limbec init --url '{}'", it.url()))
        .succeeds();
    // FileIntel's strings are VARCHAR, where limbec's own choice is TEXT.
    let configuration = it.read("limbec.toml");
    let types = "\n[models.types]\nString = \"varchar\"\n";
    it.write("limbec.toml", &format!("{configuration}{types}"));
    it
}

/// FileIntel with its first revision applied.
fn fileintel_at_head(database: Database) -> (Sandbox, Generated) {
    let it = fileintel(database);
    let initial = autogenerate(&it, "Initial schema");
    it.run("limbec upgrade head").succeeds();
    (it, initial)
}

/// Adds a field to `Collection`.
fn add_to_collection(it: &Sandbox, field: &str) {
    let anchor = "    pub name: String,\n";
    let models = it.read("src/models.rs");
    assert!(models.contains(anchor));
    it.write(
        "src/models.rs",
        &models.replacen(anchor, &format!("{anchor}{field}"), 1),
    );
}

const DESCRIPTION: &str = "    pub description: Option<String>,\n";

/// FileIntel with a second revision, `Add description to collections`, which is applied too.
fn fileintel_with_description(database: Database) -> (Sandbox, Generated, Generated) {
    let (it, initial) = fileintel_at_head(database);
    add_to_collection(&it, DESCRIPTION);
    let second = autogenerate(&it, "Add description to collections");
    it.run("limbec upgrade head").succeeds();
    (it, initial, second)
}

fn step_01_init_starts_a_project_and_overwrites_nothing(database: Database) {
    let it = Sandbox::new(database);
    it.write("src/main.rs", "fn main() {}\n");
    let outcome = it.run("limbec init").succeeds().logs_nothing();
    assert!(
        outcome.stdout.contains("Creating limbec.toml ...  done"),
        "{}",
        outcome.stdout
    );
    assert!(outcome.stdout.contains("Next:"), "{}", outcome.stdout);
    assert!(
        outcome
            .stdout
            .contains("limbec revision --autogenerate -m \"Initial schema\""),
        "{}",
        outcome.stdout
    );
    assert!(it.path().join("migrations/versions").is_dir());
    assert_eq!(it.files(""), ["limbec.toml", "src/main.rs"]);

    let mine = "# mine\n[database]\nurl = \"sqlite:mine.db\"\n";
    it.write("limbec.toml", mine);
    it.write("migrations/versions/keep.txt", "kept\n");
    let again = it.run("limbec init").succeeds();
    assert!(
        again
            .stdout
            .contains("limbec.toml exists already, left as it is"),
        "{}",
        again.stdout
    );
    assert_eq!(it.read("limbec.toml"), mine);
    assert_eq!(it.read("migrations/versions/keep.txt"), "kept\n");
}

fn step_02_the_first_revision_creates_the_five_tables(database: Database) {
    let it = fileintel(database);
    let initial = autogenerate(&it, "Initial schema");
    let name = format!("{}_initial_schema.rs", initial.id);
    assert_eq!(it.files("migrations/versions"), [name.as_str()]);
    assert_eq!(initial.path, format!("migrations/versions/{name}"));
    assert_eq!(initial.id.len(), 12);
    assert!(initial.id.chars().all(|it| it.is_ascii_hexdigit()));

    let place = |body: &str, call: &str, table: &str| {
        body.find(&format!("{call}\"{table}\""))
            .unwrap_or_else(|| panic!("{call}{table} in {body}"))
    };
    let created = TABLES.map(|table| place(initial.upgrade(), "Table::new(", table));
    assert_eq!(initial.upgrade().matches("op.").count(), 5);
    let dropped = TABLES.map(|table| place(initial.downgrade(), "op.drop_table(", table));
    assert_eq!(initial.downgrade().matches("op.").count(), 5);
    // Creation in an order that runs: what a key points to comes first.
    let [collections, documents, chunks, jobs, results] = created;
    assert!(collections < documents && documents < chunks && documents < jobs && jobs < results);
    let mut order: Vec<usize> = (0..5).collect();
    order.sort_by_key(|table| created[*table]);
    let mut reverse: Vec<usize> = (0..5).collect();
    reverse.sort_by_key(|table| dropped[*table]);
    reverse.reverse();
    assert_eq!(order, reverse, "drops are in the reverse order");
    // Nothing was run.
    assert!(!it.is_sqlite() || !it.path().join("app.db").exists());
    assert!(it.is_sqlite() || it.tables().is_empty());
}

fn step_03_upgrade_then_current_and_check_agree(database: Database) {
    let it = fileintel(database);
    let Generated { id, .. } = autogenerate(&it, "Initial schema");
    it.run("limbec upgrade head")
        .succeeds()
        .prints("")
        .logs(&[&format!(
            "INFO  [limbec.migrate] Running upgrade  -> {id}, Initial schema\n"
        )]);
    it.run("limbec current")
        .succeeds()
        .prints(&format!("{id} (head)\n"));
    let clean = "No new upgrade operations detected.\n";
    it.run("limbec check").succeeds().prints(clean);
    let before = it.dump();
    it.run("limbec upgrade head")
        .succeeds()
        .prints("")
        .logs_nothing();
    assert_eq!(it.dump(), before);
    let mut tables = [&TABLES[..], &["alembic_version"]].concat();
    tables.sort_unstable();
    assert_eq!(it.tables(), tables);
    assert_eq!(it.version_rows(), [id]);
}

fn step_04_a_new_field_becomes_a_revision(database: Database) {
    let (it, initial) = fileintel_at_head(database);
    add_to_collection(&it, DESCRIPTION);
    it.run("limbec check")
        .exits(3)
        .prints("New upgrade operations detected:\n  add_column collections.description\n");
    let second = autogenerate(&it, "Add description to collections");
    assert_eq!(
        second.upgrade().trim(),
        "op.add_column(\"collections\", Column::new(\"description\", Varchar));"
    );
    assert!(
        second
            .downgrade()
            .trim_end()
            .ends_with("op.drop_column(\"collections\", \"description\");"),
        "{}",
        second.text
    );
    assert!(
        second.text.contains(&format!(
            "Revision::new(\"{}\").revises(&[\"{}\"]);",
            second.id, initial.id
        )),
        "{}",
        second.text
    );
    it.run("limbec upgrade head").succeeds().logs(&[&format!(
        "Running upgrade {} -> {}, Add description to collections",
        initial.id, second.id
    )]);
    it.run("limbec check").succeeds();
    it.sql("INSERT INTO collections (id, name, description) VALUES ('1', 'a', 'b');");
}

fn step_05_autogenerate_wants_a_database_that_is_up_to_date(database: Database) {
    let it = fileintel(database);
    autogenerate(&it, "Initial schema");
    let files = it.files("migrations");
    for line in ["limbec revision --autogenerate -m 'Two'", "limbec check"] {
        it.run(line).fails_saying(&[
            "FAILED: Target database is not up to date.",
            "run: limbec upgrade head",
        ]);
    }
    assert_eq!(it.files("migrations"), files);
}

fn step_06_removing_a_field_reverts_it_and_is_marked(database: Database) {
    let (it, _, _) = fileintel_with_description(database);
    it.write("src/models.rs", MODELS);
    let outcome = it.run("limbec revision --autogenerate -m 'Remove the description'");
    let outcome =
        outcome
            .succeeds()
            .logs(&["WARNING", "drop_column collections.description", "lost"]);
    let third = generated(&it, &outcome);
    let upgrade = third.upgrade();
    assert!(upgrade.contains("op.drop_column(\"collections\", \"description\")"));
    assert!(upgrade.contains("// ") && upgrade.contains("data is lost"));
    assert_eq!(
        third.downgrade().trim(),
        "op.add_column(\"collections\", Column::new(\"description\", Varchar));"
    );
    it.run("limbec upgrade head").succeeds();
    it.run("limbec check").succeeds();
    assert!(
        it.try_sql("SELECT description FROM collections;").is_err(),
        "the column is gone"
    );
}

fn step_07_downgrade_and_upgrade_by_steps_and_by_prefix(database: Database) {
    let (it, initial, second) = fileintel_with_description(database);
    let full = it.dump();
    it.run("limbec downgrade -1").succeeds().logs(&[&format!(
        "Running downgrade {} -> {}, Add description to collections",
        second.id, initial.id
    )]);
    it.run("limbec current")
        .succeeds()
        .prints(&format!("{}\n", initial.id));
    it.run("limbec downgrade base")
        .succeeds()
        .logs(&[&format!("Running downgrade {} -> , ", initial.id)]);
    it.run("limbec current").succeeds().prints("");
    assert_eq!(it.tables(), ["alembic_version"]);
    it.run("limbec upgrade +1").succeeds();
    assert_eq!(it.version_rows(), [initial.id.as_str()]);
    it.run(&format!("limbec upgrade {}", &second.id[..4]))
        .succeeds();
    assert_eq!(it.version_rows(), [second.id.as_str()]);
    assert_eq!(
        it.dump(),
        full,
        "down and up again gives what there was before"
    );
}

fn step_08_models_that_are_not_found_are_named(database: Database) {
    let it = fileintel(database);
    let right = it.read("limbec.toml");
    let line = "limbec revision --autogenerate -m 'Initial schema'";

    it.write(
        "limbec.toml",
        &right.replace("src/models.rs", "src/storage/models.rs"),
    );
    it.run(line).fails_saying(&[
        "FAILED: Can't proceed with --autogenerate option; ",
        "`[models] paths`",
        "`src/storage/models.rs`",
        "there is no such file",
        "did you mean `src/models.rs`?",
    ]);

    it.write("limbec.toml", &right);
    it.write("src/models.rs", "pub struct Collection {}\n");
    for line in [line, "limbec check"] {
        it.run(line).fails_saying(&[
            "FAILED: Can't proceed with --autogenerate option; ",
            "`[models] paths`",
            "`src/models.rs` holds 0 table(s)",
            "#[derive(Table)]",
        ]);
    }
    assert!(it.files("migrations").is_empty());
}

fn step_09_an_id_that_no_file_has_is_explained_and_mended(database: Database) {
    let (it, initial, second) = fileintel_with_description(database);
    std::fs::remove_file(it.path().join(&second.path)).expect("the file was there");
    let before = it.dump();
    for command in [
        "current",
        "upgrade head",
        "downgrade -1",
        "downgrade base",
        "check",
        "revision --autogenerate -m x",
        "history -i",
        "stamp head",
    ] {
        it.run(&format!("limbec {command}")).fails_saying(&[
            &format!(
                "FAILED: Can't locate revision identified by '{}'",
                second.id
            ),
            "alembic_version",
            &initial.id,
            &format!("limbec stamp --purge {}", initial.id),
        ]);
    }
    assert_eq!(it.dump(), before);

    // The column is in the way of nothing but `check`: the table is what the file says, plus one.
    it.run(&format!("limbec stamp --purge {}", initial.id))
        .succeeds();
    it.run("limbec current")
        .succeeds()
        .prints(&format!("{} (head)\n", initial.id));

    it.sql("UPDATE alembic_version SET version_num = 'feedfeedfeed';");
    it.run("limbec current")
        .fails_saying(&["Can't locate revision identified by 'feedfeedfeed'"]);
    it.sql(&format!(
        "UPDATE alembic_version SET version_num = '{}';",
        initial.id
    ));
    it.run("limbec current")
        .succeeds()
        .prints(&format!("{} (head)\n", initial.id));
    it.run("limbec downgrade base").succeeds();
}

fn step_11_the_script_gives_the_same_database(database: Database) {
    let (online, _, second) = fileintel_with_description(database);
    let script = online.run("limbec upgrade head --sql").succeeds();
    assert!(script.stderr.is_empty(), "{}", script.stderr);

    let fresh = if online.is_sqlite() {
        Database::Sqlite
    } else {
        Database::postgres()
    };
    let offline = Sandbox::new(fresh);
    for file in online.files("migrations") {
        let path = format!("migrations/{file}");
        offline.write(&path, &online.read(&path));
    }
    offline.write("src/models.rs", &online.read("src/models.rs"));
    offline.write(
        "limbec.toml",
        &online
            .read("limbec.toml")
            .replace(&online.url(), &offline.url()),
    );
    offline.sql(&script.stdout);
    assert_eq!(offline.dump(), online.dump());
    let current = format!("{} (head)\n", second.id);
    offline.run("limbec current").succeeds().prints(&current);
    offline.run("limbec check").succeeds();

    // And down again by a script.
    let script = online.run("limbec downgrade head:base --sql").succeeds();
    offline.sql(&script.stdout);
    online.run("limbec downgrade base").succeeds();
    assert_eq!(offline.dump(), online.dump());
}

fn step_12_a_failing_statement_leaves_nothing_behind(database: Database) {
    let (it, _, second) = fileintel_with_description(database);
    it.sql(
        "INSERT INTO collections (id, name, description) VALUES ('1', 'a', 'x'), ('2', 'b', 'x');",
    );
    it.run("limbec revision --rev-id 00000000000a -m 'Add a table of tags'")
        .succeeds();
    fill(
        &it,
        "00000000000a_add_a_table_of_tags.rs",
        "op.execute(\"CREATE TABLE tags (id integer)\");",
        "op.execute(\"DROP TABLE tags\");",
    );
    it.run("limbec revision --rev-id 00000000000b -m 'Unique descriptions'")
        .succeeds();
    fill(
        &it,
        "00000000000b_unique_descriptions.rs",
        "op.add_column(\"collections\", Column::new(\"before\", Text));
    op.create_index(\"collections\", Index::new(\"ix_description\", &[\"description\"]).unique());
    op.add_column(\"collections\", Column::new(\"after\", Text));",
        "op.drop_column(\"collections\", \"after\");
    op.drop_index(\"collections\", \"ix_description\");
    op.drop_column(\"collections\", \"before\");",
    );
    it.run("limbec upgrade head").fails_saying(&[
        "00000000000b",
        "create_index",
        "CREATE UNIQUE INDEX ix_description ON collections",
        if it.is_sqlite() {
            "UNIQUE constraint failed: collections.description"
        } else {
            "could not create unique index"
        },
    ]);
    assert_eq!(
        it.version_rows(),
        ["00000000000a"],
        "the revision before stays"
    );
    assert!(it.tables().contains(&"tags".to_string()));
    for column in ["before", "after"] {
        assert!(
            it.try_sql(&format!("SELECT c.{column} FROM collections c;"))
                .is_err(),
            "`{column}` was left behind"
        );
    }

    it.sql("DELETE FROM collections WHERE id = '2';");
    it.run("limbec upgrade head")
        .succeeds()
        .logs(&["Running upgrade 00000000000a -> 00000000000b, Unique descriptions"]);
    it.sql("SELECT c.before, c.after FROM collections c;");
    it.run(&format!("limbec downgrade {}", second.id))
        .succeeds();
    assert!(!it.tables().contains(&"tags".to_string()));
    assert_eq!(it.version_rows(), [second.id]);
}

/// Writes the bodies of an empty revision's functions.
fn fill(it: &Sandbox, name: &str, upgrade: &str, downgrade: &str) {
    let path = format!("migrations/versions/{name}");
    let text = it.read(&path);
    let (header, _) = text
        .split_once("pub fn upgrade")
        .expect("the file has functions");
    it.write(
        &path,
        &format!(
            "{header}pub fn upgrade(op: &mut Operations) {{\n    {upgrade}\n}}\n\n\
             pub fn downgrade(op: &mut Operations) {{\n    {downgrade}\n}}\n"
        ),
    );
}
