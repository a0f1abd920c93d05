//! What a definition stands on, as its text tells: for a schema in memory, where no database can say.

use std::collections::BTreeSet;

use crate::schema::{Definition, DefinitionKind, ObjectName, Schema, Use};
use crate::sql::{self, Lexicon, TokenKind, TypesStand, tokens};

/// What a definition seems to use; rather one thing too many, since what stands on a column that
/// changes goes and comes back, which does no harm.
///
/// The bodies of routines are text to a database, which then depends on what their heads name only.
pub(super) fn read(definition: &Definition, schema: &Schema, lexicon: &Lexicon) -> Vec<Use> {
    let mut names = BTreeSet::new();
    let mut takes_all = false;
    for token in tokens(&definition.sql, lexicon).filter(|it| it.kind != TokenKind::Comment) {
        takes_all |= token.is_symbol("*") || token.is_word("NATURAL");
        names.extend(token.name(lexicon));
    }
    let named = |it: &ObjectName| names.contains(&it.name);
    let mut uses = Vec::new();
    let enums = schema.enums.iter().map(|it| &it.name);
    let domains = schema.domains.iter().map(|it| &it.name);
    uses.extend(enums.chain(domains).filter(|it| named(it)).map(of_type));
    for other in schema.definitions.iter().filter(|it| named(&it.name)) {
        // Its own name is not what it calls.
        if other.name != definition.name {
            uses.extend(of_definition(other));
        }
    }
    for table in schema.tables.iter().filter(|it| named(&it.name)) {
        uses.push(Use::Relation {
            name: table.name.clone(),
        });
        if definition.kind.is_routine() {
            continue;
        }
        let columns = table.columns.iter().map(|it| &it.name);
        let used = columns.filter(|it| takes_all || names.contains(*it));
        uses.extend(used.map(|it| Use::Column {
            relation: table.name.clone(),
            column: it.clone(),
        }));
    }
    uses.sort();
    uses
}

fn of_type(name: &ObjectName) -> Use {
    Use::Type { name: name.clone() }
}

/// What uses a definition, if something can.
fn of_definition(definition: &Definition) -> Option<Use> {
    let name = definition.name.clone();
    match definition.kind {
        it if it.is_relation() => Some(Use::Relation { name }),
        it if it.is_routine() => Some(Use::Routine {
            name,
            arguments: definition.arguments.clone().unwrap_or_default(),
        }),
        DefinitionKind::Type => Some(Use::Type { name }),
        _ => None,
    }
}

/// A routine of a name that others have comes: what calls one of them may call this one when they go.
pub(super) fn overload(schema: &mut Schema, routine: &Definition) {
    let Some(new) = of_definition(routine).filter(|_| routine.kind.is_routine()) else {
        return;
    };
    let calls = |it: &Use| matches!(it, Use::Routine { name, .. } if *name == routine.name);
    for definition in &mut schema.definitions {
        let is_another = definition.name != routine.name;
        if is_another && definition.uses.iter().any(calls) && !definition.uses.contains(&new) {
            definition.uses.push(new.clone());
            definition.uses.sort();
        }
    }
}

/// A table has a new name: what stands on it follows.
pub(super) fn rename_table(
    schema: &mut Schema,
    from: &ObjectName,
    to: &ObjectName,
    lexicon: &Lexicon,
) {
    for definition in &mut schema.definitions {
        let is_of = definition.table.as_ref() == Some(from);
        let is_it = |it: &Use| it.relation() == Some(from);
        if !is_of && !definition.uses.iter().any(is_it) {
            continue;
        }
        if is_of {
            definition.table = Some(to.clone());
        }
        for used in &mut definition.uses {
            if let Use::Relation { name } | Use::Column { relation: name, .. } = used
                && name == from
            {
                *name = to.clone();
            }
        }
        if from.name != to.name {
            definition.sql = sql::rename_relation(&definition.sql, &from.name, &to.name, lexicon);
        }
        // The type of its rows has its name.
        if definition.kind.is_routine() || definition.kind == DefinitionKind::Type {
            follow_type(definition, from, to, lexicon);
        }
    }
}

/// A type has a new name: what stands on it follows.
pub(super) fn rename_type(
    schema: &mut Schema,
    from: &ObjectName,
    to: &ObjectName,
    lexicon: &Lexicon,
) {
    for definition in &mut schema.definitions {
        let mut is_used = false;
        for used in &mut definition.uses {
            if let Use::Type { name } = used
                && name == from
            {
                *name = to.clone();
                is_used = true;
            }
        }
        if is_used || names_in_casts(definition, from, lexicon) {
            follow_type(definition, from, to, lexicon);
        }
    }
    let moved: Vec<(String, String)> = (schema.definitions.iter())
        .flat_map(|it| &it.uses)
        .filter_map(|it| match it {
            Use::Routine { arguments, .. } => Some(arguments),
            _ => None,
        })
        .map(|it| {
            let now = sql::rename_type(it, from, to, TypesStand::Anywhere, lexicon);
            (it.clone(), now)
        })
        .collect();
    for definition in &mut schema.definitions {
        for used in &mut definition.uses {
            if let Use::Routine { arguments, .. } = used
                && let Some((_, now)) = moved.iter().find(|(was, _)| was == arguments)
            {
                arguments.clone_from(now);
            }
        }
    }
}

