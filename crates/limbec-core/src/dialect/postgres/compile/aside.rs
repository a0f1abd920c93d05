//! What has stepped aside for a change, and how it comes back.

use super::dependents::Thing;
use super::{Steps, compile_within, rights};
use crate::dialect::postgres::lexicon::{LEXICON, tokens};
use crate::operations::{AlterColumn, ColumnChange, ConstraintRef, Operation};
use crate::schema::{Definition, Domain, Index, IndexKey, ObjectName, Schema, in_order};
use crate::steps::Step;

/// How a thing comes to be when all is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// It was there before, with an owner and grants.
    Again,
    /// An operation makes it, which had to wait.
    New,
    /// It is there, and an operation replaces it, which had to wait.
    InPlace,
}

/// A thing that waits.
#[derive(Debug, Clone)]
pub(super) struct Put {
    /// The operation that it waits for.
    pub(super) at: usize,
    thing: Thing,
    made: Made,
}

impl Put {
    /// The steps that drop it, which `now` still holds.
    pub(super) fn set_aside(&self, now: &Schema) -> Steps {
        let mut steps: Vec<Step> = self.notes().into_iter().map(|(note, _)| note).collect();
        steps.extend(compile_within(&self.removal(), now)?);
        Ok(steps)
    }

    /// The steps that make it, which `now` lacks.
    pub(super) fn bring_back(&self, now: &Schema) -> Steps {
        let mut steps = compile_within(&self.creation(), now)?;
        if self.made == Made::Again {
            steps.extend(self.notes().map(|(_, restore)| restore));
        }
        Ok(steps)
    }

    /// The steps that note what no operation says of it, and that restore it.
    fn notes(&self) -> Option<(Step, Step)> {
        match &self.thing {
            Thing::Definition(it) => rights::of_definition(it),
            Thing::Computed { table, column } => Some(rights::of_column(table, &column.name)),
            Thing::Index { table, index } => {
                has_expression(index).then(|| rights::of_index(table, &index.name))
            }
            Thing::Default { .. } | Thing::Constraint { .. } | Thing::DomainCheck { .. } => None,
        }
    }

    /// The operation that drops it.
    pub(super) fn removal(&self) -> Operation {
        match self.thing.clone() {
            Thing::Definition(definition) => Operation::DropDefinition { definition },
            Thing::Default { table, column } => alter_default(table, column.name, None),
            Thing::Constraint { table, constraint } => Operation::DropConstraint {
                table,
                constraint: ConstraintRef::to(&constraint),
                definition: Some(constraint),
            },
            Thing::Index { table, index } => Operation::DropIndex {
                table,
                name: index.name.clone(),
                concurrently: false,
                index: Some(Box::new(index)),
            },
            Thing::Computed { table, column } => Operation::DropColumn {
                table,
                name: column.name.clone(),
                column: Some(Box::new(column)),
            },
            Thing::DomainCheck { domain, check } => {
                let mut without = domain.clone();
                without.checks.retain(|it| it.name != check.name);
                alter_domain(domain, without)
            }
        }
    }

    /// The operation that makes it.
    pub(super) fn creation(&self) -> Operation {
        match self.thing.clone() {
            Thing::Definition(to) if self.made == Made::InPlace => {
                Operation::ReplaceDefinition { to, from: None }
            }
            Thing::Definition(definition) => Operation::CreateDefinition { definition },
            Thing::Default { table, column } => alter_default(table, column.name, column.default),
            Thing::Constraint { table, constraint } => {
                Operation::CreateConstraint { table, constraint }
            }
            Thing::Index { table, index } => Operation::CreateIndex { table, index },
            Thing::Computed { table, column } => Operation::AddColumn { table, column },
            Thing::DomainCheck { domain, check } => {
                let mut without = domain.clone();
                without.checks.retain(|it| it.name != check.name);
                alter_domain(without, domain)
            }
        }
    }

    /// The names by which texts may call it.
    fn name(&self) -> Option<&str> {
        match &self.thing {
            Thing::Definition(it) => it.table.is_none().then_some(it.name.name.as_str()),
            Thing::Default { .. } => None,
            Thing::Constraint { constraint, .. } => constraint.name(),
            Thing::Index { index, .. } => Some(&index.name),
            Thing::Computed { column, .. } => Some(&column.name),
            Thing::DomainCheck { check, .. } => check.name.as_deref(),
        }
    }

