//! The graph of revisions as a picture beside its list, like `git log --graph`.

use limbec_core::revision::Graph;

/// A line of the picture.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The lanes: `*` where a revision stands, `|` where a line passes.
    pub(super) picture: String,
    /// The revision that stands there.
    pub(super) revision: Option<usize>,
}

/// Draws revisions listed newest first: each child before its parents.
///
/// A lane waits for the revision it leads to; several lanes that wait for the same one join above
/// it, and a merge opens a lane for each of its parents.
pub(super) fn draw(graph: &Graph, listed: &[usize]) -> Vec<Line> {
    let mut shown = vec![false; graph.len()];
    for index in listed {
        shown[*index] = true;
    }
    let mut lanes: Vec<usize> = Vec::new();
    let mut lines = Vec::new();
    for &index in listed {
        let at = match lanes.iter().position(|waits| *waits == index) {
            Some(at) => at,
            None => {
                lanes.push(index);
                lanes.len() - 1
            }
        };
        // Other lanes that wait for it join this one, the rightmost first.
        while let Some(other) = lanes
            .iter()
            .rposition(|waits| *waits == index)
            .filter(|it| *it > at)
        {
            lines.push(join(lanes.len(), at, other));
            lanes.remove(other);
        }
        lines.push(Line {
            picture: lane_marks(lanes.len(), at),
            revision: Some(index),
        });

        let parents: Vec<usize> = graph
            .parents(index)
            .iter()
            .copied()
            .filter(|parent| shown[*parent])
            .collect();
        match parents.split_first() {
            None => {
                lanes.remove(at);
                if at < lanes.len() {
                    lines.push(shift(lanes.len() + 1, at));
                }
            }
            Some((first, others)) => {
                lanes[at] = *first;
                for other in others {
                    lanes.push(*other);
                    lines.push(open(lanes.len(), at));
                }
            }
        }
    }
    lines
}

fn lane_marks(lanes: usize, at: usize) -> String {
    (0..lanes)
        .map(|lane| if lane == at { "*" } else { "|" })
        .collect::<Vec<_>>()
        .join(" ")
}

/// `|_/`-like: the lane `from` joins the lane `to` on its left; lanes right of it move up.
fn join(lanes: usize, to: usize, from: usize) -> Line {
    let mut picture = without(lanes, from);
    branch(&mut picture, to, from, '/');
    between(picture)
}

/// A merge's further parent opens a lane at the right end.
fn open(lanes: usize, at: usize) -> Line {
    let last = lanes - 1;
    let mut picture = without(lanes, last);
    branch(&mut picture, at, last, '\\');
    between(picture)
}

/// The lanes right of one that ended move to the left.
fn shift(lanes: usize, ended: usize) -> Line {
    between(without(lanes, ended))
}

/// The lanes but one: those left of it go on, those right of it move to the left.
fn without(lanes: usize, gone: usize) -> Vec<char> {
    let mut picture = vec![' '; lanes * 2];
    for lane in (0..lanes).filter(|lane| *lane != gone) {
        if lane < gone {
            picture[lane * 2] = '|';
        } else {
            picture[lane * 2 - 1] = '/';
        }
    }
    picture
}

/// Leads from one lane to another right of it, under the lanes between them.
fn branch(picture: &mut [char], left: usize, right: usize, slope: char) {
    for cell in &mut picture[left * 2 + 1..right * 2 - 1] {
        if *cell == ' ' {
            *cell = '_';
        }
    }
    picture[right * 2 - 1] = slope;
}

/// A line between two revisions.
fn between(picture: Vec<char>) -> Line {
    let picture = picture.into_iter().collect::<String>();
    Line {
        picture: picture.trim_end().to_string(),
        revision: None,
    }
}
