//! The engine in memory: headers, graph, plans, models, comparison. `cargo bench -p limbec-source`.
//!
//! No database and no disk: what a command costs besides them. `cargo xtask bench` times the
//! command itself.

use std::fmt::Write as _;

use divan::{Bencher, black_box};
use limbec_core::compare::{Verdicts, compare};
use limbec_core::dialect::postgres::Postgres;
use limbec_core::revision::{Graph, Header};
use limbec_core::schema::Schema;
use limbec_source::models::{ModelOptions, SourceFile, read};
use limbec_source::revisions::{read_body, read_header};

fn main() {
    divan::main();
}

/// The text of a revision that makes a table with an index.
fn revision(number: usize) -> String {
    let parent = number
        .checked_sub(1)
        .map_or(String::new(), |it| format!("&[\"r{it:011}\"]"));
    let revises = if parent.is_empty() {
        String::new()
    } else {
        format!(".revises({parent})")
    };
    format!(
        "//! Revision {number}\n//!\n//! Revision ID: r{number:011}\n\nuse limbec::prelude::*;\n\n\
         pub const REVISION: Revision = Revision::new(\"r{number:011}\"){revises};\n\n\
         pub fn upgrade(op: &mut Operations) {{\n    op.create_table(\n        Table::new(\"t{number}\")\n            \
         .column(Column::new(\"id\", BigInteger).not_null())\n            \
         .column(Column::new(\"name\", Text))\n            \
         .primary_key(PrimaryKey::new(&[\"id\"]).name(\"t{number}_pkey\")),\n    );\n    \
         op.create_index(\"t{number}\", Index::new(\"ix_t{number}_name\", &[\"name\"]));\n}}\n\n\
         pub fn downgrade(op: &mut Operations) {{\n    op.drop_table(\"t{number}\");\n}}\n"
    )
}

fn headers(count: usize) -> Vec<Header> {
    (0..count)
        .map(|number| Header {
            id: format!("r{number:011}"),
            revises: number
                .checked_sub(1)
                .map(|it| format!("r{it:011}"))
                .into_iter()
                .collect(),
            path: format!("r{number:011}.rs"),
            ..Header::default()
        })
        .collect()
}

/// Models of tables with ten columns, two indexes and a foreign key to the table before.
fn models(count: usize) -> String {
    let mut text = String::from("use limbec::Table;\n");
    for number in 0..count {
        let _ = write!(
            text,
            "#[derive(Table)]\n#[table(name = \"t{number}\")]\nstruct T{number} {{\n    #[column(primary_key)]\n    id: i64,\n"
        );
        if let Some(parent) = number.checked_sub(1) {
            let _ = writeln!(
                text,
                "    #[column(foreign_key = \"t{parent}.id\", index)]\n    parent_id: Option<i64>,"
            );
        }
        text.push_str("    #[column(index)]\n    name: String,\n");
        for column in 0..7 {
            let _ = writeln!(text, "    c{column}: Option<String>,");
        }
        text.push_str("}\n");
    }
    text
}

fn schema(count: usize) -> Schema {
    let text = models(count);
    let (models, mistakes) = read(
        &[SourceFile {
            path: "models.rs",
            text: &text,
        }],
        &ModelOptions::default(),
    );
    assert!(mistakes.is_empty(), "{:?}", mistakes.first());
    models.schema
}

#[divan::bench(args = [10, 1_000, 10_000])]
fn read_headers(bencher: Bencher<'_, '_>, count: usize) {
    let texts: Vec<String> = (0..count).map(revision).collect();
    bencher.bench(|| {
        for text in &texts {
            black_box(read_header("r.rs", text).is_ok());
        }
    });
}

#[divan::bench]
fn read_one_body(bencher: Bencher<'_, '_>) {
    let text = revision(7);
    bencher.bench(|| read_body("r.rs", black_box(&text)).is_ok());
}

#[divan::bench(args = [10, 1_000, 10_000])]
fn load_graph(bencher: Bencher<'_, '_>, count: usize) {
    bencher
        .with_inputs(|| headers(count))
        .bench_values(|headers| Graph::new(headers).is_ok());
}

#[divan::bench(args = [10, 1_000, 10_000])]
fn plan_upgrade_from_empty(bencher: Bencher<'_, '_>, count: usize) {
    let graph = Graph::new(headers(count)).expect("a chain is sound");
    bencher.bench(|| graph.upgrade(&[], "head").map(|plan| plan.steps.len()));
}

#[divan::bench(args = [10, 1_000, 10_000])]
fn plan_upgrade_at_head(bencher: Bencher<'_, '_>, count: usize) {
    let graph = Graph::new(headers(count)).expect("a chain is sound");
    let rows = [format!("r{:011}", count - 1)];
    bencher.bench(|| graph.upgrade(&rows, "head").map(|plan| plan.steps.len()));
}

#[divan::bench(args = [10, 1_000])]
fn read_models(bencher: Bencher<'_, '_>, count: usize) {
    let text = models(count);
    bencher.bench(|| {
        read(
            &[SourceFile {
                path: "models.rs",
                text: &text,
            }],
            &ModelOptions::default(),
        )
    });
}

#[divan::bench(args = [10, 1_000])]
fn compare_in_sync(bencher: Bencher<'_, '_>, count: usize) {
    let schema = schema(count);
    bencher.bench(|| compare(&schema, &schema, &Postgres, &Verdicts::default()));
}

#[divan::bench(args = [10, 1_000])]
fn compare_from_empty(bencher: Bencher<'_, '_>, count: usize) {
    let schema = schema(count);
    bencher.bench(|| compare(&Schema::default(), &schema, &Postgres, &Verdicts::default()));
}
