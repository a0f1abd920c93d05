//! Edges between revisions, stored in two vectors however many there are.

use std::ops::Index;

/// Holds for each revision those that it leads to.
#[derive(Debug, Clone, Default)]
pub(super) struct Links {
    /// Where the ends of each revision stop in `ends`.
    stops: Vec<usize>,
    ends: Vec<usize>,
}

impl Links {
    /// Adds the ends of the next revision.
    pub(super) fn push(&mut self, ends: impl IntoIterator<Item = usize>) {
        self.ends.extend(ends);
        self.stops.push(self.ends.len());
    }

    pub(super) fn len(&self) -> usize {
        self.stops.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[usize]> {
        (0..self.len()).map(|node| &self[node])
    }

    /// Turns the edges round; what led to a revision comes out in ascending order.
    pub(super) fn inverted(&self) -> Self {
        let mut stops = vec![0; self.len() + 1];
        for &end in &self.ends {
            stops[end + 1] += 1;
        }
        for node in 1..stops.len() {
            stops[node] += stops[node - 1];
        }
        // `stops[node]` is where the next end of `node` goes, and so in the end where they stop.
        let mut ends = vec![0; self.ends.len()];
        for (node, links) in self.iter().enumerate() {
            for &end in links {
                ends[stops[end]] = node;
                stops[end] += 1;
            }
        }
        stops.truncate(self.len());
        Self { stops, ends }
    }
}

impl Index<usize> for Links {
    type Output = [usize];

    fn index(&self, node: usize) -> &[usize] {
        let start = if node == 0 { 0 } else { self.stops[node - 1] };
        &self.ends[start..self.stops[node]]
    }
}

impl<const N: usize> From<[&[usize]; N]> for Links {
    fn from(all: [&[usize]; N]) -> Self {
        let mut links = Self::default();
        for ends in all {
            links.push(ends.iter().copied());
        }
        links
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_round() {
        let links = Links::from([&[][..], &[0], &[0, 1], &[0]]);
        let inverse = links.inverted();
        assert_eq!(
            inverse.iter().collect::<Vec<_>>(),
            [&[1, 2, 3][..], &[2], &[], &[]]
        );
    }
}
