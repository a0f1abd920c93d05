//! "Did you mean `x`?"

/// Finds the known word nearest to one that is not known, where one is near.
///
/// Near is at most a third of the word's letters added, left out, exchanged or swapped; case and
/// `-` for `_` cost nothing.
///
/// ```
/// use limbec_source::suggest::nearest;
/// assert_eq!(nearest("sever_default", ["name", "server_default"]), Some("server_default"));
/// assert_eq!(nearest("colour", ["name", "server_default"]), None);
/// ```
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain =
        |text: &str| -> Vec<char> { text.to_lowercase().replace('-', "_").chars().collect() };
    let word = plain(word);
    if word.len() > LONGEST {
        return None;
    }
    // Of two letters, each says too much to be a slip.
    let limit = word.len() / 3;
    known
        .into_iter()
        .map(|candidate| (distance(&word, &plain(candidate), limit), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Writes the question that follows an error, where a known word is near.
///
/// ```
/// use limbec_source::suggest::did_you_mean;
/// assert_eq!(did_you_mean("uniqe", ["unique"]).as_deref(), Some("did you mean `unique`?"));
/// ```
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|near| format!("did you mean `{near}`?"))
}

/// A name longer than this is nobody's slip of the finger, and comparing takes long.
const LONGEST: usize = 128;

/// The number of edits from one word to the other; a swap of neighbours is one edit. Anything
/// above the limit may be returned as more than the limit.
fn distance(a: &[char], b: &[char], limit: usize) -> usize {
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let exchange = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = exchange.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = above;
        above = row;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_within_reach() {
        assert_eq!(
            nearest("primary_kay", ["primary_key", "name"]),
            Some("primary_key")
        );
        assert_eq!(nearest("nmae", ["name"]), Some("name"));
        assert_eq!(
            nearest("On-Delete", ["on_update", "on_delete"]),
            Some("on_delete")
        );
        assert_eq!(nearest("xyz", ["abc"]), None);
        assert_eq!(nearest("", ["abc"]), None);
        assert_eq!(nearest("a", []), None);
    }
}
