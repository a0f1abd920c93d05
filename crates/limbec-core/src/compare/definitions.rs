//! Views, routines, triggers and their like, which are known by their SQL.
//!
//! They change after the tables and before columns go, so that a new view may use a new column and
//! no longer use one that goes. Types and routines that a table's expressions name are made before
//! the tables.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::judge::Judge;
use super::keys::{Key, key_of};
use super::plan::{Phase, Plan, Why};
use crate::dialect::Dialect;
use crate::operations::{Moved, Operation};
use crate::schema::{
    ColumnType, Definition, DefinitionKind, Domain, IndexKey, ObjectName, Schema, Table, Use,
    in_order,
};
use crate::sql::{Lexicon, TokenKind, mentions, split, tokens};

/// What a definition is known by.
pub(super) type DefinitionKey = (DefinitionKind, Key, Option<String>, Option<Key>);

pub(super) fn definition_key(dialect: &dyn Dialect, it: &Definition) -> DefinitionKey {
    (
        it.kind,
        key_of(dialect, &it.name),
        it.arguments.clone(),
        it.table.as_ref().map(|table| key_of(dialect, table)),
    )
}

/// A definition of the database.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// As it is.
    now: &'a Definition,
    /// As it is when tables and columns have their new names, which it follows.
    renamed: &'a Definition,
}

impl<'a> Known<'a> {
    /// The definitions before renames, with the same after them, in the same order.
    pub(super) fn of(now: &'a [Definition], renamed: &'a [Definition]) -> Vec<Self> {
        let pairs = now.iter().zip(renamed);
        pairs.map(|(now, renamed)| Known { now, renamed }).collect()
    }

    /// Whether it is as the models want it, after the renames.
    fn is(self, wanted: &Definition, judge: &mut Judge<'_>, plan: &Plan) -> bool {
        if judge.verdicts.outdated(wanted).is_some() {
            return false;
        }
        let steps_aside = judge.dialect.capabilities().definitions_step_aside;
        if steps_aside && plan.renames_types_within(&self.now.sql, judge.dialect.lexicon()) {
            return true;
        }
        // The database cannot be asked about names that it does not have yet; the scratch copy is.
        if self.follows(plan, judge.dialect.lexicon()) {
            return steps_aside || judge.dialect.same_text(&self.renamed.sql, &wanted.sql);
        }
        if steps_aside && plan.takes_from(self.renamed) {
            return false;
        }
        judge.same_definition(&self.now.sql, wanted)
    }

    /// Whether names that it mentions are on their way to become others.
    fn follows(self, plan: &Plan, lexicon: &Lexicon) -> bool {
        plan.renames_within(&self.now.sql, lexicon)
    }
}

