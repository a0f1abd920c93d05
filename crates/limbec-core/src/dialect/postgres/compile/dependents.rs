//! What stands on what: the objects that a change meets on its way, and those that stand on them.
//!
//! What a definition stands on, the database says ([`Use`]). Expressions of tables and domains are
//! read: one that mentions a name is taken to stand on the object of that name, since one too many
//! goes and comes back unharmed.

use super::super::lexicon::{LEXICON, tokens};
use super::replace_type::Replaced;
use super::{constraint, enumeration, index};
use crate::operations::{Constraint, Operation};
use crate::schema::{
    CheckConstraint, Column, ColumnType, Definition, DefinitionKind, Domain, Index, IndexElement,
    IndexKey, ObjectName, Schema, Table, Use,
};
use crate::sql::{TokenKind, mentions};

/// Something that can step aside: it is dropped, and made again later.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Thing {
    /// A view, a routine, a trigger or their like.
    Definition(Definition),
    /// The default of a column.
    Default { table: ObjectName, column: Column },
    /// A constraint.
    Constraint {
        table: ObjectName,
        constraint: Constraint,
    },
    /// An index.
    Index { table: ObjectName, index: Index },
    /// A computed column.
    Computed { table: ObjectName, column: Column },
    /// A check of a domain.
    DomainCheck {
        domain: Domain,
        check: CheckConstraint,
    },
}

impl Thing {
    /// Whether it is the same object, whatever it looks like.
    pub(super) fn is_same(&self, other: &Thing) -> bool {
        match (self, other) {
            (Thing::Definition(a), Thing::Definition(b)) => a.is_same(b),
            (Thing::Constraint { table, constraint }, other) => {
                matches!(other, Thing::Constraint { table: of, constraint: it }
                    if of == table && it.name() == constraint.name())
            }
            (Thing::Index { table, index }, other) => {
                matches!(other, Thing::Index { table: of, index: it }
                    if of == table && it.name == index.name)
            }
            (Thing::Default { table, column }, other) => {
                matches!(other, Thing::Default { table: of, column: it }
                    if of == table && it.name == column.name)
            }
            (Thing::Computed { table, column }, other) => {
                matches!(other, Thing::Computed { table: of, column: it }
                    if of == table && it.name == column.name)
            }
            (Thing::DomainCheck { domain, check }, other) => {
                matches!(other, Thing::DomainCheck { domain: of, check: it }
                    if of.name == domain.name && it.name == check.name)
            }
            (Thing::Definition(_), _) => false,
        }
    }

    /// The table that it is of, and goes with.
    pub(super) fn table(&self) -> Option<&ObjectName> {
        match self {
            Thing::Definition(it) => it.table.as_ref(),
            Thing::Default { table, .. }
            | Thing::Constraint { table, .. }
            | Thing::Index { table, .. }
            | Thing::Computed { table, .. } => Some(table),
            Thing::DomainCheck { .. } => None,
        }
    }

    /// The words of its SQL, without the name of a column: a view may have the same.
    pub(super) fn words(&self) -> Vec<String> {
        let text = match self {
            Thing::Definition(it) => it.sql.clone(),
            Thing::Default { column, .. } | Thing::Computed { column, .. } => {
                let generated = column.generated.as_ref().map(|it| it.expression.clone());
                generated
                    .or_else(|| column.default.clone())
                    .unwrap_or_default()
            }
            Thing::Constraint { constraint, .. } => constraint::definition(constraint),
            Thing::DomainCheck { check, .. } => check.expression.clone(),
            Thing::Index { table, index } => {
                let steps = index::create(table, index);
                steps
                    .into_iter()
                    .map(|it| it.sql)
                    .collect::<Vec<_>>()
                    .join(" ")
            }
        };
        tokens(&text).filter_map(|it| it.name(&LEXICON)).collect()
    }

    /// Whether its SQL has a word.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.words().iter().any(|it| it == name)
    }
}

