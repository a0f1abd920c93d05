//! Write, then read: the same operations. Write, then `rustfmt`: the same text.

use std::io::Write as _;
use std::process::{Command, Stdio};

use limbec_core::operations::Operation;
use limbec_core::packed;
use limbec_core::revision::Header;
use limbec_core::settings::Given;
use limbec_core::sql::{Lexicon, split};
use limbec_source::revisions::{read_body, read_header};
use limbec_source::write::{NewRevision, Remarks, write_revision, write_sql_revision};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};

use crate::random::{Texts, operation};

pub(crate) fn write(header: &Header, upgrade: &[Operation], downgrade: &[Operation]) -> String {
    write_revision(&NewRevision {
        header,
        upgrade,
        downgrade,
        notes: &[],
        remarks: &Remarks::default(),
    })
}

pub(crate) fn header() -> Header {
    Header {
        id: "3950395dfef3".into(),
        message: "Test".into(),
        path: "a.rs".into(),
        ..Header::default()
    }
}

/// What `rustfmt` makes of a text.
fn rustfmt(text: &str) -> String {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path", "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs `rustfmt`: rustup component add rustfmt");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(text.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "rustfmt refuses:\n{text}");
    String::from_utf8(output.stdout).unwrap()
}

/// Checks that `rustfmt` changes nothing; shows the lines that it changes.
pub(crate) fn assert_formatted(text: &str) {
    let formatted = rustfmt(text);
    if formatted == text {
        return;
    }
    let (ours, theirs): (Vec<_>, Vec<_>) = (text.lines().collect(), formatted.lines().collect());
    let at = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
    let part = |lines: &[&str]| lines[at.saturating_sub(4)..(at + 12).min(lines.len())].join("\n");
    panic!(
        "rustfmt changes line {}, from\n{}\n--- to\n{}",
        at + 1,
        part(&ours),
        part(&theirs)
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        upgrade in vec(operation(Texts::Any), 0..4),
        downgrade in vec(operation(Texts::Any), 0..2),
    ) {
        let text = write(&header(), &upgrade, &downgrade);
        let body = read_body("a.rs", &text).map_err(|it| TestCaseError::fail(format!("{it:?}\n{text}")))?;
        prop_assert_eq!(&body.upgrade, &upgrade, "{}", text);
        prop_assert_eq!(&body.downgrade, &downgrade, "{}", text);
        prop_assert!(syn::parse_file(&text).is_ok(), "{}", text);
        for (span, operation) in body.upgrade_spans.iter().zip(&upgrade) {
            let begin = format!("op.{}(", operation.directive());
            prop_assert!(text[span.clone()].starts_with(&begin) && text[span.clone()].ends_with(')'));
        }
    }

    #[test]
    fn what_is_packed_is_unpacked(
        header in any_header(),
        upgrade in vec(operation(Texts::Any), 0..4),
        downgrade in vec(operation(Texts::Any), 0..2),
    ) {
        let bytes = packed::pack(&Given::default(), &[packed::Revision {
            header: header.clone(),
            checksum: Some("1:abc".into()),
            upgrade: upgrade.clone(),
            downgrade: downgrade.clone(),
            upgrade_lines: vec![12, 300],
            downgrade_lines: Vec::new(),
        }]);
        let revisions = packed::project(&bytes).unwrap().revisions;
        prop_assert_eq!(revisions[0].checksum.as_deref(), Some("1:abc"));
        prop_assert_eq!(&revisions[0].header, &header);
        prop_assert_eq!(packed::body(revisions[0].upgrade), Some((upgrade, vec![12, 300])));
        prop_assert_eq!(packed::body(revisions[0].downgrade), Some((downgrade, vec![])));
    }

    #[test]
    fn no_bytes_make_unpacking_panic(bytes in vec(prop_oneof![0..30_u8, any::<u8>()], 0..200)) {
        let _ = packed::project(&bytes);
        let _ = packed::body(&bytes);
    }
}