    /// Whether an operation drops it, alone or with its table.
    fn goes_by(&self, operation: &Operation) -> bool {
        match (operation, &self.thing) {
            (Operation::DropDefinition { definition }, Thing::Definition(it)) => {
                it.is_same(definition)
            }
            (Operation::DropIndex { table, name, .. }, Thing::Index { table: of, index }) => {
                of == table && index.name == *name
            }
            (
                Operation::DropConstraint {
                    table,
                    constraint: which,
                    ..
                },
                Thing::Constraint {
                    table: of,
                    constraint,
                },
            ) => {
                let name = match which {
                    ConstraintRef::Named(name) => Some(name.as_str()),
                    ConstraintRef::Unnamed(it) => it.name(),
                };
                of == table && constraint.name() == name
            }
            (Operation::DropColumn { table, name, .. }, Thing::Computed { table: of, column }) => {
                of == table && column.name == *name
            }
            (Operation::DropTable { name, .. }, thing) => thing.table() == Some(name),
            (Operation::AlterDomain { to, .. }, Thing::DomainCheck { domain, .. }) => {
                to.name == domain.name
            }
            (Operation::DropDomain { name, .. }, Thing::DomainCheck { domain, .. }) => {
                domain.name == *name
            }
            (Operation::AlterColumn { table, change }, Thing::Default { table: of, column }) => {
                change.to.default.is_some() && of == table && column.name == change.name
            }
            _ => false,
        }
    }
}

fn alter_domain(from: Domain, to: Domain) -> Operation {
    Operation::AlterDomain {
        to,
        from: Some(from),
    }
}

fn alter_default(table: ObjectName, name: String, default: Option<String>) -> Operation {
    let to = ColumnChange {
        default: Some(default),
        ..ColumnChange::default()
    };
    Operation::AlterColumn {
        table,
        change: AlterColumn {
            name,
            to,
            from: ColumnChange::default(),
            using: None,
        },
    }
}

/// The things that have stepped aside, in the order in which they were dropped.
#[derive(Debug, Default)]
pub(super) struct Aside(Vec<Put>);

impl Aside {
    pub(super) fn push(&mut self, at: usize, thing: Thing, made: Made) -> Put {
        let put = Put { at, thing, made };
        self.0.push(put.clone());
        put
    }

    pub(super) fn holds(&self, thing: &Thing) -> bool {
        self.0.iter().any(|it| it.thing.is_same(thing))
    }

    /// Gives a definition that waits its new form; whether it waits.
    pub(super) fn replace(&mut self, to: &Definition) -> bool {
        let mut waiting = self.0.iter_mut().map(|it| &mut it.thing);
        let known = waiting.find(|it| matches!(it, Thing::Definition(it) if it.is_same(to)));
        match known {
            Some(known) => {
                *known = Thing::Definition(to.clone());
                true
            }
            None => false,
        }
    }

    /// Takes a definition out that need wait no longer.
    pub(super) fn take(&mut self, definition: &Definition) -> Option<Put> {
        let is_it = |it: &Put| matches!(&it.thing, Thing::Definition(it) if it.is_same(definition));
        let at = self.0.iter().position(is_it)?;
        Some(self.0.remove(at))
    }

    /// Whether a text names something that waits.
    pub(super) fn is_named_by(&self, sql: &str) -> bool {
        let mut words = tokens(sql).filter_map(|it| it.name(&LEXICON));
        words.any(|word| self.0.iter().any(|it| it.name() == Some(&word)))
    }

    /// Whether a definition that waits names something else that does.
    pub(super) fn others_are_named_by(&self, definition: &Definition) -> bool {
        let mut words = tokens(&definition.sql).filter_map(|it| it.name(&LEXICON));
        words.any(|word| {
            let mut others = self
                .0
                .iter()
                .filter(|it| !matches!(&it.thing, Thing::Definition(it) if it.is_same(definition)));
            word != definition.name.name && others.any(|it| it.name() == Some(&word))
        })
    }