pub(super) fn compare(
    current: &[Known<'_>],
    target: &Schema,
    judge: &mut Judge<'_>,
    plan: &mut Plan,
) {
    let dialect = judge.dialect;
    let key = |it: &Definition| definition_key(dialect, it);
    let is_ours = |it: &&Definition| it.dialect.as_deref().is_none_or(|it| it == dialect.name());
    let wanted: Vec<&Definition> = target.definitions.iter().filter(is_ours).collect();
    let existing = |it: &Definition| {
        let key = key(it);
        let mut all = current.iter();
        all.find(|other| definition_key(dialect, other.renamed) == key)
    };

    let mut changes = Changes::default();
    for it in &wanted {
        match existing(it) {
            None => changes.created.push((*it).clone()),
            Some(known) if known.is(it, judge, plan) => {}
            Some(known) => changes.replaced.push(((*it).clone(), *known)),
        }
    }
    let kept: BTreeSet<DefinitionKey> = wanted.iter().map(|it| key(it)).collect();
    changes.dropped = current
        .iter()
        .filter(|it| !kept.contains(&key(it.renamed)))
        .copied()
        .collect();
    if dialect.capabilities().definitions_step_aside {
        changes.plan(target, judge, plan);
    } else {
        changes.plan_in_turn(current, target, dialect, plan);
    }
}

/// The definitions that change.
#[derive(Default)]
struct Changes<'a> {
    created: Vec<Definition>,
    replaced: Vec<(Definition, Known<'a>)>,
    dropped: Vec<Known<'a>>,
}

impl<'a> Changes<'a> {
    /// Plans them where what stands in the way steps aside: each is changed once, as late as it can be.
    fn plan(self, target: &Schema, judge: &Judge<'_>, plan: &mut Plan) {
        let lexicon = judge.dialect.lexicon();
        let (mut early, mut late): (Vec<_>, Vec<_>) =
            (self.replaced.into_iter()).partition(|(it, _)| it.kind == DefinitionKind::Type);
        let routines: Vec<Definition> = late.iter().map(|(it, _)| it.clone()).collect();
        // What tables compute by a routine, they must compute by the new one. The body of an atomic
        // one may name columns that are not there yet.
        let needed = named_by_tables(target, &routines, lexicon);
        let mut at = 0..;
        late.retain(|it| {
            let is_early =
                at.next().is_some_and(|at| needed.contains(&at)) && !is_atomic(&it.0, lexicon);
            if is_early {
                early.push(it.clone());
            }
            !is_early
        });

        let mut dropped = self.dropped;
        let succeeds = |gone: &Known<'_>, made: &Definition| {
            let gone = gone.renamed;
            gone.kind.is_routine() && made.kind.is_routine() && gone.name == made.name
        };
        let created = in_order(self.created, lexicon);
        let before_tables = named_by_tables(target, &created, lexicon);
        let mut changes: Vec<(Phase, Why, Operation)> = Vec::new();
        let mut make = |phase, definition: Definition, changes: &mut Vec<_>| {
            // Two routines of one name may answer to the same call.
            let (gone, others): (Vec<_>, Vec<_>) =
                (dropped.iter().copied()).partition(|it| succeeds(it, &definition));
            dropped = others;
            for known in gone {
                let definition = known.renamed.clone();
                changes.push((phase, Why::Gone, Operation::DropDefinition { definition }));
            }
            changes.push((phase, Why::New, Operation::CreateDefinition { definition }));
        };
        let mut after = Vec::new();
        for (at, definition) in created.into_iter().enumerate() {
            if before_tables.contains(&at) {
                make(Phase::CreateRoutines, definition, &mut changes);
            } else {
                after.push(definition);
            }
        }
        let replace = |phase, (to, known): (Definition, Known<'_>)| {
            let from = judge.verdicts.outdated(&to).filter(|it| !it.sql.is_empty());
            let from = Some(Box::new(from.unwrap_or(known.renamed).clone()));
            (
                phase,
                Why::Changed,
                Operation::ReplaceDefinition { to, from },
            )
        };
        for it in early {
            changes.push(replace(Phase::CreateRoutines, it));
        }
        let order = after.iter().chain(late.iter().map(|(it, _)| it)).cloned();
        for definition in in_order(order.collect(), lexicon) {
            match late.iter().position(|(it, _)| it.is_same(&definition)) {
                Some(at) => {
                    let it = late.swap_remove(at);
                    changes.push(replace(Phase::CreateDefinitions, it));
                }
                None => make(Phase::CreateDefinitions, definition, &mut changes),
            }
        }
        drop_all(
            dropped.iter().map(|it| (it.now.clone(), Why::Gone)),
            lexicon,
            plan,
        );
        for (phase, why, operation) in changes {
            plan.push(phase, why, operation);
        }
    }

    /// Plans them where what stands in the way must be told to go and come.
    fn plan_in_turn(
        self,
        current: &[Known<'a>],
        target: &Schema,
        dialect: &dyn Dialect,
        plan: &mut Plan,
    ) {
        let lexicon = dialect.lexicon();
        let Changes {
            mut created,
            replaced,
            dropped,
        } = self;
        let mut dropped: Vec<(Definition, Why)> = dropped
            .iter()
            .map(|it| (it.now.clone(), Why::Gone))
            .collect();
        // What stands on another one that changes, or on a table under its old name, gives way first.
        let gives_way = |known: Known<'_>| {
            let over_replaced = replaced
                .iter()
                .any(|(_, other)| known.now.uses.iter().any(|used| used.is_of(other.now)));
            let mut tables = known.now.uses.iter().filter_map(Use::relation);
            over_replaced
                || tables.any(|used| plan.drops_table(used))
                || known.follows(plan, lexicon)
        };
        let (way, replaced): (Vec<_>, Vec<_>) = (replaced.iter().cloned())
            .partition(|(_, known)| !known.now.kind.is_routine() && gives_way(*known));
        for (it, known) in way {
            dropped.push((known.now.clone(), Why::Changed));
            created.push(it);
        }
        drop_all(dropped.into_iter(), lexicon, plan);
        let created = in_order(created, lexicon);
        let before_tables = named_by_tables(target, &created, lexicon);
        let texts = replaced.iter().map(|(it, _)| it.sql.as_str());
        let before_replaced = named_by(&created, texts, lexicon);
        let was_there = |it: &Definition| {
            let key = definition_key(dialect, it);
            (current.iter()).any(|other| definition_key(dialect, other.renamed) == key)
        };
        for (at, definition) in created.into_iter().enumerate() {
            let phase = if before_tables.contains(&at) {
                Phase::CreateRoutines
            } else if before_replaced.contains(&at) {
                Phase::ReplaceDefinitions
            } else {
                Phase::CreateDefinitions
            };
            let why = if was_there(&definition) {
                Why::Changed
            } else {
                Why::New
            };
            plan.push(phase, why, Operation::CreateDefinition { definition });
        }
        let order = in_order(replaced.iter().map(|(it, _)| it.clone()).collect(), lexicon);
        for to in order {
            let mut known = replaced.iter();
            let from = known.find(|(it, _)| it.is_same(&to));
            let from = from.map(|(_, known)| Box::new(known.renamed.clone()));
            let replace = Operation::ReplaceDefinition { to, from };
            plan.push(Phase::ReplaceDefinitions, Why::Changed, replace);
        }
    }
}

