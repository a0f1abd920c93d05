//! Enumerations.

use super::{Steps, comment, replace_type};
use crate::dialect::CompileError;
use crate::dialect::postgres::names::{literal, object};
use crate::operations::{CommentOn, Operation};
use crate::schema::{EnumType, Schema};
use crate::steps::Step;

pub(super) fn create(enumeration: &EnumType) -> Vec<Step> {
    let labels: Vec<_> = enumeration
        .labels
        .iter()
        .map(|label| literal(label))
        .collect();
    let mut steps = vec![Step::new(format!(
        "CREATE TYPE {} AS ENUM ({})",
        object(&enumeration.name),
        labels.join(", ")
    ))];
    if let Some(text) = &enumeration.comment {
        let on = CommentOn::Enum(enumeration.name.clone());
        steps.push(comment::set(&on, Some(text)));
    }
    steps
}

/// Whether the labels before keep their order among the new ones.
pub(super) fn only_adds(from: &[String], to: &[String]) -> bool {
    let mut rest = to.iter();
    from.iter().all(|label| rest.any(|it| it == label))
}

/// Whether one of the operations adds a label to an enumeration that another operation spells out:
/// the server lets nobody use a label before the transaction that added it has committed. Where the
/// labels before are not known, each counts as added.
///
/// What merely looks like the label counts too. A commit too many does no harm.
pub(in crate::dialect::postgres) fn adds_label_used_by(
    operations: &[Operation],
    user: &Operation,
) -> bool {
    let added = operations.iter().flat_map(|it| match it {
        Operation::AlterEnum { to, from } => {
            let known = from.as_ref().map_or(&[][..], |it| &it.labels);
            let is_new = |label: &&String| !known.contains(label);
            to.labels.iter().filter(is_new).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    });
    let mut added = added.peekable();
    if added.peek().is_none() {
        return false;
    }
    // Defaults, rules, keys, raw SQL: it shows every text of an operation, wherever that stands.
    let shown = format!("{user:?}");
    added.any(|label| spells_out(&shown, label))
}

/// Whether a text that Rust has escaped holds a label in SQL, alone or among the values of an array.
fn spells_out(shown: &str, label: &str) -> bool {
    let escaped = format!("{:?}", label.replace('\'', "''"));
    // Without the quotes that Rust puts round it.
    let escaped = &escaped[1..escaped.len() - 1];
    shown.match_indices(escaped).any(|(at, _)| {
        let before = shown[..at].trim_end();
        before.ends_with(['\'', '{', ',']) || before.ends_with("\\\"")
    })
}

/// Changes the labels: adds them where that is all, else makes a new type of the name.
pub(super) fn alter(to: &EnumType, from: Option<&EnumType>, current: &Schema) -> Steps {
    let known = current.enums.iter().find(|it| it.name == to.name);
    let Some(from) = known.or(from) else {
        return Err(CompileError::new(format!(
            "the labels that the enumeration `{}` has are not known",
            to.name
        ))
        .hint("the database has no such type: create it with `create_enum`"));
    };
    if only_adds(&from.labels, &to.labels) {
        return Ok(add_labels(from, to));
    }
    let to = EnumType {
        comment: to.comment.clone().or_else(|| from.comment.clone()),
        ..to.clone()
    };
    replace_type::enumeration(&to, current)
}

fn add_labels(from: &EnumType, to: &EnumType) -> Vec<Step> {
    let mut steps = Vec::new();
    for (place, label) in to.labels.iter().enumerate() {
        if from.labels.contains(label) {
            continue;
        }
        let is_last = to.labels[place..]
            .iter()
            .all(|later| !from.labels.contains(later));
        // The labels before it exist by now.
        let position = match place.checked_sub(1) {
            _ if is_last => String::new(),
            Some(before) => format!(" AFTER {}", literal(&to.labels[before])),
            None => match from.labels.first() {
                Some(first) => format!(" BEFORE {}", literal(first)),
                None => String::new(),
            },
        };
        steps.push(Step::new(format!(
            "ALTER TYPE {} ADD VALUE {}{position}",
            object(&to.name),
            literal(label)
        )));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::Operations;
    use crate::schema::Column;

    fn one(build: impl FnOnce(&mut Operations)) -> Operation {
        let mut op = Operations::new();
        build(&mut op);
        op.into_vec().remove(0)
    }

    #[test]
    fn a_label_is_found_wherever_it_is_spelled_out() {
        let labels = ["old", "it's \"new\"", "ä\\b"];
        let from = EnumType::new("mood", ["old"]);
        let added = [Operation::AlterEnum {
            to: EnumType::new("mood", labels),
            from: Some(from),
        }];
        let uses = |sql: &str| adds_label_used_by(&added, &one(|op| op.execute(sql)));
        assert!(uses("UPDATE t SET a = 'it''s \"new\"'"));
        assert!(uses("UPDATE t SET a = '{old, it''s \"new\"}'"));
        assert!(uses("UPDATE t SET a = '{\"ä\\b\"}'"));
        assert!(!uses("UPDATE t SET a = 'old'"));
        assert!(!uses("UPDATE ä\\b SET a = 1"));
        let drop = one(|op| op.drop_table("it's"));
        assert!(!adds_label_used_by(&added, &drop));
        assert!(!adds_label_used_by(
            &[drop],
            &one(|op| op.execute("SELECT 'old'"))
        ));
    }

    #[test]
    fn any_label_may_be_new_where_the_old_ones_are_not_known() {
        let added = [Operation::AlterEnum {
            to: EnumType::new("mood", ["old", "new"]),
            from: None,
        }];
        let mood = EnumType::new("mood", ["old", "new"]);
        let column = Column::new("a", mood).server_default("'old'");
        let user = one(|op| op.add_column("t", column));
        assert!(adds_label_used_by(&added, &user));
    }
}
