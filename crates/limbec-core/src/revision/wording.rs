//! How messages list names.

/// How many names a message spells out.
pub(super) const SPELLED: usize = 12;

/// Writes names as ``` `a`, `b` and `c` ```.
pub(super) fn all_of(names: &[String]) -> String {
    list(names, "and")
}

/// Writes names as ``` `a`, `b` or `c` ```.
pub(super) fn one_of(names: &[String]) -> String {
    list(names, "or")
}

/// Returns the last component of a path, whichever way its separators lean.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn list(names: &[String], joint: &str) -> String {
    let quoted: Vec<String> = names
        .iter()
        .take(SPELLED)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > SPELLED {
        return format!("{} and {} more", quoted.join(", "), names.len() - SPELLED);
    }
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {joint} {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_names() {
        let names: Vec<String> = (0..20).map(|i| i.to_string()).collect();
        assert_eq!(all_of(&names[..1]), "`0`");
        assert_eq!(one_of(&names[..3]), "`0`, `1` or `2`");
        assert!(all_of(&names).ends_with("`11` and 8 more"));
    }
}