/// Whether a domain names a type or a routine that is not there yet, or is on its way to change.
pub(super) fn is_named_by(domain: &Domain, changing: &[&Definition], lexicon: &Lexicon) -> bool {
    let base = match domain.base.element() {
        ColumnType::Custom(name) => Some(name.as_str()),
        _ => None,
    };
    let checks = domain.checks.iter().map(|it| it.expression.as_str());
    let texts = checks.chain(domain.default.as_deref()).chain(base);
    let mut names = texts
        .flat_map(|it| tokens(it, lexicon))
        .filter_map(|it| it.name(lexicon));
    names.any(|name| {
        let mut changing = changing.iter();
        changing.any(|it| it.table.is_none() && it.name.name == name)
    })
}

/// Drops definitions: routines and types when nothing calls them any more.
fn drop_all(dropped: impl Iterator<Item = (Definition, Why)>, lexicon: &Lexicon, plan: &mut Plan) {
    let (definitions, reasons): (Vec<Definition>, Vec<Why>) = dropped.unzip();
    let why = |it: &Definition| {
        let at = definitions.iter().position(|of| of.is_same(it));
        at.map_or(Why::Gone, |at| reasons[at].clone())
    };
    for definition in in_order(definitions.clone(), lexicon).into_iter().rev() {
        let is_late = definition.kind.is_routine() || definition.kind == DefinitionKind::Type;
        let phase = if is_late {
            Phase::DropRoutines
        } else {
            Phase::DropDefinitions
        };
        plan.push(
            phase,
            why(&definition),
            Operation::DropDefinition { definition },
        );
    }
}

/// Whether a routine's body is SQL that the database reads when it is made.
fn is_atomic(definition: &Definition, lexicon: &Lexicon) -> bool {
    tokens(&definition.sql, lexicon).any(|it| it.is_word("ATOMIC") || it.is_word("RETURN"))
}