/// One `rustfmt` run over many operations, because a run takes longer than all else.
#[test]
fn what_is_written_is_formatted() {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    for (texts, count) in [(Texts::Plain, 1500), (Texts::Nasty, 500)] {
        let operations = vec(operation(texts), count)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        assert_formatted(&write(&header(), &operations, &[]));
    }
}

/// Ids and labels as the graph takes them, some of them hard on a literal.
fn id() -> impl Strategy<Value = String> {
    let any = prop_oneof![3 => "[0-9a-f]{12}", 1 => "[a-z0-9_]{1,40}", 1 => "[\"'\\\\#é]{1,8}"];
    any.prop_filter("reserved", |it| limbec_source::write::is_valid_id(it))
}

fn any_header() -> impl Strategy<Value = Header> {
    // What does not show is left out, so it does not come back.
    let line = "[^\\p{C}\u{2028}\u{2029}]{0,60}".prop_map(|it| it.trim().to_string());
    let doc = vec(line.clone(), 0..3).prop_map(|lines| lines.join("\n").trim().to_string());
    let ids = || vec(id(), 0..4);
    let date = proptest::option::of(Just("2026-11-22 13:16:14 UTC".to_string()));
    (id(), ids(), ids(), ids(), (line, doc, date)).prop_map(
        |(id, revises, depends_on, branch_labels, (message, doc, create_date))| Header {
            // A doc has a message above it.
            message: if message.is_empty() && !doc.is_empty() {
                "Message".into()
            } else {
                message
            },
            id,
            revises,
            depends_on,
            branch_labels,
            doc,
            create_date,
            path: String::new(),
        },
    )
}

proptest! {
    #[test]
    fn a_header_that_is_written_is_read_back(header in any_header()) {
        for (path, text) in [
            ("a.rs", write(&header, &[], &[])),
            ("a.sql", write_sql_revision(&header, &[], &[])),
        ] {
            let read = read_header(path, &text);
            let read = read.map_err(|it| TestCaseError::fail(format!("{it:?}\n{text}")))?;
            let expected = Header { path: path.into(), ..header.clone() };
            prop_assert_eq!(read, expected, "{}", text);
            prop_assert!(read_body(path, &text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn sql_that_is_written_is_read_back(
        // A quote that is left open runs on.
        upgrade in vec("[a-zA-Z]([a-zA-Z (),=]|'[a-z;-]{0,9}'){0,9}[a-z]", 0..4),
        downgrade in vec("[a-zA-Z ]{0,10}[a-z] -- [a-z]{3,9}", 0..4),
    ) {
        let text = write_sql_revision(&header(), &upgrade, &downgrade);
        let body = read_body("a.sql", &text);
        let body = body.map_err(|it| TestCaseError::fail(format!("{it:?}\n{text}")))?;
        let sql = |list: &[Operation]| -> Vec<String> {
            list.iter()
                .flat_map(|it| match it {
                    Operation::Execute {
                        sql,
                        dialect: None,
                        autocommit: false,
                    } => split(sql, &Lexicon::STANDARD),
                    other => panic!("{other:?}"),
                })
                .map(String::from)
                .collect()
        };
        prop_assert!(body.upgrade.len() <= 1);
        prop_assert_eq!(sql(&body.upgrade), upgrade);
        let trimmed: Vec<String> = downgrade.iter().map(|it| it.trim().to_string()).collect();
        prop_assert_eq!(sql(&body.downgrade), trimmed);
    }
}

#[test]
fn headers_are_formatted() {
    let ids =
        |count: usize| -> Vec<String> { (0..count).map(|it| format!("3950395dfef{it}")).collect() };
    for revises in 0..6 {
        for depends_on in 0..3 {
            for branch_labels in 0..2 {
                let header = Header {
                    revises: ids(revises),
                    depends_on: ids(depends_on),
                    branch_labels: ids(branch_labels),
                    ..header()
                };
                assert_formatted(&write(&header, &[], &[]));
            }
        }
    }
}
