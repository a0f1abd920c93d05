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
    let mut picture: Vec<char> = vec![' '; lanes * 2];
    for lane in 0..lanes {
        if lane < from {
            picture[lane * 2] = '|';
        } else if lane > from {
            picture[lane * 2 - 1] = '/';
        }
    }
    for cell in &mut picture[to * 2 + 1..from * 2 - 1] {
        if *cell == ' ' {
            *cell = '_';
        }
    }
    picture[from * 2 - 1] = '/';
    Line {
        picture: picture
            .into_iter()
            .collect::<String>()
            .trim_end()
            .to_string(),
        revision: None,
    }
}

/// A merge's further parent opens a lane at the right end.
fn open(lanes: usize, at: usize) -> Line {
    let last = lanes - 1;
    let mut picture: Vec<char> = vec![' '; lanes * 2];
    for lane in 0..last {
        picture[lane * 2] = '|';
    }
    for cell in &mut picture[at * 2 + 1..last * 2 - 1] {
        if *cell == ' ' {
            *cell = '_';
        }
    }
    picture[last * 2 - 1] = '\\';
    Line {
        picture: picture
            .into_iter()
            .collect::<String>()
            .trim_end()
            .to_string(),
        revision: None,
    }
}

/// The lanes right of one that ended move to the left.
fn shift(lanes: usize, ended: usize) -> Line {
    let mut picture: Vec<char> = vec![' '; lanes * 2];
    for lane in 0..lanes {
        if lane < ended {
            picture[lane * 2] = '|';
        } else if lane > ended {
            picture[lane * 2 - 1] = '/';
        }
    }
    Line {
        picture: picture
            .into_iter()
            .collect::<String>()
            .trim_end()
            .to_string(),
        revision: None,
    }
}
