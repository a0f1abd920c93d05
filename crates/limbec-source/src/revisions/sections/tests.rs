//! A table of files and their sections, and a property: no file is divided as its database would not.

use limbec_core::dialect::LEXICONS;
use limbec_core::sql::DoubleQuotes;
use proptest::prelude::*;

use super::*;

/// MySQL's rules, as far as they decide where a string or a comment ends.
const MYSQL: Lexicon = Lexicon {
    dashes_need_space: true,
    hash_comments: true,
    backslashes: true,
    double_quotes: DoubleQuotes::Text,
    backticks: true,
    ..Lexicon::STANDARD
};

/// The dialects, and one more.
fn rules() -> Vec<Rules<'static>> {
    let mut rules = LEXICONS.to_vec();
    rules.push(("mysql", &MYSQL));
    rules
}

/// A section as a letter, its dialect, and its SQL.
fn shown(section: &Section, text: &str) -> String {
    let way = match section.way {
        Way::Upgrade => "up",
        Way::Downgrade => "down",
    };
    let dialect = section.dialect.map(|it| format!(" {it}"));
    let sql = if section.has_sql {
        text[section.sql.clone()].trim()
    } else {
        ""
    };
    format!("{way}{}: {sql}", dialect.unwrap_or_default())
}

fn divided(text: &str) -> Result<Vec<String>, String> {
    let line = |it: &Range<usize>| text[..it.start].matches('\n').count() + 1;
    match divide(text, 0, &rules()) {
        Ok(sections) => Ok(sections.iter().map(|it| shown(it, text)).collect()),
        Err(Undivided::Mistaken(reading)) => Err(format!("mistakes by {}", reading.by)),
        Err(Undivided::Ambiguous(readings)) => {
            let shown = readings.iter().map(|it| {
                let lines: Vec<_> = it.sections.iter().map(|it| line(&it.line)).collect();
                format!("{} {lines:?}", it.by)
            });
            Err(shown.collect::<Vec<_>>().join(", "))
        }
    }
}