    /// Takes out what an operation drops: it does not come back. Whether nothing else is to be done,
    /// since it is dropped already.
    pub(super) fn forget(&mut self, operation: &Operation) -> bool {
        let before = self.0.len();
        self.0.retain(|it| !it.goes_by(operation));
        // The rest of a table, or of a change, is still to be done.
        let does_more = matches!(
            operation,
            Operation::DropTable { .. }
                | Operation::AlterColumn { .. }
                | Operation::AlterDomain { .. }
                | Operation::DropDomain { .. }
        );
        self.0.len() < before && !does_more
    }

    /// Whether an operation names something that waits, and so must find it in its place.
    pub(super) fn is_needed_by(&self, operation: &Operation) -> bool {
        let Some(shown) = self.0.first().and_then(|_| text(operation)) else {
            return false;
        };
        let is_named = |name: &str| {
            shown.match_indices(name).any(|(at, _)| {
                let is_part = |it: char| it.is_alphanumeric() || it == '_';
                !shown[..at].ends_with(is_part) && !shown[at + name.len()..].starts_with(is_part)
            })
        };
        let table = table(operation);
        self.0.iter().any(|it| match &it.thing {
            Thing::Computed { table: of, column } => table == Some(of) && is_named(&column.name),
            Thing::Default { .. } => false,
            _ => it.name().is_some_and(is_named),
        })
    }

    /// In the order in which they can be made.
    pub(super) fn in_order(self) -> Vec<Put> {
        let (definitions, others): (Vec<Put>, Vec<Put>) =
            (self.0.into_iter().rev()).partition(|it| matches!(it.thing, Thing::Definition(_)));
        let sorted = definitions.iter().filter_map(|it| match &it.thing {
            Thing::Definition(it) => Some(it.clone()),
            _ => None,
        });
        let sorted = in_order(sorted.collect(), &LEXICON);
        let place = |put: &Put| match &put.thing {
            Thing::Definition(it) => sorted.iter().position(|of| of.is_same(it)),
            _ => None,
        };
        let mut definitions = definitions;
        definitions.sort_by_key(place);
        // A part of a table comes as soon as what it calls is there: views may be over it.
        let mut ordered: Vec<Put> = Vec::with_capacity(definitions.len() + others.len());
        ordered.extend(definitions);
        for put in others {
            let words = put.thing.words();
            let needs = |it: &Put| {
                it.name()
                    .is_some_and(|name| words.iter().any(|word| word == name))
            };
            let behind = ordered.iter().rposition(needs).map_or(0, |at| at + 1);
            // Those without needs stay in their own order.
            let parts = ordered[behind..].iter();
            let skipped = parts
                .take_while(|it| !matches!(it.thing, Thing::Definition(_)))
                .count();
            ordered.insert(behind + skipped, put);
        }
        ordered
    }
}

/// Whether the server samples values for an index: its expressions.
pub(super) fn has_expression(index: &Index) -> bool {
    let mut elements = index.elements.iter();
    elements.any(|it| matches!(it.key, IndexKey::Expression(_)))
}

/// The text of an operation as far as it names what must be there.
fn text(operation: &Operation) -> Option<String> {
    Some(match operation {
        Operation::DropDefinition { .. }
        | Operation::DropTable { .. }
        | Operation::DropColumn { .. }
        | Operation::DropConstraint { .. }
        | Operation::DropIndex { .. }
        | Operation::DropEnum { .. }
        | Operation::DropDomain { .. }
        | Operation::DropSequence { .. }
        | Operation::AlterEnum { .. }
        | Operation::SetTimeout { .. } => return None,
        Operation::AlterColumn { change, .. } => {
            format!("{} {:?} {:?}", change.name, change.to, change.using)
        }
        Operation::AlterDomain { to, .. } => format!("{to:?}"),
        other => format!("{other:?}"),
    })
}

/// The table that an operation changes a part of.
fn table(operation: &Operation) -> Option<&ObjectName> {
    match operation {
        Operation::AddColumn { table, .. }
        | Operation::AlterColumn { table, .. }
        | Operation::CreateConstraint { table, .. }
        | Operation::ValidateConstraint { table, .. }
        | Operation::CreateIndex { table, .. } => Some(table),
        _ => None,
    }
}
