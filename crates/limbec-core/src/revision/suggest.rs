//! Which known ids a mistyped one may have meant.

/// How many candidates a message lists.
pub(super) const LISTED: usize = 5;

/// Returns the known names nearest to `text`, the nearest first; none where all are far.
pub(super) fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted: Vec<char> = text.chars().take(64).collect();
    // A third of the characters may be wrong; two are always forgiven in a text of four or more.
    let allowed = if wanted.len() < 4 {
        1
    } else {
        (wanted.len() / 3).max(2)
    };
    let mut ranked: Vec<(usize, &str)> = known
        .filter_map(|name| {
            let distance = if text.len() >= 4 && (name.starts_with(text) || text.starts_with(name))
            {
                0
            } else {
                distance(&wanted, name, allowed)?
            };
            Some((distance, name))
        })
        .collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked
        .into_iter()
        .take(LISTED)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// The number of insertions, deletions and replacements between two texts, up to a limit.
fn distance(a: &[char], b: &str, limit: usize) -> Option<usize> {
    let b: Vec<char> = b.chars().take(65).collect();
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, cb) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().filter(|&distance| distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn lists_the_nearest_first_and_nothing_far() {
        let known = ["61ee6f04df66", "3950395dfef3", "3950395dfef4"];
        assert_eq!(
            nearest("3950395dfef4", known.into_iter())[0],
            "3950395dfef4"
        );
        assert_eq!(
            nearest("3950395dfff3", known.into_iter()),
            ["3950395dfef3", "3950395dfef4"]
        );
        assert!(nearest("zzzzzzzzzzzz", known.into_iter()).is_empty());
    }
}
