//! Operations that are compiled as one: what stands in the way of any of them steps aside before it,
//! and comes back when all are done, in the form that the operations behind it give it.
//!
//! So a view over two columns that change is dropped once, and one that is replaced too is made once,
//! when everything that it is over is as it shall be.

use super::aside::{self, Aside, Made};
use super::dependents::{self, Thing};
use super::replace_type::{self, Replaced};
use super::{compile_within, composite, definition, rights};
use crate::dialect::postgres::lexicon::LEXICON;
use crate::dialect::postgres::names::cut;
use crate::dialect::{Batch, CompileError, Of};
use crate::operations::{ConstraintRef, Operation, apply};
use crate::schema::{Definition, DefinitionKind, Schema};
use crate::steps::Step;

/// Cuts a revision where everything must be in its place: at raw SQL, and at names that change.
pub(super) fn batches(operations: &[Operation]) -> Vec<Batch<'_>> {
    let stands_alone = |operation: &Operation| {
        matches!(
            operation,
            Operation::Execute { .. }
                | Operation::RenameTable { .. }
                | Operation::RenameColumn { .. }
                | Operation::RenameEnum { .. }
                | Operation::RenameEnumValue { .. }
                | Operation::Move { .. }
        )
    };
    Batch::cut(operations, stands_alone).collect()
}

/// Whether something may stand in the way of one of the operations, so that the schema must be known.
pub(super) fn needs_schema(operations: &[Operation]) -> bool {
    let goes = |operation: &Operation| {
        matches!(
            operation,
            Operation::DropColumn { .. }
                | Operation::DropTable { .. }
                | Operation::DropEnum { .. }
                | Operation::DropDomain { .. }
                | Operation::DropDefinition { .. }
        )
    };
    let replaces = operations
        .iter()
        .any(|it| matches!(it, Operation::ReplaceDefinition { .. }));
    let goes = || operations.iter().filter(|it| goes(it));
    operations.iter().any(super::needs_schema)
        || replaces && goes().next().is_some()
        || goes().any(|it| match it {
            Operation::DropColumn { table, name, .. } => {
                dependents::comes_back(table, name, operations)
            }
            Operation::DropDefinition { definition } => {
                (operations.iter()).any(|other| dependents::succeeds(other, definition))
            }
            _ => false,
        })
        || operations
            .iter()
            .filter(|it| has_expression(it))
            .any(|drop| {
                let mut others = operations.iter();
                others.any(|it| dependents::is_heir(it, drop))
            })
}

/// Whether an operation drops an index over expressions, which the server samples.
fn has_expression(operation: &Operation) -> bool {
    matches!(operation, Operation::DropIndex { index: Some(it), .. } if aside::has_expression(it))
}

/// Makes the steps of a batch.
pub(super) fn compile(
    operations: &[Operation],
    current: &Schema,
) -> Result<Vec<Of<Step>>, Of<CompileError>> {
    if !needs_schema(operations) {
        return plainly(operations, current);
    }
    let mut work = Work {
        now: current.clone(),
        aside: Aside::default(),
        going: Vec::new(),
        heirs: Vec::new(),
        steps: Vec::new(),
    };
    let operations: Vec<Operation> = operations.iter().cloned().map(cut_names).collect();
    for (at, operation) in operations.iter().enumerate() {
        let done = work.take(at, operation, &operations[at + 1..]);
        done.map_err(|error| Of::new(at, error))?;
    }
    work.bring_back()?;
    Ok(work.steps)
}

/// Makes the steps of operations that nothing stands in the way of.
fn plainly(operations: &[Operation], current: &Schema) -> Result<Vec<Of<Step>>, Of<CompileError>> {
    let mut steps = Vec::new();
    for (at, operation) in operations.iter().enumerate() {
        let made = compile_within(operation, current).map_err(|error| Of::new(at, error))?;
        steps.extend(made.into_iter().map(|step| Of::new(at, step)));
    }
    Ok(steps)
}

