//! Tables in the order of their foreign keys.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{Key, key_of};
use crate::dialect::Dialect;
use crate::schema::{ForeignKey, ObjectName, Table};

/// Orders tables so that each comes after those it refers to, and takes out of them the keys that
/// close a cycle. Ties keep the order given. Keys to tables outside the list do not count.
pub(super) fn parents_first(
    tables: Vec<Table>,
    dialect: &dyn Dialect,
) -> (Vec<Table>, Vec<(ObjectName, ForeignKey)>) {
    let keys: Vec<Key> = tables
        .iter()
        .map(|table| key_of(dialect, &table.name))
        .collect();
    let index: BTreeMap<&Key, usize> = keys.iter().enumerate().map(|(at, key)| (key, at)).collect();
    let parents = |at: usize, table: &Table| -> BTreeSet<usize> {
        let referred = table
            .foreign_keys
            .iter()
            .map(|key| key_of(dialect, &key.referred_table));
        let parents = table.inherits.parents().iter();
        let parents = parents.map(|it| key_of(dialect, it));
        referred
            .chain(parents)
            .filter_map(|key| index.get(&key).copied())
            .filter(|it| *it != at)
            .collect()
    };
    let mut open: Vec<BTreeSet<usize>> = tables
        .iter()
        .enumerate()
        .map(|(at, table)| parents(at, table))
        .collect();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); tables.len()];
    for (child, parents) in open.iter().enumerate() {
        for parent in parents {
            children[*parent].push(child);
        }
    }

    let mut waiting: BTreeSet<usize> = (0..tables.len()).collect();
    let mut ready: BTreeSet<usize> = waiting
        .iter()
        .copied()
        .filter(|at| open[*at].is_empty())
        .collect();
    let mut order = Vec::with_capacity(tables.len());
    let mut placed = vec![false; tables.len()];
    while let Some(first) = waiting.first().copied() {
        let next = ready
            .pop_first()
            .unwrap_or_else(|| on_a_cycle(first, &open));
        waiting.remove(&next);
        placed[next] = true;
        order.push(next);
        for child in &children[next] {
            open[*child].remove(&next);
            if open[*child].is_empty() && !placed[*child] {
                ready.insert(*child);
            }
        }
    }

    let position: BTreeMap<&Key, usize> = order
        .iter()
        .enumerate()
        .map(|(position, at)| (&keys[*at], position))
        .collect();
    let mut tables: Vec<Option<Table>> = tables.into_iter().map(Some).collect();
    let mut late = Vec::new();
    let mut ordered = Vec::with_capacity(order.len());
    for (here, at) in order.iter().enumerate() {
        let Some(mut table) = tables[*at].take() else {
            continue;
        };
        let name = table.name.clone();
        table.foreign_keys.retain(|key| {
            let referred = position.get(&key_of(dialect, &key.referred_table));
            let in_time = referred.is_none_or(|there| *there <= here);
            if !in_time {
                late.push((name.clone(), key.clone()));
            }
            in_time
        });
        ordered.push(table);
    }
    (ordered, late)
}

/// Follows open parents until one comes again: that one is on a cycle, not merely behind it.
fn on_a_cycle(start: usize, open: &[BTreeSet<usize>]) -> usize {
    let mut seen = BTreeSet::new();
    let mut at = start;
    while seen.insert(at) {
        match open[at].first() {
            Some(parent) => at = *parent,
            None => break,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::sqlite::Sqlite;

    fn ordered(tables: &[(&str, &[&str])]) -> (Vec<String>, Vec<String>) {
        let tables = tables.iter().map(|(name, parents)| {
            parents.iter().fold(Table::new(*name), |table, parent| {
                table.foreign_key(ForeignKey::new(["x"], *parent, ["id"]))
            })
        });
        let (tables, late) = parents_first(tables.collect(), &Sqlite);
        let late = late
            .into_iter()
            .map(|(name, key)| format!("{name}->{}", key.referred_table));
        (
            tables.into_iter().map(|table| table.name.name).collect(),
            late.collect(),
        )
    }

    #[test]
    fn parents_come_first_and_ties_keep_their_order() {
        let (order, late) =
            ordered(&[("c", &["b"]), ("z", &[]), ("b", &["a"]), ("a", &["a", "x"])]);
        assert_eq!(order, ["z", "a", "b", "c"]);
        assert!(late.is_empty());
    }

    #[test]
    fn a_cycle_is_broken_at_one_key() {
        let (order, late) = ordered(&[
            ("after", &["a"]),
            ("a", &["b"]),
            ("b", &["c"]),
            ("c", &["a"]),
        ]);
        assert_eq!(order, ["a", "after", "c", "b"]);
        assert_eq!(late, ["a->b"]);
    }
}
