//! Domains.

use super::comments;
use super::definitions::is_named_by;
use super::judge::Judge;
use super::keys::{by_key, key_of};
use super::plan::{Phase, Plan, Why};
use crate::dialect::Place;
use crate::operations::{CommentOn, Operation};
use crate::schema::{CheckConstraint, ColumnType, Definition, Domain, Schema};

pub(super) fn compare(current: &Schema, target: &Schema, judge: &mut Judge<'_>, plan: &mut Plan) {
    let dialect = judge.dialect;
    let existing = by_key(dialect, &current.domains);
    let wanted = by_key(dialect, &target.domains);
    let coming = lacking(&target.definitions, &current.definitions, judge);
    let going = lacking(&current.definitions, &target.definitions, judge);
    for domain in bases_first(&target.domains, judge) {
        match existing.get(&key_of(dialect, &domain.name)) {
            None => {
                let phase = if is_named_by(domain, &coming, dialect.lexicon()) {
                    Phase::DomainsOverRoutines
                } else {
                    Phase::CreateTypes
                };
                let domain = domain.clone();
                let create = Operation::CreateDomain { domain };
                plan.push(phase, Why::New, create);
            }
            Some(existing) => {
                let phase = if is_named_by(domain, &coming, dialect.lexicon()) {
                    Phase::DomainsOverRoutines
                } else {
                    Phase::AlterTypes
                };
                alter(existing, domain, phase, judge, plan);
            }
        }
    }
    let gone = bases_first(&current.domains, judge);
    for domain in gone.into_iter().rev() {
        if !wanted.contains_key(&key_of(dialect, &domain.name)) {
            let phase = if is_named_by(domain, &going, dialect.lexicon()) {
                Phase::DropDomainsOverRoutines
            } else {
                Phase::DropTypes
            };
            let drop = Operation::DropDomain {
                name: domain.name.clone(),
                domain: Some(domain.clone()),
            };
            plan.push(phase, Why::Gone, drop);
        }
    }
}

/// The definitions that the others lack, or have by another text.
fn lacking<'d>(
    definitions: &'d [Definition],
    others: &[Definition],
    judge: &Judge<'_>,
) -> Vec<&'d Definition> {
    let is_there = |it: &&Definition| {
        let mut others = others.iter();
        others.any(|other| other.is_same(it) && judge.dialect.same_text(&other.sql, &it.sql))
    };
    definitions.iter().filter(|it| !is_there(it)).collect()
}

/// The domains, each after the one that it is made of.
fn bases_first<'a>(domains: &'a [Domain], judge: &Judge<'_>) -> Vec<&'a Domain> {
    let key = |domain: &Domain| key_of(judge.dialect, &domain.name);
    let mut waiting: Vec<&Domain> = domains.iter().collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let open: Vec<_> = waiting.iter().map(|it| key(it)).collect();
        let ready = |domain: &&Domain| match domain.base.element() {
            ColumnType::Named(base) => !open.contains(&key_of(judge.dialect, base)),
            _ => true,
        };
        let (now, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(ready);
        if now.is_empty() {
            // Made of each other: the database says so.
            ordered.extend(later);
            break;
        }
        ordered.extend(now);
        waiting = later;
    }
    ordered
}

fn alter(current: &Domain, target: &Domain, phase: Phase, judge: &mut Judge<'_>, plan: &mut Plan) {
    let on = CommentOn::domain(current.name.clone());
    comments::compare(on, current.comment.as_ref(), target.comment.as_ref(), plan);
    // What is the same is said as the database says it.
    let mut to = Domain {
        name: current.name.clone(),
        comment: current.comment.clone(),
        ..target.clone()
    };
    let stays = judge.dialect.same_type(&current.base, &target.base);
    if stays {
        to.base = current.base.clone();
    }
    let base = judge.type_sql(&target.base, "").unwrap_or_default();
    let place = Place::Default {
        column_type: base.clone(),
    };
    if let (Some(from), Some(wanted)) = (&current.default, &target.default)
        && judge.same_in_place((&target.name, &[]), &place, stays, from, wanted)
    {
        to.default = Some(from.clone());
    }
    let place = Place::DomainCheck { column_type: base };
    to.checks = target
        .checks
        .iter()
        .map(|wanted| {
            same_check(current, wanted, (&place, stays), judge).unwrap_or_else(|| wanted.clone())
        })
        .collect();
    if !same(current, &to) {
        let alter = Operation::AlterDomain {
            to,
            from: Some(current.clone()),
        };
        plan.push(phase, Why::Changed, alter);
    }
}

/// The rule of the database that is the one wanted.
fn same_check(
    current: &Domain,
    wanted: &CheckConstraint,
    (place, stays): (&Place, bool),
    judge: &mut Judge<'_>,
) -> Option<CheckConstraint> {
    let named = |it: &&CheckConstraint| match (&it.name, &wanted.name) {
        (Some(a), Some(b)) => judge.same_name(a, b),
        _ => true,
    };
    let candidates: Vec<_> = current.checks.iter().filter(named).cloned().collect();
    candidates.into_iter().find(|it| {
        judge.same_in_place(
            (&current.name, &[]),
            place,
            stays,
            &it.expression,
            &wanted.expression,
        )
    })
}

/// Whether nothing changes; the order of the rules is nothing.
fn same(current: &Domain, to: &Domain) -> bool {
    let checks = |domain: &Domain| {
        let mut checks = domain.checks.clone();
        checks.sort_by(|a, b| (&a.name, &a.expression).cmp(&(&b.name, &b.expression)));
        checks
    };
    let bare = |domain: &Domain| Domain {
        checks: Vec::new(),
        ..domain.clone()
    };
    bare(current) == bare(to) && checks(current) == checks(to)
}
