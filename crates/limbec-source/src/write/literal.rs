//! String literals.

/// Writes a text as a literal on one line: raw where that spares escapes, else escaped.
pub(super) fn text(value: &str) -> String {
    let mut quotes = false;
    let mut controls = false;
    for c in value.chars() {
        quotes |= matches!(c, '"' | '\\');
        controls |= must_be_escaped(c);
    }
    if quotes && !controls {
        raw(value)
    } else {
        escaped(value)
    }
}

/// Writes a text of several lines as a raw literal, where that shows all of it.
pub(super) fn lines(value: &str) -> Option<String> {
    let shows = value.contains('\n')
        && value.split('\n').all(|line| line.trim_end() == line)
        && !value.chars().any(|c| c != '\n' && must_be_escaped(c));
    shows.then(|| raw(value))
}

fn raw(value: &str) -> String {
    let mut longest = None;
    for (at, _) in value.match_indices('"') {
        let hashes = value[at + 1..]
            .bytes()
            .take_while(|byte| *byte == b'#')
            .count();
        longest = longest.max(Some(hashes));
    }
    let hashes = "#".repeat(longest.map_or(0, |longest| longest + 1));
    format!("r{hashes}\"{value}\"{hashes}")
}

fn escaped(value: &str) -> String {
    let mut literal = String::with_capacity(value.len() + 2);
    literal.push('"');
    for c in value.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            '\0' => literal.push_str("\\0"),
            c if must_be_escaped(c) => literal.extend(c.escape_unicode()),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// Characters that do not show, or change how others show: the compiler refuses some of them.
pub(super) fn must_be_escaped(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spelling_that_reads_best() {
        assert_eq!(text("it's"), r#""it's""#);
        assert_eq!(text(r#"lower("Name")"#), r##"r#"lower("Name")"#"##);
        assert_eq!(text(r"\d+"), r#"r"\d+""#);
        assert_eq!(text("a\"\n\u{202e}"), r#""a\"\n\u{202e}""#);
        assert_eq!(text("\"#"), "r##\"\"#\"##");
    }

    #[test]
    fn lines_are_raw_where_all_of_them_shows() {
        assert_eq!(lines("a\n  b").as_deref(), Some("r\"a\n  b\""));
        assert_eq!(lines("a \nb"), None);
        assert_eq!(lines("a"), None);
        assert_eq!(lines("a\r\nb"), None);
    }
}