/// The operation with the names that the database keeps, which are those of its schema.
fn cut_names(mut operation: Operation) -> Operation {
    let short = |name: &mut String| name.truncate(cut(name).len());
    operation.each_name(&mut |name| {
        name.schema.iter_mut().for_each(short);
        short(&mut name.name);
    });
    match &mut operation {
        Operation::AddColumn { column, .. } => short(&mut column.name),
        Operation::AlterColumn { change, .. } => short(&mut change.name),
        Operation::DropColumn { name, .. }
        | Operation::DropIndex { name, .. }
        | Operation::ValidateConstraint { name, .. }
        | Operation::DropConstraint {
            constraint: ConstraintRef::Named(name),
            ..
        } => short(name),
        Operation::CreateIndex { index, .. } => short(&mut index.name),
        Operation::CreateConstraint { constraint, .. } => {
            let name = constraint.name().map(|it| cut(it).to_string());
            constraint.set_name(name.as_deref());
        }
        _ => {}
    }
    operation
}

/// A batch on its way.
struct Work {
    /// The schema as the steps so far leave it.
    now: Schema,
    aside: Aside,
    /// What is to step aside when all that stands on it has: where texts are all that is known, two
    /// definitions may seem to stand on each other.
    going: Vec<Thing>,
    /// Operations that make something anew, with the step that restores what was noted of it.
    heirs: Vec<(Operation, Step)>,
    steps: Vec<Of<Step>>,
}

impl Work {
    fn take(
        &mut self,
        at: usize,
        operation: &Operation,
        later: &[Operation],
    ) -> Result<(), CompileError> {
        if self.aside.forget(operation) {
            return Ok(());
        }
        match operation {
            Operation::ReplaceDefinition { to, from } if definition::is_ours(to) => {
                return self.replace(at, to, from.as_deref());
            }
            Operation::CreateDefinition { definition }
                if self.aside.is_named_by(&definition.sql) =>
            {
                let thing = Thing::Definition(definition.clone());
                self.aside.push(at, thing, Made::New);
                return Ok(());
            }
            _ => {}
        }
        if self.aside.is_needed_by(operation) {
            self.bring_back().map_err(|of| of.item)?;
        }
        for thing in dependents::in_the_way(operation, later, &self.now) {
            self.set_aside(at, &thing)?;
        }
        self.hand_on(at, operation, later);
        let steps = compile_within(operation, &self.now)?;
        self.push(at, steps);
        self.follow(operation);
        self.give(at, operation);
        Ok(())
    }

    /// Notes what no operation says of something that goes, if a later operation makes it anew.
    fn hand_on(&mut self, at: usize, operation: &Operation, later: &[Operation]) {
        let heir = later.iter().find(|it| dependents::is_heir(it, operation));
        let notes = match (operation, heir) {
            (
                Operation::DropDefinition { definition },
                Some(Operation::CreateDefinition { definition: heir }),
            ) => {
                let mut others = self.now.definitions.iter();
                let is_overloaded =
                    others.any(|it| it.name == definition.name && !it.is_same(definition));
                let is_alone = definition.kind.is_routine() && !is_overloaded;
                is_alone
                    .then(|| rights::handed_on(definition, heir))
                    .flatten()
            }
            (Operation::DropColumn { table, name, .. }, Some(_)) => {
                Some(rights::of_column(table, name))
            }
            (Operation::DropIndex { table, name, .. }, Some(_)) => {
                Some(rights::of_index(table, name))
            }
            _ => None,
        };
        if let (Some((note, restore)), Some(heir)) = (notes, heir) {
            self.push(at, vec![note]);
            self.heirs.push((heir.clone(), restore));
        }
    }

    /// Gives something that has come what was noted of the one before it.
    fn give(&mut self, at: usize, operation: &Operation) {
        if let Some(known) = self.heirs.iter().position(|(it, _)| it == operation) {
            let (_, restore) = self.heirs.remove(known);
            self.push(at, vec![restore]);
        }
    }