/// The types and routines among the created ones that the tables name in some way.
fn named_by_tables(target: &Schema, created: &[Definition], lexicon: &Lexicon) -> BTreeSet<usize> {
    let mut texts: Vec<&str> = Vec::new();
    for table in &target.tables {
        texts.extend(expressions(table));
    }
    for domain in &target.domains {
        texts.extend(domain.default.as_deref());
        texts.extend(domain.checks.iter().map(|it| it.expression.as_str()));
    }
    let mut types: Vec<String> = Vec::new();
    let columns = target.tables.iter().flat_map(|it| &it.columns);
    let of_columns = columns.map(|it| &it.column_type);
    for column_type in of_columns.chain(target.domains.iter().map(|it| &it.base)) {
        if let ColumnType::Custom(name) = column_type.element() {
            types.push(name.clone());
        }
    }
    texts.extend(types.iter().map(String::as_str));
    named_by(created, texts.into_iter(), lexicon)
        .into_iter()
        .filter(|at| created[*at].kind.is_routine() || created[*at].kind == DefinitionKind::Type)
        .collect()
}

/// The expressions of a table.
fn expressions(table: &Table) -> Vec<&str> {
    let mut texts: Vec<&str> = Vec::new();
    for column in &table.columns {
        texts.extend(column.default.as_deref());
        texts.extend(column.generated.as_ref().map(|it| it.expression.as_str()));
    }
    texts.extend(table.checks.iter().map(|it| it.expression.as_str()));
    texts.extend(table.partition_by.as_deref());
    let of_indexes = table.indexes.iter();
    texts.extend(of_indexes.clone().filter_map(|it| it.predicate.as_deref()));
    let of_excludes = table.excludes.iter();
    texts.extend(of_excludes.clone().filter_map(|it| it.predicate.as_deref()));
    let elements = of_indexes.flat_map(|it| &it.elements);
    let excluded = of_excludes.flat_map(|it| &it.elements);
    let all = elements.chain(excluded.map(|it| &it.element));
    texts.extend(all.filter_map(|it| match &it.key {
        IndexKey::Expression(text) => Some(text.as_str()),
        IndexKey::Column(_) => None,
    }));
    texts
}

/// The places of the definitions that texts name, and of those that they name in turn.
fn named_by<'t>(
    definitions: &[Definition],
    texts: impl Iterator<Item = &'t str>,
    lexicon: &Lexicon,
) -> BTreeSet<usize> {
    let words = |text: &str| -> Vec<String> {
        let words = tokens(text, lexicon).filter(|it| it.kind != TokenKind::Comment);
        words
            .filter_map(|it| it.name(lexicon))
            .map(|it| it.to_lowercase())
            .collect()
    };
    let mut names: BTreeSet<String> = texts.flat_map(words).collect();
    let mut found = BTreeSet::new();
    loop {
        let next = (0..definitions.len()).find(|at| {
            !found.contains(at) && names.contains(&definitions[*at].name.name.to_lowercase())
        });
        let Some(at) = next else { return found };
        found.insert(at);
        let definition = &definitions[at];
        names.extend(words(&definition.sql));
        if definition.kind.is_routine() {
            // What its body calls must be there when an index or a default runs it.
            let bodies = tokens(&definition.sql, lexicon).filter(|it| it.kind == TokenKind::Text);
            names.extend(bodies.flat_map(|it| words(inner(it.text))));
        }
    }
}

/// A dollar-quoted body without its quotes.
fn inner(text: &str) -> &str {
    let Some(tag) = text.strip_prefix('$').and_then(|it| it.find('$')) else {
        return text;
    };
    let tag = tag + 2;
    text.get(tag..text.len().saturating_sub(tag))
        .unwrap_or_default()
}

/// The statement of an index without the method that it has anyway.
fn without_usual_method(statement: &str, lexicon: &Lexicon) -> String {
    let all: Vec<_> = tokens(statement, lexicon).collect();
    let usual = all.windows(2).find(
        |pair| matches!(pair, [using, method] if using.is_word("USING") && method.is_word("btree")),
    );
    match usual {
        Some([using, method]) => [&statement[..using.start], &statement[method.end()..]].concat(),
        _ => statement.to_string(),
    }
}