/// Gives a definition the new name of a type that it names.
fn follow_type(definition: &mut Definition, from: &ObjectName, to: &ObjectName, lexicon: &Lexicon) {
    let stand = if definition.kind.is_routine() || definition.kind == DefinitionKind::Type {
        TypesStand::Anywhere
    } else {
        TypesStand::InCasts
    };
    definition.sql = sql::rename_type(&definition.sql, from, to, stand, lexicon);
    if let Some(arguments) = &mut definition.arguments {
        *arguments = sql::rename_type(arguments, from, to, TypesStand::Anywhere, lexicon);
    }
}

/// Whether a cast names a type: the database says so of a view's column, and not of the cast.
fn names_in_casts(definition: &Definition, name: &ObjectName, lexicon: &Lexicon) -> bool {
    let sql = &definition.sql;
    let other = ObjectName::new("");
    sql::rename_type(sql, name, &other, TypesStand::InCasts, lexicon) != *sql
}

/// A label has another text: what casts it follows.
pub(super) fn rename_label(
    schema: &mut Schema,
    enumeration: &ObjectName,
    from: &str,
    to: &str,
    lexicon: &Lexicon,
) {
    for definition in &mut schema.definitions {
        let sql = &definition.sql;
        definition.sql = sql::rename_label(sql, &enumeration.name, false, from, to, lexicon);
    }
}

/// A column has a new name: what stands on it follows.
///
/// The text of a view stays: its own column keeps the old name, which no text here says, and a text
/// that names the column is an error where it is run, not another view. The same for a text that
/// may mean the column of another table.
pub(super) fn rename_column(
    schema: &mut Schema,
    table: &ObjectName,
    from: &str,
    to: &str,
    lexicon: &Lexicon,
) {
    for definition in &mut schema.definitions {
        let of_another = |it: &Use| matches!(it, Use::Column { relation, column } if relation != table && column == from);
        let is_clear = !definition.uses.iter().any(of_another);
        let mut is_used = false;
        for used in &mut definition.uses {
            if let Use::Column { relation, column } = used
                && relation == table
                && column == from
            {
                *column = to.to_string();
                is_used = true;
            }
        }
        if is_used && is_clear && !definition.kind.is_relation() {
            definition.sql = sql::rename_column(&definition.sql, from, to, lexicon);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{Operations, apply};
    use crate::schema::{Column, Integer, Table, Text};

    const LEXICON: &Lexicon = &Lexicon::STANDARD;

    fn schema(build: impl FnOnce(&mut Operations)) -> Schema {
        let mut op = Operations::new();
        for name in ["notes", "tags"] {
            let table = Table::new(name).column(Column::new("id", Integer));
            op.create_table(table.column(Column::new("body", Text)));
        }
        build(&mut op);
        let mut schema = Schema::default();
        for operation in op.into_vec() {
            apply(&mut schema, &operation, LEXICON).unwrap();
        }
        schema
    }

    fn used(definition: &Definition) -> Vec<String> {
        let word = |it: &Use| match it {
            Use::Column { relation, column } => format!("{relation}.{column}"),
            Use::Relation { name } | Use::Type { name } => name.to_string(),
            Use::Routine { name, arguments } => format!("{name}({arguments})"),
        };
        definition.uses.iter().map(word).collect()
    }

    #[test]
    fn a_view_uses_what_its_text_names() {
        let view = |name, sql| Definition::view(name).sql(sql);
        let schema = schema(|op| {
            op.create_definition(view("v", "CREATE VIEW v AS SELECT id FROM notes"));
            let all = "CREATE VIEW w AS SELECT * FROM tags JOIN v USING (id)";
            op.create_definition(view("w", all));
        });
        assert_eq!(used(&schema.definitions[0]), ["notes", "notes.id"]);
        let of_all = ["tags", "v", "tags.body", "tags.id"];
        assert_eq!(used(&schema.definitions[1]), of_all);
    }

    #[test]
    fn a_trigger_follows_its_table_and_columns() {
        let sql = "CREATE TRIGGER t AFTER UPDATE OF body ON notes WHEN (old.body <> notes.x) \
                   EXECUTE FUNCTION notes()";
        let schema = schema(|op| {
            op.create_definition(Definition::trigger("t", "notes").sql(sql));
            op.rename_table("notes", "pages");
            op.rename_column("pages", "body", "content");
        });
        let trigger = &schema.definitions[0];
        assert_eq!(trigger.table, Some("pages".into()));
        assert_eq!(used(trigger), ["pages", "pages.content"]);
        let renamed = "CREATE TRIGGER t AFTER UPDATE OF content ON pages WHEN (old.content <> pages.x) \
                       EXECUTE FUNCTION notes()";
        assert_eq!(trigger.sql, renamed);
    }
}
