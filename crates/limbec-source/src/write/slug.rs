//! File names of revisions.

/// Makes of a message the part of a file name that people read: its words in lower case, joined by
/// `_`, as many as `max` characters hold.
///
/// ```
/// use limbec_source::write::slug;
/// assert_eq!(slug("Add description to collections", 40), "add_description_to_collections");
/// assert_eq!(slug("Added the user's e-mail (again)", 20), "added_the_user_s_e");
/// assert_eq!(slug("…", 40), "");
/// ```
pub fn slug(message: &str, max: usize) -> String {
    let message = message.to_lowercase();
    let words: Vec<&str> = message
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    let slug = words.join("_");
    if slug.chars().count() <= max {
        return slug;
    }
    // Cut at the last `_` that keeps it short enough, but not to nothing.
    let end = slug
        .char_indices()
        .nth(max)
        .map_or(slug.len(), |(end, _)| end);
    let whole = slug[end..].starts_with('_');
    match slug[..end].rfind('_') {
        Some(cut) if !whole && cut > 0 => slug[..cut].to_string(),
        _ => slug[..end].to_string(),
    }
}

/// The longest slug of a file name, in characters.
const LONGEST: usize = 40;

/// Names the file of a revision: `<id>_<slug>.<extension>`, or `<id>.<extension>`.
///
/// ```
/// use limbec_source::write::file_name;
/// assert_eq!(file_name("3950395dfef3", "Add description", "rs"), "3950395dfef3_add_description.rs");
/// assert_eq!(file_name("3950395dfef3", "", "sql"), "3950395dfef3.sql");
/// ```
pub fn file_name(id: &str, message: &str, extension: &str) -> String {
    let slug = slug(message, LONGEST);
    let joint = if slug.is_empty() { "" } else { "_" };
    format!("{id}{joint}{slug}.{extension}")
}
