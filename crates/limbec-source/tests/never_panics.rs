//! Whatever text a model file holds, reading it ends, and ends without a panic.

use std::fmt::Write as _;
use std::sync::LazyLock;

use limbec_source::models::{ModelOptions, SourceFile, read};
use proptest::prelude::*;

/// Reads a text, and looks at every place that a diagnostic names.
fn survives(text: &str) {
    let file = SourceFile {
        path: "models.rs",
        text,
    };
    let (_, diagnostics) = read(&[file, file], &ModelOptions::default());
    for diagnostic in &diagnostics {
        diagnostic.line_column(text);
        assert!(
            text.get(diagnostic.span.clone()).is_some(),
            "{diagnostic:?}"
        );
        for secondary in &diagnostic.secondary {
            assert!(text.get(secondary.span.clone()).is_some(), "{secondary:?}");
        }
    }
}

/// The inputs of the cases that are tested for what they are read as.
static SEEDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models");
    let mut seeds = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the entry is readable").path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let text = std::fs::read_to_string(&path).expect("the cases are readable");
            let inputs = text
                .split("==== ")
                .skip(1)
                .filter_map(|case| case.split("----\n").next());
            seeds.extend(inputs.map(str::to_string));
        }
    }
    seeds.sort();
    seeds
});

/// Words that a model file is made of.
const WORDS: &[&str] = &[
    "struct",
    "enum",
    "union",
    "type",
    "use",
    "mod",
    "pub",
    "#[derive(Table)]",
    "#[derive(Enum)]",
    "#[table(",
    "#[column(",
    "#[enumeration(",
    "#[label(",
    ")]",
    "name",
    "index",
    "unique",
    "on",
    "columns",
    "foreign_key",
    "references",
    "identity",
    "server_default",
    "check",
    "where",
    "=",
    "\"a\"",
    "\"a.b\"",
    "\"a(\"",
    "\"\"",
    "\"lower(a) desc\"",
    "3",
    "-",
    "'a",
    "<",
    ">",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ";",
    ":",
    "::",
    "&",
    "*",
    "!",
    "->",
    "#",
    "Option",
    "Vec",
    "A",
    "B",
    "id",
    "i64",
    "String",
    "DateTime",
    "self",
    "super",
    "crate",
    "as",
    "cfg",
    "cfg_attr",
    "test",
    "macro_rules",
    "r#type",
    "ä",
    "primary_key",
    "fn",
    "dyn",
    "impl",
    "for",
    "const",
    "\u{0}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn of_any_text(text in ".{0,200}") {
        survives(&text);
    }

    #[test]
    fn of_any_words(words in prop::collection::vec(prop::sample::select(WORDS), 0..60)) {
        survives(&words.join(" "));
    }

    #[test]
    fn of_attributes(words in prop::collection::vec(prop::sample::select(WORDS), 0..20)) {
        let words = words.join(" ");
        survives(&format!("#[derive(Table)] #[table({words})] struct A {{ #[column({words})] id: i64 }}"));
    }

    #[test]
    fn of_a_model_with_a_piece_exchanged(
        case in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        length in 0_usize..40,
        word in prop::sample::select(WORDS),
    ) {
        let chars: Vec<char> = case.get(&SEEDS).chars().collect();
        let from = from.index(chars.len());
        let until = (from + length).min(chars.len());
        let text: String = chars[..from].iter().chain(&word.chars().collect::<Vec<_>>()).chain(&chars[until..]).collect();
        survives(&text);
    }
}

/// In a thread with the stack of a test, in a build without optimisation.
#[test]
fn of_deep_nesting() {
    let pairs = [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("A<", ">"),
        ("A<B, ", ">"),
        ("&", ""),
        ("!", ""),
        ("-", ""),
        ("fn() -> ", ""),
        ("*const ", ""),
        ("fn(", ")"),
        ("[[", "; 3]; 3]"),
        ("{ if x ", "}"),
        ("|x| ", ""),
        ("dyn A<", ">"),
        ("impl for<'a> Fn(", ")"),
        ("<", " as B>::C"),
        ("a::{", "}"),
        ("all(", ")"),
        ("x = ", ""),
        ("return ", ""),
        ("match x { _ => ", "}"),
        ("(&", ")"),
        ("(-!", ")"),
        ("Option<&", ">"),
    ];
    let frames = [
        "#[derive(Table)] struct A { #[column(primary_key)] id: @ }",
        "#[derive(Enum)] enum A { A = @ }",
        "type A = @;",
        "struct A<T = @>(T);",
        "struct A where T: @ {}",
        "#[derive(Table)] #[table(@)] struct A { #[column(index(@))] id: i64 }",
        "#[x = @] #[derive(@)] #[cfg(@)] #[cfg_attr(@, x)] struct A { #[cfg(@)] a: [u8; @] }",
        "use @;",
        "mod a @",
        "#[cfg(@)] mod a { }",
        "fn a() { @ }",
        "@",
    ];
    for (open, close) in pairs {
        for frame in frames {
            for depth in [10, 15, 20, 25, 30, 60, 400] {
                let nested = format!("{}T{}", open.repeat(depth), close.repeat(depth));
                let text = frame.replace('@', &nested);
                survives(&text);
            }
        }
    }
    survives(&"mod a { ".repeat(1000));
    survives(&format!("{}{}", "mod a { ".repeat(1000), "}".repeat(1000)));
}

#[test]
fn of_a_thousand_models() {
    let mut text = String::from("use chrono::{DateTime, Utc};\n");
    for number in 0..1000 {
        let _ = write!(
            text,
            "#[derive(Debug, Table)]\n#[table(name = \"t{number}\", index(on = [\"lower(name)\"]))]\nstruct T{number} {{ #[column(primary_key)] id: i64, #[column(unique, length = 36)] name: String, at: Option<DateTime<Utc>>, #[column(foreign_key = \"t{}.id\")] other: i64 }}\n",
            (number + 1) % 1000
        );
    }
    let (models, diagnostics) = read(
        &[SourceFile {
            path: "models.rs",
            text: &text,
        }],
        &ModelOptions::default(),
    );
    assert_eq!(diagnostics, []);
    assert_eq!(models.schema.tables.len(), 1000);
    assert_eq!(models.files[0].tables, 1000);
}