#[test]
fn the_reading_that_comes_out_whole_counts() {
    let cases: [(&str, &[&str]); 14] = [
        // What all databases read alike.
        (
            "-- upgrade\nSELECT '\n-- downgrade\n';\n-- Downgrade\n",
            &["up: SELECT '\n-- downgrade\n';", "down: "],
        ),
        (
            "  --UPGRADE \r\nSELECT 1; -- downgrade\r\n\t-- downgrade\r\n-- nothing\r\n",
            &["up: SELECT 1; -- downgrade", "down: "],
        ),
        // SQLite: a name in brackets holds a quote.
        (
            "-- upgrade\nUPDATE [it's; odd] SET a = 1;\n-- downgrade\nUPDATE [it's; odd] SET a = 2;",
            &[
                "up: UPDATE [it's; odd] SET a = 1;",
                "down: UPDATE [it's; odd] SET a = 2;",
            ],
        ),
        (
            "-- upgrade\nSELECT 1 AS `it's`;\n-- downgrade\nSELECT 2;",
            &["up: SELECT 1 AS `it's`;", "down: SELECT 2;"],
        ),
        // PostgreSQL: a backslash, a body, a comment in a comment.
        (
            "-- upgrade\nSELECT E'it\\'s';\n-- downgrade\nSELECT E'it\\'s';",
            &["up: SELECT E'it\\'s';", "down: SELECT E'it\\'s';"],
        ),
        (
            "-- upgrade\nSELECT $a$ it's\n-- downgrade\n$$ $a$;\n-- downgrade\nSELECT $$it's$$;",
            &[
                "up: SELECT $a$ it's\n-- downgrade\n$$ $a$;",
                "down: SELECT $$it's$$;",
            ],
        ),
        (
            "-- upgrade\n/* /* */ it's */ SELECT 1;\n-- downgrade\n",
            &["up: /* /* */ it's */ SELECT 1;", "down: "],
        ),
        // MySQL: a backslash in any string, `#`, two dashes that are no comment.
        (
            "-- upgrade\nSELECT 'it\\'s';\n-- downgrade\nSELECT \"it\\\"s\";",
            &["up: SELECT 'it\\'s';", "down: SELECT \"it\\\"s\";"],
        ),
        (
            "-- upgrade\n# it's\nSELECT 5--'\n-- downgrade\n';\n--downgrade\n",
            &["up: # it's\nSELECT 5--'\n-- downgrade\n';", "down: "],
        ),
        // A section that names its dialect is that one's.
        (
            "-- upgrade sqlite\nUPDATE [it's] SET a = 1;\n-- upgrade postgresql\nSELECT E'\\'';\n\
             -- upgrade\nSELECT 1;\n-- downgrade\n",
            &[
                "up sqlite: UPDATE [it's] SET a = 1;",
                "up postgresql: SELECT E'\\'';",
                "up: SELECT 1;",
                "down: ",
            ],
        ),
        (
            "-- upgrade sqlite\n/* /* */\n-- downgrade\nSELECT 1;\n-- */\n-- downgrade\n",
            &["up sqlite: ", "down: SELECT 1;\n-- */", "down: "],
        ),
        // What is open in every reading is for the database to refuse.
        (
            "-- upgrade\nSELECT 1;\n-- downgrade\nSELECT 'open;",
            &["up: SELECT 1;", "down: SELECT 'open;"],
        ),
        // There is SQL if any database says so.
        (
            "-- upgrade\n# 1\n-- downgrade\n# 2",
            &["up: # 1", "down: # 2"],
        ),
        (
            "-- upgrade the tables\n-- upgrade\n-- one\n/* two */\n-- downgrade\n",
            &["up: ", "down: "],
        ),
    ];
    for (text, expected) in cases {
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(divided(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_no_revision_or_two_is_refused() {
    let cases = [
        ("-- upgrade\nSELECT 1;", "mistakes by postgresql"),
        (
            "SELECT 1;\n-- upgrade\n-- downgrade",
            "mistakes by postgresql",
        ),
        // By SQLite's rules, there is one mistake less.
        ("[it's]\n-- upgrade\n", "mistakes by sqlite"),
        (
            "-- upgrade\n/* /* */\n-- downgrade\nSELECT 1;\n-- */\n-- downgrade\n",
            "postgresql [1, 6], sqlite [1, 3, 6]",
        ),
        (
            "-- upgrade\nSELECT '\\';\n-- downgrade\nSELECT 'a'; -- '\n-- downgrade\nSELECT 1;",
            "postgresql [1, 3, 5], mysql [1, 5]",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(divided(text), Err(expected.to_string()), "{text}");
    }
}

/// A statement by the rules of one database: nothing in it is left open, and lines that would begin
/// a section stand in strings and comments.
fn statement(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let common = [
        "SELECT 1",
        "'it''s'",
        "\"a b\"",
        "';\n-- downgrade\n'",
        "/* -- upgrade\n-- downgrade\n*/",
        "-- it is\n",
        "-- upgrade it all\n",
        "x",
        ";",
        "\n",
        "(",
    ];
    let piece = prop_oneof![
        prop::sample::select(common.to_vec()),
        prop::sample::select(pieces),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|it| it.join(" "))
}

const POSTGRES: &[&str] = &[
    "E'it\\'s'",
    "$$ it's $$",
    "$a$\n-- downgrade\n$$ ' $a$",
    "/* /* ' */ ' */",
    "'\\'",
    "[1]",
];
const SQLITE: &[&str] = &[
    "[it's]",
    "`it's`",
    "[a\n-- downgrade\n]",
    "'\\'",
    "/* /* */",
];
const MY: &[&str] = &[
    "'it\\'s'",
    "# it's\n",
    "`it's`",
    "\"it's\\\"\"",
    "/* /* */",
    "5--1",
];

proptest! {
    #[test]
    fn no_file_is_divided_as_its_database_would_not(
        (by, upgrade, downgrade) in prop_oneof![
            (Just("postgresql"), statement(POSTGRES), statement(POSTGRES)),
            (Just("sqlite"), statement(SQLITE), statement(SQLITE)),
            (Just("mysql"), statement(MY), statement(MY)),
        ],
        names_it in any::<bool>(),
    ) {
        let named = if names_it && by != "mysql" { format!(" {by}") } else { String::new() };
        let text = format!("-- upgrade{named}\n{upgrade}\n-- downgrade{named}\n{downgrade}");
        match divide(&text, 0, &rules()) {
            Ok(sections) => {
                let sql: Vec<_> = sections.iter().map(|it| text[it.sql.clone()].trim()).collect();
                prop_assert_eq!(sql, [upgrade.trim(), downgrade.trim()], "{}", text);
            }
            Err(Undivided::Ambiguous(_)) => prop_assert!(named.is_empty(), "{}", text),
            Err(Undivided::Mistaken(_)) => prop_assert!(false, "{}", text),
        }
    }
}
