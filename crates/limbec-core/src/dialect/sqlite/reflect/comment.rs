//! Comments of tables, columns and indexes, kept as comments of the stored SQL.
//!
//! A comment stands as `/** text */` right after the name that it is about. In its text a
//! backslash stands before a backslash, before a `/` that follows a `*`, and before a `*` that
//! follows a `/`: so the text can hold neither end nor beginning of a comment. Newlines stand for
//! themselves.

/// A comment as SQL, with the space before it.
pub(in super::super) fn sql(text: Option<&String>) -> String {
    text.map(|text| format!(" /** {} */", escape(text)))
        .unwrap_or_default()
}

/// The text of a comment in that form; `None` for any other comment.
pub(super) fn read(comment: &str) -> Option<String> {
    comment
        .strip_prefix("/** ")?
        .strip_suffix(" */")
        .map(unescape)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        if c == '\\' || matches!((before, c), ('*', '/') | ('/', '*')) {
            escaped.push('\\');
        }
        escaped.push(c);
        before = c;
    }
    escaped
}

fn unescape(text: &str) -> String {
    let mut unescaped = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            unescaped.extend(chars.next());
        } else {
            unescaped.push(c);
        }
    }
    unescaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_text_comes_back() {
        for text in [
            "", " ", "plain", "a\nb", "*/", "/*", "*/*", r"\*\/", "a*", "/", "*", "\\",
        ] {
            let sql = super::sql(Some(&text.to_string()));
            assert_eq!(sql.matches("*/").count(), 1, "{sql}");
            assert_eq!(
                super::read(sql.trim_start()).as_deref(),
                Some(text),
                "{sql}"
            );
        }
        assert_eq!(super::read("/* written by hand */"), None);
    }
}