/// What stands on a thing.
pub(super) fn standing_on(thing: &Thing, schema: &Schema) -> Vec<Thing> {
    match thing {
        Thing::Definition(it) => on_definition(it, schema),
        Thing::Computed { table, column } => {
            let mut found = on_column(table, &column.name, schema);
            found.extend(parts_over(table, &column.name, schema));
            found
        }
        Thing::Default { .. }
        | Thing::Constraint { .. }
        | Thing::Index { .. }
        | Thing::DomainCheck { .. } => Vec::new(),
    }
}

/// What stands on a definition.
pub(super) fn on_definition(definition: &Definition, schema: &Schema) -> Vec<Thing> {
    let kind = definition.kind;
    let belongs =
        |it: &Definition| kind.is_relation() && it.table.as_ref() == Some(&definition.name);
    let uses = |it: &Definition| belongs(it) || it.uses.iter().any(|of| of.is_of(definition));
    let others = schema.definitions.iter();
    let others = others.filter(|it| !it.is_same(definition) && uses(it));
    let mut found: Vec<Thing> = others.cloned().map(Thing::Definition).collect();
    let name = &definition.name.name;
    if kind.is_routine() {
        expressions(schema, &|text| calls(text, name), &mut found);
    } else if kind == DefinitionKind::Type {
        expressions(schema, &|text| mentions(text, name, &LEXICON), &mut found);
    }
    found
}

/// The definitions that stand on a column.
pub(super) fn on_column(table: &ObjectName, column: &str, schema: &Schema) -> Vec<Thing> {
    let uses = |it: &&Definition| it.uses.iter().any(|of| of.is_column(table, column));
    let definitions = schema.definitions.iter().filter(uses);
    definitions.cloned().map(Thing::Definition).collect()
}

/// What a column of another type would meet: on it, and on the same column of the tables that have it
/// from this one.
fn under_column(table: &ObjectName, column: &str, schema: &Schema) -> Vec<Thing> {
    let mut tables = vec![table];
    let mut at = 0;
    while let Some(parent) = tables.get(at).copied() {
        at += 1;
        let heirs = schema.tables.iter();
        let heirs = heirs.filter(|it| it.inherits.parents().contains(parent));
        tables.extend(heirs.map(|it| &it.name));
    }
    let mut found: Vec<Thing> = Vec::new();
    for name in tables {
        let computed_from = |it: &&Column| {
            let expression = it.generated.as_ref().map(|it| it.expression.as_str());
            expression.is_some_and(|it| mentions(it, column, &LEXICON))
        };
        if let Some(table) = schema.table(name) {
            let columns = table.columns.iter().filter(computed_from);
            found.extend(columns.map(|it| computed(table, it)));
        }
        found.extend(on_column(name, column, schema));
    }
    found
}

/// The definitions that stand on a table or one of its columns, but for those that go with it.
pub(super) fn on_table(table: &ObjectName, schema: &Schema) -> Vec<Thing> {
    let uses = |it: &&Definition| {
        it.table.as_ref() != Some(table) && it.uses.iter().any(|of| of.relation() == Some(table))
    };
    let definitions = schema.definitions.iter().filter(uses);
    definitions.cloned().map(Thing::Definition).collect()
}

/// The constraints and indexes of a table that are over a column.
fn parts_over(name: &ObjectName, column: &str, schema: &Schema) -> Vec<Thing> {
    let Some(table) = schema.table(name) else {
        return Vec::new();
    };
    let names_it = |text: &str| mentions(text, column, &LEXICON);
    let constraints = Constraint::all_of(table).filter(|it| {
        it.name().is_some() && (it.names_column(column) || texts_of(it).any(names_it))
    });
    let constraints = constraints.map(|constraint| Thing::Constraint {
        table: name.clone(),
        constraint,
    });
    let mut found: Vec<Thing> = constraints.collect();
    let is_over = |it: &&Index| {
        let mut elements = it.elements.iter();
        it.include.iter().any(|it| it == column)
            || elements.any(|it| matches!(&it.key, IndexKey::Column(it) if it == column))
            || texts_of_index(it).any(names_it)
    };
    found.extend(indexes(table, is_over));
    found
}

