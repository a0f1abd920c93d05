//! The singular of an English word, for the struct of a table: `categories` is `category`.
//!
//! A handful of rules and the exceptions that tables are named by. What no rule knows stays as it
//! is: a struct named by the plural is odd, one named by half a word is wrong.

/// Words whose singular no rule gives, in their plural and singular.
const IRREGULAR: &[(&str, &str)] = &[
    ("aliases", "alias"),
    ("analyses", "analysis"),
    ("appendices", "appendix"),
    ("atlases", "atlas"),
    ("axes", "axis"),
    ("bases", "base"),
    ("biases", "bias"),
    ("caches", "cache"),
    ("calories", "calorie"),
    ("canvases", "canvas"),
    ("children", "child"),
    ("cookies", "cookie"),
    ("crises", "crisis"),
    ("criteria", "criterion"),
    ("diagnoses", "diagnosis"),
    ("echoes", "echo"),
    ("feet", "foot"),
    ("gases", "gas"),
    ("genies", "genie"),
    ("halves", "half"),
    ("heroes", "hero"),
    ("hypotheses", "hypothesis"),
    ("indices", "index"),
    ("knives", "knife"),
    ("leaves", "leaf"),
    ("lies", "lie"),
    ("lives", "life"),
    ("matrices", "matrix"),
    ("men", "man"),
    ("mice", "mouse"),
    ("movies", "movie"),
    ("niches", "niche"),
    ("parentheses", "parenthesis"),
    ("people", "person"),
    ("pies", "pie"),
    ("potatoes", "potato"),
    ("quizzes", "quiz"),
    ("selfies", "selfie"),
    ("shelves", "shelf"),
    ("shoes", "shoe"),
    ("synopses", "synopsis"),
    ("theses", "thesis"),
    ("ties", "tie"),
    ("tomatoes", "tomato"),
    ("uses", "use"),
    ("vertices", "vertex"),
    ("vetoes", "veto"),
    ("wives", "wife"),
    ("wolves", "wolf"),
    ("women", "woman"),
    ("zombies", "zombie"),
];

/// Words that end like a plural and are none, or are their own.
const UNCHANGED: &[&str] = &[
    "address", "aws", "bus", "census", "chaos", "cms", "cors", "dns", "gps", "https", "kudos",
    "lens", "os", "news", "rss", "sales", "series", "sms", "species", "tls", "tos", "yes",
];

/// Takes a word in lower case to its singular.
pub(super) fn singular(word: &str) -> String {
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == word) {
        return (*one).to_string();
    }
    if UNCHANGED.contains(&word) || word.chars().count() < 3 {
        return word.to_string();
    }
    let without = |end: &str| word.strip_suffix(end).unwrap_or(word);
    let ends = |ends: &[&str]| ends.iter().any(|end| word.ends_with(end));
    if word.len() > 4 && word.ends_with("ies") {
        return format!("{}y", without("ies"));
    }
    // `statuses` and `buses`, not `houses` and `causes`.
    let of_us = word.ends_with("uses") && !ends(&["auses", "ouses", "cuses", "fuses"]);
    if of_us || ends(&["sses", "shes", "ches", "xes", "zzes"]) {
        return without("es").to_string();
    }
    if !word.ends_with('s') || ends(&["ss", "us", "is"]) {
        return word.to_string();
    }
    without("s").to_string()
}

#[cfg(test)]
mod tests {
    use super::singular;

    #[test]
    fn words_that_tables_are_named_by() {
        let pairs = "users user, categories category, addresses address, statuses status, \
            boxes box, batches batch, caches cache, hashes hash, houses house, responses response, \
            databases database, licenses license, people person, children child, news news, \
            analysis analysis, status status, bus bus, buses bus, data data, movies movie, \
            indexes index, indices index, processes process, purchases purchase, prizes prize, \
            archives archive, series series, bonuses bonus, causes cause, s s, as as, keys key, \
            sales sales, taxes tax, virus virus, ids id, dishes dish, quizzes quiz, photos photo, \
            excuses excuse";
        for pair in pairs.split(", ") {
            let (many, one) = pair.trim().split_once(' ').unwrap();
            assert_eq!(singular(many), one, "{many}");
        }
    }
}
