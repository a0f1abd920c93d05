//! `IN` over a `varchar` column, as people write it.
//!
//! PostgreSQL prints `a IN ('x', 'y')` as
//! `(a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])`. Read again,
//! that is another expression, with a cast at each element: a copy made of what is printed would
//! differ from its original for ever. `IN` comes out as it was.

/// The forms with the operator that each was before.
const FORMS: [(&str, &str); 2] = [
    (")::text = ANY ((ARRAY[", "IN"),
    (")::text <> ALL ((ARRAY[", "NOT IN"),
];

/// Gives an expression, as the server prints it, its lists back; `is_varchar` says of what names
/// the type is `varchar`.
pub(in crate::dialect::postgres) fn with_in_lists(
    expression: &str,
    is_varchar: impl Fn(&str) -> bool,
) -> String {
    let mut text = expression.to_string();
    for (form, operator) in FORMS {
        let mut from = 0;
        while let Some(at) = text[from..].find(form).map(|at| at + from) {
            match rewritten(&text, at, form, operator, &is_varchar) {
                Some(list) => {
                    text.replace_range(list.from..list.to, &list.text);
                    from = list.from;
                }
                None => from = at + form.len(),
            }
        }
    }
    text
}

/// A part of an expression, and what stands in its place.
struct Rewritten {
    from: usize,
    to: usize,
    text: String,
}

fn rewritten(
    text: &str,
    at: usize,
    form: &str,
    operator: &str,
    is_varchar: impl Fn(&str) -> bool,
) -> Option<Rewritten> {
    let in_a_string = text[..at].matches('\'').count() % 2 == 1;
    let from = text[..at].rfind('(')?;
    let name = &text[from + 1..at];
    if in_a_string || !is_varchar(&unquoted(name)) {
        return None;
    }
    let mut rest = &text[at + form.len()..];
    let mut elements = Vec::new();
    loop {
        let end = end_of_string(rest)?;
        elements.push(&rest[..end]);
        rest = rest[end..].strip_prefix("::character varying")?;
        match rest.strip_prefix(", ") {
            Some(more) => rest = more,
            None => break,
        }
    }
    let rest = rest.strip_prefix("])::text[])")?;
    // One alone would be printed as a comparison.
    (elements.len() > 1).then(|| Rewritten {
        from,
        to: text.len() - rest.len(),
        text: format!("{name} {operator} ({})", elements.join(", ")),
    })
}

/// A name as it is, from how it is printed.
fn unquoted(name: &str) -> String {
    let quoted = name.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    quoted.map_or_else(|| name.to_string(), |it| it.replace("\"\"", "\""))
}

/// The bytes of the string that a text begins with.
fn end_of_string(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'\'') {
        return None;
    }
    let mut at = 1;
    loop {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b'\'', Some(b'\'')) => at += 2,
            (b'\'', _) => return Some(at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(expression: &str) -> String {
        with_in_lists(expression, |name| ["a", "B c"].contains(&name))
    }

    fn list(name: &str, operator: &str, elements: &str) -> String {
        format!("({name})::text {operator} ((ARRAY[{elements}])::text[])")
    }

    #[test]
    fn lists_come_out_as_they_were() {
        let two = "'x'::character varying, 'it''s'::character varying";
        assert_eq!(read(&list("a", "= ANY", two)), "a IN ('x', 'it''s')");
        let quoted = list("\"B c\"", "<> ALL", two);
        assert_eq!(read(&quoted), "\"B c\" NOT IN ('x', 'it''s')");
        let both = format!("({quoted}) OR ({})", list("a", "= ANY", two));
        assert_eq!(
            read(&both),
            "(\"B c\" NOT IN ('x', 'it''s')) OR (a IN ('x', 'it''s'))"
        );
    }

    #[test]
    fn what_is_no_list_stays() {
        let two = "'x'::character varying, 'y'::character varying";
        for same in [
            list("d", "= ANY", two),
            list("lower(a)", "= ANY", two),
            list("a", "<> ANY", two),
            list("a", "= ANY", "'x'::character varying"),
            list("a", "= ANY", "'x'::text, 'y'::text"),
            list("a", "= ANY", "'x'::character varying, d"),
            format!("d <> '{}'", list("a", "= ANY", two).replace('\'', "''")),
            "(a)::text = ANY ((ARRAY['".to_string(),
        ] {
            assert_eq!(read(&same), same);
        }
    }
}