fn indexes<'t>(
    table: &'t Table,
    stands: impl Fn(&&Index) -> bool + 't,
) -> impl Iterator<Item = Thing> + 't {
    let found = table.indexes.iter().filter(stands);
    found.map(|it| Thing::Index {
        table: table.name.clone(),
        index: it.clone(),
    })
}

/// What stands on types that are made anew: on themselves, and on the columns that are of them.
pub(super) fn on_types(replaced: &Replaced<'_>, schema: &Schema) -> Vec<Thing> {
    let mut found = Vec::new();
    let is_of = |it: &ColumnType| replaced.holds(it);
    for definition in &schema.definitions {
        // What is made of one of the types is made anew with it.
        if replaced.names(&definition.name) && definition.kind == DefinitionKind::Type {
            continue;
        }
        let stands = definition.uses.iter().any(|it| match it {
            Use::Type { name } => replaced.names(name),
            Use::Column { relation, column } => {
                let table = schema.table(relation);
                let column = table.and_then(|it| column_of(it, column, schema));
                column.is_some_and(|it| is_of(&it.column_type))
            }
            Use::Relation { .. } | Use::Routine { .. } => false,
        });
        if stands {
            found.push(Thing::Definition(definition.clone()));
        }
    }
    for domain in schema.domains.iter().filter(|it| !replaced.names(&it.name)) {
        let names_type = |it: &&CheckConstraint| {
            let mut words = tokens(&it.expression).filter_map(|it| it.name(&LEXICON));
            it.name.is_some() && words.any(|it| replaced.is_named(&it))
        };
        let checks = domain.checks.iter().filter(names_type);
        found.extend(checks.map(|check| Thing::DomainCheck {
            domain: domain.clone(),
            check: check.clone(),
        }));
    }
    for table in &schema.tables {
        let of_type = |column: &str| {
            let column = column_of(table, column, schema);
            column.is_some_and(|it| is_of(&it.column_type))
        };
        // The database writes the cast of a string that is compared with a column of the type;
        // whoever wrote the text may have left it out.
        let stands = |text: &str| {
            let mut has_string = false;
            let mut names_column = false;
            let names_type = tokens(text).any(|token| {
                has_string |= token.kind == TokenKind::Text;
                let word = token.name(&LEXICON);
                names_column |= word.as_deref().is_some_and(of_type);
                word.as_deref().is_some_and(|it| replaced.is_named(it))
            });
            names_type || has_string && names_column
        };
        let others = table.columns.iter().filter(|it| !is_of(&it.column_type));
        for column in others.filter(|it| it.default.as_deref().is_some_and(stands)) {
            found.push(Thing::Default {
                table: table.name.clone(),
                column: column.clone(),
            });
        }
        for column in table.columns.iter().filter(|it| it.generated.is_some()) {
            let text = column.generated.as_ref().map(|it| it.expression.as_str());
            let names_column = table.columns.iter().any(|it| {
                is_of(&it.column_type)
                    && text.is_some_and(|text| mentions(text, &it.name, &LEXICON))
            });
            if is_of(&column.column_type) || names_column || text.is_some_and(stands) {
                found.push(computed(table, column));
            }
        }
        for constraint in Constraint::all_of(table).filter(|it| it.name().is_some()) {
            let goes = match &constraint {
                // Both sides of a key change their type, and not at once.
                Constraint::ForeignKey(it) => it.columns.iter().any(|it| of_type(it)),
                Constraint::Exclude(it) => {
                    it.columns().any(of_type) || texts_of(&constraint).any(stands)
                }
                it => texts_of(it).any(stands),
            };
            if goes {
                let table = table.name.clone();
                found.push(Thing::Constraint { table, constraint });
            }
        }
        found.extend(indexes(table, |it| texts_of_index(it).any(stands)));
    }
    found
}

