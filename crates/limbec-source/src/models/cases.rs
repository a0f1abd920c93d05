//! Rust's names in another case.

/// How words are written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
    Camel,
    Pascal,
    /// As it stands.
    Unchanged,
}

impl Case {
    /// Every case by the name that an attribute gives it.
    pub(crate) const NAMES: [(&'static str, Case); 9] = [
        ("snake_case", Case::Snake),
        ("lowercase", Case::Lower),
        ("UPPERCASE", Case::Upper),
        ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
        ("kebab-case", Case::Kebab),
        ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
        ("camelCase", Case::Camel),
        ("PascalCase", Case::Pascal),
        ("none", Case::Unchanged),
    ];

    /// Writes a name in this case.
    pub(crate) fn of(self, name: &str) -> String {
        let words = words(name);
        let joined = |between: &str, change: fn(&str) -> String| {
            words
                .iter()
                .map(|word| change(word))
                .collect::<Vec<_>>()
                .join(between)
        };
        let lower = |word: &str| word.to_lowercase();
        let upper = |word: &str| word.to_uppercase();
        match self {
            Case::Unchanged => name.to_string(),
            Case::Lower => name.to_lowercase(),
            Case::Upper => name.to_uppercase(),
            Case::Snake => joined("_", lower),
            Case::ScreamingSnake => joined("_", upper),
            Case::Kebab => joined("-", lower),
            Case::ScreamingKebab => joined("-", upper),
            Case::Pascal => joined("", capitalised),
            Case::Camel => {
                let (first, rest) = words
                    .split_first()
                    .map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
                let rest: String = rest.iter().map(|word| capitalised(word)).collect();
                first.to_lowercase() + &rest
            }
        }
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| {
        first
            .to_uppercase()
            .chain(chars.flat_map(char::to_lowercase))
            .collect()
    })
}

/// The words of a name: `HTTPServer2` is `HTTP`, `Server2`.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(at + 1);
        let begins = c.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if *c == '_' || begins {
            words.push(String::new());
        }
        if *c != '_' {
            words.last_mut().expect("never empty").push(*c);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::Case;

    #[test]
    fn names_in_every_case() {
        let written = |name: &str| Case::NAMES.map(|(_, case)| case.of(name)).join(" ");
        assert_eq!(
            written("InProgress"),
            "in_progress inprogress INPROGRESS IN_PROGRESS in-progress IN-PROGRESS inProgress InProgress InProgress"
        );
        assert_eq!(Case::Snake.of("HTTPServer2"), "http_server2");
        assert_eq!(Case::Snake.of("already_snake"), "already_snake");
        assert_eq!(Case::Snake.of("ÄrzteBlatt"), "ärzte_blatt");
        assert_eq!(Case::Snake.of("__"), "");
        assert_eq!(Case::Camel.of(""), "");
    }
}
