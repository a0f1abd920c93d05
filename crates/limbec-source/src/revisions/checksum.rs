//! The checksum of what a revision's `upgrade` says.

use std::ops::Range;

use limbec_core::sql::Lexicon;
use limbec_core::{checksum, sql};

use super::lexer::{Kind, Lexer, Token};
use super::sql as sql_revision;
use crate::diagnostic::Diagnostic;

/// How SQL is read for a checksum, whichever database it is for: the sums in users' journals are
/// made by these rules, so they never change.
const LEXICON: &Lexicon = &Lexicon::NEUTRAL;

/// Makes the checksum of a revision: of the tokens of its `upgrade`, so that comments, white space
/// and the layout of `rustfmt` don't count, nor what `downgrade` says. It tells apart what was
/// changed by accident; it is no proof against a forger.
///
/// ```
/// use limbec_core::checksum::differ;
/// use limbec_source::revisions::checksum;
///
/// let sum = |body: &str| {
///     checksum("r1.rs", &format!("pub fn upgrade(op: &mut Operations) {{ {body} }}")).unwrap()
/// };
/// let first = sum("op.drop_table(\"a\");");
/// assert!(!differ(&first, &sum("// gone\n    op.drop_table( \"a\", );")));
/// assert!(differ(&first, &sum("op.drop_table(\"b\");")));
/// ```
///
/// # Errors
/// Every mistake in a `.sql` revision; one of Rust is hashed whether or not it reads.
pub fn checksum(path: &str, text: &str) -> Result<String, Vec<Diagnostic>> {
    if sql_revision::is_sql(path) {
        Ok(sql_revision::read_body(path, text)?.checksum)
    } else {
        Ok(of_rust(Lexer::new(text), text))
    }
}

/// Makes the checksum of a `.sql` revision from the places of its upgrade's sections.
pub(super) fn of_sql(upgrade: impl Iterator<Item = Range<usize>>, text: &str) -> String {
    let mut hash = Hash::new();
    for statement in upgrade.flat_map(|it| sql::split(&text[it], LEXICON)) {
        for token in sql::tokens(statement, LEXICON) {
            // A comment that says how the statement runs is no comment.
            if token.kind != sql::TokenKind::Comment || sql::is_autocommit(token.text, LEXICON) {
                hash.token(token.text);
            }
        }
        hash.token(";");
    }
    checksum::of(hash.0, text.as_bytes())
}

/// Makes the checksum of a `.rs` revision from its tokens.
pub(super) fn of_rust<'t>(tokens: impl Iterator<Item = Token<'t>>, text: &str) -> String {
    let mut hash = Hash::new();
    upgrade(tokens, &mut hash);
    checksum::of(hash.0, text.as_bytes())
}

/// Takes the tokens between the braces of `fn upgrade`.
fn upgrade<'t>(tokens: impl Iterator<Item = Token<'t>>, hash: &mut Hash) {
    let mut tokens = tokens.filter(|token| !matches!(token.kind, Kind::InnerDoc | Kind::OuterDoc));
    let mut before = "";
    for token in tokens.by_ref() {
        if token.is("upgrade") && before == "fn" {
            break;
        }
        before = token.text;
    }
    let mut depth = 0_usize;
    let mut comma = false;
    for token in tokens.skip_while(|token| !token.is("{")) {
        if token.is("{") {
            depth += 1;
        } else if token.is("}") {
            depth -= 1;
        }
        // A comma before a bracket is the layout's.
        if comma && token.kind != Kind::Close {
            hash.token(",");
        }
        comma = token.is(",");
        if !comma {
            hash.token(token.text);
        }
        if depth == 0 {
            return;
        }
    }
}

/// FNV-1a with 128 bits.
struct Hash(u128);

impl Hash {
    fn new() -> Self {
        Hash(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    fn token(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 ^= u128::from(byte);
            self.0 = self
                .0
                .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_standard() {
        // The well-known sum of the empty text, and of `a`.
        assert_eq!(
            format!("{:032x}", Hash::new().0),
            "6c62272e07bb014262b821756295c58d"
        );
        let mut hash = Hash::new();
        hash.0 ^= u128::from(b'a');
        hash.0 = hash
            .0
            .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        assert_eq!(
            format!("{:032x}", hash.0),
            "d228cb696f1a8caf78912b704e4a8964"
        );
    }

    #[test]
    fn what_counts_in_sql() {
        let sum = |upgrade: &str, downgrade: &str| {
            let text = format!(
                "-- A\n--\n-- Revision ID: a1\n-- Revises:\n\n-- upgrade\n{upgrade}\n\n\
                 -- downgrade\n{downgrade}\n"
            );
            super::checksum("a1.sql", &text).unwrap()
        };
        let first = sum("DROP TABLE a; VACUUM;", "SELECT 1;");
        let differ = |other: &str| checksum::differ(&first, other);
        assert!(!differ(&sum(
            "-- gone\nDROP  TABLE a;\n VACUUM",
            "SELECT 2;"
        )));
        assert!(differ(&sum("DROP TABLE b; VACUUM;", "SELECT 1;")));
        assert!(differ(&sum(
            "DROP TABLE a; -- autocommit\nVACUUM;",
            "SELECT 1;"
        )));
    }

    /// Journals keep these sums: whatever a dialect's own rules are, they never change.
    #[test]
    fn a_sum_in_a_journal_stays_valid() {
        let cases = [
            (
                "INSERT INTO a VALUES (E'it\\'s', '\\', $q$ ; $q$, \"b\"\"c\", `d`, x[1]);\n\
                 /* e /* f */ ; */ -- autocommit\nVACUUM;\n",
                "1:c030295f549e3cd719d2d40d9bab9c20:08770bda5b042ece",
            ),
            ("", "1:6c62272e07bb014262b821756295c58d:dcc97497ac707194"),
            (
                "-- nothing yet\n;;\n",
                "1:6c62272e07bb014262b821756295c58d:d638700a585d5e37",
            ),
            (
                "DROP TABLE a; DROP TABLE b",
                "1:728321abde8013131be21901f701fd24:c8f76a75476e244a",
            ),
            (
                "DROP TABLE a;; -- why\nDROP TABLE b;\n/* last */",
                "1:728321abde8013131be21901f701fd24:b5bfda910d0f15de",
            ),
            (
                "SELECT 1;\n-- upgrade sqlite\n-- autocommit\nVACUUM;\n-- upgrade\nSELECT 2",
                "1:ebdba8a85e5cd338e4102650db11cfca:89fa3c400513b34a",
            ),
            (
                "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  DELETE FROM b; SELECT CASE WHEN 1 THEN 2 END;\nEND;\nSELECT [c d], größe\u{a0}+ 1e-5",
                "1:10bb29c475df1f4c750389aff47272b1:94677380117c3916",
            ),
        ];
        for (upgrade, sum) in cases {
            let text = format!(
                "-- A\n--\n-- Revision ID: a1\n-- Revises:\n\n-- upgrade\n{upgrade}\n-- downgrade\n"
            );
            assert_eq!(super::checksum("a1.sql", &text).unwrap(), sum, "{upgrade}");
        }
    }
}
