//! Planning over 10,000 revisions: every listing is whole, and nothing overflows the stack. `figures`
//! prints how the time grows.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use limbec_core::revision::{Graph, Header, Range};

fn header(place: usize, revises: &[usize], depends_on: &[usize]) -> Header {
    let ids = |places: &[usize]| places.iter().map(|place| id(*place)).collect();
    Header {
        id: id(place),
        revises: ids(revises),
        depends_on: ids(depends_on),
        message: format!("change {place}"),
        path: format!("versions/{}_change.rs", id(place)),
        ..Header::default()
    }
}

/// An id that doesn't sort as the revisions follow each other.
fn id(place: usize) -> String {
    format!(
        "{:08x}{place:06}",
        (place as u64).wrapping_mul(2_654_435_761) & 0xffff_ffff
    )
}

fn linear(len: usize) -> Vec<Header> {
    (0..len)
        .map(|place| {
            header(
                place,
                &place.checked_sub(1).map_or(vec![], |p| vec![p]),
                &[],
            )
        })
        .collect()
}

/// Branches, merges and dependencies at every turn, within the last two hundred revisions.
fn bushy(len: usize) -> Vec<Header> {
    let mut state = 1_u64;
    let mut random = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    (0..len)
        .map(|place| {
            let mut earlier = |reach: usize| place - 1 - random(reach.min(place));
            if place == 0 {
                return header(0, &[], &[]);
            }
            let (one, other, third) = (earlier(200), earlier(200), earlier(200));
            match random(10) {
                0 => header(place, &[], &[one]),
                1..=3 if one != other => header(place, &[one, other], &[]),
                4 if one != other => header(place, &[one], &[other, third]),
                _ => header(place, &[one], &[]),
            }
        })
        .collect()
}

/// One base, a branch for every tenth revision, merged in the end.
fn fan(len: usize) -> Vec<Header> {
    let branches = len / 10;
    let mut headers = vec![header(0, &[], &[])];
    let mut tips = vec![0; branches];
    for place in 1..len - 1 {
        let branch = (place - 1) % branches;
        headers.push(header(place, &[tips[branch]], &[]));
        tips[branch] = place;
    }
    headers.push(header(len - 1, &tips, &[]));
    headers
}

/// One base and a head for each other revision.
fn star(len: usize) -> Vec<Header> {
    (0..len)
        .map(|place| header(place, if place == 0 { &[] } else { &[0] }, &[]))
        .collect()
}

struct Times {
    load: Duration,
    plan: Duration,
}

fn measure(headers: Vec<Header>) -> Times {
    let len = headers.len();
    let timed = Instant::now();
    let graph = Graph::new(headers).unwrap();
    let load = timed.elapsed();
    let mut slowest = Duration::ZERO;
    let mut time = |work: &mut dyn FnMut()| {
        let timed = Instant::now();
        work();
        slowest = slowest.max(timed.elapsed());
    };
    let mut heads = Vec::new();
    time(&mut || {
        let plan = graph.upgrade(&[], "heads").unwrap();
        assert_eq!(plan.steps.len(), len);
        heads = plan.rows_after;
    });
    time(&mut || assert!(graph.upgrade(&heads, "heads").unwrap().is_empty()));
    time(&mut || assert_eq!(graph.downgrade(&heads, "base").unwrap().steps.len(), len));
    time(&mut || assert_eq!(graph.history(&Range::default(), &[]).unwrap().len(), len));
    time(&mut || assert!(!graph.current(&heads).unwrap().is_empty()));
    time(&mut || assert!(graph.stamp(&heads, &["base".to_owned()], false).is_ok()));
    Times {
        load,
        plan: slowest,
    }
}

#[test]
fn ten_thousand_revisions_are_planned() {
    for shape in [linear, bushy, fan, star] {
        measure(shape(10_000));
    }
}

/// Prints the figures: `cargo test --release -p limbec-core --test revision_scale -- --ignored --nocapture`.
#[test]
#[ignore = "measures rather than tests"]
#[expect(clippy::print_stdout, reason = "the figures are the result")]
fn figures() {
    for len in [10_000, 20_000, 40_000, 80_000] {
        for (shape, headers) in [
            ("linear", linear(len)),
            ("bushy", bushy(len)),
            ("fan", fan(len)),
            ("star", star(len)),
        ] {
            let Times { load, plan } = measure(headers);
            println!(
                "{len:>6} {shape:<6} load {load:>10.2?}   slowest plan or listing {plan:>10.2?}"
            );
        }
    }
}
