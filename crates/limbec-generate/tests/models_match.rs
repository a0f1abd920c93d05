//! `assert_models_match!`, as a service's own tests call it.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::panic::catch_unwind;

use limbec_generate::assert_models_match;
use limbec_generate::testing::ModelsMatch;
use limbec_testkit::TempProject;
use limbec_testkit::postgres::test_database;

const MEMORY: &str = "sqlite::memory:";

const CONFIG: &str = r#"[database]
url = "sqlite:app.db"

[models]
paths = ["src/models.rs"]
"#;

const MODELS: &str = r#"use limbec::Table;

#[derive(Table)]
#[table(name = "notes", check(expression = "length(title) > 0", name = "long"))]
pub struct Note {
    #[column(primary_key)]
    pub id: String,
    pub title: String,
}
"#;

const REVISION: &str = r#"//! Notes
//!
//! Revision ID: a1b2c3d4e5f6
//! Revises:

use limbec::prelude::*;

pub const REVISION: Revision = Revision::new("a1b2c3d4e5f6");

pub fn upgrade(op: &mut Operations) {
    op.create_table(
        Table::new("notes")
            .column(Column::new("id", Text).not_null())
            .column(Column::new("title", Text).not_null())
            .primary_key(PrimaryKey::new(&["id"]).name("notes_pkey"))
            .check(CheckConstraint::new("length(title) > 0").name("long")),
    );
}

pub fn downgrade(op: &mut Operations) {
    op.drop_table("notes");
}
"#;

const REVISION_FILE: &str = "migrations/versions/a1b2c3d4e5f6_notes.rs";

/// A project whose models and revisions agree.
fn project() -> TempProject {
    let project = TempProject::new().unwrap();
    project.write("limbec.toml", CONFIG).unwrap();
    project.write("src/models.rs", MODELS).unwrap();
    project.write(REVISION_FILE, REVISION).unwrap();
    project
}

fn of(project: &TempProject) -> ModelsMatch {
    ModelsMatch::of_package(project.path()).database(MEMORY)
}

/// What the assertion says of a project, without the name of its folder.
fn said(project: &TempProject) -> String {
    let error = of(project).check().unwrap_err();
    let folder = project.path().display().to_string();
    error.to_string().replace(&folder, "PROJECT")
}

#[test]
fn models_with_a_revision_each_match_and_nothing_stays_behind() {
    let project = project();
    let before = project.files("").unwrap();
    of(&project).check().unwrap();
    assert_eq!(project.files("").unwrap(), before);
    // A package below the project's folder finds it too, as `embed!` does.
    let member = project.path().join("src");
    ModelsMatch::of_package(member)
        .database(MEMORY)
        .check()
        .unwrap();
}

#[test]
fn a_field_without_a_revision_is_a_line_and_the_command_that_writes_it() {
    let project = project();
    let models = MODELS.replace("}\n", "    pub body: Option<String>,\n}\n");
    project.write("src/models.rs", &models).unwrap();
    assert_eq!(
        said(&project),
        "the models and the revisions do not agree; from the revisions to the models:\n  \
         add_column notes.body\n  \
         hint: to write the revision: limbec upgrade head && limbec revision --autogenerate -m \"…\""
    );
}

#[test]
fn a_field_by_a_new_name_brings_the_attribute_that_keeps_its_values() {
    let project = project();
    let models = MODELS.replace("pub title", "pub name");
    let models = models.replace("length(title)", "length(name)");
    project.write("src/models.rs", &models).unwrap();
    let said = said(&project);
    assert!(
        said.contains("drop_column notes.title   (data is lost)"),
        "{said}"
    );
    assert!(
        said.contains(
            "hint: Was the column `notes.title` renamed to `name`? If it was, say \
             #[column(renamed_from = \"title\")] at `name`"
        ),
        "{said}"
    );
}

#[test]
fn a_project_without_revisions_lacks_all_of_its_models() {
    let project = project();
    std::fs::remove_file(project.path().join(REVISION_FILE)).unwrap();
    let said = said(&project);
    assert!(said.contains("\n  create_table notes\n"), "{said}");
}

#[test]
fn what_does_not_read_is_shown_at_its_place() {
    let project = project();
    let models = MODELS.replace("title: String", "title: Strange");
    project.write("src/models.rs", &models).unwrap();
    let said = said(&project);
    assert!(said.contains(" --> src/models.rs:8:16\n"), "{said}");
    assert!(said.contains("8 |     pub title: Strange,\n"), "{said}");
}

#[test]
fn a_revision_that_does_not_run_is_named() {
    let project = project();
    let revision = REVISION.replace("length(title) > 0", "no_such(title)");
    project.write(REVISION_FILE, &revision).unwrap();
    let said = said(&project);
    assert!(said.contains("revision:  a1b2c3d4e5f6"), "{said}");
    assert!(said.contains("no such function: no_such"), "{said}");
}

#[test]
fn a_package_without_a_project_says_how_to_begin_one() {
    let folder = TempProject::new().unwrap();
    let said = said(&folder);
    assert!(
        said.starts_with("no limbec.toml was found in PROJECT or above\n"),
        "{said}"
    );
    assert!(said.contains("`limbec init` starts a project"), "{said}");
    let error = of(&folder).config("db/limbec.toml").check().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the path is relative to the package's Cargo.toml")
    );
}

#[test]
fn the_macro_panics_with_the_text() {
    let project = project();
    let config = project.path().join("limbec.toml");
    assert_models_match!(config = &config, database = MEMORY);
    let models = MODELS.replace("\"notes\"", "\"pages\"");
    project.write("src/models.rs", &models).unwrap();
    let panic = catch_unwind(|| assert_models_match!(config = &config, database = MEMORY));
    let panic = panic.unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.contains("\n  create_table pages\n"), "{text}");
}

#[tokio::test]
async fn it_may_be_called_inside_a_runtime() {
    of(&project()).check().unwrap();
}

/// The same database as another role sees it.
fn as_role(url: &str, role: &str) -> String {
    let (_, place) = url.rsplit_once('@').unwrap();
    format!("postgresql://{role}:secret@{place}")
}

#[tokio::test]
async fn postgres_gets_a_scratch_database_and_loses_it_again() {
    let database = test_database();
    let role = format!("{}_role", database.name());
    let sql = format!("CREATE ROLE {role} LOGIN CREATEDB PASSWORD 'secret'");
    database.execute(&sql).unwrap();
    let url = as_role(database.url(), &role);
    let project = project();
    let checked = of(&project).database(&url).check();

    project
        .write("src/models.rs", &MODELS.replace("> 0", "> 1"))
        .unwrap();
    let differs = of(&project).database(&url).check();

    let sql = format!("ALTER ROLE {role} NOCREATEDB");
    database.execute(&sql).unwrap();
    let refused = of(&project).database(&url).check();

    let left = format!("SELECT datname FROM pg_database WHERE datdba = '{role}'::regrole");
    let left = database.query(&left).unwrap();
    let tables = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    let tables = database.query(tables).unwrap();
    database.execute(&format!("DROP ROLE {role}")).unwrap();

    checked.unwrap();
    let differs = differs.unwrap_err().to_string();
    assert!(
        differs.contains("create_check_constraint long on notes"),
        "{differs}"
    );
    let refused = refused.unwrap_err().to_string();
    assert!(
        refused.contains("permission denied to create database"),
        "{refused}"
    );
    assert!(refused.contains("(CREATEDB)"), "{refused}");
    assert_eq!(left, Vec::<Vec<Option<String>>>::new());
    assert_eq!(tables, Vec::<Vec<Option<String>>>::new());
}
