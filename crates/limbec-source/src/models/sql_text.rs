//! Where the SQL in the attributes of a model stands, for what a database finds wrong with it.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::LitStr;

use crate::source::{lex, range};

/// Text of an attribute, and where it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlText {
    /// What it says.
    pub value: String,
    /// Its place with the quotes, in bytes of the file's text.
    pub span: Range<usize>,
}

impl SqlText {
    /// The place of a character of what it says, counted from 0, in bytes of the file's text.
    ///
    /// ```
    /// use limbec_source::models::sql_texts;
    ///
    /// let text = r##"#[table(check = "a = '\"' and b")] struct T { a: i64 }"##;
    /// let found = sql_texts(text, text.find("T {").unwrap());
    /// let at = found[0].value.find('b').unwrap();
    /// assert_eq!(&text[found[0].place_of(at, text)], "b");
    /// ```
    pub fn place_of(&self, character: usize, text: &str) -> Range<usize> {
        let written = text.get(self.span.clone()).unwrap_or_default();
        let open = written.find('"').map_or(0, |at| at + 1);
        let is_raw = written.starts_with('r');
        let mut rest = written
            .get(open..)
            .unwrap_or_default()
            .char_indices()
            .peekable();
        for _ in 0..character {
            // A line that ends with a backslash goes on with the next one's first word.
            let Some((_, first)) = rest.next() else { break };
            if first != '\\' || is_raw {
                continue;
            }
            match rest.next() {
                Some((_, 'x')) => drop(rest.nth(1)),
                Some((_, 'u')) => drop(rest.find(|(_, it)| *it == '}')),
                Some((_, '\n')) => {
                    while rest.next_if(|(_, it)| it.is_whitespace()).is_some() {}
                    rest.next();
                }
                _ => {}
            }
        }
        let start = rest.peek().map_or(written.len(), |(at, _)| open + at);
        let word: usize = (rest.map(|(_, it)| it))
            .take_while(|it| it.is_alphanumeric() || *it == '_')
            .map(char::len_utf8)
            .sum();
        let start = self.span.start + start;
        start..start + word.max(1)
    }
}

/// The texts in the attributes of the struct that a place lies in: in its attributes or its fields.
pub fn sql_texts(text: &str, place: usize) -> Vec<SqlText> {
    let lexed = lex(text);
    let Ok(tokens) = lexed.tokens else {
        return Vec::new();
    };
    let mut found = Vec::new();
    find(tokens, place.saturating_sub(lexed.offset), &mut found);
    for it in &mut found {
        it.span = it.span.start + lexed.offset..it.span.end + lexed.offset;
    }
    found
}

/// Finds the item among those of a module.
fn find(tokens: TokenStream, place: usize, found: &mut Vec<SqlText>) {
    let mut item: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let is_block = matches!(&token, TokenTree::Group(it) if it.delimiter() == Delimiter::Brace);
        let ends = is_block || matches!(&token, TokenTree::Punct(it) if it.as_char() == ';');
        item.push(token);
        if !ends {
            continue;
        }
        let whole = std::mem::take(&mut item);
        let start = whole.first().map_or(0, |it| range(it.span()).start);
        let end = whole.last().map_or(0, |it| range(it.span()).end);
        if !(start..end).contains(&place) {
            continue;
        }
        let is_module = whole
            .iter()
            .any(|it| matches!(it, TokenTree::Ident(word) if *word == "mod"));
        let last = whole.last().cloned();
        match last {
            Some(TokenTree::Group(group)) if is_module => find(group.stream(), place, found),
            _ => texts(whole.into_iter().collect(), found),
        }
        return;
    }
}

/// The strings of tokens, in their order.
fn texts(tokens: TokenStream, found: &mut Vec<SqlText>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => texts(group.stream(), found),
            TokenTree::Literal(literal) => {
                let span = range(literal.span());
                let stream = TokenStream::from(TokenTree::Literal(literal));
                if let Ok(text) = syn::parse2::<LitStr>(stream) {
                    let value = text.value();
                    found.push(SqlText { value, span });
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "#!/usr/bin/env x\nmod a { mod b {
        #[derive(Enum)] enum E { A }
        #[derive(Table)]
        #[table(check(expression = r#\"n > \"m\"\"#), index(on = [\"lower(a) desc\"], where = \"\\u{61} <> '\\'' \\\n  OR n = 1\"))]
        pub(crate) struct T<X> { #[column(server_default = \"'ä' || b\")] a: X }
        struct U { #[column(server_default = \"1\")] a: i64 }
    } }";

    #[test]
    fn each_text_of_a_struct_is_found_with_the_places_in_it() {
        let found = sql_texts(TEXT, TEXT.find("T<X>").unwrap());
        let words: Vec<(&str, &str)> = (found.iter())
            .map(|it| {
                let last = it.value.rfind(' ').map_or(0, |at| at + 1);
                let character = it.value[..last].chars().count();
                (it.value.as_str(), &TEXT[it.place_of(character, TEXT)])
            })
            .collect();
        let expected = [
            ("n > \"m\"", "\""),
            ("lower(a) desc", "desc"),
            ("a <> ''' OR n = 1", "1"),
            ("'ä' || b", "b"),
        ];
        assert_eq!(words, expected);
        let other = sql_texts(TEXT, TEXT.find("U {").unwrap());
        assert_eq!(other.len(), 1);
        assert_eq!(sql_texts("struct {", 3), []);
    }
}
