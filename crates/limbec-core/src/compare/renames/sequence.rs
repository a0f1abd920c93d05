//! Renames in an order in which each new name is free.

/// A name, and what it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::compare) struct Pair {
    pub(in crate::compare) from: String,
    pub(in crate::compare) to: String,
    /// Whose it is, for the caller.
    pub(in crate::compare) item: usize,
}

/// Orders pairs so that a name is given away before it is taken; of a ring of names, one has a
/// name of its own in between.
pub(in crate::compare) fn sequence(
    mut open: Vec<Pair>,
    fold: impl Fn(&str) -> String,
) -> Vec<Pair> {
    let mut ordered = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let free = |pair: &Pair| {
            let mut others = open
                .iter()
                .filter(|it| it.item != pair.item || **it != *pair);
            !others.any(|it| fold(&it.from) == fold(&pair.to))
        };
        if let Some(at) = open.iter().position(free) {
            ordered.push(open.remove(at));
            continue;
        }
        let between = format!("limbec_renamed_{}", ordered.len() + 1);
        ordered.push(Pair {
            to: between.clone(),
            ..open[0].clone()
        });
        open[0].from = between;
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(pairs: &[(&str, &str)]) -> Vec<String> {
        let pairs = pairs.iter().enumerate().map(|(item, (from, to))| Pair {
            from: (*from).to_string(),
            to: (*to).to_string(),
            item,
        });
        let ordered = sequence(pairs.collect(), str::to_lowercase);
        ordered
            .iter()
            .map(|it| format!("{}>{}", it.from, it.to))
            .collect()
    }

    #[test]
    fn a_name_is_given_away_before_it_is_taken() {
        assert_eq!(
            ordered(&[("a", "b"), ("B", "c"), ("x", "y")]),
            ["B>c", "a>b", "x>y"]
        );
    }

    #[test]
    fn names_are_swapped_by_way_of_another() {
        assert_eq!(
            ordered(&[("a", "b"), ("b", "a")]),
            ["a>limbec_renamed_1", "b>a", "limbec_renamed_1>b"]
        );
    }
}