    /// Replaces a definition: in its place if the database can, else it steps aside, and comes back
    /// as the new one.
    fn replace(
        &mut self,
        at: usize,
        to: &Definition,
        from: Option<&Definition>,
    ) -> Result<(), CompileError> {
        if self.aside.replace(to) {
            return Ok(());
        }
        let known = self.now.definitions.iter().find(|it| it.is_same(to));
        let before = known.or(from).unwrap_or(to).clone();
        let replacing = Operation::ReplaceDefinition {
            to: to.clone(),
            from: None,
        };
        if composite::is_composite(&before) && composite::is_composite(to) {
            return self.replace_composite(at, &before, to);
        }
        if to.kind.is_routine() && definition::may_take_the_place(&before, to) {
            if self.aside.is_named_by(&to.sql) {
                let thing = Thing::Definition(to.clone());
                self.aside.push(at, thing, Made::InPlace);
            } else {
                let steps = definition::create_or_replace(to)?;
                self.push(at, steps);
                self.follow(&replacing);
            }
            return Ok(());
        }
        self.set_aside(at, &Thing::Definition(before))?;
        self.aside.replace(to);
        if (to.kind.is_routine() || to.kind == DefinitionKind::Type)
            && !self.aside.others_are_named_by(to)
        {
            // What follows may need it.
            if let Some(put) = self.aside.take(to) {
                let steps = put.bring_back(&self.now)?;
                self.push(at, steps);
                self.follow(&put.creation());
            }
        }
        Ok(())
    }

    /// Changes a composite type: in place, unless columns hold values of it that must be converted.
    fn replace_composite(
        &mut self,
        at: usize,
        before: &Definition,
        to: &Definition,
    ) -> Result<(), CompileError> {
        let changes = composite::changes(before, to);
        let replaced = Replaced::of(&to.name, &self.now);
        let in_place = match &changes {
            Some(changes) => !changes.retypes || !replaced.has_columns(&self.now),
            None => false,
        };
        let names_dropped = |thing: &Thing| {
            let changes = changes.as_ref().filter(|it| !it.retypes);
            changes.is_none_or(|it| it.dropped.iter().any(|name| thing.mentions(name)))
        };
        for thing in dependents::on_types(&replaced, &self.now) {
            if names_dropped(&thing) {
                self.set_aside(at, &thing)?;
            }
        }
        let steps = match &changes {
            Some(changes) if in_place => changes.steps(to),
            _ => replace_type::composite(before, to, &self.now)?,
        };
        self.push(at, steps);
        self.follow(&Operation::ReplaceDefinition {
            to: to.clone(),
            from: None,
        });
        Ok(())
    }

    /// Drops a thing, and before it all that stands on it.
    fn set_aside(&mut self, at: usize, thing: &Thing) -> Result<(), CompileError> {
        if self.aside.holds(thing) || self.going.iter().any(|it| it.is_same(thing)) {
            return Ok(());
        }
        self.going.push(thing.clone());
        for other in dependents::standing_on(thing, &self.now) {
            if goes_along(&other, thing) {
                let put = self.aside.push(at, other, Made::Again);
                self.follow(&put.removal());
            } else {
                self.set_aside(at, &other)?;
            }
        }
        self.going.pop();
        let put = self.aside.push(at, thing.clone(), Made::Again);
        let (steps, drop) = (put.set_aside(&self.now)?, put.removal());
        self.push(at, steps);
        self.follow(&drop);
        Ok(())
    }

    /// Makes everything again that has stepped aside.
    fn bring_back(&mut self) -> Result<(), Of<CompileError>> {
        for put in std::mem::take(&mut self.aside).in_order() {
            let at = put.at;
            let steps = put
                .bring_back(&self.now)
                .map_err(|error| Of::new(at, error))?;
            self.push(at, steps);
            self.follow(&put.creation());
            self.give(at, &put.creation());
        }
        Ok(())
    }

    fn push(&mut self, at: usize, steps: Vec<Step>) {
        let steps = steps.into_iter().map(|step| Of::new(at, step));
        self.steps.extend(steps);
    }

    /// What does not fit what is known is the database's to say.
    fn follow(&mut self, operation: &Operation) {
        let _ = apply(&mut self.now, operation, &LEXICON);
    }
}

/// Whether a trigger or a rule is dropped with its view.
fn goes_along(thing: &Thing, with: &Thing) -> bool {
    match (thing, with) {
        (Thing::Definition(it), Thing::Definition(view)) => {
            view.kind.is_relation() && it.table.as_ref() == Some(&view.name)
        }
        _ => false,
    }
}
