//! Statements as scenarios show them.

use std::collections::BTreeMap;

use limbec_core::compare::Planned;
use limbec_core::steps::Step;

/// A step, with what it stands for in place of long texts.
pub(super) fn shown(step: &Step, noted: &mut BTreeMap<String, String>) -> String {
    match &step.expect {
        Some(it) => format!("-- fails if {}\n", it.otherwise),
        None if step.sql.contains("'limbec.rights_") => rights(&step.sql, noted),
        None if step.transactional => format!("{};\n", step.sql),
        None => format!("-- outside a transaction\n{};\n", step.sql),
    }
}

/// What notes the owner and grants of an object, or gives them back, in words: the statements are
/// long and alike.
fn rights(sql: &str, noted: &mut BTreeMap<String, String>) -> String {
    let between = |from: &str, to: &str| {
        let (_, rest) = sql.split_once(from)?;
        Some(rest.split_once(to)?.0.to_string())
    };
    let key = between("'limbec.rights_", "'").expect("a setting");
    if let Some(of) = noted.remove(&key) {
        return format!("-- restores the rights on {of}\n");
    }
    let ends = [" OWNER TO '", " SET '", " ALTER COLUMN '"];
    let of = ends.iter().find_map(|end| between("'ALTER ", end));
    let of = of
        .expect("an object")
        .replace(" ALTER COLUMN ", ", column ");
    noted.insert(key, of.clone());
    format!("-- notes the rights on {of}\n")
}

/// Planned operations as `check` lists them.
pub(crate) fn listed(planned: &[Planned]) -> String {
    planned
        .iter()
        .fold(String::new(), |text, it| text + &format!("{it}\n"))
}
