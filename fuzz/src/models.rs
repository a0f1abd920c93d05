//! Any text as a model file, given twice so that names collide.

use limbec_source::models::{ModelOptions, SourceFile, read};

pub const PIECES: &[&str] = &[
    "#[derive(Table)]\n", "#[derive(Enum)]\n", "#[table(name = \"t\")]\n", "#[table(", ")]\n",
    "#[column(primary_key)]\n", "#[column(foreign_key = \"t.id\")]\n", "#[column(default = \"1\")]\n",
    "#[column(index, unique)]\n", "#[column(", "pub struct T {\n", "pub enum E {\n", "}\n", "pub id: i64,\n",
    "pub b: Option<String>,\n", "c: Vec<u8>,\n", "A,\n", "B = 2,\n", "#[index(", "#[check(\"x > 0\")]",
    "\"", "'", "=", "::", "<", ">", "(", "[", "{", "/*", "*/", "//", "r#\"", "\"#", "\u{1b}", "é", "\0",
    "use limbec::prelude::*;\n", "mod m {", "serde::", "#[doc = \"x\"]", "#[cfg(test)]",
];

/// Reads the text; each mistake stands in it.
pub fn run(bytes: &[u8]) {
    let Some(text) = crate::text(bytes) else { return };
    let file = SourceFile { path: "models.rs", text };
    let (_, diagnostics) = read(&[file, file], &ModelOptions::default());
    for diagnostic in &diagnostics {
        diagnostic.line_column(text);
        assert!(text.get(diagnostic.span.clone()).is_some());
    }
}