/// A column of a table, which may have it from another one.
fn column_of<'s>(table: &'s Table, name: &str, schema: &'s Schema) -> Option<&'s Column> {
    let mut parents = table.inherits.parents().iter();
    table
        .column_named(name)
        .or_else(|| parents.find_map(|it| column_of(schema.table(it)?, name, schema)))
}

/// The parts of tables whose expressions stand on something.
fn expressions(schema: &Schema, stands: &dyn Fn(&str) -> bool, found: &mut Vec<Thing>) {
    for domain in &schema.domains {
        let checks = domain.checks.iter();
        let checks = checks.filter(|it| it.name.is_some() && stands(&it.expression));
        found.extend(checks.map(|check| Thing::DomainCheck {
            domain: domain.clone(),
            check: check.clone(),
        }));
    }
    for table in &schema.tables {
        for column in &table.columns {
            if column.default.as_deref().is_some_and(stands) {
                found.push(Thing::Default {
                    table: table.name.clone(),
                    column: column.clone(),
                });
            }
            let expression = column.generated.as_ref().map(|it| it.expression.as_str());
            if expression.is_some_and(stands) {
                found.push(computed(table, column));
            }
        }
        let constraints = Constraint::all_of(table);
        let constraints = constraints.filter(|it| it.name().is_some() && texts_of(it).any(stands));
        found.extend(constraints.map(|constraint| Thing::Constraint {
            table: table.name.clone(),
            constraint,
        }));
        found.extend(indexes(table, |it| texts_of_index(it).any(stands)));
    }
}

fn computed(table: &Table, column: &Column) -> Thing {
    Thing::Computed {
        table: table.name.clone(),
        column: column.clone(),
    }
}

fn texts_of(constraint: &Constraint) -> impl Iterator<Item = &str> {
    let (check, exclude) = match constraint {
        Constraint::Check(it) => (Some(it.expression.as_str()), None),
        Constraint::Exclude(it) => (it.predicate.as_deref(), Some(it)),
        _ => (None, None),
    };
    let elements = exclude.into_iter().flat_map(|it| &it.elements);
    check
        .into_iter()
        .chain(elements.filter_map(|it| text_of(&it.element)))
}

fn texts_of_index(index: &Index) -> impl Iterator<Item = &str> {
    let elements = index.elements.iter().filter_map(text_of);
    elements.chain(index.predicate.as_deref())
}

fn text_of(element: &IndexElement) -> Option<&str> {
    match &element.key {
        IndexKey::Expression(text) => Some(text),
        IndexKey::Column(_) => None,
    }
}

/// Whether an expression calls a routine.
fn calls(text: &str, routine: &str) -> bool {
    let all = tokens(text).filter(|it| it.kind != TokenKind::Comment);
    let mut is_named = false;
    for token in all {
        if is_named && token.is_symbol("(") {
            return true;
        }
        is_named = token.name(&LEXICON).is_some_and(|it| it == routine);
    }
    false
}