/// The statements of a definition, those that alter a routine behind the one that makes it: the database
/// prints both as one.
fn with_settings<'s>(statements: Vec<&'s str>, lexicon: &Lexicon) -> Vec<Cow<'s, str>> {
    let alters = |it: &&str| {
        let mut words = tokens(it, lexicon).filter(|it| it.kind != TokenKind::Comment);
        words.next().is_some_and(|it| it.is_word("ALTER"))
            && words.next().is_some_and(|it| {
                ["FUNCTION", "PROCEDURE", "ROUTINE"]
                    .iter()
                    .any(|word| it.is_word(word))
            })
    };
    let (settings, others): (Vec<&str>, Vec<&str>) = statements.into_iter().partition(alters);
    let mut all: Vec<Cow<'s, str>> = others.into_iter().map(Cow::Borrowed).collect();
    if let (Some(first), false) = (all.first_mut(), settings.is_empty()) {
        *first = Cow::Owned([&[&**first], settings.as_slice()].concat().join(";\n"));
    }
    all
}

impl Judge<'_> {
    /// Whether two definitions are one: statement by statement, the first one as the database
    /// would keep it.
    pub(super) fn same_definition(&mut self, current: &str, definition: &Definition) -> bool {
        let lexicon = self.dialect.lexicon();
        let target = with_settings(split(&definition.sql, lexicon), lexicon);
        let target: Vec<&str> = target.iter().map(AsRef::as_ref).collect();
        let current = split(current, lexicon);
        let ([first, rest @ ..], [wanted, others @ ..]) = (current.as_slice(), target.as_slice())
        else {
            return current == target;
        };
        let same_text = |(a, b): (&&str, &&str)| {
            let (a, b) = (
                without_usual_method(a, lexicon),
                without_usual_method(b, lexicon),
            );
            self.dialect.same_text(&a, &b)
        };
        rest.len() == others.len()
            && rest.iter().zip(others).all(same_text)
            && self.same_statement(definition, first, wanted)
    }
}

impl Plan {
    fn drops_table(&self, name: &ObjectName) -> bool {
        self.operations()
            .any(|it| matches!(it, Operation::DropTable { name: gone, .. } if gone == name))
    }

    /// Whether something goes that a definition uses: a table, or a column.
    fn takes_from(&self, definition: &Definition) -> bool {
        self.operations().any(|it| match it {
            Operation::DropTable { name, .. } => {
                let mut relations = definition.uses.iter().filter_map(Use::relation);
                definition.table.as_ref() != Some(name) && relations.any(|it| it == name)
            }
            Operation::DropColumn { table, name, .. } => {
                let comes_back = self.operations().any(|it| {
                    matches!(it, Operation::AddColumn { table: of, column }
                        if of == table && column.name == *name)
                });
                !comes_back && definition.uses.iter().any(|it| it.is_column(table, name))
            }
            _ => false,
        })
    }

    /// Whether the text mentions an enumeration or a label that is on its way to another name, which
    /// the database follows.
    fn renames_types_within(&self, sql: &str, lexicon: &Lexicon) -> bool {
        self.operations().any(|it| match it {
            Operation::RenameEnum { from, .. } => mentions(sql, &from.name, lexicon),
            Operation::RenameEnumValue { from, .. } => {
                let label = format!("'{}'", from.replace('\'', "''"));
                tokens(sql, lexicon).any(|it| it.text.contains(&label))
            }
            _ => false,
        })
    }

    /// Whether a name that the text mentions is on its way to become another.
    fn renames_within(&self, sql: &str, lexicon: &Lexicon) -> bool {
        self.operations().any(|it| match it {
            // Text names a sequence in a string.
            Operation::Move {
                kind: Moved::Sequence,
                from,
                ..
            } => tokens(sql, lexicon).any(|it| it.text.contains(&from.name)),
            Operation::RenameTable { from, .. } | Operation::Move { from, .. } => {
                mentions(sql, &from.name, lexicon)
            }
            Operation::RenameColumn { from, .. } => mentions(sql, from, lexicon),
            _ => false,
        })
    }
}
