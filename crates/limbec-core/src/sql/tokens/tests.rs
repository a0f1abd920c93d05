//! A table of cases: one text, and what it is by each database's rules.

use super::super::lexicon::{MYSQL, Words};
use super::*;
use crate::sql::split;
use proptest::prelude::*;

const POSTGRES: Lexicon = crate::dialect::postgres::LEXICON;
const SQLITE: Lexicon = crate::dialect::sqlite::LEXICON;

const ALL: [(&str, Lexicon); 5] = [
    ("standard", Lexicon::STANDARD),
    ("neutral", Lexicon::NEUTRAL),
    ("postgresql", POSTGRES),
    ("sqlite", SQLITE),
    ("mysql", MYSQL),
];

/// Letters for the kinds, so that a case fits a line: Word, Name, Text, `1` a number, Comment, Symbol.
fn shown(text: &str, lexicon: &Lexicon) -> String {
    let letter = |kind| match kind {
        TokenKind::Word => 'W',
        TokenKind::QuotedName => 'N',
        TokenKind::Text => 'T',
        TokenKind::Number => '1',
        TokenKind::Comment => 'C',
        TokenKind::Symbol => 'S',
    };
    let tokens = tokens(text, lexicon).map(|it| format!("{}<{}>", letter(it.kind), it.text));
    tokens.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_a_text_is_to_each_database() {
    // The text, then what it is to PostgreSQL, SQLite and MySQL.
    let cases = [
        ("'it''s'", ["T<'it''s'>"; 3]),
        (
            r"'a\' c'",
            [r"T<'a\'> W<c> T<'>", r"T<'a\'> W<c> T<'>", r"T<'a\' c'>"],
        ),
        (
            r"E'a\'b'",
            [r"T<E'a\'b'>", r"W<E> T<'a\'> W<b> T<'>", r"W<E> T<'a\'b'>"],
        ),
        (
            r"N'a' b'0' X'ff'",
            [
                "T<N'a'> T<b'0'> T<X'ff'>",
                "W<N> T<'a'> W<b> T<'0'> T<X'ff'>",
                "T<N'a'> T<b'0'> T<X'ff'>",
            ],
        ),
        (
            r#""a""b""#,
            [r#"N<"a""b">"#, r#"N<"a""b">"#, r#"T<"a""b">"#],
        ),
        (
            r#""a\" b""#,
            [
                r#"N<"a\"> W<b> N<">"#,
                r#"N<"a\"> W<b> N<">"#,
                r#"T<"a\" b">"#,
            ],
        ),
        (
            r#"U&"d\0061t" u&'!'"#,
            [
                r#"N<U&"d\0061t"> T<u&'!'>"#,
                r#"W<U> S<&> N<"d\0061t"> W<u> S<&> T<'!'>"#,
                r#"W<U> S<&> T<"d\0061t"> W<u> S<&> T<'!'>"#,
            ],
        ),
        (
            "`a``b`",
            ["S<`> W<a> S<`> S<`> W<b> S<`>", "N<`a``b`>", "N<`a``b`>"],
        ),
        (
            "x[1] [b c]",
            [
                "W<x> S<[> 1<1> S<]> S<[> W<b> W<c> S<]>",
                "W<x> N<[1]> N<[b c]>",
                "W<x> S<[> 1<1> S<]> S<[> W<b> W<c> S<]>",
            ],
        ),
        (
            "$$a'b$$ $q$ $$ $q$ $1",
            [
                "T<$$a'b$$> T<$q$ $$ $q$> S<$> 1<1>",
                "S<$> S<$> W<a> T<'b$$ $q$ $$ $q$ $1>",
                "S<$> S<$> W<a> T<'b$$ $q$ $$ $q$ $1>",
            ],
        ),
        ("a -- b\nc", ["W<a> C<-- b> W<c>"; 3]),
        (
            "5--1\n--",
            [
                "1<5> C<--1> C<-->",
                "1<5> C<--1> C<-->",
                "1<5> S<-> S<-> 1<1> C<-->",
            ],
        ),
        (
            "a # b\n#> c",
            [
                "W<a> S<#> W<b> S<#> S<>> W<c>",
                "W<a> S<#> W<b> S<#> S<>> W<c>",
                "W<a> C<# b> C<#> c>",
            ],
        ),
        (
            "/* a /* b */ c */ d",
            [
                "C</* a /* b */ c */> W<d>",
                "C</* a /* b */> W<c> S<*> S</> W<d>",
                "C</* a /* b */> W<c> S<*> S</> W<d>",
            ],
        ),
        (
            "/*!50003 a */ b */",
            [
                "C</*!50003 a */> W<b> S<*> S</>",
                "C</*!50003 a */> W<b> S<*> S</>",
                "S</*!50003> W<a> S<*/> W<b> S<*> S</>",
            ],
        ),
        (
            "/*M! a /* b */ c */",
            [
                "C</*M! a /* b */ c */>",
                "C</*M! a /* b */> W<c> S<*> S</>",
                "S</*M!> W<a> C</* b */> W<c> S<*/>",
            ],
        ),
        (
            "1st 1e5 0xff 1.5e-3",
            [
                "1<1st> 1<1e5> 1<0xff> 1<1.5e-3>",
                "1<1st> 1<1e5> 1<0xff> 1<1.5e-3>",
                "W<1st> 1<1e5> 1<0xff> 1<1.5e-3>",
            ],
        ),
        // The space is one that does not break, which no database takes for white space.
        (
            "größe$1 a\u{a0}b \u{1f600}",
            ["W<größe$1> W<a\u{a0}b> W<\u{1f600}>"; 3],
        ),
        (
            "x::int->>'a'<=.5",
            ["W<x> S<::> W<int> S<->>> T<'a'> S<<=> 1<.5>"; 3],
        ),
        ("'open", ["T<'open>"; 3]),
        ("/* open", ["C</* open>"; 3]),
        ("\"open", ["N<\"open>", "N<\"open>", "T<\"open>"]),
    ];
    for (text, expected) in cases {
        let [postgres, sqlite, mysql] = expected;
        assert_eq!(shown(text, &POSTGRES), postgres, "PostgreSQL: {text}");
        assert_eq!(shown(text, &SQLITE), sqlite, "SQLite: {text}");
        assert_eq!(shown(text, &MYSQL), mysql, "MySQL: {text}");
    }
}

/// The reading of attributes and of checksums may not change.
#[test]
fn the_neutral_rules_are_what_they_were() {
    let cases = [
        (
            r#"'it''s' "a""b" [c d] `e`"#,
            r#"T<'it''s'> N<"a""b"> N<[c d]> N<`e`>"#,
        ),
        (
            r"E'a\'b' x'ff' $$a'b$$ $q$ $$ $q$",
            r"T<E'a\'b'> T<x'ff'> T<$$a'b$$> T<$q$ $$ $q$>",
        ),
        ("ARRAY[1] x[]", "W<ARRAY> S<[> 1<1> S<]> W<x> S<[> S<]>"),
        ("[open", "S<[> W<open>"),
        ("größe$1\u{a0}b", "W<größe$1> W<b>"),
        ("\u{1f600}a", "S<\u{1f600}> W<a>"),
        (
            "a /* b /* c */ d */ e --f",
            "W<a> C</* b /* c */ d */> W<e> C<--f>",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text, &Lexicon::NEUTRAL), expected);
    }
}

#[test]
fn names_in_quotes() {
    fn name(text: &str, lexicon: &Lexicon) -> Option<String> {
        tokens(text, lexicon).next()?.name(lexicon)
    }
    for (text, expected) in [
        (r#""a""b""#, r#"a"b"#),
        (r#"U&"d\0061t\+000061""#, "data"),
        (r#"u&"\\ \00zz \"#, r"\ \00zz "),
        ("U&", "U"),
    ] {
        assert_eq!(name(text, &POSTGRES).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(name("`a``b`", &MYSQL).as_deref(), Some("a`b"));
    assert_eq!(name("'it''s'", &SQLITE).as_deref(), Some("it's"));
    for lexicon in [POSTGRES, MYSQL, Lexicon::STANDARD] {
        assert_eq!(name("'it''s'", &lexicon), None);
    }
    assert_eq!(name("[a b]", &SQLITE).as_deref(), Some("a b"));
}

#[test]
fn statements_end_where_each_database_ends_them() {
    let trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN \
                   UPDATE a SET x = CASE WHEN 1 THEN 2 END; DELETE FROM b; END";
    let of_each_row = &trigger.replace("BEGIN", "FOR EACH ROW BEGIN");
    let procedure = "CREATE DEFINER=root@localhost PROCEDURE p() BEGIN \
                     IF a THEN SELECT 1; END IF; l: LOOP LEAVE l; END LOOP l; \
                     CASE a WHEN 1 THEN SELECT 2; END CASE; END";
    let atomic = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END";
    let cases: [(&str, &Lexicon, &[&str]); 9] = [
        (trigger, &SQLITE, &[trigger]),
        (of_each_row, &MYSQL, &[of_each_row]),
        (procedure, &MYSQL, &[procedure]),
        (atomic, &POSTGRES, &[atomic]),
        (
            r"SELECT '\'; SELECT 2; '",
            &MYSQL,
            &[r"SELECT '\'; SELECT 2; '"],
        ),
        (
            r"SELECT '\'; SELECT 2",
            &POSTGRES,
            &[r"SELECT '\'", "SELECT 2"],
        ),
        (
            "/*!40000 SET a; SET b */; # c;\nSET d",
            &MYSQL,
            &["/*!40000 SET a; SET b */", "# c;\nSET d"],
        ),
        ("SELECT [;]; SELECT 2", &SQLITE, &["SELECT [;]", "SELECT 2"]),
        (
            "SELECT $$;$$; SELECT 2",
            &POSTGRES,
            &["SELECT $$;$$", "SELECT 2"],
        ),
    ];
    for (text, lexicon, expected) in cases {
        assert_eq!(split(text, lexicon), expected, "{text}");
        assert_eq!(
            split(&format!("{text}; SELECT 9"), lexicon).len(),
            expected.len() + 1
        );
    }
}

/// Pieces whose neighbours decide what they are.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "'",
            "''",
            "\"",
            "`",
            "[",
            "]",
            "\\",
            "$",
            "$$",
            "$a$",
            "--",
            "-- ",
            "#",
            "/*",
            "*/",
            "/*!",
            "/*M!50000 ",
            "\n",
            " ",
            ";",
            "E'",
            "U&\"",
            "U&'",
            "x'",
            "CREATE ",
            "TRIGGER ",
            "FUNCTION ",
            "BEGIN ",
            "END",
            "END IF",
            "IF ",
            "THEN ",
            "ROW ",
            "DELIMITER ",
            "//",
            "DELIMITER $$\n",
            "CASE ",
            "1",
            "1e",
            "0x",
            ".",
            "a",
            "ü",
            "\u{a0}",
            "\u{1f600}",
            "->>",
            "\r\n",
            "\u{b}",
        ])
        .prop_map(String::from),
        ".{0,3}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn lexicon() -> impl Strategy<Value = Lexicon> {
    let flags = prop::array::uniform10(any::<bool>());
    let words = prop::sample::select(vec![Words::Letters, Words::BeyondAscii]);
    let brackets = prop::sample::select(vec![
        Brackets::Symbols,
        Brackets::Name,
        Brackets::NameBeforeLetter,
    ]);
    let known = prop::sample::select(ALL.map(|(_, it)| it).to_vec());
    let random =
        (known.clone(), flags, words, brackets).prop_map(|(base, flags, words, brackets)| {
            let [
                nested,
                dashes,
                hash,
                executable,
                back,
                escape,
                unicode,
                double,
                ticks,
                dollar,
            ] = flags;
            Lexicon {
                words,
                nested_comments: nested,
                dashes_need_space: dashes,
                hash_comments: hash,
                executable_comments: executable,
                backslashes: back,
                escape_strings: escape,
                unicode_escapes: unicode,
                double_quotes: if double {
                    DoubleQuotes::Text
                } else {
                    DoubleQuotes::Name
                },
                backticks: ticks,
                brackets,
                dollar_quotes: dollar,
                ..base
            }
        });
    prop_oneof![known, random]
}

proptest! {
    #[test]
    fn tokens_cover_the_whole_text(text in text(), lexicon in lexicon()) {
        let mut end = 0;
        for token in tokens(&text, &lexicon) {
            prop_assert!(!token.text.is_empty());
            prop_assert!(text[end..token.start].chars().all(|c| lexicon.is_space(c)));
            prop_assert_eq!(&text[token.start..token.end()], token.text);
            token.name(&lexicon);
            end = token.end();
        }
        prop_assert!(text[end..].chars().all(|c| lexicon.is_space(c)));
    }

    #[test]
    fn what_is_whole_takes_nothing_in(text in text(), lexicon in lexicon()) {
        let longer = format!("{text}\n;");
        let last = tokens(&longer, &lexicon).last();
        let alone = last.is_some_and(|it| it.is_symbol(";"));
        let mut open = false;
        for token in tokens(&text, &lexicon).filter(|it| it.kind == TokenKind::Symbol) {
            let begins = lexicon.executable_comments && ["/*!", "/*M!"].iter().any(|it| token.text.starts_with(it));
            open = begins || (open && token.text != "*/");
        }
        prop_assert_eq!(is_whole(&text, &lexicon), alone && !open);
    }

    /// Between the statements stand semicolons, comments and white space only, so that the pieces
    /// and what divides them are the text.
    #[test]
    fn split_loses_nothing(text in text(), lexicon in lexicon()) {
        let lexicon = Lexicon { delimiter_lines: false, ..lexicon };
        let mut behind = 0;
        let divides = |gap: &str| {
            tokens(gap, &lexicon).all(|it| it.is_symbol(";") || it.kind == TokenKind::Comment)
        };
        for statement in split(&text, &lexicon) {
            let start = statement.as_ptr().addr() - text.as_ptr().addr();
            prop_assert!(start >= behind);
            prop_assert!(divides(&text[behind..start]), "{:?}", &text[behind..start]);
            // Where `--` needs white space behind it, the end of the text is as good.
            if !statement.ends_with("--") {
                prop_assert_eq!(split(statement, &lexicon), [statement]);
            }
            behind = start + statement.len();
        }
        prop_assert!(divides(&text[behind..]), "{:?}", &text[behind..]);
    }

    /// A statement that a `DELIMITER` ended is split no further without it.
    #[test]
    fn a_statement_is_one_statement(text in text(), lexicon in lexicon()) {
        let lexicon = Lexicon { delimiter_lines: true, ..lexicon };
        for statement in split(&text, &lexicon) {
            // Where `--` needs white space behind it, the end of the text is as good.
            if statement.ends_with("--") {
                continue;
            }
            prop_assert_eq!(split(statement, &lexicon), [statement]);
        }
    }
}
