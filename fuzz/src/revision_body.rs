//! The body of any text, as a `.rs` and as a `.sql` revision; what is read of it is written and read again.

use limbec_core::revision::Header;
use limbec_source::revisions::read_body;
use limbec_source::write::{NewRevision, Remarks, write_revision};

pub const PIECES: &[&str] = &[
    "use limbec::prelude::*;\n", "pub const REVISION: Revision = Revision::new(\"a1\");\n",
    "pub fn upgrade(op: &mut Operations) {\n", "pub fn downgrade(op: &mut Operations) {\n", "}\n",
    "op.execute(\"SELECT 1\");\n", "op.execute_autocommit(\"VACUUM\");\n", "op.drop_table(\"t\");\n",
    "op.create_table(Table::new(\"t\").column(Column::new(\"id\", Integer)));\n",
    "op.add_column(\"t\", Column::new(\"x\", Text).not_null());\n", "op.lock_timeout(\"5s\");\n",
    "op.create_index(\"t\", Index::new(\"i\", &[\"x\"]).unique().concurrently());\n",
    "op.alter_column(\"t\", AlterColumn::new(\"x\").nullable());\n", "op.rename_table(\"a\", \"b\");\n",
    "op.", "(", ")", ";", "\"", "r#\"", "\"#", "'", "\\", "\n", "/*", "*/", "//", "-- upgrade\n",
    "-- downgrade\n", "-- Revision ID: a1\n", "SELECT 1;\n", "$$", "\u{1b}", "é", "\0", "\\u{7f}", ",", "&[",
];

/// Reads the body; what is read is what is written and read again.
pub fn run(bytes: &[u8]) {
    let Some(text) = crate::text(bytes) else { return };
    for path in ["a.rs", "a.sql"] {
        match read_body(path, text) {
            Ok(body) => {
                let header = Header {
                    id: "a1".into(),
                    ..Header::default()
                };
                let (upgrade, downgrade) = (&body.upgrade, &body.downgrade);
                let written = write_revision(&NewRevision {
                    header: &header,
                    upgrade,
                    downgrade,
                    notes: &[],
                    remarks: &Remarks::default(),
                });
                let again = read_body("a.rs", &written).expect("what is written is read");
                assert_eq!((&again.upgrade, &again.downgrade), (upgrade, downgrade));
            }
            Err(mistakes) => {
                assert!(!mistakes.is_empty());
                for mistake in mistakes {
                    mistake.line_column(text);
                    assert!(text.get(mistake.span.clone()).is_some());
                }
            }
        }
    }
}
