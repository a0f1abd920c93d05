//! A limit on nesting: `syn` parses by recursion, and a text must not choose how deep.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree, token_stream};

/// The stack that a parser may take, in kilobytes: half of the smallest that a thread has (2 MB).
const LIMIT: usize = 1000;

/// What a level costs `syn` in a build without optimisation, in kilobytes, measured with a margin.
const DELIMITER: usize = 40;
const ANGLE: usize = 62;
/// What stands in delimiters may be followed by more of the same: `fn() -> fn() -> T`.
const GROUP: usize = 20;
const KEYWORD: usize = 20;

/// The keywords that more of the same may follow, without a comma between.
const KEYWORDS: [&str; 22] = [
    "async", "await", "box", "break", "const", "dyn", "else", "fn", "for", "if", "impl", "let",
    "loop", "match", "move", "mut", "ref", "return", "static", "unsafe", "while", "yield",
];

/// What a punctuation mark costs.
fn cost(mark: char) -> usize {
    match mark {
        '&' | '*' => 40,
        '=' | '!' | '|' => 10,
        // A `::` in a `use` is a level, two marks long.
        ':' => 3,
        '-' | '.' | '@' | '$' => 5,
        '+' | '#' | '>' => 0,
        _ => 1,
    }
}

/// Says where tokens are nested deeper than a parser may follow.
///
/// What nests without delimiters (`&&&T`, `fn() -> fn() -> T`, `!!!x`) does so between two commas,
/// so what the tokens since the last comma cost bounds it.
pub(crate) fn too_deep(tokens: &TokenStream) -> Option<Span> {
    struct Level {
        rest: token_stream::IntoIter,
        /// What the levels above weigh.
        base: usize,
        run: usize,
        angles: usize,
    }
    let mut levels = vec![Level {
        rest: tokens.clone().into_iter(),
        base: 0,
        run: 0,
        angles: 0,
    }];
    let mut after_hash = false;
    let mut last = ' ';
    while let Some(level) = levels.last_mut() {
        let Some(tree) = level.rest.next() else {
            levels.pop();
            continue;
        };
        let previous = std::mem::replace(&mut last, ' ');
        let attribute = std::mem::take(&mut after_hash);
        level.run += match &tree {
            TokenTree::Punct(punct) => cost(punct.as_char()),
            TokenTree::Ident(ident) if KEYWORDS.iter().any(|keyword| *ident == *keyword) => KEYWORD,
            TokenTree::Group(_) if !attribute => GROUP,
            _ => 0,
        };
        let weight = level.base + level.run + level.angles * ANGLE;
        if weight > LIMIT {
            return Some(tree.span());
        }
        match tree {
            TokenTree::Punct(punct) => {
                last = punct.as_char();
                match last {
                    ',' | ';' => level.run = 0,
                    '<' => level.angles += 1,
                    '>' if previous != '-' && previous != '=' => {
                        level.angles = level.angles.saturating_sub(1);
                    }
                    '#' => after_hash = true,
                    _ => {}
                }
            }
            TokenTree::Group(group) => {
                // An attribute belongs to what follows, and does not nest it.
                let base = if attribute && group.delimiter() == Delimiter::Bracket {
                    level.base
                } else {
                    weight
                };
                levels.push(Level {
                    rest: group.stream().into_iter(),
                    base: base + DELIMITER,
                    run: 0,
                    angles: 0,
                });
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::too_deep;

    fn deep(text: &str) -> bool {
        too_deep(&text.parse().unwrap()).is_some()
    }

    #[test]
    fn what_people_write_is_not_too_deep() {
        let fields = "#[column(index(columns = [\"a\"], on = [\"lower(b)\"]))] pub a: Option<Vec<Cow<'static, str>>>,";
        assert!(!deep(&format!(
            "struct A<'a, T: Clone + Send> where T: Iterator<Item = u8> {{ {} }}",
            fields.repeat(500)
        )));
        assert!(!deep(&format!(
            "{} struct A {{ a: i32 }}",
            "#[doc = \"x\"]".repeat(1000)
        )));
    }

    #[test]
    fn what_overflows_a_stack_is_too_deep() {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("A<", ">"),
            ("A<B, ", ">"),
            ("&", ""),
            ("!", ""),
            ("fn() -> ", ""),
            ("*const ", ""),
        ] {
            let text = format!(
                "struct A {{ a: {}T{} }}",
                open.repeat(1000),
                close.repeat(1000)
            );
            assert!(deep(&text), "{open}");
        }
        let text = format!("{}x{}", "(!!!!!!!!".repeat(100), ")".repeat(100));
        assert!(deep(&text));
    }
}
