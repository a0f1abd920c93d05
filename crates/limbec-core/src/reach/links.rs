//! Which object needs which others, and the other way round.

use std::collections::BTreeMap;

use super::objects::{Object, Objects};
use crate::schema::ObjectName;

/// The links between objects, by their places.
pub(super) struct Links {
    /// What each object needs to be made, but for the tables of its foreign keys.
    pub(super) needs: Vec<Vec<usize>>,
    /// What needs each object.
    pub(super) hanging: Vec<Vec<usize>>,
    /// The tables that the foreign keys of each one refer to.
    pub(super) referred: Vec<Vec<usize>>,
    /// The tables whose foreign keys refer to each one.
    pub(super) referring: Vec<Vec<usize>>,
    /// The tables that each one has columns of, and those that have its columns.
    pub(super) family: Vec<Vec<usize>>,
}

impl Links {
    pub(super) fn between(objects: &Objects) -> Self {
        let names = Names::of(objects);
        let empty = || vec![Vec::new(); objects.len()];
        let mut links = Links {
            needs: empty(),
            hanging: empty(),
            referred: empty(),
            referring: empty(),
            family: empty(),
        };
        for (at, object) in objects.iter().enumerate() {
            let mut needs = names.mentioned_by(object);
            needs.extend(names.all(&object.parents));
            needs.sort_unstable();
            needs.dedup();
            for other in needs.into_iter().filter(|it| *it != at) {
                links.needs[at].push(other);
                links.hanging[other].push(at);
            }
            for other in names.all(&object.referred) {
                links.referred[at].push(other);
                links.referring[other].push(at);
            }
            for other in names.all(&object.parents) {
                links.family[at].push(other);
                links.family[other].push(at);
            }
        }
        links
    }
}

/// Finds objects by their names.
struct Names<'o> {
    exact: BTreeMap<&'o ObjectName, Vec<usize>>,
    /// By the longest word of the name, with all of them.
    by_word: BTreeMap<&'o str, Vec<(&'o [String], usize)>>,
}

impl<'o> Names<'o> {
    fn of(objects: &'o Objects) -> Self {
        let mut names = Names {
            exact: BTreeMap::new(),
            by_word: BTreeMap::new(),
        };
        for (at, object) in objects.iter().enumerate() {
            names.exact.entry(&object.key.name).or_default().push(at);
            if let Some(longest) = object.name.iter().max_by_key(|it| it.len()) {
                let places = names.by_word.entry(longest).or_default();
                places.push((&object.name, at));
            }
        }
        names
    }

    /// The objects of these names.
    fn all<'n>(&'n self, of: impl IntoIterator<Item = &'n ObjectName>) -> Vec<usize> {
        let found = of.into_iter().filter_map(|it| self.exact.get(it));
        found.flatten().copied().collect()
    }

    /// What an object names, or may name in its texts.
    fn mentioned_by(&self, object: &Object) -> Vec<usize> {
        let mut found = self.all(&object.names);
        for word in &object.words {
            let candidates = self.by_word.get(word.as_str()).into_iter().flatten();
            let named = candidates.filter(|(name, _)| {
                let mut words = name.iter();
                words.all(|it| object.words.contains(it))
            });
            found.extend(named.map(|(_, at)| at));
        }
        found
    }
}