/// What stands in the way of an operation. `later` is what follows it: something that is replaced or
/// dropped later need not be there meanwhile.
pub(super) fn in_the_way(
    operation: &Operation,
    later: &[Operation],
    schema: &Schema,
) -> Vec<Thing> {
    match operation {
        Operation::AlterColumn { table, change } => {
            let to = &change.to;
            // Made anew to be computed, it would take along what is over it.
            let is_made_anew = matches!(to.generated, Some(Some(_)));
            let mut found = Vec::new();
            if to.column_type.is_some() || to.collation.is_some() || is_made_anew {
                found.extend(under_column(table, &change.name, schema));
            }
            if is_made_anew {
                found.extend(parts_over(table, &change.name, schema));
            }
            found
        }
        Operation::DropColumn { table, name, .. } => {
            let comes_back = comes_back(table, name, later);
            let mut found = on_column(table, name, schema);
            found.retain(|it| comes_back || is_replaced(it, later));
            found
        }
        Operation::DropTable { name, .. } => {
            let mut found = on_table(name, schema);
            found.retain(|it| is_replaced(it, later));
            found
        }
        Operation::DropEnum { name, .. } | Operation::DropDomain { name, .. } => {
            let uses = |it: &&Definition| {
                (it.uses.iter()).any(|it| matches!(it, Use::Type { name: of } if of == name))
            };
            let found = schema.definitions.iter().filter(uses).cloned();
            let found = found.map(Thing::Definition);
            found.filter(|it| is_replaced(it, later)).collect()
        }
        Operation::DropDefinition { definition } => {
            let has_successor = later.iter().any(|it| succeeds(it, definition));
            let mut found = on_definition(definition, schema);
            found.retain(|it| has_successor || is_replaced(it, later));
            found
        }
        Operation::AlterEnum { to, from } => {
            let known = schema.enums.iter().find(|it| it.name == to.name);
            match known.or(from.as_ref()) {
                Some(from) if !enumeration::only_adds(&from.labels, &to.labels) => {
                    on_types(&Replaced::of(&to.name, schema), schema)
                }
                _ => Vec::new(),
            }
        }
        Operation::AlterDomain { to, from } => {
            let known = schema.domains.iter().find(|it| it.name == to.name);
            match known.or(from.as_ref()) {
                Some(from) if super::domain::is_replaced(from, to) => {
                    on_types(&Replaced::of(&to.name, schema), schema)
                }
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn is_replaced(thing: &Thing, later: &[Operation]) -> bool {
    let Thing::Definition(thing) = thing else {
        return false;
    };
    later.iter().any(|it| match it {
        Operation::ReplaceDefinition { to: it, .. }
        | Operation::DropDefinition { definition: it } => it.is_same(thing),
        _ => false,
    })
}

/// Whether one of the operations adds a column of that name.
pub(super) fn comes_back(table: &ObjectName, name: &str, operations: &[Operation]) -> bool {
    operations.iter().any(|it| {
        matches!(it, Operation::AddColumn { table: of, column }
            if of == table && column.name == name)
    })
}

/// Whether an operation makes anew what another one drops: a routine with other arguments, a computed
/// column, an index over as many expressions.
pub(super) fn is_heir(operation: &Operation, drop: &Operation) -> bool {
    match (drop, operation) {
        (Operation::DropDefinition { definition }, it) => succeeds(it, definition),
        (
            Operation::DropColumn {
                table,
                name,
                column: Some(gone),
            },
            Operation::AddColumn { table: of, column },
        ) => {
            of == table
                && column.name == *name
                && gone.generated.is_some()
                && column.generated.is_some()
        }
        (
            Operation::DropIndex {
                table,
                index: Some(gone),
                concurrently: false,
                ..
            },
            Operation::CreateIndex { table: of, index },
        ) => {
            let keys = |it: &Index| -> Vec<bool> {
                let elements = it.elements.iter();
                elements.map(|it| text_of(it).is_some()).collect()
            };
            of == table
                && index.name == gone.name
                && !index.concurrently
                && keys(gone) == keys(index)
                && keys(index).contains(&true)
        }
        _ => false,
    }
}

/// Whether an operation makes a definition that takes the place of one that goes: a routine with
/// other arguments, a type.
pub(super) fn succeeds(operation: &Operation, gone: &Definition) -> bool {
    let Operation::CreateDefinition { definition } = operation else {
        return false;
    };
    let alike =
        definition.kind == gone.kind || definition.kind.is_routine() && gone.kind.is_routine();
    alike && definition.name == gone.name
}
