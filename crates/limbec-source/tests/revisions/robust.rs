//! No text makes a reader panic, hang or overflow the stack; what it reads is Rust.

use std::thread;

use limbec_source::revisions::{Body, read_body, read_header};
use proptest::collection::vec;
use proptest::prelude::*;

const RUST: &str = include_str!("every_directive.rs");
const SQL: &str = "-- Message\n--\n-- Revision ID: a1\n-- Revises: b2, c3\n\n-- upgrade\n\
    UPDATE a SET b = 'it''s'; /* c */ SELECT $$ -- downgrade $$;\n-- upgrade sqlite\nSELECT 1;\n\n\
    -- downgrade\nSELECT \"d\"\n";

/// Pieces that change what the text around them means.
const PIECES: [&str; 40] = [
    "\"",
    "'",
    "r#\"",
    "\"#",
    "\\",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "//",
    "/*",
    "*/",
    "//!",
    "///",
    "#",
    "!",
    "&",
    "-",
    ".",
    ",",
    ";",
    "::",
    "|",
    "op",
    "pub fn",
    "REVISION",
    "const",
    "\n",
    "\r\n",
    "é",
    "日",
    "1",
    "0x",
    "-- ",
    "-- upgrade",
    "$$",
    "b'",
    "\u{feff}",
];

#[derive(Debug, Clone)]
enum Edit {
    Insert(usize, &'static str),
    Delete(usize, usize),
    Copy(usize, usize, usize),
    Cut(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = || any::<prop::sample::Index>().prop_map(|it| it.index(10_000));
    prop_oneof![
        4 => (at(), prop::sample::select(PIECES.to_vec())).prop_map(|(at, piece)| Edit::Insert(at, piece)),
        3 => (at(), 1..30_usize).prop_map(|(at, length)| Edit::Delete(at, length)),
        2 => (at(), at(), 1..60_usize).prop_map(|(from, to, length)| Edit::Copy(from, to, length)),
        1 => at().prop_map(Edit::Cut),
    ]
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut text = text.to_string();
    for edit in edits {
        let place = |at: usize| {
            let at = at % (text.len() + 1);
            (0..=at)
                .rev()
                .find(|it| text.is_char_boundary(*it))
                .unwrap_or(0)
        };
        match *edit {
            Edit::Insert(at, piece) => {
                let at = place(at);
                text.insert_str(at, piece);
            }
            Edit::Delete(at, length) => {
                let at = place(at);
                let end = place((at + length).min(text.len())).max(at);
                text.replace_range(at..end, "");
            }
            Edit::Copy(from, to, length) => {
                let (from, to) = (place(from), place(to));
                let end = place((from + length).min(text.len())).max(from);
                let piece = text[from..end].to_string();
                text.insert_str(to, &piece);
            }
            Edit::Cut(at) => {
                let at = place(at);
                text.truncate(at);
            }
        }
    }
    text
}

/// Reads a text; all places that come out must lie in it.
fn read(path: &str, text: &str) -> Option<Body> {
    if let Err(mistakes) = read_header(path, text) {
        assert!(!mistakes.is_empty());
        for mistake in mistakes {
            assert!(
                text.get(mistake.span.clone()).is_some(),
                "{mistake:?}\n{text}"
            );
        }
    }
    match read_body(path, text) {
        Ok(body) => {
            assert_eq!(body.upgrade.len(), body.upgrade_spans.len());
            assert_eq!(body.downgrade.len(), body.downgrade_spans.len());
            for span in body.upgrade_spans.iter().chain(&body.downgrade_spans) {
                assert!(text.get(span.clone()).is_some(), "{span:?}\n{text}");
            }
            Some(body)
        }
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            for mistake in mistakes {
                assert!(
                    text.get(mistake.span.clone()).is_some(),
                    "{mistake:?}\n{text}"
                );
            }
            None
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        read("a.rs", &text);
        read("a.sql", &text);
    }

    #[test]
    fn pieces_are_read_or_refused(pieces in vec(prop::sample::select(PIECES.to_vec()), 0..40)) {
        read("a.rs", &pieces.concat());
        read("a.sql", &pieces.concat());
    }

    #[test]
    fn an_edited_file_is_read_or_refused(edits in vec(edit(), 1..6)) {
        read("a.sql", &apply(SQL, &edits));
        let text = apply(RUST, &edits);
        if read("a.rs", &text).is_some() {
            prop_assert!(syn::parse_file(&text).is_ok(), "this is read, but no Rust:\n{}", text);
        }
    }
}

fn body(statements: &str) -> String {
    format!(
        "pub const REVISION: Revision = Revision::new(\"a1\");\n\
         pub fn upgrade(op: &mut Operations) {{\n{statements}\n}}\n\
         pub fn downgrade(_op: &mut Operations) {{}}\n"
    )
}

#[test]
fn nesting_does_not_overflow_the_stack() {
    let deep = |open: &str, close: &str, count: usize| {
        body(&format!(
            "op.f({}{});",
            open.repeat(count),
            close.repeat(count)
        ))
    };
    let texts = [
        deep("(", ")", 31),
        deep("(", ")", 100_000),
        deep("[", "]", 100_000),
        deep("&[", "]", 100_000),
        deep("Array::of(", ")", 30),
        deep("Array::of(", ")", 100_000),
        deep("{", "}", 100_000),
        deep("-", "", 100_000),
        deep("&", "", 100_000),
        deep("a::", "", 100_000),
        deep("/*", "*/", 100_000),
        deep("(", "", 100_000),
        body(&format!(
            "op.create_table(Table::new(\"a\"){});",
            ".comment(\"b\")".repeat(100_000)
        )),
        body(&"for a in b {".repeat(100_000)),
        body(&"if a {} else ".repeat(100_000)),
        "{".repeat(100_000),
        "}".repeat(100_000),
        "\"".repeat(100_001),
        "r#".repeat(100_000),
    ];
    // A thread of Windows has a megabyte.
    let thread = thread::Builder::new().stack_size(1 << 20);
    let reader = thread.spawn(move || {
        for text in texts {
            read("a.rs", &text);
            read("a.sql", &text);
        }
    });
    reader.unwrap().join().unwrap();
}

#[test]
fn a_wide_table_is_read() {
    let columns: String = (0..5000)
        .map(|it| format!("\n.column(Column::new(\"c{it}\", Text))"))
        .collect();
    let text = body(&format!("op.create_table(Table::new(\"a\"){columns});"));
    assert_eq!(read("a.rs", &text).map(|it| it.upgrade.len()), Some(1));
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let windows = format!("\u{feff}{}", RUST.replace('\n', "\r\n"));
    let (unix, windows) = (read("a.rs", RUST).unwrap(), read("a.rs", &windows).unwrap());
    assert_eq!(
        (unix.upgrade, unix.downgrade),
        (windows.upgrade, windows.downgrade)
    );
    assert_eq!(
        read_header("a.rs", RUST).unwrap(),
        read_header("a.rs", &format!("\u{feff}{}", RUST.replace('\n', "\r\n"))).unwrap()
    );
}

/// Texts that once were read for ever, or made a reader panic; a fuzzer found them.
#[test]
fn what_a_fuzzer_found() {
    for statement in [
        "op.add_column(Text!)",
        "op.add_column([Text!)",
        "op.add_column(#)",
        "# }",
    ] {
        assert!(read("a.rs", &body(statement)).is_none());
    }
}
